// Settlement of commitments and savings plans over the use that components tell step by step.
//
// Use is settled by periods. A use row's sums over the periods that end in a tile are made once; then each plan
// covers its uses in its own order. All periods of a tile are settled at once, one commitment after the other, since
// none of them depends on another.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/plans/settlement_state.hpp"
#include "kernels/model/tile_edges.hpp"
#include "kernels/model/world/world_tile.hpp"

namespace costrisk {

template <class L>
class Settlement {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;
  using Sum = CompensatedSum<L>;

 public:
  /// @param use_rows [use row][tile step]: instances, on average over the step
  COSTRISK_FN Settlement(PathContext<L>& path, const SettlementState<L>& state, const F* use_rows)
      : path_(path), parameters_(path.parameters), state_(state), use_rows_(use_rows) {}

  COSTRISK_FN void begin() {
    for (int r = 0; r < parameters_.use_row_count; ++r) {
      UseRowState<L>& row = state_.rows[r];
      row.open_use = row.open_price = row.open_excess = row.base_price = F(0.0f);
      row.listed_spend = row.open_listed = Sum::zero();
      row.listed.clear();
    }
    for (int i = 0; i < parameters_.plan_use_count; ++i) {
      state_.open[i] = {Sum::zero(), Sum::zero()};
      state_.plan_uses[i].uncovered.clear();
      state_.plan_uses[i].allocated.clear();
    }
    for (int i = 0; i < parameters_.contract_count; ++i) {
      ContractState<L>& contract = state_.contracts[i];
      contract.open_allocated = contract.used = Sum::zero();
      contract.allocated.clear();
    }
    if (parameters_.use_row_count > 0)
      for (int t = 0; t < tile_steps; ++t) state_.zeros[t] = F(0.0f);
  }

  /// Takes in the use of a tile. What was settled stays that of the tiles before.
  COSTRISK_FN void begin_tile(const WorldTile<L>& tile, const TileEdges& edges) {
    edges_ = edges;
    ending_ = 0;
    closes_ = tile.end % settlement_close_steps == 0 || tile.end == parameters_.steps;
    if (parameters_.use_row_count == 0) return;
    while (settled_ + ending_ == 0 || period_end(settled_ + ending_ - 1) < parameters_.steps) {
      if (period_end(settled_ + ending_) > tile.end) break;
      ++ending_;
    }
    for (int r = 0; r < parameters_.use_row_count; ++r) take_in(r, tile);
  }

  /// Adds to `micros` (one a lane) the plan's on-demand cost of its uses up to an edge of the tile. Use in a period
  /// that is not over at the edge is not booked yet.
  COSTRISK_FN void add_uncovered(const PlanParameters& plan, int edge_in_tile, std::int64_t* micros) {
    if (plan.uses.count == 0) return;
    for (int i = 0; i < plan.uses.count; ++i) state_.settled[i] = state_.open[plan.uses.first + i];
    settle(plan, stretch(periods_up_to(edge_in_tile)), state_.settled);
    for (int i = 0; i < plan.uses.count; ++i) {
      const PlanUseParameters& use = use_of(plan, i);
      if (!is_at_list_price(use.buy)) continue;
      state_.plan_uses[plan.uses.first + i].uncovered.add_to(micros, state_.settled[i].uncovered, row_of(use).money);
    }
  }

  /// What uses of the plan are charged up to an edge of the tile, as readers of it ask.
  COSTRISK_FN void look_at_edge(const PlanParameters& plan, int edge_in_tile) {
    for (int c = plan.contracts.first; c < plan.contracts.first + plan.contracts.count; ++c)
      state_.charged[c] = state_.contracts[c].open_allocated;
    if (plan.uses.count == 0) return;
    for (int i = 0; i < plan.uses.count; ++i) state_.settled[i] = state_.open[plan.uses.first + i];
    looks_at_edge_ = true;
    settle(plan, stretch(periods_up_to(edge_in_tile)), state_.settled);
    looks_at_edge_ = false;
  }
  /// Then: adds to `micros` what the i-th use of the plan is charged, uncovered and for what covers it, or a contract
  /// is.
  COSTRISK_FN void add_uncovered_at_edge(const PlanParameters& plan, int i, std::int64_t* micros) const {
    const PlanUseParameters& use = use_of(plan, i);
    if (is_at_list_price(use.buy))
      state_.plan_uses[plan.uses.first + i].uncovered.add_to(micros, state_.settled[i].uncovered, row_of(use).money);
  }
  COSTRISK_FN void add_allocated_at_edge(const PlanParameters& plan, int i, std::int64_t* micros) const {
    state_.plan_uses[plan.uses.first + i].allocated.add_to(micros, state_.settled[i].allocated, Pair{1.0f, 0.0f});
  }
  COSTRISK_FN void add_charged_at_edge(int contract, std::int64_t* micros) const {
    state_.contracts[contract].allocated.add_to(micros, state_.charged[contract], Pair{1.0f, 0.0f});
  }

