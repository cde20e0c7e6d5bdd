// Stage 2, components: one distinct job assignment, a gang that lives through the world's tiles.
//
// Time is counted in steps. The work left of a run is `checkpoints` whole intervals and a last piece
// `tail`, both as run time at the current market's rate; `position` is the place in the current
// checkpoint cycle. A run ends when no checkpoint remains and the position has reached the tail, so
// nothing is subtracted step by step and nothing drifts.
#pragma once

#include "kernels/model/arithmetic.hpp"
#include "kernels/model/draws.hpp"
#include "kernels/model/world.hpp"

namespace costrisk {

/// Money closes at absolute steps divisible by this, and at the horizon.
inline constexpr int close_steps = 16;

/// The categories that a job's cost falls into, in the order of its totals.
inline constexpr Category job_categories[] = {Category::on_demand, Category::spot, Category::egress, Category::penalty,
                                              Category::unfinished};
inline constexpr int job_category_count = 5;
enum JobAccount { account_on_demand, account_spot, account_egress, account_penalty, account_unfinished };

template <class L>
struct JobState {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

  // The gang
  M active;              ///< a run is in progress
  M on_spot, on_demand;  ///< what the gang holds; neither while it waits
  I market;              ///< the market it last ran in, within the assignment's list
  F restart_left;
  F checkpoints;  ///< whole intervals left after the current one
  F tail;         ///< the last piece
  F position;     ///< in the checkpoint cycle
  F total;        ///< run time of the whole work at the current rate
  F pace;         ///< total over the time from release to deadline
  F clock;        ///< hazard left to the next interruption
  F hazard;       ///< a step, of what the gang holds
  I clock_ordinal;
  I interruptions;
  I attempts_left;

  // Runs of a repeating job
  I runs_begun;
  Instant<L> release, deadline;  ///< of the current run
  Instant<L> next_release;       ///< of the coming one
  I late;
  Instant<L> finish;
  M unfinished;  ///< at the horizon

  // What is held: since when, use and spend not yet closed
  Instant<L> held_since;
  F used;
  CompensatedSum<L> spend;
  F spend_on_restart, spend_lost;
  F money_high, money_low;  ///< currency a step at relative price 1
  F rest;                   ///< currency that rounding left

  // Closed
  Amount<L> accounts[job_category_count];
  Amount<L> waste_restart, waste_lost;
  I lost_steps, lost_ticks;
};

/// The 64-bit totals of a component, one a lane.
template <class L>
struct JobTotals {
  std::int64_t money[job_category_count][L::width];
  std::int64_t waste_restart[L::width], waste_lost[L::width];
  std::int64_t edge[L::width];  ///< cost up to the last bin end
};

/// Use by market of the assignment and purchase (on-demand, spot): whole steps and 2^-20 steps.
template <class L>
struct JobUse {
  typename L::I steps[2], ticks[2];
};

template <class L>
class JobComponent {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  COSTRISK_FN JobComponent(PathContext<L>& path, const JobParameters& job, JobState<L>& state, JobTotals<L>& totals,
                           JobUse<L>* use)
      : path_(path),
        job_(job),
        markets_(path.parameters.job_markets + job.markets.first),
        s(state),
        memory_(state),
        totals_(totals),
        use_(use) {}

  /// Keeps the state for the next tile. In between it lives in registers.
  COSTRISK_FN void store() { memory_ = s; }

  COSTRISK_FN void begin() {
    const F zero(0.0f);
    s.active = s.on_spot = s.on_demand = s.unfinished = M(false);
    s.market = I(0);
    s.restart_left = s.checkpoints = s.tail = s.position = s.total = s.pace = zero;
    s.hazard = zero;
    s.clock = unit_exponential(path_.philox.event(job_.clock_stream, I(0)).word[0]);
    s.clock_ordinal = s.interruptions = I(0);
    s.attempts_left = s.runs_begun = s.late = I(0);
    s.next_release = {I(job_.release.step), F(job_.release.offset)};
    s.release = s.deadline = s.finish = s.held_since = {I(0), zero};
    s.used = s.spend_on_restart = s.spend_lost = s.money_high = s.money_low = s.rest = zero;
    s.spend = CompensatedSum<L>::zero();
    for (auto& account : s.accounts) account = Amount<L>::zero();
    s.waste_restart = s.waste_lost = Amount<L>::zero();
    s.lost_steps = s.lost_ticks = I(0);
    for (int category = 0; category < job_category_count; ++category)
      for (int lane = 0; lane < L::width; ++lane) totals_.money[category][lane] = 0;
    for (int lane = 0; lane < L::width; ++lane) totals_.waste_restart[lane] = totals_.waste_lost[lane] = 0;
    for (int m = 0; m < job_.markets.count; ++m)
      for (int purchase = 0; purchase < 2; ++purchase) use_[m].steps[purchase] = use_[m].ticks[purchase] = I(0);
  }

