// Stage 3, plans: integer sums over the components a plan uses, what its commitments leave of them, and the items it
// pays. A plan's cost, its categories and its owners are sums of the same atoms, so they agree to the last micro-unit.
#pragma once

#include "kernels/model/items.hpp"
#include "kernels/model/output.hpp"
#include "kernels/model/plan_state.hpp"
#include "kernels/model/settlement.hpp"

namespace costrisk {

template <class L>
class Plans {
  using F = typename L::F;

 public:
  COSTRISK_FN Plans(PathContext<L>& path, const ComponentCosts<L>& costs, const PlanState<L>& state)
      : parameters_(path.parameters),
        costs_(costs),
        credit_micros_(state.credit_micros),
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
    items_.pay(edges_.steps[edge_in_tile]);
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
    for (int plan = 0; plan < parameters_.plan_count; ++plan)
      for (int i = 0; i < count; ++i) write_plan(plan, first + i, column + i, out);
  }

 private:
  /// What a plan costs up to an edge: what credit may pay, and what not.
  struct Bill {
    std::int64_t credited[L::width], uncredited[L::width];
  };
  COSTRISK_FN static void add_row(std::int64_t* sums, const std::int64_t* row) {
    for (int lane = 0; lane < L::width; ++lane) sums[lane] += row[lane];
  }

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
      for (int lane = 0; lane < L::width; ++lane) bill.credited[lane] += items_.micros(item, lane);
    }
    for (int i = 0; i < plan.service_items.count; ++i) {
      const int item = p.plan_service_items[plan.service_items.first + i];
      add_row(bill.credited, costs_.service_item_edges + (item * p.most_edges + edge_in_tile) * L::width);
    }
    const std::int64_t committed = p.committed_micros[std::int64_t{index} * p.edge_count + edge];
    for (int lane = 0; lane < L::width; ++lane) bill.credited[lane] += committed;
  }
  COSTRISK_FN void add_component(std::int64_t* edges, int component, int edge_in_tile, bool settled, Bill& bill) const {
    std::int64_t* rows = edges + std::int64_t{component} * parameters_.most_edges * edge_part_count * L::width;
    if (!settled) add_row(bill.credited, edge_row<L>(rows, edge_in_tile, edge_on_demand));
    add_row(bill.credited, edge_row<L>(rows, edge_in_tile, edge_other));
    add_row(bill.uncredited, edge_row<L>(rows, edge_in_tile, edge_uncredited));
  }
  COSTRISK_FN static bool is_job_settled(const PlanParameters& plan, int i) { return (plan.settled_jobs >> i) & 1u; }
  COSTRISK_FN static bool is_service_settled(const PlanParameters& plan, int i) {
    return (plan.settled_services >> i) & 1u;
  }
  COSTRISK_FN std::int64_t credit_on(int plan, std::int64_t bill) const {
    const std::int64_t amount = parameters_.credit_micros[plan];
    return bill < 0 ? 0 : bill < amount ? bill : amount;
  }

  /// One plan's results on one lane, as they add up.
  struct Book {
    std::int64_t stride;
    std::int64_t *category, *owner, *waste, *service;

    COSTRISK_FN void charge(Category to, int to_owner, std::int64_t micros) const {
      category[static_cast<int>(to) * stride] += micros;
      owner[to_owner * stride] += micros;
    }
    COSTRISK_FN std::int64_t of(Category which) const { return category[static_cast<int>(which) * stride]; }
    COSTRISK_FN void throw_away(WasteKind kind, std::int64_t micros) const {
      waste[static_cast<int>(kind) * stride] += micros;
    }
    COSTRISK_FN void charge_service(int slot, std::int64_t micros) const { service[slot * stride] += micros; }
  };
  COSTRISK_FN Book open_book(int plan, int column, const Output& out) const {
    const Parameters& p = parameters_;
    const std::int64_t stride = out.stride, index = plan;
    const Book book{stride, out.plan_category + index * category_count * stride + column,
                    out.plan_owner + index * p.owner_count * stride + column,
                    out.plan_waste + index * waste_kind_count * stride + column,
                    out.plan_service + index * p.service_slots * stride + column};
    for (int i = 0; i < category_count; ++i) book.category[i * stride] = 0;
    for (int i = 0; i < p.owner_count; ++i) book.owner[i * stride] = 0;
    for (int i = 0; i < waste_kind_count; ++i) book.waste[i * stride] = 0;
    for (int i = 0; i < p.service_slots; ++i) book.service[i * stride] = 0;
    return book;
  }

  COSTRISK_FN void write_plan(int index, int lane, int column, const Output& out) {
    const Parameters& p = parameters_;
    const PlanParameters& plan = p.plans[index];
    const Book book = open_book(index, column, out);
    for (int i = 0; i < plan.jobs.count; ++i) charge_job(plan, i, lane, book);
    for (int i = 0; i < plan.services.count; ++i) charge_service(plan, i, lane, book);
    out.plan_covered[std::int64_t{index} * out.stride + column] = charge_commitments(index, lane, book);
    charge_items(plan, lane, book);
    draw_credit(index, lane, book);
    charge_shares(plan, lane, book);

    std::int64_t total = 0;
    for (int i = 0; i < category_count; ++i) total += book.category[i * book.stride];
    out.plan_cost[std::int64_t{index} * out.stride + column] = total;
    out.plan_bin[(std::int64_t{index} * p.bin_count + p.bin_count - 1) * out.stride + column] = total;
  }

  COSTRISK_FN void charge_job(const PlanParameters& plan, int i, int lane, const Book& book) const {
    const int component = parameters_.plan_jobs[plan.jobs.first + i];
    const JobTotals<L>& job = costs_.jobs[component];
    const int owner = parameters_.jobs[component].owner;
    for (int account = 0; account < job_category_count; ++account)
      if (account != account_on_demand || !is_job_settled(plan, i))
        book.charge(job_category(account), owner, job.money[account][lane]);
    book.throw_away(WasteKind::restart, job.waste_restart[lane]);
    book.throw_away(WasteKind::lost_work, job.waste_lost[lane]);
  }

  COSTRISK_FN void charge_service(const PlanParameters& plan, int i, int lane, const Book& book) const {
    const int component = parameters_.plan_services[plan.services.first + i];
    const int slot = parameters_.plan_service_slots[plan.services.first + i];
    const ServiceTotals<L>& service = costs_.services[component];
    const int owner = parameters_.services[component].owner;
    for (int account = 0; account < service_category_count; ++account) {
      if (account == service_on_demand && is_service_settled(plan, i)) continue;
      book.charge(service_category(account), owner, service.money[account].closed[lane]);
      book.charge_service(slot, service.money[account].closed[lane]);
    }
    book.throw_away(WasteKind::idle_headroom, service.idle.closed[lane]);
  }

  /// What commitments cost and leave uncovered. Returns the list price of what they cover.
  COSTRISK_FN std::int64_t charge_commitments(int index, int lane, const Book& book) const {
    const Parameters& p = parameters_;
    const PlanParameters& plan = p.plans[index];
    std::int64_t covered = 0, all_allocated = 0;
    for (int i = plan.uses.first; i < plan.uses.first + plan.uses.count; ++i) {
      const PlanUseParameters& use = p.plan_uses[i];
      const std::int64_t uncovered = settlement_.uncovered(i, lane), allocated = settlement_.allocated(i, lane);
      book.charge(Category::on_demand, use.owner, uncovered);
      book.charge(Category::commitment, use.owner, allocated);
      if (use.service >= 0) book.charge_service(use.service, uncovered + allocated);
      all_allocated += allocated;
      if (is_at_list_price(use.buy)) covered += settlement_.listed(use.use_row, lane) - uncovered;
    }
    const std::int64_t committed = p.committed_micros[(std::int64_t{index} + 1) * p.edge_count - 1];
    book.charge(Category::commitment, unused_owner(), committed - all_allocated);
    // Parts are rounded one by one, and may come to a micro-unit more than the whole.
    const std::int64_t unused = p.effective_micros[index] - all_allocated;
    book.throw_away(WasteKind::unused_commitment, unused > 0 ? unused : 0);
    return covered > 0 ? covered : 0;
  }

  COSTRISK_FN void charge_items(const PlanParameters& plan, int lane, const Book& book) const {
    const Parameters& p = parameters_;
    for (int i = 0; i < plan.items.count; ++i) {
      const int index = p.plan_items[plan.items.first + i];
      const ItemParameters& item = p.items[index];
      if (!is_paid_by_time(item)) continue;
      book.charge(item_category(item.kind), item.owner, items_.micros(index, lane));
    }
    for (int i = 0; i < plan.service_items.count; ++i) {
      const int index = p.plan_service_items[plan.service_items.first + i];
      const ItemParameters& item = p.items[p.service_items[index].item];
      book.charge(Category::item, item.owner, costs_.service_items[index].money[lane]);
    }
  }

  COSTRISK_FN void draw_credit(int index, int lane, const Book& book) const {
    const int edge = parameters_.plans[index].credit_edge;
    if (edge < 0) return;
    const std::int64_t bill = book.of(Category::commitment) + book.of(Category::on_demand) + book.of(Category::spot) +
                              book.of(Category::serverless) + book.of(Category::egress) + book.of(Category::item) +
                              book.of(Category::one_off);
    const bool to_horizon = edge == parameters_.edge_count - 1;
    const std::int64_t credit = to_horizon ? credit_on(index, bill) : credit_micros_[index * L::width + lane];
    book.charge(Category::credit, unused_owner(), -credit);
  }

  /// Shares are reckoned on the categories as they stand before any share.
  COSTRISK_FN void charge_shares(const PlanParameters& plan, int lane, const Book& book) const {
    const Parameters& p = parameters_;
    std::int64_t shares = 0;
    for (int i = 0; i < plan.items.count; ++i) {
      const int index = p.plan_items[plan.items.first + i];
      const ItemParameters& item = p.items[index];
      if (!is_share(item)) continue;
      std::int64_t base = 0;
      for (int k = 0; k < category_count; ++k)
        if ((item.of >> k) & 1u) base += book.category[k * book.stride];
      const std::int64_t cost = items_.share_of(base, index, lane);
      shares += cost;
      book.owner[item.owner * book.stride] += cost;
    }
    book.category[static_cast<int>(Category::item) * book.stride] += shares;
  }

  COSTRISK_FN int unused_owner() const { return parameters_.owner_count - 1; }

  const Parameters& parameters_;
  const ComponentCosts<L> costs_;
  TileEdges edges_;
  std::int64_t* credit_micros_;
  Items<L> items_;
  Settlement<L> settlement_;
};

}  // namespace costrisk