  /// Settles the tile's periods for all plans.
  COSTRISK_FN void end_tile() {
    if (parameters_.use_row_count == 0 || (ending_ == 0 && !closes_)) return;
    for (int r = 0; r < parameters_.use_row_count; ++r) {
      UseRowState<L>& row = state_.rows[r];
      if (ending_ > 0) row.open_listed.add(row.listed_spend.sum, row.listed_spend.rest);
      if (closes_) close(row.listed, row.open_listed, parameters_.use_rows[r].money);
    }
    for (int i = 0; i < parameters_.plan_count; ++i) {
      const PlanParameters& plan = parameters_.plans[i];
      if (plan.uses.count > 0) settle_finally(plan);
    }
    settled_ += ending_;
  }

  /// Makes the totals below readable.
  COSTRISK_FN void end() {
    for (int r = 0; r < parameters_.use_row_count; ++r) state_.rows[r].listed.close();
    for (int i = 0; i < parameters_.plan_use_count; ++i) {
      state_.plan_uses[i].uncovered.close();
      state_.plan_uses[i].allocated.close();
    }
    for (int i = 0; i < parameters_.contract_count; ++i) state_.contracts[i].allocated.close();
  }
  /// Micro-units since the start, one a lane, by index in plan_uses or use_rows.
  COSTRISK_FN const std::int64_t* uncovered(int plan_use) const { return state_.plan_uses[plan_use].uncovered.closed; }
  COSTRISK_FN const std::int64_t* allocated(int plan_use) const { return state_.plan_uses[plan_use].allocated.closed; }
  /// Likewise what was charged to uses of a contract.
  COSTRISK_FN const std::int64_t* allocated_of(int contract) const {
    return state_.contracts[contract].allocated.closed;
  }
  /// The share of what a contract owes after the horizon that will be of no use.
  COSTRISK_FN F useless_share(int contract) const {
    const ContractParameters& asked = parameters_.contracts[contract];
    const F one(1.0f);
    if (asked.use_after >= 0) return useless_of(asked.use_after);
    F useful = state_.contracts[contract].used.sum * F(asked.inverse_offered);
    // Sums of many periods are rounded.
    useful = select(useful >= F(1.0f - 0x1p-18f), one, useful);
    return one - min(max(useful, F(0.0f)), one);
  }
  /// One less a law for the share that will be of use.
  COSTRISK_FN F useless_of(LawIndex use_after) const {
    return F(1.0f) - min(max(path_.law(use_after), F(0.0f)), F(1.0f));
  }
  COSTRISK_FN const std::int64_t* listed(int use_row) const { return state_.rows[use_row].listed.closed; }

 private:
  COSTRISK_FN int period_end(int period) const {
    const int end = parameters_.first_settlement + period * parameters_.settlement_steps;
    return end < parameters_.steps ? end : parameters_.steps;
  }
  /// Periods that end in the tile by one of its edges.
  COSTRISK_FN int periods_up_to(int edge_in_tile) const {
    int periods = 0;
    while (periods < ending_ && period_end(settled_ + periods) <= edges_.steps[edge_in_tile]) ++periods;
    return periods;
  }
  COSTRISK_FN int period_start(int period) const { return period == 0 ? 0 : period_end(period - 1); }