  COSTRISK_FN void advance(const WorldTile<L>& tile) {
    for (int step = tile.start; step < tile.end; ++step) {
      const M due = (!s.active) & (s.runs_begun < I(job_.repeats)) & (s.next_release.first_step() <= I(step));
      if (any(due)) begin_run(due);
      if (any(s.active)) {
        decide(tile, step);
        run(tile, step);
      }
      if ((step + 1) % close_steps == 0 && any(s.on_spot | s.on_demand)) close(s.on_spot | s.on_demand);
    }
    for (int category = 0; category < job_category_count; ++category) {
      accumulate<L>(totals_.money[category], s.accounts[category]);
      s.accounts[category] = Amount<L>::zero();
    }
    accumulate<L>(totals_.waste_restart, s.waste_restart);
    accumulate<L>(totals_.waste_lost, s.waste_lost);
    s.waste_restart = s.waste_lost = Amount<L>::zero();
  }

  /// Takes the cost so far at the end of a bin, what is not yet closed rounded for this purpose alone.
  COSTRISK_FN void mark_edge() {
    F rest = s.rest;
    const Amount<L> pending = pending_amount(rest);
    for (int lane = 0; lane < L::width; ++lane) {
      totals_.edge[lane] = 0;
      for (int category = 0; category < job_category_count; ++category)
        totals_.edge[lane] += totals_.money[category][lane];
    }
    accumulate<L>(totals_.edge, pending);
  }

  /// Closes at the horizon: penalties and the buy-out of what is unfinished.
  COSTRISK_FN void end(const WorldTile<L>& tile) {
    const int horizon = path_.parameters.steps;
    close(s.on_spot | s.on_demand);
    const Instant<L> horizon_instant{I(horizon), F(0.0f)};
    if (any(s.active)) {
      s.late = select(s.active, add(s.late, I(1)), s.late);
      charge_lateness(s.active, horizon_instant);
      if (job_.buy_out && job_.on_demand_market >= 0) {
        const JobMarketParameters& market = markets_[job_.on_demand_market];
        const F left = work_left() * (ratio(I(job_.on_demand_market)) / ratio(s.market));
        const F price = price_at(market.on_demand, tile, horizon - 1);
        const F spend = left * price;
        const F error = fma(left, price, -spend);
        const F money = spend * F(market.on_demand_money.high);
        F rest(0.0f);
        const F money_error = fma(spend, F(market.on_demand_money.high), -money) +
                              fma(spend, F(market.on_demand_money.low), error * F(market.on_demand_money.high));
        s.accounts[account_unfinished].add_where(s.active, to_amount<L>(money, money_error, rest));
      }
    }
    M behind = s.runs_begun < I(job_.repeats);
    s.unfinished = s.active | behind;
    while (any(behind)) {
      s.late = select(behind, add(s.late, I(1)), s.late);
      s.deadline = deadline_after(s.next_release);
      charge_lateness(behind, horizon_instant);
      s.next_release = plus(s.next_release, job_.repeat);
      s.runs_begun = select(behind, add(s.runs_begun, I(1)), s.runs_begun);
      behind = s.runs_begun < I(job_.repeats);
    }
    for (int category = 0; category < job_category_count; ++category)
      accumulate<L>(totals_.money[category], s.accounts[category]);
    accumulate<L>(totals_.waste_restart, s.waste_restart);
    accumulate<L>(totals_.waste_lost, s.waste_lost);
  }

