// A job's bill: what its use costs, by billing rules, closed to integers; and what it has cost at an edge.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/jobs/job_parameters.hpp"
#include "kernels/model/jobs/job_state.hpp"
#include "kernels/model/jobs/job_use_rows.hpp"

namespace costrisk {

/// What a component has cost at an edge, by EdgePart.
template <class L>
struct EdgeCost {
  std::int64_t part[edge_part_count][L::width] = {};
};

template <class L>
class JobBill {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  COSTRISK_FN JobBill(PathContext<L>& path, const JobParameters& job, const JobMarketParameters* markets,
                      JobState<L>& state, JobTotals<L>& totals, const JobArrays<L>& arrays,
                      const JobUseRows<L>& use_rows, bool charges_egress)
      : path_(path),
        job_(job),
        markets_(markets),
        s(state),
        totals_(totals),
        arrays_(arrays),
        use_rows_(use_rows),
        charges_egress_(charges_egress) {}

  COSTRISK_FN void begin() {
    const F zero(0.0f);
    s.used = s.restart_money = s.lost_money = s.money_high = s.money_low = s.rest = s.run_spend = zero;
    s.spend = CompensatedSum<L>::zero();
    for (auto& account : s.accounts) account = Amount<L>::zero();
    for (auto& money : totals_.money)
      for (int lane = 0; lane < L::width; ++lane) money[lane] = 0;
    for (int lane = 0; lane < L::width; ++lane) totals_.waste_restart[lane] = totals_.waste_lost[lane] = 0;
    for (int m = 0; m < job_.markets.count; ++m)
      for (int holding = 0; holding < job_holding_count; ++holding) arrays_.use[m].clear(holding);
  }

  /// Whole steps of what is held; `excess` is the sum of their prices beyond the base price.
  COSTRISK_FN void add_steps(F steps, F excess) {
    s.spend.add_product(steps, s.base_price);
    s.spend.add_product(excess, s.scale);
    if (job_.frees) s.run_spend = fma(steps, s.base_price, fma(excess, s.scale, s.run_spend));
    s.used = s.used + steps;
  }
  /// A part of the tile's step `at`, at its price.
  COSTRISK_FN void add_time(I at, F time, F price) {
    s.spend.add_product(time, price);
    if (job_.frees) s.run_spend = fma(time, price, s.run_spend);
    s.used = s.used + time;
    use_rows_.add_time(at, time);
  }
  COSTRISK_FN void waste_restart(F time, F price) {
    s.restart_money = fma(time * s.money_high, price, s.restart_money);
  }
  COSTRISK_FN void waste_lost(F time) { s.lost_money = fma(time * s.money_high, s.recent_price, s.lost_money); }

  /// What the billing rules add to an uninterrupted run that ends: rounding up to the increment, the minimum.
  COSTRISK_FN F extra(const Instant<L>& now) const {
    const I whole = subtract(now.step, s.held_since.step);
    const F part = now.offset - s.held_since.offset;
    F extra(0.0f);
    for (int m = 0; m < (job_.one_billing ? 1 : job_.markets.count); ++m) {
      extra = select((s.market == I(m)) | M(job_.one_billing != 0), extra_in(markets_[m], whole, part), extra);
    }
    return extra;
  }
  /// Likewise by the rules of one market, of a run of so many whole steps and a part of one.
  COSTRISK_FN static F extra_in(const JobMarketParameters& market, I whole, F part) {
    const I phase = multiply(whole, I(static_cast<std::int32_t>(market.increments)));
    const F increments =
        fma(part, F(market.increments_per_step), to_float(shift_right_logical<8>(phase)) * F(0x1p-24f));
    const F snapped = snap(increments, market.increment_tolerance);
    const F rounding = max(ceil(snapped) - increments, F(0.0f)) * F(market.increment);
    const F short_of_minimum = F(market.minimum) - (to_float(whole) + part);
    return max(rounding, short_of_minimum);
  }
  /// Whether the billing rules add nothing to a run of one whole step or more.
  COSTRISK_FN bool takes_whole_steps() const {
    for (int m = 0; m < job_.markets.count; ++m)
      if (markets_[m].increments != 0 || markets_[m].minimum > 1.0f) return false;
    return true;
  }
  COSTRISK_FN void add_extra(M where, I at, F extra, F price) {
    add_time(at, select(where, extra, F(0.0f)), select(where, price, F(0.0f)));
  }

  /// Takes off the bill what a run that is reclaimed at `now` has come to, where it is young enough for that.
  /// @param share of the gang that is reclaimed
  COSTRISK_FN void free_early(M reclaimed, const Instant<L>& now, F share) {
    if (!job_.frees) return;
    const F age = now.since(s.held_since) - F(time_tolerance);
    M free(false);
    for (int m = 0; m < job_.markets.count; ++m)
      free = free | ((s.market == I(m)) & (age <= F(markets_[m].free_within)) & M(markets_[m].free_within > 0.0f));
    s.spend.add(select(reclaimed & s.on_spot & free, s.run_spend * -share, F(0.0f)));
  }
  /// A run begins.
  COSTRISK_FN void begin_run(M where) {
    if (job_.frees) s.run_spend = select(where, F(0.0f), s.run_spend);
  }