  /// Steps of a term within a period.
  template <class Term>
  COSTRISK_FN float steps_inside(const Term& term, int period) const {
    const int start = period_start(period);
    const float length = static_cast<float>(period_end(period) - start);
    const float first = static_cast<float>(term.from.step - start) + term.from.offset;
    const float last = static_cast<float>(term.until.step - start) + term.until.offset;
    return max(min(last, length) - max(first, 0.0f), 0.0f);
  }
  /// The periods looked at, all of them the tile's: the first `count` that end in it.
  struct Stretch {
    int count, start, end;
  };
  COSTRISK_FN Stretch stretch(int periods) const {
    return {periods, period_start(settled_), periods > 0 ? period_end(settled_ + periods - 1) : 0};
  }
  /// None of its periods is cut short.
  COSTRISK_FN bool is_even(const Stretch& stretch) const {
    return stretch.end - stretch.start == stretch.count * parameters_.settlement_steps;
  }
  template <class Term>
  COSTRISK_FN static bool touches(const Term& term, const Stretch& stretch) {
    return term.from.step < stretch.end &&
           (term.until.step > stretch.start || (term.until.step == stretch.start && term.until.offset > 0.0f));
  }
  template <class Term>
  COSTRISK_FN static bool spans(const Term& term, const Stretch& stretch) {
    return (term.from.step < stretch.start || (term.from.step == stretch.start && term.from.offset <= 0.0f)) &&
           term.until.step >= stretch.end;
  }

  COSTRISK_FN const PlanUseParameters& use_of(const PlanParameters& plan, int i) const {
    return parameters_.plan_uses[plan.uses.first + i];
  }
  COSTRISK_FN const UseRowParameters& row_of(const PlanUseParameters& use) const {
    return parameters_.use_rows[use.use_row];
  }
  COSTRISK_FN const F* use_in(int row) const { return state_.use + row * tile_steps; }
  COSTRISK_FN const F* excess_in(int row) const {
    const F* zeros = state_.zeros;
    return parameters_.use_rows[row].price.slot < 0 ? zeros : state_.excess + row * tile_steps;
  }

  /// A row's use by periods, and their mean prices.
  COSTRISK_FN void take_in(int r, const WorldTile<L>& tile) {
    const PriceSource& source = parameters_.use_rows[r].price;
    const F* instances = use_rows_ + r * tile_steps;
    const F* prices = source.slot < 0 ? nullptr : tile.row(source.slot);
    const F scale = source.law < 0 ? F(1.0f) : path_.law(source.law);
    F* use = state_.use + r * tile_steps;
    F* mean_price = state_.excess + r * tile_steps;
    UseRowState<L>& row = state_.rows[r];
    F open_use = row.open_use, open_price = row.open_price, open_excess = row.open_excess;
    int period = 0;
    int next_start = period_start(settled_), next_end = period_end(settled_);
    for (int step = tile.start; step < tile.end; ++step) {
      const int k = step - tile.start;
      const F price = prices ? prices[k] * scale : scale;
      if (step == next_start) {
        open_price = price;
        open_use = open_excess = F(0.0f);
      }
      open_use = open_use + instances[k];
      open_excess = fma(instances[k], price - open_price, open_excess);
      if (step + 1 == next_end) {
        use[period] = open_use;
        if (prices) mean_price[period] = open_price + open_excess / max(open_use, F(1e-30f));
        ++period;
        next_start = next_end;
        next_end = period_end(settled_ + period);
        open_use = open_excess = F(0.0f);
      }
    }
    row.open_use = open_use;
    row.open_price = open_price;
    row.open_excess = open_excess;
    if (ending_ > 0) find_base(r, prices != nullptr, scale);
  }
  /// Turns mean prices into a base and what is above it: where the price does not move that is exactly nothing.
  COSTRISK_FN void find_base(int r, bool moves, F constant) {
    F* excess = state_.excess + r * tile_steps;
    F* inverse_price = state_.inverse_price + r * tile_steps;
    const F base = moves ? excess[0] : constant;
    state_.rows[r].base_price = base;
    const F inverse_base = F(1.0f) / max(base, F(1e-30f));
    for (int t = 0; t < ending_; ++t) {
      inverse_price[t] = moves ? F(1.0f) / max(excess[t], F(1e-30f)) : inverse_base;
      if (moves) excess[t] = excess[t] - base;
    }
    state_.rows[r].listed_spend = Sum::zero();
    add_spend(state_.rows[r].listed_spend, r, use_in(r), ending_);
  }

