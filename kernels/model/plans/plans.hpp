// Stage 3, plans: integer sums over the components a plan uses, what its commitments leave of them, and the items it
// pays. A plan's cost, its categories and its owners are sums of the same atoms, so they agree to the last micro-unit.
#pragma once

#include "kernels/model/output.hpp"
#include "kernels/model/plans/items.hpp"
#include "kernels/model/plans/plan_book.hpp"
#include "kernels/model/plans/plan_state.hpp"
#include "kernels/model/plans/settlement.hpp"

namespace costrisk {

template <class L>
class Plans {
  using F = typename L::F;

 public:
  COSTRISK_FN Plans(PathContext<L>& path, const ComponentCosts<L>& costs, const PlanState<L>& state)
      : parameters_(path.parameters),
        costs_(costs),
        credit_micros_(state.credit_micros),
        book_(path.parameters, state.book),
        items_(path, state.item_micros),
        settlement_(path, state.settlement, costs.use_rows) {}

  COSTRISK_FN void begin() {
    for (int i = 0; i < parameters_.plan_count * L::width; ++i) credit_micros_[i] = 0;
    settlement_.begin();
  }

  /// Takes in a tile that the components have lived through. Its edges are written before `end_tile`.
  COSTRISK_FN void begin_tile(const WorldTile<L>& tile, const TileEdges& edges) {
    edges_ = edges;
    settlement_.begin_tile(tile, edges);
  }
  COSTRISK_FN void end_tile() { settlement_.end_tile(); }

  /// Cumulative cost at `edge`, which is the tile's `edge_in_tile`-th, for the lanes [first, first + count) into the
  /// output's columns.
  COSTRISK_FN void write_edge(int edge, int edge_in_tile, int first, int count, int column, const Output& out) {
    const Parameters& p = parameters_;
    items_.pay(edge);
    const int bin = p.edge_bins[edge];
    for (int i = 0; i < p.plan_count; ++i) {
      const PlanParameters& plan = p.plans[i];
      if (bin < 0 && plan.credit_edge != edge) continue;
      Bill bill{};
      add_up(i, edge, edge_in_tile, bill);
      std::int64_t* credit = credit_micros_ + i * L::width;
      if (edge <= plan.credit_edge)
        for (int lane = 0; lane < L::width; ++lane) credit[lane] = credit_on(i, bill.credited[lane]);
      if (bin < 0) continue;
      std::int64_t* row = out.plan_bin + (std::int64_t{i} * p.bin_count + bin) * out.stride + column;
      for (int lane = first; lane < first + count; ++lane)
        row[lane - first] = bill.credited[lane] + bill.uncredited[lane] - credit[lane];
    }
  }

  /// Totals at the horizon.
  COSTRISK_FN void write_totals(int first, int count, int column, const Output& out) {
    items_.draw_shares();
    settlement_.end();
    for (int plan = 0; plan < parameters_.plan_count; ++plan) write_plan(plan, first, count, column, out);
  }

 private:
  using Micros = typename PlanBook<L>::Micros;