  /// Turns use and spend since the last close into integers.
  COSTRISK_FN void close(M where) {
    path_.check_money(where, s.spend.sum * s.money_high);
    F rest = s.rest;
    const Amount<L> spend = pending(s.spend, rest);
    s.rest = select(where, rest, s.rest);
    if (takes_spot(job_.policy)) s.accounts[account_spot].add_where(where & s.on_spot, spend);
    if (takes_on_demand(job_.policy)) s.accounts[account_on_demand].add_where(where & s.on_demand, spend);
    for (int m = 0; m < job_.markets.count; ++m) {
      const F used = select(where & (s.market == I(m)), s.used, F(0.0f));
      JobUse<L>& use = arrays_.use[m];
      if (holds_steadily(job_.policy))
        use.fresh[holding_steady] = use.fresh[holding_steady] + select(s.on_demand, used, F(0.0f));
      if (takes_spot(job_.policy)) use.fresh[holding_spot] = use.fresh[holding_spot] + select(s.on_spot, used, F(0.0f));
    }
    const F zero(0.0f);
    s.spend.sum = select(where, zero, s.spend.sum);
    s.spend.rest = select(where, zero, s.spend.rest);
    s.used = select(where, zero, s.used);
  }

  COSTRISK_FN void charge_egress(M where, F egress) {
    s.accounts[account_egress].add_where(where, to_amount<L>(egress));
  }
  COSTRISK_FN void charge_lateness(M where, const Instant<L>& deadline, const Instant<L>& until) {
    if (job_.late_penalty <= 0.0f) return;
    const F penalty = max(until.since(deadline), F(0.0f)) * F(job_.late_penalty);
    path_.check_money(where, penalty);
    s.accounts[account_penalty].add_where(where, to_amount<L>(penalty));
  }
  /// Time that would still be needed, at a price relative to `unit`.
  COSTRISK_FN void charge_unfinished(M where, F time, F price, Pair unit) {
    const F spend = time * price;
    const F error = fma(time, price, -spend);
    const F money = spend * F(unit.high);
    path_.check_money(where, money);
    F rest(0.0f);
    const F money_error = fma(spend, F(unit.high), -money) + fma(spend, F(unit.low), error * F(unit.high));
    s.accounts[account_unfinished].add_where(where, to_amount<L>(money, money_error, rest));
  }

  /// Tells the cost at an edge of the tile, with what is spent and not yet closed rounded for this purpose alone.
  /// @param spent since the last sum, at relative prices
  COSTRISK_FN void tell_edge(int edge, M where, F spent) {
    F rest = s.rest;
    CompensatedSum<L> spend = s.spend;
    spend.add(spent);
    const Amount<L> fresh = pending(spend, rest);
    EdgeCost<L> cost;
    accumulate_where<L>(cost.part[edge_on_demand], s.on_demand, fresh);
    accumulate_where<L>(cost.part[edge_spot], s.on_spot, fresh);
    tell_edge(edge, where, cost);
  }
  /// Likewise, with what is spent and not yet closed in `cost`.
  COSTRISK_FN void tell_edge(int edge, M where, EdgeCost<L>& cost) {
    std::int32_t told[L::width];
    L::store(select(where, I(1), I(0)), told);
    for (int account = 0; account < job_category_count; ++account) {
      std::int64_t* part = cost.part[job_edge_part(account)];
      accumulate<L>(part, s.accounts[account]);
      for (int lane = 0; lane < L::width; ++lane) part[lane] += totals_.money[account][lane];
    }
    for (int part = 0; part < edge_part_count; ++part) {
      std::int64_t* row = edge_row<L>(arrays_.edges, edge, static_cast<EdgePart>(part));
      for (int lane = 0; lane < L::width; ++lane)
        if (told[lane]) row[lane] = cost.part[part][lane];
    }
  }

  /// A sum of relative prices as money, at so much currency for a price of 1; `rest` as to_amount has it.
  COSTRISK_FN static Amount<L> amount(const CompensatedSum<L>& spend, F money_high, F money_low, F& rest) {
    const F money = spend.sum * money_high;
    const F error = fma(spend.sum, money_high, -money) + fma(spend.sum, money_low, fma(spend.rest, money_high, rest));
    return to_amount<L>(money, error, rest);
  }

  /// Adds what has gathered since the last time to the totals.
  COSTRISK_FN void add_to_totals(bool at_the_horizon) {
    for (int account = 0; account < job_category_count; ++account) {
      if (!can_hold(static_cast<JobAccount>(account), at_the_horizon)) continue;
      accumulate<L>(totals_.money[account], s.accounts[account]);
      s.accounts[account] = Amount<L>::zero();
    }
    accumulate<L>(totals_.waste_restart, to_amount<L>(s.restart_money));
    accumulate<L>(totals_.waste_lost, to_amount<L>(s.lost_money));
    s.restart_money = s.lost_money = F(0.0f);
    for (int m = 0; m < job_.markets.count; ++m) {
      if (holds_steadily(job_.policy)) arrays_.use[m].settle(holding_steady);
      if (takes_spot(job_.policy)) arrays_.use[m].settle(holding_spot);
    }
  }

 private:
  /// A sum of relative prices that is not yet closed, as money.
  COSTRISK_FN Amount<L> pending(const CompensatedSum<L>& spend, F& rest) const {
    return amount(spend, s.money_high, s.money_low, rest);
  }
  /// Whether anything can stand in an account now.
  COSTRISK_FN bool can_hold(JobAccount account, bool at_the_horizon) const {
    switch (account) {
      case account_on_demand:
        return takes_on_demand(job_.policy);
      case account_spot:
        return takes_spot(job_.policy);
      case account_egress:
        return charges_egress_;
      case account_penalty:
        return job_.late_penalty > 0.0f;
      case account_unfinished:
        return at_the_horizon;
    }
    __builtin_unreachable();
  }

  PathContext<L>& path_;
  const JobParameters& job_;
  const JobMarketParameters* markets_;
  JobState<L>& s;
  JobTotals<L>& totals_;
  const JobArrays<L>& arrays_;
  JobUseRows<L> use_rows_;
  bool charges_egress_;
};

}  // namespace costrisk