  /// Runs `body(t, t % 4)` over periods; the second is known to the compiler, so that sums in four parts, which are
  /// quicker and more precise than one, stand in registers.
  template <class Body>
  COSTRISK_FN static void each_period(int periods, Body body) {
    int t = 0;
    for (; t + 4 <= periods; t += 4) {
      body(t, 0);
      body(t + 1, 1);
      body(t + 2, 2);
      body(t + 3, 3);
    }
    if (t < periods) body(t, 0);
    if (t + 1 < periods) body(t + 1, 1);
    if (t + 2 < periods) body(t + 2, 2);
  }
  COSTRISK_FN static F total(const F* parts) { return (parts[0] + parts[2]) + (parts[1] + parts[3]); }

  /// Adds Σ of the row's use, or what is left of it, at list price, relative.
  COSTRISK_FN void add_spend(Sum& spend, int row, const F* left, int periods) const {
    const F* excess = excess_in(row);
    const F zero(0.0f);
    F use[4] = {zero, zero, zero, zero}, above[4] = {zero, zero, zero, zero};
    each_period(periods, [&](int t, int part) {
      use[part] = use[part] + left[t];
      above[part] = fma(left[t], excess[t], above[part]);
    });
    spend.add_product(total(use), state_.rows[row].base_price);
    spend.add(total(above));
  }

  COSTRISK_FN void settle_finally(const PlanParameters& plan) {
    SettledUse<L>* open = state_.open + plan.uses.first;
    counts_contracts_ = true;
    settle(plan, stretch(ending_), open);
    counts_contracts_ = false;
    if (!closes_) return;
    for (int i = plan.contracts.first; i < plan.contracts.first + plan.contracts.count; ++i)
      close(state_.contracts[i].allocated, state_.contracts[i].open_allocated, Pair{1.0f, 0.0f});
    for (int i = 0; i < plan.uses.count; ++i) {
      const PlanUseParameters& use = use_of(plan, i);
      PlanUseState<L>& state = state_.plan_uses[plan.uses.first + i];
      if (is_at_list_price(use.buy)) close(state.uncovered, open[i].uncovered, row_of(use).money);
      close(state.allocated, open[i].allocated, Pair{1.0f, 0.0f});
    }
  }
  COSTRISK_FN void close(Account<L>& account, Sum& open, Pair money) {
    path_.check_money(M(true), open.sum * F(money.high));
    account.add_money(open, money);
    open = Sum::zero();
  }

  /// Adds to `settled` what the plan's uses come to in the stretch.
  COSTRISK_FN void settle(const PlanParameters& plan, const Stretch& stretch, SettledUse<L>* settled) {
    for (int i = 0; i < plan.uses.count; ++i) state_.is_covered[i] = 0;
    if (stretch.count == 0) return;
    if (!is_plain(plan, stretch)) return settle_in_order(plan, stretch, settled);
    for (int c = 0; c < plan.commitments.count; ++c) {
      const CommitmentParameters& commitment = parameters_.commitments[plan.commitments.first + c];
      if (!touches(commitment, stretch)) continue;
      int uses[2] = {0, 0}, count = 0;
      for (int i = 0; i < plan.uses.count; ++i)
        if (covers(commitment, use_of(plan, i))) uses[count++] = i;
      if (count == 1) cover_all<1>(plan, commitment, uses, stretch.count, settled);
      if (count == 2) cover_all<2>(plan, commitment, uses, stretch.count, settled);
    }
    for (int i = 0; i < plan.uses.count; ++i)
      if (!state_.is_covered[i]) add_list_price(settled[i].uncovered, use_of(plan, i).use_row, stretch.count);
  }
  COSTRISK_FN void add_list_price(Sum& spend, int row, int periods) const {
    const Sum& listed = state_.rows[row].listed_spend;
    if (periods == ending_)
      spend.add(listed.sum, listed.rest);
    else
      add_spend(spend, row, use_in(row), periods);
  }
  COSTRISK_FN static bool covers(const CommitmentParameters& commitment, const PlanUseParameters& use) {
    return commitment.market == use.market && commitment.covers == use.buy;
  }