  /// What a plan costs up to an edge: what credit may pay, and what not.
  struct Bill {
    std::int64_t credited[L::width], uncredited[L::width];
  };
  COSTRISK_FN void add_up(int index, int edge, int edge_in_tile, Bill& bill) {
    const Parameters& p = parameters_;
    const PlanParameters& plan = p.plans[index];
    for (int i = 0; i < plan.jobs.count; ++i)
      add_component(costs_.job_edges, p.plan_jobs[plan.jobs.first + i], edge_in_tile, is_job_settled(plan, i), bill);
    for (int i = 0; i < plan.services.count; ++i)
      add_component(costs_.service_edges, p.plan_services[plan.services.first + i], edge_in_tile,
                    is_service_settled(plan, i), bill);
    settlement_.add_uncovered(plan, edge_in_tile, bill.credited);
    for (int i = 0; i < plan.items.count; ++i) {
      const int item = p.plan_items[plan.items.first + i];
      if (!is_paid_by_time(p.items[item])) continue;
      add_row<L>(bill.credited, items_.micros(item));
    }
    for (int i = 0; i < plan.service_items.count; ++i) {
      const int item = p.plan_service_items[plan.service_items.first + i];
      add_row<L>(bill.credited, costs_.service_item_edges + (item * p.most_edges + edge_in_tile) * L::width);
    }
    const std::int64_t committed = p.committed_micros[std::int64_t{index} * p.edge_count + edge];
    for (int lane = 0; lane < L::width; ++lane) bill.credited[lane] += committed;
  }
  COSTRISK_FN void add_component(std::int64_t* edges, int component, int edge_in_tile, bool settled, Bill& bill) const {
    std::int64_t* rows = edges + std::int64_t{component} * parameters_.most_edges * edge_part_count * L::width;
    if (!settled) add_row<L>(bill.credited, edge_row<L>(rows, edge_in_tile, edge_on_demand));
    add_row<L>(bill.credited, edge_row<L>(rows, edge_in_tile, edge_other));
    add_row<L>(bill.uncredited, edge_row<L>(rows, edge_in_tile, edge_uncredited));
  }
  COSTRISK_FN static bool is_job_settled(const PlanParameters& plan, int i) { return (plan.settled_jobs >> i) & 1u; }
  COSTRISK_FN static bool is_service_settled(const PlanParameters& plan, int i) {
    return (plan.settled_services >> i) & 1u;
  }
  COSTRISK_FN std::int64_t credit_on(int plan, std::int64_t bill) const {
    const std::int64_t amount = parameters_.credit_micros[plan];
    return bill < 0 ? 0 : bill < amount ? bill : amount;
  }

  COSTRISK_FN void write_plan(int index, int first, int count, int column, const Output& out) {
    const PlanParameters& plan = parameters_.plans[index];
    book_.open();
    for (int i = 0; i < plan.jobs.count; ++i) charge_job(plan, i);
    for (int i = 0; i < plan.services.count; ++i) charge_service(plan, i);
    const Micros covered = charge_commitments(index);
    std::int64_t* row = out.plan_covered + std::int64_t{index} * out.stride + column;
    for (int i = 0; i < count; ++i) row[i] = covered.of[first + i];
    charge_items(plan);
    draw_credit(index);
    charge_shares(plan);
    book_.write(index, parameters_.bin_count, first, count, column, out);
  }

  COSTRISK_FN void charge_job(const PlanParameters& plan, int i) {
    const int component = parameters_.plan_jobs[plan.jobs.first + i];
    const JobTotals<L>& job = costs_.jobs[component];
    const int owner = parameters_.jobs[component].owner;
    for (int account = 0; account < job_category_count; ++account)
      if (account != account_on_demand || !is_job_settled(plan, i))
        book_.charge(job_category(account), owner, job.money[account]);
    book_.waste(WasteKind::restart, job.waste_restart);
    book_.waste(WasteKind::lost_work, job.waste_lost);
  }

  COSTRISK_FN void charge_service(const PlanParameters& plan, int i) {
    const int component = parameters_.plan_services[plan.services.first + i];
    const int slot = parameters_.plan_service_slots[plan.services.first + i];
    const ServiceTotals<L>& service = costs_.services[component];
    const int owner = parameters_.services[component].owner;
    for (int account = 0; account < service_category_count; ++account) {
      if (account == service_on_demand && is_service_settled(plan, i)) continue;
      book_.charge(service_category(account), owner, service.money[account].closed);
      book_.charge_service(slot, service.money[account].closed);
    }
    book_.waste(WasteKind::idle_headroom, service.idle.closed);
  }