 private:
  COSTRISK_FN static Instant<L> plus(const Instant<L>& a, StepTime b) {
    const F total = a.offset + F(b.offset);
    const F whole = floor(total);
    return {add(add(a.step, I(b.step)), to_int(whole)), total - whole};
  }
  COSTRISK_FN Instant<L> deadline_after(const Instant<L>& release) const {
    return job_.has_deadline ? plus(release, job_.deadline) : Instant<L>{I(path_.parameters.steps), F(0.0f)};
  }

  /// A choice among the assignment's markets, each lane by its own index.
  template <class Value>
  COSTRISK_FN F by_market(I index, Value value) const {
    F chosen = value(markets_[0]);
    for (int m = 1; m < job_.markets.count; ++m) chosen = select(index == I(m), value(markets_[m]), chosen);
    return chosen;
  }
  COSTRISK_FN F ratio(I index) const {
    return by_market(index, [](const JobMarketParameters& market) { return F(market.steps_ratio); });
  }
  COSTRISK_FN F price_at(const PriceSource& source, const WorldTile<L>& tile, int step) const {
    if (source.slot < 0) return path_.law(source.law);
    const F& row = tile.at(source.slot, step);
    return source.law < 0 ? row : row * path_.law(source.law);
  }

  /// Run time left of the current attempt, safe and unsaved work taken together.
  COSTRISK_FN F work_left() const {
    return fma(s.checkpoints, F(job_.interval), s.tail) - min(s.position, F(job_.interval));
  }
  COSTRISK_FN void set_total(M where, F total) {
    s.total = select(where, total, s.total);
    s.pace = select(where, total / s.deadline.since(s.release), s.pace);
  }
  COSTRISK_FN void set_work(M where, F left) {
    const F whole = ceil(snap(left * F(job_.inverse_interval), 0.0f)) - F(1.0f);
    const F checkpoints = max(whole, F(0.0f));
    s.checkpoints = select(where, checkpoints, s.checkpoints);
    s.tail = select(where, max(fma(-checkpoints, F(job_.interval), left), F(0.0f)), s.tail);
    s.position = select(where, F(0.0f), s.position);
  }
  /// What is unsaved becomes safe and the cycle begins anew.
  COSTRISK_FN void save(M where) {
    const F unsaved = min(s.position, F(job_.interval));
    const F tail = s.tail - unsaved;
    const M borrow = (tail <= F(0.0f)) & (s.checkpoints > F(0.0f));
    s.tail = select(where, max(select(borrow, tail + F(job_.interval), tail), F(0.0f)), s.tail);
    s.checkpoints = select(where & borrow, s.checkpoints - F(1.0f), s.checkpoints);
    s.position = select(where, F(0.0f), s.position);
  }

  COSTRISK_FN void begin_run(M due) {
    const F work = path_.event_value(path_.parameters.event_laws[job_.work], s.runs_begun);
    s.release = select<L>(due, s.next_release, s.release);
    s.deadline = select<L>(due, deadline_after(s.release), s.deadline);
    s.next_release = select<L>(due, plus(s.next_release, job_.repeat), s.next_release);
    I attempts(1);
    if (job_.max_attempts > 1) {
      const F u = uniform(path_.philox.event(job_.attempt_stream, s.runs_begun).word[0]);
      const F failures = floor(logarithm(u) * F(job_.inverse_log_failure));
      attempts = add(to_int(min(failures, F(static_cast<float>(job_.max_attempts - 1)))), I(1));
    }
    s.attempts_left = select(due, attempts, s.attempts_left);
    s.market = select(due, I(0), s.market);
    set_total(due, work);
    set_work(due, work);
    s.restart_left = select(due, F(0.0f), s.restart_left);
    s.runs_begun = select(due, add(s.runs_begun, I(1)), s.runs_begun);
    s.active = s.active | due;
  }