  /// Whether no use has more than one commitment, none of these more than two uses or an owner to serve first, each
  /// offers the same in every period, and no period is one in which it is looked at how a contract is used.
  COSTRISK_FN bool is_plain(const PlanParameters& plan, const Stretch& stretch) {
    for (int s = 0; s < plan.savings_plans.count; ++s)
      if (touches(parameters_.savings_plans[plan.savings_plans.first + s], stretch)) return false;
    for (int c = 0; c < plan.commitments.count; ++c) {
      const CommitmentParameters& commitment = parameters_.commitments[plan.commitments.first + c];
      if (!touches(commitment, stretch)) continue;
      if (!is_even(stretch) || !spans(commitment, stretch)) return false;
      if (commitment.owner >= 0 || counts_use(commitment, period_start(settled_ + stretch.count - 1))) return false;
      int count = 0;
      for (int i = 0; i < plan.uses.count; ++i) {
        if (!covers(commitment, use_of(plan, i))) continue;
        if (state_.is_covered[i] || ++count > 2) return false;
        state_.is_covered[i] = 1;
      }
    }
    return true;
  }

  /// One commitment over N uses that no other commitment covers.
  template <int N>
  COSTRISK_FN void cover_all(const PlanParameters& plan, const CommitmentParameters& commitment, const int* uses,
                             int periods, SettledUse<L>* settled) {
    bool moves = false;
    for (int j = 0; j < N; ++j) moves = moves || row_of(use_of(plan, uses[j])).price.slot >= 0;
    if (moves)
      cover_all<N, true>(plan, commitment, uses, periods, settled);
    else
      cover_all<N, false>(plan, commitment, uses, periods, settled);
  }
  /// @tparam moves the list price; one that does not has nothing above its base, which is not added up
  template <int N, bool moves>
  COSTRISK_FN void cover_all(const PlanParameters& plan, const CommitmentParameters& commitment, const int* uses,
                             int periods, SettledUse<L>* settled) {
    const F offered(commitment.instances * static_cast<float>(parameters_.settlement_steps));
    const bool pro_rata = N > 1 && parameters_.covered_pro_rata;
    const F* use[N];
    const F* excess[N];
    F covered[N][2], left[N][2], above[N][2];
    for (int j = 0; j < N; ++j) {
      const int row = use_of(plan, uses[j]).use_row;
      use[j] = use_in(row);
      excess[j] = excess_in(row);
      for (int part = 0; part < 2; ++part) covered[j][part] = left[j][part] = above[j][part] = F(0.0f);
    }
    each_period(periods, [&](int t, int quarter) {
      const int part = quarter % 2;
      F capacity = offered, share(1.0f);
      if (pro_rata) share = share_of(offered, use[0][t] + use[N - 1][t]);
      for (int j = 0; j < N; ++j) {
        const F taken = pro_rata ? use[j][t] * share : min(use[j][t], capacity);
        const F rest = use[j][t] - taken;
        capacity = capacity - taken;
        covered[j][part] = covered[j][part] + taken;
        left[j][part] = left[j][part] + rest;
        if constexpr (moves) above[j][part] = fma(rest, excess[j][t], above[j][part]);
      }
    });
    for (int j = 0; j < N; ++j) {
      SettledUse<L>& use_settled = settled[uses[j]];
      const F base = state_.rows[use_of(plan, uses[j]).use_row].base_price;
      use_settled.uncovered.add_product(left[j][0] + left[j][1], base);
      if constexpr (moves) use_settled.uncovered.add(above[j][0] + above[j][1]);
      allocate(use_settled, covered[j][0] + covered[j][1], commitment.rate, commitment.contract);
    }
  }
  COSTRISK_FN void allocate(SettledUse<L>& settled, F amount, Pair money, std::int32_t contract) {
    add_money(settled.allocated, amount, money);
    if (contract < 0) return;
    if (counts_contracts_) add_money(state_.contracts[contract].open_allocated, amount, money);
    if (looks_at_edge_) add_money(state_.charged[contract], amount, money);
  }
  COSTRISK_FN static void add_money(Sum& sum, F amount, Pair money) {
    sum.add_product(amount, F(money.high));
    sum.rest = fma(amount, F(money.low), sum.rest);
  }
  /// The share of what is asked for that is covered, where less is offered.
  COSTRISK_FN static F share_of(F offered, F asked) {
    return select(asked > offered, offered / max(asked, F(1e-30f)), F(1.0f));
  }
  /// Whether a period that begins at `step` is one in which it is looked at how the contract is used.
  template <class Contract>
  COSTRISK_FN bool counts_use(const Contract& contract, int step) const {
    if (!counts_contracts_ || contract.contract < 0) return false;
    const ContractParameters& asked = parameters_.contracts[contract.contract];
    return asked.use_after < 0 && asked.owed_micros > 0 && step >= asked.from;
  }