  /// What commitments cost and leave uncovered. Returns the list price of what they cover.
  COSTRISK_FN Micros charge_commitments(int index) {
    const Parameters& p = parameters_;
    const PlanParameters& plan = p.plans[index];
    Micros covered{}, rest, unused;
    const std::int64_t committed = p.committed_micros[(std::int64_t{index} + 1) * p.edge_count - 1];
    for (int lane = 0; lane < L::width; ++lane) {
      rest.of[lane] = committed;
      unused.of[lane] = p.effective_micros[index];
    }
    for (int i = plan.uses.first; i < plan.uses.first + plan.uses.count; ++i) {
      const PlanUseParameters& use = p.plan_uses[i];
      const std::int64_t *uncovered = settlement_.uncovered(i), *allocated = settlement_.allocated(i);
      book_.charge(Category::on_demand, use.owner, uncovered);
      book_.charge(Category::commitment, use.owner, allocated);
      if (use.service >= 0) {
        book_.charge_service(use.service, uncovered);
        book_.charge_service(use.service, allocated);
      }
      for (int lane = 0; lane < L::width; ++lane) {
        rest.of[lane] -= allocated[lane];
        unused.of[lane] -= allocated[lane];
      }
      if (!is_at_list_price(use.buy)) continue;
      const std::int64_t* listed = settlement_.listed(use.use_row);
      for (int lane = 0; lane < L::width; ++lane) covered.of[lane] += listed[lane] - uncovered[lane];
    }
    charge_unused(plan, rest);
    charge_stranded(plan);
    // Parts are rounded one by one, and may come to a micro-unit more than the whole.
    for (int lane = 0; lane < L::width; ++lane) {
      unused.of[lane] = unused.of[lane] > 0 ? unused.of[lane] : 0;
      covered.of[lane] = covered.of[lane] > 0 ? covered.of[lane] : 0;
    }
    book_.waste(WasteKind::unused_commitment, unused.of);
    return covered;
  }

  /// What was booked and not used, `rest` in all, to those who pay for it.
  COSTRISK_FN void charge_unused(const PlanParameters& plan, Micros& rest) {
    for (int i = plan.contracts.first; i < plan.contracts.first + plan.contracts.count; ++i) {
      const ContractParameters& contract = parameters_.contracts[i];
      if (contract.unused == unused_owner()) continue;
      const std::int64_t* allocated = settlement_.allocated_of(i);
      Micros unused;
      for (int lane = 0; lane < L::width; ++lane) {
        unused.of[lane] = contract.booked_micros - allocated[lane];
        rest.of[lane] -= unused.of[lane];
      }
      charge_to(plan, contract.unused, Category::commitment, unused.of);
    }
    book_.charge(Category::commitment, unused_owner(), rest.of);
  }
  /// What is owed after the horizon and will be of no use.
  COSTRISK_FN void charge_stranded(const PlanParameters& plan) {
    for (int i = plan.contracts.first; i < plan.contracts.first + plan.contracts.count; ++i) {
      const ContractParameters& contract = parameters_.contracts[i];
      if (contract.owed_micros <= 0) continue;
      std::int32_t share[L::width];  // in 2^-24
      L::store(to_int(settlement_.useless_share(i) * F(0x1p24f)), share);
      Micros stranded;
      for (int lane = 0; lane < L::width; ++lane)
        stranded.of[lane] = scale_micros(contract.owed_micros, static_cast<std::uint64_t>(share[lane]) << 36);
      charge_to(plan, contract.unused, Category::stranded, stranded.of);
    }
  }
  /// Charges an owner, or all of them by what they were charged of the plan's contracts.
  COSTRISK_FN void charge_to(const PlanParameters& plan, std::int32_t owner, Category category,
                             const std::int64_t* micros) {
    if (owner >= 0) return book_.charge(category, owner, micros);
    Micros total{}, charged{}, sum{};
    const int first = plan.uses.first, last = first + plan.uses.count;
    for (int i = first; i < last; ++i) add_row<L>(total.of, settlement_.allocated(i));
    for (int i = first; i < last; ++i) {
      const std::int64_t* allocated = settlement_.allocated(i);
      add_row<L>(sum.of, allocated);
      Micros part;
      for (int lane = 0; lane < L::width; ++lane) {
        const std::int64_t upto =
            total.of[lane] > 0 ? scale_micros(micros[lane], share_of(sum.of[lane], total.of[lane])) : 0;
        part.of[lane] = upto - charged.of[lane];
        charged.of[lane] = upto;
      }
      book_.charge(category, parameters_.plan_uses[i].owner, part.of);
    }
    for (int lane = 0; lane < L::width; ++lane) charged.of[lane] = micros[lane] - charged.of[lane];
    book_.charge(category, unused_owner(), charged.of);
  }

