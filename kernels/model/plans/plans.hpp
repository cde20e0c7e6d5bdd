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
  COSTRISK_FN Plans(PathContext<L>& path, typename ComponentCosts<L>::AtHand costs, const PlanState<L>& state)
      : path_(path),
        parameters_(path.parameters),
        costs_(costs),
        state_(state),
        settlement_(path, state.settlement, costs.use_rows) {}

  COSTRISK_FN void begin() {
    const Parameters& p = parameters_;
    for (int i = 0; i < p.plan_count * L::width; ++i) state_.credit_micros[i] = 0;
    for (int i = 0; i < p.spend_count * L::width; ++i) state_.spent[i] = state_.shortfall[i] = state_.useless[i] = 0;
    for (int i = 0; i < p.plan_count * p.budget_count * L::width; ++i) state_.charged[i] = state_.is_over[i] = 0;
    next_mark_ = 0;
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
    items().pay(edge);
    const int bin = p.edge_bins[edge];
    // The horizon's marks wait for what comes there.
    const bool at_horizon = edge == p.edge_count - 1;
    int end_of_marks = next_mark_;
    bool asks_owners = false;
    for (; end_of_marks < p.budget_mark_count && p.budget_marks[end_of_marks].edge == edge; ++end_of_marks)
      asks_owners = asks_owners || p.budget_marks[end_of_marks].owner >= 0;
    for (int i = 0; i < p.plan_count; ++i) {
      const PlanParameters& plan = p.plans[i];
      const bool promises = !at_horizon && has_mark(plan, edge);
      const bool has_budgets = !at_horizon && end_of_marks > next_mark_;
      if (bin < 0 && plan.credit_edge != edge && !promises && !has_budgets) continue;
      Bill bill{};
      add_up(i, edge, edge_in_tile, bill);
      if (promises) settle_spends(plan, edge, bill);
      Micros credited, total;
      for (int lane = 0; lane < L::width; ++lane)
        credited.of[lane] = bill.committed[lane] + bill.on_demand[lane] + bill.spot[lane] + bill.serverless[lane] +
                            bill.egress[lane] + bill.items[lane] + bill.one_off[lane];
      for (int s = plan.spends.first; s < plan.spends.first + plan.spends.count; ++s)
        add_row<L>(credited.of, state_.shortfall + s * L::width);
      std::int64_t* credit = state_.credit_micros + i * L::width;
      if (edge <= plan.credit_edge)
        for (int lane = 0; lane < L::width; ++lane) credit[lane] = credit_on(i, credited.of[lane]);
      for (int lane = 0; lane < L::width; ++lane)
        total.of[lane] = credited.of[lane] + bill.uncredited[lane] - credit[lane];
      if (has_budgets) {
        if (asks_owners) charge_owners_at_edge(i, edge, edge_in_tile);
        for (int m = next_mark_; m < end_of_marks; ++m) write_period(i, m, total.of, first, count, column, out);
      }
      if (bin < 0) continue;
      std::int64_t* row = out.plan_bin + (std::int64_t{i} * p.bin_count + bin) * out.stride + column;
      for (int lane = first; lane < first + count; ++lane) row[lane - first] = total.of[lane];
    }
    if (!at_horizon) next_mark_ = end_of_marks;
  }

  /// Totals at the horizon.
  COSTRISK_FN void write_totals(int first, int count, int column, const Output& out) {
    items().draw_shares();
    settlement_.end();
    for (int plan = 0; plan < parameters_.plan_count; ++plan) write_plan(plan, first, count, column, out);
  }

 private:
  using Micros = typename PlanBook<L>::Micros;

  /// What a plan costs up to an edge: by category what credit may pay, without shortfalls of spend, and what not.
  struct Bill {
    std::int64_t committed[L::width], on_demand[L::width], spot[L::width], serverless[L::width], egress[L::width],
        items[L::width], one_off[L::width], uncredited[L::width];
  };
  COSTRISK_FN void add_up(int index, int edge, int edge_in_tile, Bill& bill) {
    const Parameters& p = parameters_;
    const PlanParameters& plan = p.plans[index];
    for (int i = 0; i < plan.jobs.count; ++i)
      add_component(costs_.job_edges, p.plan_jobs[plan.jobs.first + i], edge_in_tile, is_job_settled(plan, i), bill);
    for (int i = 0; i < plan.services.count; ++i)
      add_component(costs_.service_edges, p.plan_services[plan.services.first + i], edge_in_tile,
                    is_service_settled(plan, i), bill);
    settlement_.add_uncovered(plan, edge_in_tile, bill.on_demand);
    for (int i = 0; i < plan.items.count; ++i) {
      const int item = p.plan_items[plan.items.first + i];
      if (!is_paid_by_time(p.items[item])) continue;
      add_row<L>(p.items[item].kind == ItemKind::once ? bill.one_off : bill.items, items().micros(item));
    }
    for (int i = 0; i < plan.service_items.count; ++i) {
      const int item = p.plan_service_items[plan.service_items.first + i];
      add_row<L>(bill.items, costs_.service_item_edges + (item * p.most_edges + edge_in_tile) * L::width);
    }
    const std::int64_t committed = p.committed_micros[std::int64_t{index} * p.edge_count + edge];
    for (int lane = 0; lane < L::width; ++lane) bill.committed[lane] += committed;
  }
  COSTRISK_FN std::int64_t* rows_of(std::int64_t* edges, int component) const {
    return edges + std::int64_t{component} * parameters_.most_edges * edge_part_count * L::width;
  }
  COSTRISK_FN void add_component(std::int64_t* edges, int component, int edge_in_tile, bool settled, Bill& bill) const {
    std::int64_t* rows = rows_of(edges, component);
    if (!settled) add_row<L>(bill.on_demand, edge_row<L>(rows, edge_in_tile, edge_on_demand));
    add_row<L>(bill.on_demand, edge_row<L>(rows, edge_in_tile, edge_warm));
    add_row<L>(bill.spot, edge_row<L>(rows, edge_in_tile, edge_spot));
    add_row<L>(bill.serverless, edge_row<L>(rows, edge_in_tile, edge_serverless));
    add_row<L>(bill.egress, edge_row<L>(rows, edge_in_tile, edge_egress));
    add_row<L>(bill.uncredited, edge_row<L>(rows, edge_in_tile, edge_uncredited));
  }
  /// All that a component costs up to an edge of the tile, but for on-demand that is settled.
  COSTRISK_FN void charge_component_at_edge(std::int64_t* edges, int component, int edge_in_tile, bool settled,
                                            int owner) {
    std::int64_t* rows = rows_of(edges, component);
    for (int part = settled ? edge_on_demand + 1 : edge_on_demand; part < edge_part_count; ++part)
      add_row<L>(book().owner(owner), edge_row<L>(rows, edge_in_tile, static_cast<EdgePart>(part)));
  }

  // Spend commitments

  COSTRISK_FN bool has_mark(const PlanParameters& plan, int edge) const {
    for (int s = plan.spends.first; s < plan.spends.first + plan.spends.count; ++s) {
      const Range marks = parameters_.spends[s].marks;
      for (int m = marks.first; m < marks.first + marks.count; ++m)
        if (parameters_.spend_marks[m].edge == edge) return true;
    }
    return false;
  }
  COSTRISK_FN static bool counts(const SpendParameters& spend, Category category) {
    return (spend.of >> static_cast<int>(category)) & 1u;
  }
  /// Ends and begins periods at an edge.
  COSTRISK_FN void settle_spends(const PlanParameters& plan, int edge, const Bill& bill) {
    for (int s = plan.spends.first; s < plan.spends.first + plan.spends.count; ++s) {
      const SpendParameters& spend = parameters_.spends[s];
      for (int m = spend.marks.first; m < spend.marks.first + spend.marks.count; ++m) {
        if (parameters_.spend_marks[m].edge != edge) continue;
        Micros spent{};
        if (counts(spend, Category::commitment)) add_row<L>(spent.of, bill.committed);
        if (counts(spend, Category::on_demand)) add_row<L>(spent.of, bill.on_demand);
        if (counts(spend, Category::spot)) add_row<L>(spent.of, bill.spot);
        if (counts(spend, Category::serverless)) add_row<L>(spent.of, bill.serverless);
        if (counts(spend, Category::egress)) add_row<L>(spent.of, bill.egress);
        if (counts(spend, Category::item)) add_row<L>(spent.of, bill.items);
        if (counts(spend, Category::one_off)) add_row<L>(spent.of, bill.one_off);
        settle_spend(s, parameters_.spend_marks[m], spent);
      }
    }
  }
  COSTRISK_FN void settle_spend(int s, const SpendMarkParameters& mark, const Micros& spent) {
    std::int64_t *before = state_.spent + s * L::width, *shortfall = state_.shortfall + s * L::width;
    std::int32_t* useless = state_.useless + s * L::width;
    for (int lane = 0; lane < L::width; ++lane) {
      const std::int64_t in_period = spent.of[lane] - before[lane];
      const std::int64_t missing = mark.amount_micros - in_period;
      before[lane] = spent.of[lane];
      if (mark.begins) continue;
      const bool falls_short = missing > 0;
      shortfall[lane] += falls_short ? missing : 0;
      useless[lane] = falls_short && mark.amount_micros > 0
                          ? static_cast<std::int32_t>(share_of(missing, mark.amount_micros) >> 36)
                          : 0;
    }
  }
  /// Ends the periods that end at the horizon, by what stands in the book.
  COSTRISK_FN void settle_last_spends(const PlanParameters& plan) {
    for (int s = plan.spends.first; s < plan.spends.first + plan.spends.count; ++s) {
      const SpendParameters& spend = parameters_.spends[s];
      for (int m = spend.marks.first; m < spend.marks.first + spend.marks.count; ++m) {
        if (parameters_.spend_marks[m].edge != parameters_.edge_count - 1) continue;
        Micros spent{};
        for (int k = 0; k < category_count; ++k)
          if ((spend.of >> k) & 1u) add_row<L>(spent.of, book().category(k));
        settle_spend(s, parameters_.spend_marks[m], spent);
      }
    }
  }
  /// What of the amounts promised was not spent, and what of those after the horizon will not be.
  COSTRISK_FN void charge_shortfalls(const PlanParameters& plan) {
    for (int s = plan.spends.first; s < plan.spends.first + plan.spends.count; ++s) {
      const SpendParameters& spend = parameters_.spends[s];
      const std::int64_t* shortfall = state_.shortfall + s * L::width;
      book().charge(Category::commitment, spend.unused, shortfall);
      book().waste(WasteKind::unused_commitment, shortfall);
      if (spend.owed_micros <= 0) continue;
      std::int32_t share[L::width];  // in 2^-24
      if (spend.use_after >= 0)
        L::store(to_int(settlement_.useless_of(spend.use_after) * F(0x1p24f)), share);
      else
        for (int lane = 0; lane < L::width; ++lane) share[lane] = state_.useless[s * L::width + lane];
      charge_stranded(spend.owed_micros, share, plan, spend.unused);
    }
  }

  // Budgets by owner and period

  /// What each owner is charged up to an edge, into the book.
  COSTRISK_FN void charge_owners_at_edge(int index, int edge, int edge_in_tile) {
    const Parameters& p = parameters_;
    const PlanParameters& plan = p.plans[index];
    book().open();
    for (int i = 0; i < plan.jobs.count; ++i) {
      const int job = p.plan_jobs[plan.jobs.first + i];
      charge_component_at_edge(costs_.job_edges, job, edge_in_tile, is_job_settled(plan, i), p.jobs[job].owner);
    }
    for (int i = 0; i < plan.services.count; ++i) {
      const int service = p.plan_services[plan.services.first + i];
      charge_component_at_edge(costs_.service_edges, service, edge_in_tile, is_service_settled(plan, i),
                               p.services[service].owner);
    }
    for (int i = 0; i < plan.items.count; ++i) {
      const int item = p.plan_items[plan.items.first + i];
      if (is_paid_by_time(p.items[item])) add_row<L>(book().owner(p.items[item].owner), items().micros(item));
    }
    for (int i = 0; i < plan.service_items.count; ++i) {
      const int item = p.plan_service_items[plan.service_items.first + i];
      add_row<L>(book().owner(p.items[p.service_items[item].item].owner),
                 costs_.service_item_edges + (item * p.most_edges + edge_in_tile) * L::width);
    }
    settlement_.look_at_edge(plan, edge_in_tile);
    Micros rest;
    for (int lane = 0; lane < L::width; ++lane)
      rest.of[lane] = p.committed_micros[std::int64_t{index} * p.edge_count + edge];
    const auto add_allocated = [&](int i, std::int64_t* micros)
                                   COSTRISK_INLINE { settlement_.add_allocated_at_edge(plan, i, micros); };
    for (int i = 0; i < plan.uses.count; ++i) {
      Micros allocated{};
      add_allocated(i, allocated.of);
      std::int64_t* owner = book().owner(p.plan_uses[plan.uses.first + i].owner);
      add_row<L>(owner, allocated.of);
      settlement_.add_uncovered_at_edge(plan, i, owner);
      for (int lane = 0; lane < L::width; ++lane) rest.of[lane] -= allocated.of[lane];
    }
    for (int c = plan.contracts.first; c < plan.contracts.first + plan.contracts.count; ++c) {
      if (p.contracts[c].unused == unused_owner()) continue;
      Micros unused, charged{};
      settlement_.add_charged_at_edge(c, charged.of);
      for (int lane = 0; lane < L::width; ++lane) {
        unused.of[lane] = p.contract_micros[std::int64_t{c} * p.edge_count + edge] - charged.of[lane];
        rest.of[lane] -= unused.of[lane];
      }
      charge_to(plan, p.contracts[c].unused, Category::commitment, unused.of, add_allocated);
    }
    for (int s = plan.spends.first; s < plan.spends.first + plan.spends.count; ++s)
      add_row<L>(book().owner(p.spends[s].unused), state_.shortfall + s * L::width);
    const std::int64_t* credit = state_.credit_micros + index * L::width;
    for (int lane = 0; lane < L::width; ++lane) rest.of[lane] -= credit[lane];
    add_row<L>(book().owner(unused_owner()), rest.of);
  }
  /// What is charged in the period that ends at a mark, and whether that is too much.
  /// @param total what the plan costs up to there
  COSTRISK_FN void write_period(int index, int m, const std::int64_t* total, int first, int count, int column,
                                const Output& out) {
    const Parameters& p = parameters_;
    const BudgetMarkParameters& mark = p.budget_marks[m];
    const std::int64_t* up_to = mark.owner < 0 ? total : book().owner(mark.owner);
    const std::int64_t budget = std::int64_t{index} * p.budget_count + mark.budget;
    std::int64_t* before = state_.charged + budget * L::width;
    std::int32_t* is_over = state_.is_over + budget * L::width;
    const std::int64_t row = (std::int64_t{index} * p.budget_mark_count + mark.period) * out.stride + column;
    for (int i = 0; i < count; ++i) {
      const int lane = first + i;
      const std::int64_t charged = up_to[lane] - before[lane];
      const std::int32_t over = charged > mark.amount_micros;
      out.plan_period[row + i] = charged;
      out.plan_period_over[row + i] = over;
      out.plan_budget_over[budget * out.stride + column + i] = is_over[lane] | over;
    }
    for (int lane = 0; lane < L::width; ++lane) {
      is_over[lane] |= up_to[lane] - before[lane] > mark.amount_micros;
      before[lane] = up_to[lane];
    }
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
    book().open();
    for (int i = 0; i < plan.jobs.count; ++i) charge_job(plan, i);
    for (int i = 0; i < plan.services.count; ++i) charge_service(plan, i);
    const Micros covered = charge_commitments(index);
    std::int64_t* row = out.plan_covered + std::int64_t{index} * out.stride + column;
    for (int i = 0; i < count; ++i) row[i] = covered.of[first + i];
    charge_items(plan);
    settle_last_spends(plan);
    charge_shortfalls(plan);
    draw_credit(index);
    charge_shares(plan);
    Micros total{};
    if (next_mark_ < parameters_.budget_mark_count)
      for (int i = 0; i < category_count; ++i) add_row<L>(total.of, book().category(i));
    for (int m = next_mark_; m < parameters_.budget_mark_count; ++m)
      write_period(index, m, total.of, first, count, column, out);
    book().write(index, parameters_.bin_count, first, count, column, out);
  }

  COSTRISK_FN void charge_job(const PlanParameters& plan, int i) {
    const int component = parameters_.plan_jobs[plan.jobs.first + i];
    const JobTotals<L>& job = costs_.jobs[component];
    const int owner = parameters_.jobs[component].owner;
    for (int account = 0; account < job_category_count; ++account)
      if (account != account_on_demand || !is_job_settled(plan, i))
        book().charge(job_category(account), owner, job.money[account]);
    book().waste(WasteKind::restart, job.waste_restart);
    book().waste(WasteKind::lost_work, job.waste_lost);
  }

  COSTRISK_FN void charge_service(const PlanParameters& plan, int i) {
    const int component = parameters_.plan_services[plan.services.first + i];
    const int slot = parameters_.plan_service_slots[plan.services.first + i];
    const ServiceTotals<L>& service = costs_.services[component];
    const int owner = parameters_.services[component].owner;
    for (int account = 0; account < service_category_count; ++account) {
      if (account == service_on_demand && is_service_settled(plan, i)) continue;
      book().charge(service_category(account), owner, service.money[account].closed);
      book().charge_service(slot, service.money[account].closed);
    }
    charge_idle(plan, slot, service, is_service_settled(plan, i));
  }

  /// Headroom at what the plan pays for the service's instances, where that is not the list price.
  COSTRISK_FN void charge_idle(const PlanParameters& plan, int slot, const ServiceTotals<L>& service, bool settled) {
    Micros idle, planned, listed{}, paid{};
    for (int lane = 0; lane < L::width; ++lane) {
      idle.of[lane] = service.beyond_target.closed[lane];
      planned.of[lane] = service.idle.closed[lane] - idle.of[lane];
    }
    if (settled) {
      add_row<L>(listed.of, service.money[service_spot].closed);
      add_row<L>(paid.of, service.money[service_spot].closed);
      for (int i = plan.uses.first; i < plan.uses.first + plan.uses.count; ++i) {
        const PlanUseParameters& use = parameters_.plan_uses[i];
        if (use.service != slot || !is_at_list_price(use.buy)) continue;
        add_row<L>(listed.of, settlement_.listed(use.use_row));
        add_row<L>(paid.of, settlement_.uncovered(i));
        add_row<L>(paid.of, settlement_.allocated(i));
      }
      for (int lane = 0; lane < L::width; ++lane) {
        idle.of[lane] = at_price(idle.of[lane], paid.of[lane], listed.of[lane]);
        planned.of[lane] = at_price(planned.of[lane], paid.of[lane], listed.of[lane]);
      }
    }
    book().waste(WasteKind::idle_headroom, idle.of);
    book().waste(WasteKind::planned_headroom, planned.of);
  }
  /// What comes to `micros` at list price, where `listed` is paid with `paid`; no more than twice.
  COSTRISK_FN static std::int64_t at_price(std::int64_t micros, std::int64_t paid, std::int64_t listed) {
    if (listed <= 0 || paid <= 0) return listed <= 0 ? micros : 0;
    if (paid <= listed) return scale_micros(micros, share_of(paid, listed));
    return micros + scale_micros(micros, share_of(paid - listed, listed));
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
      book().charge(Category::on_demand, use.owner, uncovered);
      book().charge(Category::commitment, use.owner, allocated);
      if (use.service >= 0) {
        book().charge_service(use.service, uncovered);
        book().charge_service(use.service, allocated);
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
    book().waste(WasteKind::unused_commitment, unused.of);
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
      charge_to(plan, contract.unused, Category::commitment, unused.of, all_allocated(plan));
    }
    book().charge(Category::commitment, unused_owner(), rest.of);
  }
  /// What is owed after the horizon and will be of no use.
  COSTRISK_FN void charge_stranded(const PlanParameters& plan) {
    for (int i = plan.contracts.first; i < plan.contracts.first + plan.contracts.count; ++i) {
      const ContractParameters& contract = parameters_.contracts[i];
      if (contract.owed_micros <= 0) continue;
      std::int32_t share[L::width];  // in 2^-24
      L::store(to_int(settlement_.useless_share(i) * F(0x1p24f)), share);
      charge_stranded(contract.owed_micros, share, plan, contract.unused);
    }
  }
  /// @param share in 2^-24, that is of no use
  COSTRISK_FN void charge_stranded(std::int64_t owed, const std::int32_t* share, const PlanParameters& plan,
                                   std::int32_t owner) {
    Micros stranded;
    for (int lane = 0; lane < L::width; ++lane)
      stranded.of[lane] = scale_micros(owed, static_cast<std::uint64_t>(share[lane]) << 36);
    charge_to(plan, owner, Category::stranded, stranded.of, all_allocated(plan));
  }
  /// Adds what the i-th use of a plan was charged of its contracts until the horizon.
  COSTRISK_FN auto all_allocated(const PlanParameters& plan) const {
    return [this, &plan](int i, std::int64_t* micros)
               COSTRISK_INLINE { add_row<L>(micros, settlement_.allocated(plan.uses.first + i)); };
  }
  /// Charges an owner, or all of them by what they were charged of the plan's contracts.
  template <class AddAllocated>
  COSTRISK_FN void charge_to(const PlanParameters& plan, std::int32_t owner, Category category,
                             const std::int64_t* micros, const AddAllocated& add_allocated) {
    if (owner >= 0) return book().charge(category, owner, micros);
    Micros total{}, charged{}, sum{};
    for (int i = 0; i < plan.uses.count; ++i) add_allocated(i, total.of);
    for (int i = 0; i < plan.uses.count; ++i) {
      add_allocated(i, sum.of);
      Micros part;
      for (int lane = 0; lane < L::width; ++lane) {
        const std::int64_t upto =
            total.of[lane] > 0 ? scale_micros(micros[lane], share_of(sum.of[lane], total.of[lane])) : 0;
        part.of[lane] = upto - charged.of[lane];
        charged.of[lane] = upto;
      }
      book().charge(category, parameters_.plan_uses[plan.uses.first + i].owner, part.of);
    }
    for (int lane = 0; lane < L::width; ++lane) charged.of[lane] = micros[lane] - charged.of[lane];
    book().charge(category, unused_owner(), charged.of);
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
      book().charge(item_category(item.kind), item.owner, items().micros(index));
    }
    for (int i = 0; i < plan.service_items.count; ++i) {
      const int index = p.plan_service_items[plan.service_items.first + i];
      const ItemParameters& item = p.items[p.service_items[index].item];
      book().charge(Category::item, item.owner, costs_.service_items[index].money);
    }
  }

  COSTRISK_FN void draw_credit(int index) {
    const int edge = parameters_.plans[index].credit_edge;
    if (edge < 0) return;
    Micros bill{};
    constexpr Category paid[] = {Category::commitment, Category::on_demand, Category::spot,   Category::serverless,
                                 Category::egress,     Category::item,      Category::one_off};
    for (const Category category : paid) add_row<L>(bill.of, book().category(category));
    const bool to_horizon = edge == parameters_.edge_count - 1;
    for (int lane = 0; lane < L::width; ++lane)
      bill.of[lane] =
          -(to_horizon ? credit_on(index, bill.of[lane]) : state_.credit_micros[std::int64_t{index} * L::width + lane]);
    book().charge(Category::credit, unused_owner(), bill.of);
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
        if ((item.of >> k) & 1u) add_row<L>(cost.of, book().category(k));
      for (int lane = 0; lane < L::width; ++lane) cost.of[lane] = items().share_of(cost.of[lane], index, lane);
      add_row<L>(shares.of, cost.of);
      add_row<L>(book().owner(item.owner), cost.of);
    }
    add_row<L>(book().category(Category::item), shares.of);
  }

  COSTRISK_FN int unused_owner() const { return parameters_.owner_count - 1; }
  COSTRISK_FN PlanBook<L> book() const { return {parameters_, state_.book}; }
  COSTRISK_FN Items<L> items() const { return {path_, state_.item_micros}; }

  PathContext<L>& path_;
  const Parameters& parameters_;
  typename ComponentCosts<L>::AtHand costs_;
  TileEdges edges_;
  const PlanState<L>& state_;
  int next_mark_ = 0;  ///< of budgets
  Settlement<L> settlement_;
};

}  // namespace costrisk