  /// Commitments, then savings plans, each of what those before it left.
  COSTRISK_FN void settle_in_order(const PlanParameters& plan, const Stretch& stretch, SettledUse<L>* settled) {
    const int periods = stretch.count;
    for (int i = 0; i < plan.uses.count; ++i) {
      const F* use = use_in(use_of(plan, i).use_row);
      for (int t = 0; t < periods; ++t) left_of(i)[t] = use[t];
    }
    for (int c = 0; c < plan.commitments.count; ++c) {
      const CommitmentParameters& commitment = parameters_.commitments[plan.commitments.first + c];
      if (touches(commitment, stretch)) cover_in_order(plan, commitment, stretch, settled);
    }
    for (int s = 0; s < plan.savings_plans.count; ++s) {
      const SavingsPlanParameters& savings_plan = parameters_.savings_plans[plan.savings_plans.first + s];
      if (touches(savings_plan, stretch)) spend_in_order(plan, savings_plan, stretch, settled);
    }
    for (int i = 0; i < plan.uses.count; ++i)
      add_spend(settled[i].uncovered, use_of(plan, i).use_row, left_of(i), periods);
  }
  /// What a term offers in each period at `rate` a step.
  template <class Term>
  COSTRISK_FN void offer(const Term& term, float rate, const Stretch& stretch) {
    if (is_even(stretch) && spans(term, stretch)) {
      const F offered(rate * static_cast<float>(parameters_.settlement_steps));
      for (int t = 0; t < stretch.count; ++t) state_.capacity[t] = offered;
      return;
    }
    for (int t = 0; t < stretch.count; ++t) state_.capacity[t] = F(rate * steps_inside(term, settled_ + t));
  }
  COSTRISK_FN F* left_of(int i) { return state_.left + i * tile_steps; }

  COSTRISK_FN void cover_in_order(const PlanParameters& plan, const CommitmentParameters& commitment,
                                  const Stretch& stretch, SettledUse<L>* settled) {
    offer(commitment, commitment.instances, stretch);
    const auto asked_by = [&](int i) COSTRISK_INLINE {
      return [left = left_of(i)](int t) COSTRISK_INLINE { return left[t]; };
    };
    const auto covered = [&](int i) COSTRISK_INLINE { return covers(commitment, use_of(plan, i)); };
    each_group(plan, commitment.owner, covered, [&](const auto& is_served) COSTRISK_INLINE {
      const bool shares = share_out(plan, stretch.count, is_served, asked_by);
      for (int i = 0; i < plan.uses.count; ++i) {
        if (!is_served(i)) continue;
        F *left = left_of(i), *capacity = state_.capacity;
        const F* share = state_.share;
        const F zero(0.0f);
        F sum[4] = {zero, zero, zero, zero};
        each_period(stretch.count, [&](int t, int part) COSTRISK_INLINE {
          const F taken = shares ? left[t] * share[t] : min(left[t], capacity[t]);
          left[t] = left[t] - taken;
          if (!shares) capacity[t] = capacity[t] - taken;
          sum[part] = sum[part] + taken;
        });
        allocate(settled[i], total(sum), commitment.rate, commitment.contract);
      }
    });
    count_use(commitment, commitment.instances, stretch);
  }