  /// A part of a whole in 2^-60, right to 2^-31; of the whole itself exactly.
  COSTRISK_FN static std::uint64_t share_of(std::int64_t part, std::int64_t whole) {
    if (part >= whole) return std::uint64_t{1} << 60;
    int shift = 0;
    while (whole >> shift >> 31) ++shift;
    return ((static_cast<std::uint64_t>(part >> shift) << 32) / static_cast<std::uint64_t>(whole >> shift)) << 28;
  }

  COSTRISK_FN void charge_items(const PlanParameters& plan) {
    const Parameters& p = parameters_;
    for (int i = 0; i < plan.items.count; ++i) {
      const int index = p.plan_items[plan.items.first + i];
      const ItemParameters& item = p.items[index];
      if (!is_paid_by_time(item)) continue;
      book_.charge(item_category(item.kind), item.owner, items_.micros(index));
    }
    for (int i = 0; i < plan.service_items.count; ++i) {
      const int index = p.plan_service_items[plan.service_items.first + i];
      const ItemParameters& item = p.items[p.service_items[index].item];
      book_.charge(Category::item, item.owner, costs_.service_items[index].money);
    }
  }

  COSTRISK_FN void draw_credit(int index) {
    const int edge = parameters_.plans[index].credit_edge;
    if (edge < 0) return;
    Micros bill{};
    constexpr Category paid[] = {Category::commitment, Category::on_demand, Category::spot,   Category::serverless,
                                 Category::egress,     Category::item,      Category::one_off};
    for (const Category category : paid) add_row<L>(bill.of, book_.category(category));
    const bool to_horizon = edge == parameters_.edge_count - 1;
    for (int lane = 0; lane < L::width; ++lane)
      bill.of[lane] =
          -(to_horizon ? credit_on(index, bill.of[lane]) : credit_micros_[std::int64_t{index} * L::width + lane]);
    book_.charge(Category::credit, unused_owner(), bill.of);
  }

  /// Shares are of the categories as they stand before any share.
  COSTRISK_FN void charge_shares(const PlanParameters& plan) {
    const Parameters& p = parameters_;
    Micros shares{};
    for (int i = 0; i < plan.items.count; ++i) {
      const int index = p.plan_items[plan.items.first + i];
      const ItemParameters& item = p.items[index];
      if (!is_share(item)) continue;
      Micros cost{};
      for (int k = 0; k < category_count; ++k)
        if ((item.of >> k) & 1u) add_row<L>(cost.of, book_.category(k));
      for (int lane = 0; lane < L::width; ++lane) cost.of[lane] = items_.share_of(cost.of[lane], index, lane);
      add_row<L>(shares.of, cost.of);
      add_row<L>(book_.owner(item.owner), cost.of);
    }
    add_row<L>(book_.category(Category::item), shares.of);
  }

  COSTRISK_FN int unused_owner() const { return parameters_.owner_count - 1; }

  const Parameters& parameters_;
  const ComponentCosts<L> costs_;
  TileEdges edges_;
  std::int64_t* credit_micros_;
  PlanBook<L> book_;
  Items<L> items_;
  Settlement<L> settlement_;
};

}  // namespace costrisk