  /// The world and the policy at a step's start: what is lost, what is wanted, what is held from now on.
  COSTRISK_FN void decide(const WorldTile<L>& tile, int step) {
    // Capacity: is what we hold still there, and which market would take us?
    const M held_spot = s.on_spot;
    M still_up(false), can_start(false);
    I candidate = s.market;
    F best_price(0.0f);
    for (int m = job_.markets.count - 1; m >= 0; --m) {
      const JobMarketParameters& market = markets_[m];
      if (!market.has_spot) continue;
      M up(true), up_since(true);
      if (market.depth_slot >= 0) {
        const F depth = tile.at(market.depth_slot, step);
        up_since = depth >= F(job_.gang);
        up = abs(depth) >= F(job_.gang);
      }
      still_up = still_up | ((s.market == I(m)) & up_since);
      if (job_.choose == Choose::cheapest) {
        const F price = price_at(market.spot, tile, step) * F(market.choice_weight);
        up = up & ((!can_start) | (price <= best_price));
        best_price = select(up, price, best_price);
      }
      candidate = select(up, I(m), candidate);
      can_start = can_start | up;
    }
    const M lost = held_spot & !still_up;
    if (any(lost)) lose_spot(lost, tile, step);
    const M staying = s.on_spot;
    const M spot_up = staying | can_start;

    M want_spot(false), want_on_demand(false);
    choose_purchase(step, spot_up, held_spot, want_spot, want_on_demand);
    if (any(want_on_demand)) {
      if (job_.on_demand_market < 0) {
        want_on_demand = M(false);
      } else if (const int slot = markets_[job_.on_demand_market].launch_slot; slot >= 0) {
        want_on_demand = want_on_demand & (s.on_demand | (abs(tile.at(slot, step)) > F(0.0f)));
      }
    }

    const M stop = (s.on_spot & (!want_spot)) | (s.on_demand & (!want_on_demand));
    if (any(stop)) {
      save(stop);
      end_holding(stop, {I(step), F(0.0f)}, tile, step);
    }
    const M start_spot = want_spot & (!s.on_spot);
    const M start = start_spot | (want_on_demand & (!s.on_demand));
    s.on_spot = want_spot;
    s.on_demand = want_on_demand;
    if (any(start)) begin_holding(start, start_spot, candidate, step);
  }

  /// The policies; design of greedy and uniform progress after Wu et al., "Can't Be Late", NSDI 2024.
  COSTRISK_FN void choose_purchase(int step, M spot_up, M held_spot, M& want_spot, M& want_on_demand) {
    if (job_.policy == Policy::on_demand) {
      want_on_demand = s.active;
      return;
    }
    want_spot = s.active & spot_up;
    if (job_.policy == Policy::spot) return;

    const F left = work_left();
    // Whole steps to the deadline, less one: ⌈x⌉ ≥ R is x > R − 1, beyond the tie's tolerance.
    const I deadline_step =
        select(s.deadline.offset >= F(1.0f - time_tolerance), add(s.deadline.step, I(1)), s.deadline.step);
    const F room = to_float(subtract(deadline_step, I(step + 1)));
    const F tolerance = max(abs(room) * F(0x1p-20f), F(time_tolerance));
    const F need = (left + F(job_.restart)) - room;
    const M no_slack = s.active & (need > tolerance);
    const M no_slack_to_change = s.active & ((need + F(job_.restart)) > tolerance);

    if (job_.policy == Policy::uniform_progress) {
      const F elapsed = to_float(subtract(I(step), s.release.step)) - s.release.offset;
      const F done = s.total - left;
      const M behind = done - elapsed * s.pace < F(-time_tolerance);
      want_on_demand = s.active & behind & (!spot_up);
      // On-demand is left only when spot is up and progress would be behind even after two changes.
      const M leave = spot_up & ((elapsed + F(2.0f * job_.restart)) * s.pace - done < F(-time_tolerance));
      const M stay = s.on_demand & (!leave);
      want_on_demand = want_on_demand | stay;
      want_spot = want_spot & (!stay);
    }
    const M to_on_demand = no_slack_to_change & (!s.on_spot);
    want_on_demand = want_on_demand | to_on_demand;
    want_spot = want_spot & (!to_on_demand);
    // Without slack a gang keeps a spot instance that is past its restart, and launches on-demand otherwise;
    // one that has just lost such an instance looks again at the next step.
    const M keeps = held_spot & (s.restart_left <= F(time_tolerance));
    want_spot = select_mask(no_slack, keeps & spot_up, want_spot);
    want_on_demand = select_mask(no_slack, s.active & (!keeps), want_on_demand);
  }
  COSTRISK_FN static M select_mask(M m, M a, M b) { return (m & a) | ((!m) & b); }