  /// The budget is counted in steps of the spend.
  COSTRISK_FN void spend_in_order(const PlanParameters& plan, const SavingsPlanParameters& savings_plan,
                                  const Stretch& stretch, SettledUse<L>* settled) {
    offer(savings_plan, 1.0f, stretch);
    for (int d = 0; d < savings_plan.discounts.count; ++d) {
      const DiscountParameters& discount = parameters_.discounts[savings_plan.discounts.first + d];
      const F cost_of_one(discount.money * savings_plan.inverse_spend);
      const F inverse_cost_of_one(discount.inverse_money * savings_plan.spend.high);
      const auto asked_by = [&](int i) COSTRISK_INLINE {
        const int row = use_of(plan, i).use_row;
        return [=, left = left_of(i), base = state_.rows[row].base_price, excess = excess_in(row)](int t)
                   COSTRISK_INLINE { return left[t] * ((base + excess[t]) * cost_of_one); };
      };
      const auto covered = [&](int i) COSTRISK_INLINE {
        const PlanUseParameters& use = use_of(plan, i);
        return use.market == discount.market && is_at_list_price(use.buy);
      };
      each_group(plan, savings_plan.owner, covered, [&](const auto& is_served) COSTRISK_INLINE {
        const bool shares = share_out(plan, stretch.count, is_served, asked_by);
        for (int i = 0; i < plan.uses.count; ++i) {
          if (!is_served(i)) continue;
          const auto asked = asked_by(i);
          const F* inverse_price = state_.inverse_price + use_of(plan, i).use_row * tile_steps;
          F *left = left_of(i), *budget = state_.capacity;
          const F* share = state_.share;
          const F zero(0.0f);
          F sum[4] = {zero, zero, zero, zero};
          each_period(stretch.count, [&](int t, int part) COSTRISK_INLINE {
            const F cost = asked(t);
            const F affordable = budget[t] * (inverse_price[t] * inverse_cost_of_one);
            const F taken = shares ? left[t] * share[t] : select(cost <= budget[t], left[t], min(affordable, left[t]));
            const F paid = shares ? cost * share[t] : min(cost, budget[t]);
            left[t] = left[t] - taken;
            if (!shares) budget[t] = budget[t] - paid;
            sum[part] = sum[part] + paid;
          });
          allocate(settled[i], total(sum), savings_plan.spend, savings_plan.contract);
        }
      });
    }
    count_use(savings_plan, 1.0f, stretch);
  }

  /// Calls `body(is_served)` for those of the uses `covered` that are the owner's, if there is one, then for the
  /// others.
  template <class Covered, class Body>
  COSTRISK_FN void each_group(const PlanParameters& plan, std::int32_t owner, const Covered& covered,
                              const Body& body) const {
    if (owner < 0) return body(covered);
    for (const bool owners : {true, false})
      body([&](int i) COSTRISK_INLINE { return covered(i) && (use_of(plan, i).owner == owner) == owners; });
  }
  /// Divides what is left of the capacity in each period between the uses `is_served`, in proportion to what each asks
  /// for: then `state_.share` has the proportion that is covered. Returns false where they are covered in turn: where
  /// that is wanted, and where there is one alone.
  template <class IsServed, class AskedBy>
  COSTRISK_FN bool share_out(const PlanParameters& plan, int periods, const IsServed& is_served,
                             const AskedBy& asked_by) {
    if (!parameters_.covered_pro_rata) return false;
    int count = 0;
    for (int i = 0; i < plan.uses.count; ++i) count += is_served(i);
    if (count < 2) return false;
    for (int t = 0; t < periods; ++t) state_.share[t] = F(0.0f);
    for (int i = 0; i < plan.uses.count; ++i) {
      if (!is_served(i)) continue;
      const auto asked = asked_by(i);
      for (int t = 0; t < periods; ++t) state_.share[t] = state_.share[t] + asked(t);
    }
    for (int t = 0; t < periods; ++t) {
      const F asked = state_.share[t], offered = state_.capacity[t];
      state_.share[t] = share_of(offered, asked);
      state_.capacity[t] = offered - min(asked, offered);
    }
    return true;
  }
  /// Adds what was used of the contract, all that was offered but what is left of it, in the periods looked at.
  template <class Contract>
  COSTRISK_FN void count_use(const Contract& contract, float rate, const Stretch& stretch) {
    if (!counts_use(contract, period_start(settled_ + stretch.count - 1))) return;
    F used(0.0f);
    for (int t = 0; t < stretch.count; ++t) {
      if (period_start(settled_ + t) < parameters_.contracts[contract.contract].from) continue;
      used = used + (F(rate * steps_inside(contract, settled_ + t)) - state_.capacity[t]);
    }
    state_.contracts[contract.contract].used.add(used);
  }

  PathContext<L>& path_;
  const Parameters& parameters_;
  const SettlementState<L>& state_;
  const F* use_rows_;
  TileEdges edges_;
  bool closes_ = false;            ///< at the tile's end money is closed
  bool looks_at_edge_ = false;     ///< what is settled counts for what contracts have been charged up to an edge
  bool counts_contracts_ = false;  ///< what is settled is final, and counts for what is asked of contracts
  int settled_ = 0;                ///< periods that ended before the tile
  int ending_ = 0;                 ///< periods that end in it
};

}  // namespace costrisk