  COSTRISK_FN void lose_spot(M lost, const WorldTile<L>& tile, int step) {
    M saves(job_.lossless != 0);
    if (!job_.lossless)
      for (int m = 0; m < job_.markets.count; ++m)
        if (markets_[m].notice_saves) saves = saves | (s.market == I(m));
    interrupt(lost, saves, held_price(tile, step));
    end_holding(lost, {I(step), F(0.0f)}, tile, step);
    s.on_spot = s.on_spot & (!lost);
  }

  /// Counts an interruption; what was unsaved is saved where `saves`, lost elsewhere.
  COSTRISK_FN void interrupt(M where, M saves, F price) {
    s.interruptions = select(where, add(s.interruptions, I(1)), s.interruptions);
    const M loses = where & (!saves);
    const F unsaved = select(loses, min(s.position, F(job_.interval)), F(0.0f));
    s.spend_lost = fma(unsaved, price, s.spend_lost);
    add_ticks(s.lost_steps, s.lost_ticks, unsaved);
    save(where & saves);
    s.position = select(loses, F(0.0f), s.position);
  }

  /// Adds a time to a count of whole steps and 2^-20 steps.
  COSTRISK_FN static void add_ticks(I& steps, I& ticks, F time) {
    const F whole = floor(time);
    const I sum = add(ticks, to_int((time - whole) * F(0x1p20f)));
    steps = add(add(steps, to_int(whole)), shift_right<tick_bits>(sum));
    ticks = sum & I((1 << tick_bits) - 1);
  }

  /// The price, relative to its reference, of what the gang holds; 0 where it holds nothing.
  COSTRISK_FN F held_price(const WorldTile<L>& tile, int step) const {
    F price(0.0f);
    for (int m = 0; m < job_.markets.count; ++m)
      if (markets_[m].has_spot)
        price = select(s.on_spot & (s.market == I(m)), price_at(markets_[m].spot, tile, step), price);
    if (job_.on_demand_market >= 0)
      price = select(s.on_demand, price_at(markets_[job_.on_demand_market].on_demand, tile, step), price);
    return price;
  }

  COSTRISK_FN void begin_holding(M start, M start_spot, I candidate, int step) {
    const I market = select(start_spot, candidate, I(job_.on_demand_market));
    const F left = work_left();
    if (job_.markets.count > 1) {
      const M moves = start & !(market == s.market);
      const M moves_state = moves & (s.total - left > F(time_tolerance));
      const F egress = by_market(s.market, [](const JobMarketParameters& m) { return F(m.egress); });
      s.accounts[account_egress].add_where(moves_state, to_amount<L>(egress));
      const F factor = ratio(market) / ratio(s.market);
      const M rescales = moves & ((factor < F(1.0f)) | (factor > F(1.0f)));
      if (any(rescales)) {
        set_total(rescales, s.total * factor);
        set_work(rescales, left * factor);
      }
      s.market = select(start, market, s.market);
    }
    const F failure = by_market(s.market, [&](const JobMarketParameters& m) { return rate(m.failure_rate); });
    const F reclaim = by_market(s.market, [&](const JobMarketParameters& m) { return rate(m.reclaim_rate); });
    const F hazard = (select(start_spot, reclaim, F(0.0f)) + failure) * F(job_.gang);
    s.hazard = select(start, hazard, s.hazard);
    const auto spot_high = [](const JobMarketParameters& m) { return F(m.spot_money.high); };
    const auto spot_low = [](const JobMarketParameters& m) { return F(m.spot_money.low); };
    F high = by_market(s.market, spot_high), low = by_market(s.market, spot_low);
    if (job_.on_demand_market >= 0) {
      high = select(start_spot, high, F(markets_[job_.on_demand_market].on_demand_money.high));
      low = select(start_spot, low, F(markets_[job_.on_demand_market].on_demand_money.low));
    }
    s.money_high = select(start, high, s.money_high);
    s.money_low = select(start, low, s.money_low);
    s.restart_left = select(start, F(job_.restart), s.restart_left);
    s.position = select(start, F(0.0f), s.position);
    s.held_since = select<L>(start, {I(step), F(0.0f)}, s.held_since);
  }
  COSTRISK_FN F rate(LawIndex law) const { return law < 0 ? F(0.0f) : path_.law(law); }

  /// What the billing rules add to an uninterrupted run that ends: rounding up to the increment, the minimum.
  COSTRISK_FN F billing_extra(const Instant<L>& now) const {
    const I whole = subtract(now.step, s.held_since.step);
    const F part = now.offset - s.held_since.offset;
    F extra(0.0f);
    for (int m = 0; m < job_.markets.count; ++m) {
      const JobMarketParameters& market = markets_[m];
      const I phase = multiply(whole, I(static_cast<std::int32_t>(market.increments)));
      const F increments =
          fma(part, F(market.increments_per_step), to_float(shift_right_logical<8>(phase)) * F(0x1p-24f));
      const F snapped = snap(increments, time_tolerance);
      const F rounding = (ceil(snapped) - snapped) * F(market.increment);
      const F short_of_minimum = F(market.minimum) - (to_float(whole) + part);
      extra = select(s.market == I(m), max(rounding, short_of_minimum), extra);
    }
    return extra;
  }
  COSTRISK_FN void bill_extra(M where, const Instant<L>& now, F price) {
    const F extra = select(where, billing_extra(now), F(0.0f));
    s.spend.add_product(extra, price);
    s.used = s.used + extra;
  }

  /// The gang lets go of what it holds: the run is billed and its account closed.
  COSTRISK_FN void end_holding(M where, const Instant<L>& now, const WorldTile<L>& tile, int step) {
    bill_extra(where, now, held_price(tile, step));
    close(where);
  }

  COSTRISK_FN Amount<L> pending_amount(F& rest) const {
    const F money = s.spend.sum * s.money_high;
    const F error =
        fma(s.spend.sum, s.money_high, -money) + fma(s.spend.sum, s.money_low, fma(s.spend.rest, s.money_high, rest));
    return to_amount<L>(money, error, rest);
  }

  /// Turns use and spend since the last close into integers.
  COSTRISK_FN void close(M where) {
    F rest = s.rest;
    const Amount<L> spend = pending_amount(rest);
    s.rest = select(where, rest, s.rest);
    s.accounts[account_spot].add_where(where & s.on_spot, spend);
    s.accounts[account_on_demand].add_where(where & s.on_demand, spend);
    s.waste_restart.add_where(where, to_amount<L>(s.spend_on_restart * s.money_high));
    s.waste_lost.add_where(where, to_amount<L>(s.spend_lost * s.money_high));
    for (int m = 0; m < job_.markets.count; ++m) {
      const M here = where & (s.market == I(m));
      const F on_demand = select(here & s.on_demand, s.used, F(0.0f));
      const F spot = select(here & s.on_spot, s.used, F(0.0f));
      add_ticks(use_[m].steps[0], use_[m].ticks[0], on_demand);
      add_ticks(use_[m].steps[1], use_[m].ticks[1], spot);
    }
    const F zero(0.0f);
    s.spend.sum = select(where, zero, s.spend.sum);
    s.spend.rest = select(where, zero, s.spend.rest);
    s.used = select(where, zero, s.used);
    s.spend_on_restart = select(where, zero, s.spend_on_restart);
    s.spend_lost = select(where, zero, s.spend_lost);
  }

  /// Lives through the step: restart, work, checkpoints; every interruption and finish at its own instant.
  COSTRISK_FN void run(const WorldTile<L>& tile, int step) {
    const M holds = s.on_spot | s.on_demand;
    if (!any(holds)) return;
    const F price = held_price(tile, step);
    F left = select(holds, F(1.0f), F(0.0f));  // of the step
    for (int turn = 0;; ++turn) {
      M interrupted = s.hazard * left > s.clock;
      F time = left;
      if (any(interrupted)) time = select(interrupted, min(s.clock / s.hazard, left), left);

      F restarting = min(s.restart_left, time);
      s.restart_left = s.restart_left - restarting;
      s.position = s.position + (time - restarting);
      pass_checkpoints();
      const M finished = (left > F(0.0f)) & (s.checkpoints <= F(0.0f)) & (s.restart_left <= F(0.0f)) &
                         (s.position >= s.tail - F(time_tolerance));
      if (any(finished)) {
        const F beyond = min(max(s.position - s.tail, F(0.0f)), time);
        time = select(finished, time - beyond, time);
        interrupted = interrupted & (!finished);
      }
      s.clock = select(holds, max(fma(-s.hazard, time, s.clock), F(0.0f)), s.clock);
      s.spend.add_product(time, price);
      s.used = s.used + time;
      s.spend_on_restart = fma(restarting, price, s.spend_on_restart);
      left = left - time;

      const M events = finished | interrupted;
      if (!any(events)) return;
      const Instant<L> now = Instant<L>{I(step), F(0.0f)}.plus(F(1.0f) - left);
      if (any(interrupted)) interrupt_inside(interrupted, now, price);
      if (any(finished)) finish(finished, now, tile, step);
      left = select(events & (s.on_spot | s.on_demand), left, F(0.0f));
      if (!any(left > F(0.0f))) return;
      if (turn == event_limit) {
        path_.fail(left > F(0.0f), status_event_loop);
        return;
      }
    }
  }

  /// Completed cycles become safe. At most one of them ends in a step unless the cycle is shorter.
  COSTRISK_FN void pass_checkpoints() {
    if (job_.cycle >= 1.0f) {
      const M done = (s.position >= F(job_.cycle - time_tolerance)) & (s.checkpoints > F(0.0f));
      s.position = select(done, max(s.position - F(job_.cycle), F(0.0f)), s.position);
      s.checkpoints = select(done, s.checkpoints - F(1.0f), s.checkpoints);
    } else {
      const F whole = min(floor(snap(s.position * F(job_.inverse_cycle), time_tolerance)), s.checkpoints);
      s.position = max(fma(-whole, F(job_.cycle), s.position), F(0.0f));
      s.checkpoints = s.checkpoints - whole;
    }
  }

  /// A reclaim or a failure: the gang is billed, draws its next clock and restarts at once.
  COSTRISK_FN void interrupt_inside(M interrupted, const Instant<L>& now, F price) {
    s.clock_ordinal = select(interrupted, add(s.clock_ordinal, I(1)), s.clock_ordinal);
    const PhiloxWords<L> words = path_.philox.event(job_.clock_stream, s.clock_ordinal);
    M saves(job_.lossless != 0);
    if (!job_.lossless)
      for (int m = 0; m < job_.markets.count; ++m) {
        const JobMarketParameters& market = markets_[m];
        if (!market.notice_saves) continue;
        // Which of the two it was: a reclaim comes with notice, a failure does not.
        const F reclaim = rate(market.reclaim_rate), failure = rate(market.failure_rate);
        const M reclaimed = uniform(words.word[1]) * (reclaim + failure) < reclaim;
        saves = saves | ((s.market == I(m)) & s.on_spot & reclaimed);
      }
    interrupt(interrupted, saves, price);
    bill_extra(interrupted, now, price);
    s.held_since = select<L>(interrupted, now, s.held_since);
    s.restart_left = select(interrupted, F(job_.restart), s.restart_left);
    s.clock = select(interrupted, unit_exponential(words.word[0]), s.clock);
  }

  /// The work is done: it pleases and the run ends, or it starts over on the instances held.
  COSTRISK_FN void finish(M finished, const Instant<L>& now, const WorldTile<L>& tile, int step) {
    s.attempts_left = select(finished, subtract(s.attempts_left, I(1)), s.attempts_left);
    const M again = finished & (s.attempts_left > I(0));
    if (any(again)) {
      set_work(again, s.total);
      s.restart_left = select(again, F(job_.restart), s.restart_left);
    }
    const M done = finished & (!again);
    if (!any(done)) return;
    end_holding(done, now, tile, step);
    s.finish = select<L>(done, now, s.finish);
    const M late = done & (now.since(s.deadline) > F(time_tolerance));
    s.late = select(late, add(s.late, I(1)), s.late);
    charge_lateness(late, now);
    s.on_spot = s.on_spot & (!done);
    s.on_demand = s.on_demand & (!done);
    s.active = s.active & (!done);
  }

  COSTRISK_FN void charge_lateness(M where, const Instant<L>& until) {
    if (job_.late_penalty <= 0.0f) return;
    const F late = max(until.since(s.deadline), F(0.0f));
    s.accounts[account_penalty].add_where(where, to_amount<L>(late * F(job_.late_penalty)));
  }

  PathContext<L>& path_;
  const JobParameters job_;
  const JobMarketParameters* markets_;
  JobState<L> s;
  JobState<L>& memory_;
  JobTotals<L>& totals_;
  JobUse<L>* use_;
};

}  // namespace costrisk
