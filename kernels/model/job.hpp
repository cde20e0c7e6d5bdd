// Stage 2, components: one distinct job assignment, a gang that lives through the world's tiles.
//
// Each lane has a cursor of its own. At the cursor it decides as a step's start demands; then it takes at once
// all the steps in which nothing can happen to it, or, where an interruption or the end of its work falls into
// the coming step, lives through that step event by event. A tile costs as many turns as its busiest lane has
// events, not as it has steps.
//
// Time is counted in steps. The work left of a run is `checkpoints` whole intervals and a last piece `tail`,
// both as run time at the current market's rate; `position` is the place in the current checkpoint cycle. A run
// ends when no checkpoint remains and the position has reached the tail, so nothing is subtracted step by step
// and nothing drifts.
#pragma once

#include "kernels/model/arithmetic.hpp"
#include "kernels/model/draws.hpp"
#include "kernels/model/job_state.hpp"
#include "kernels/model/world_tile.hpp"

namespace costrisk {

template <class L>
class JobComponent {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  COSTRISK_FN JobComponent(PathContext<L>& path, const JobParameters& job, JobState<L>& state, JobTotals<L>& totals,
                           const JobArrays<L>& arrays)
      : path_(path),
        job_(job),
        markets_(path.parameters.job_markets + job.markets.first),
        s(state),
        memory_(state),
        totals_(totals),
        arrays_(arrays) {}

  /// Keeps the state for the next tile. In between it lives in registers.
  COSTRISK_FN void store() { memory_ = s; }

  COSTRISK_FN void begin() {
    const F zero(0.0f);
    s.active = s.on_spot = s.on_demand = s.unfinished = M(false);
    s.market = I(0);
    s.restart_left = s.checkpoints = s.tail = s.position = s.total = s.pace = zero;
    s.hazard = s.until_interruption = s.scale = s.base_price = s.recent_price = zero;
    s.row = I(-1);
    s.clock = unit_exponential(path_.philox.event(job_.clock_stream, I(0)).word[0]);
    s.clock_ordinal = s.interruptions = I(0);
    s.attempts_left = s.runs_begun = s.late = I(0);
    s.next_release = {I(job_.release.step), F(job_.release.offset)};
    s.release = s.deadline = s.finish = s.held_since = {I(0), zero};
    s.used = s.restart_money = s.lost_money = s.money_high = s.money_low = s.rest = zero;
    s.spend = CompensatedSum<L>::zero();
    for (auto& account : s.accounts) account = Amount<L>::zero();
    s.lost_steps = s.lost_ticks = I(0);
    for (int category = 0; category < job_category_count; ++category)
      for (int lane = 0; lane < L::width; ++lane) totals_.money[category][lane] = 0;
    for (int lane = 0; lane < L::width; ++lane) totals_.waste_restart[lane] = totals_.waste_lost[lane] = 0;
    for (int m = 0; m < job_.markets.count; ++m)
      for (int purchase = 0; purchase < 2; ++purchase) arrays_.use[m].clear(purchase);
  }

  COSTRISK_FN void advance(const WorldTile<L>& tile, const TileEdges& edges) {
    prepare(tile);
    I cursor(tile.start);
    // Each turn takes every lane a step further at least.
    while (any(cursor < I(tile.end))) cursor = take_turn(tile, edges, cursor);
    if (any(s.on_spot | s.on_demand)) close(s.on_spot | s.on_demand);
    if (tile.end == path_.parameters.steps) end(tile);
    for (int category = 0; category < job_category_count; ++category) {
      accumulate<L>(totals_.money[category], s.accounts[category]);
      s.accounts[category] = Amount<L>::zero();
    }
    accumulate<L>(totals_.waste_restart, to_amount<L>(s.restart_money));
    accumulate<L>(totals_.waste_lost, to_amount<L>(s.lost_money));
    s.restart_money = s.lost_money = F(0.0f);
    for (int m = 0; m < job_.markets.count; ++m)
      for (int purchase = 0; purchase < 2; ++purchase) arrays_.use[m].settle(purchase);
  }

 private:
  /// A lane's place in the tile.
  struct Place {
    M here;   ///< lanes whose cursor is still inside
    I step;   ///< absolute
    I at;     ///< within the tile
    I bit;    ///< the step's bit
    I later;  ///< the bits of the steps after it
  };

  /// Where the assignment's spot takes the whole gang, step by step.
  COSTRISK_FN void prepare(const WorldTile<L>& tile) {
    any_up_ = I(0);
    sum_here_ = F(0.0f);
    refresh_price(tile, s.on_spot | s.on_demand);
    for (int m = 0; m < job_.markets.count; ++m) {
      const JobMarketParameters& market = markets_[m];
      arrays_.launch[m] = capacity_of(tile, market.has_on_demand, market.launch_capacity).up;
      if (job_.policy == Policy::on_demand) continue;
      arrays_.spot[m] = capacity_of(tile, market.has_spot, market.spot_capacity);
      any_up_ = any_up_ | arrays_.spot[m].up;
    }
    if (job_.policy != Policy::on_demand) held_unbroken_ = unbroken_in(s.market);
  }
  /// The steps in which a capacity takes the whole gang.
  COSTRISK_FN CapacityBits<L> capacity_of(const WorldTile<L>& tile, bool sold, std::int32_t capacity) const {
    CapacityBits<L> bits{I(sold ? -1 : 0), I(sold ? -1 : 0)};
    if (capacity < 0) return bits;
    bits = tile.capacities[capacity];
    const int depth_slot = path_.parameters.capacities[capacity].depth_slot;
    if (depth_slot < 0) return bits;
    const I fits = depth_bits(tile.row(depth_slot), tile.end - tile.start);
    return {bits.up & fits, bits.unbroken & fits};
  }
  COSTRISK_FN I depth_bits(const F* depth, int steps) const {
    I bits(0);
    for (int k = 0; k < steps; ++k)
      bits = bits | select(depth[k] >= F(job_.gang), I(static_cast<std::int32_t>(1u << k)), I(0));
    return bits;
  }
  COSTRISK_FN I unbroken_in(I market) const {
    I bits = arrays_.spot[0].unbroken;
    for (int m = 1; m < job_.markets.count; ++m) bits = select(market == I(m), arrays_.spot[m].unbroken, bits);
    return bits;
  }

  /// Decides at every lane's cursor, then moves each by the steps it may take at once.
  COSTRISK_FN I take_turn(const WorldTile<L>& tile, const TileEdges& edges, I cursor) {
    Place place;
    place.here = cursor < I(tile.end);
    place.step = cursor;
    place.at = select(place.here, subtract(cursor, I(tile.start)), I(0));
    const I through = low_bits(add(place.at, I(1)));
    place.bit = through ^ low_bits(place.at);
    place.later = through ^ I(-1);

    const M due = place.here & (!s.active) & (s.runs_begun < I(job_.repeats)) & (s.next_release.first_step() <= cursor);
    if (any(due)) begin_run(due);
    F quiet = decide(tile, place);

    // An interruption or the end of the work within the coming step: that step is lived through alone.
    const M holds = place.here & (s.on_spot | s.on_demand);
    const F to_finish = fma(s.checkpoints, F(job_.cycle), (s.restart_left + s.tail) - s.position);
    const F calm = whole_below(min(s.until_interruption, to_finish));
    quiet = select(holds, min(quiet, calm), quiet);
    const M eventful = holds & (calm < F(1.0f));
    const F steps = select(place.here & (!eventful), quiet, F(0.0f));
    const I next = add(cursor, to_int(steps + select(eventful, F(1.0f), F(0.0f))));

    const F sum = sum_at(tile, s.row, subtract(next, I(tile.start)));
    const F price = fma(s.scale, sum - sum_here_, s.base_price);  // of an eventful lane's step
    for (int e = 0; e < edges.count; ++e) mark_quiet_edge(tile, edges, e, place.here & (!eventful), cursor, next);
    const F held_steps = select(holds, steps, F(0.0f));
    pass_quietly(held_steps, select(holds & (!eventful), sum - sum_here_, F(0.0f)));
    sum_here_ = sum;
    if (any(eventful)) live_through(eventful, place, select(eventful, price, F(0.0f)));
    for (int e = 0; e < edges.count; ++e)
      if (const M ends = eventful & (next == I(edges.steps[e])); any(ends)) mark_edge(e, ends, F(0.0f));
    return next;
  }

  /// Whole steps that certainly pass before `time` has: less 2^-18 of it for the rounding of long sums, less
  /// 0.01 for the tie's tolerance. A step too few only costs a turn.
  COSTRISK_FN static F whole_below(F time) { return floor(fma(min(time, F(0x1p20f)), F(1.0f - 0x1p-18f), F(-0.01f))); }

  /// The world's sums of a price at a place of the tile, each lane in its own row; 0 without a row.
  COSTRISK_FN F sum_at(const WorldTile<L>& tile, I row, I place) const {
    const M summed = row >= I(0);
    if (!any(summed)) return F(0.0f);
    const I index = select(summed, add(multiply(row, I(row_length)), place), I(0));
    return select(summed, L::gather_row(tile.rows, index), F(0.0f));
  }
  /// What the step at the cursor costs of what the gang holds, relative to its reference.
  COSTRISK_FN F held_price(const WorldTile<L>& tile, const Place& place) const {
    return fma(s.scale, sum_at(tile, s.row, add(place.at, I(1))) - sum_here_, s.base_price);
  }
  /// The price of what is held at the tile's start, on which its sums build.
  COSTRISK_FN void refresh_price(const WorldTile<L>& tile, M where) {
    const F base = select(s.row >= I(0), sum_at(tile, s.row, I(base_place)), F(1.0f));
    s.base_price = select(where, base * s.scale, s.base_price);
    s.recent_price = select(where, s.base_price, s.recent_price);
  }

  /// Steps in which nothing happens to the lanes that hold: restart, work, checkpoints, billing.
  COSTRISK_FN void pass_quietly(F steps, F excess) {
    const F restarting = min(s.restart_left, steps);
    s.restart_left = s.restart_left - restarting;
    s.position = s.position + (steps - restarting);
    pass_checkpoints();
    s.until_interruption = s.until_interruption - steps;
    s.spend.add_product(steps, s.base_price);
    s.spend.add_product(excess, s.scale);
    s.used = s.used + steps;
    s.restart_money = fma(restarting * s.money_high, s.recent_price, s.restart_money);
  }

  /// Takes the cost at the end of a bin that lanes pass on a quiet stretch.
  COSTRISK_FN void mark_quiet_edge(const WorldTile<L>& tile, const TileEdges& edges, int e, M quiet, I from, I to) {
    const I step(edges.steps[e]);
    const M passes = quiet & (from < step) & (step <= to);
    if (!any(passes)) return;
    const F sum = sum_at(tile, s.row, subtract(step, I(tile.start)));
    const F steps = to_float(subtract(step, from));
    const F spent = fma(steps, s.base_price, s.scale * (sum - sum_here_));
    mark_edge(e, passes, select(s.on_spot | s.on_demand, spent, F(0.0f)));
  }
  /// Cost so far, with what is spent but not yet closed rounded for this purpose alone.
  COSTRISK_FN void mark_edge(int e, M where, F spent) {
    F rest = s.rest;
    Amount<L> pending = pending_amount(spent, rest);
    for (const Amount<L>& account : s.accounts) pending.add_where(where, account);
    std::int64_t cost[L::width] = {};
    accumulate<L>(cost, pending);
    std::int32_t marked[L::width];
    L::store(select(where, I(1), I(0)), marked);
    for (int lane = 0; lane < L::width; ++lane) {
      if (!marked[lane]) continue;
      for (int category = 0; category < job_category_count; ++category) cost[lane] += totals_.money[category][lane];
      arrays_.edges[e * L::width + lane] = cost[lane];
    }
  }

  /// Closes at the horizon: penalties and the buy-out of what is unfinished.
  COSTRISK_FN void end(const WorldTile<L>& tile) {
    const int horizon = path_.parameters.steps;
    const Instant<L> horizon_instant{I(horizon), F(0.0f)};
    if (any(s.active)) {
      s.late = select(s.active, add(s.late, I(1)), s.late);
      charge_lateness(s.active, s.deadline, horizon_instant);
      if (job_.buy_out && job_.on_demand_market >= 0) {
        const JobMarketParameters& market = markets_[job_.on_demand_market];
        const F left = work_left() * (ratio(I(job_.on_demand_market)) / ratio(s.market));
        const F price = price_at(market.on_demand, tile, I(horizon - 1 - tile.start));
        const F spend = left * price;
        const F error = fma(left, price, -spend);
        const F money = spend * F(market.on_demand_money.high);
        path_.check_money(s.active, money);
        F rest(0.0f);
        const F money_error = fma(spend, F(market.on_demand_money.high), -money) +
                              fma(spend, F(market.on_demand_money.low), error * F(market.on_demand_money.high));
        s.accounts[account_unfinished].add_where(s.active, to_amount<L>(money, money_error, rest));
      }
    }
    // Runs whose turn did not come.
    I begun = s.runs_begun;
    Instant<L> release = s.next_release;
    M behind = begun < I(job_.repeats);
    s.unfinished = s.active | behind;
    for (; any(behind); behind = begun < I(job_.repeats)) {
      s.late = select(behind, add(s.late, I(1)), s.late);
      charge_lateness(behind, deadline_after(release), horizon_instant);
      release = plus(release, job_.repeat);
      begun = select(behind, add(begun, I(1)), begun);
    }
  }

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
  /// A market's price in a step of the tile, relative to its reference.
  COSTRISK_FN F price_at(const PriceSource& source, const WorldTile<L>& tile, I at) const {
    const F path_value = source.law < 0 ? F(1.0f) : path_.law(source.law);
    if (source.sum_slot < 0) return path_value;
    const I row(source.sum_slot);
    const F excess = sum_at(tile, row, add(at, I(1))) - sum_at(tile, row, at);
    return (excess + sum_at(tile, row, I(base_place))) * path_value;
  }

  /// Run time left of the current attempt, safe and unsaved work taken together.
  COSTRISK_FN F work_left() const {
    return fma(s.checkpoints, F(job_.interval), s.tail) - min(s.position, F(job_.interval));
  }
  COSTRISK_FN void set_total(M where, F total) {
    s.total = select(where, total, s.total);
    s.pace = select(where, total / max(s.deadline.since(s.release), F(time_tolerance)), s.pace);
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
  /// Returns for how many steps, at least one, neither can change.
  COSTRISK_FN F decide(const WorldTile<L>& tile, const Place& place) {
    const F to_end = to_float(subtract(I(tile.end), place.step));
    const M here = place.here & s.active;
    F quiet = to_end;
    if (any(place.here & (!s.active) & (s.runs_begun < I(job_.repeats)))) {
      const F to_release = to_float(subtract(s.next_release.first_step(), place.step));
      quiet = select((!s.active) & (s.runs_begun < I(job_.repeats)), min(quiet, to_release), quiet);
    }
    if (!any(here)) return quiet;

    const M held_spot = here & s.on_spot;
    M can_start(false);
    if (job_.policy != Policy::on_demand) {
      const M lost = held_spot & (!test(held_unbroken_, place.bit));
      if (any(lost)) lose_spot(lost, tile, place);
      can_start = test(any_up_, place.bit);
    }
    const M spot_up = (here & s.on_spot) | can_start;
    Choice choice{M(false), M(false), F(static_cast<float>(tile_steps))};
    choose_purchase(place, here, spot_up, held_spot, choice);
    if (job_.on_demand_market < 0) choice.on_demand = M(false);
    const M launches = choice.on_demand & (!s.on_demand);
    M blocked(false);
    I target(job_.on_demand_market), launch_up(-1);
    if (any(launches)) {
      target = on_demand_target(tile, place);
      launch_up = launch_bits(target);
      blocked = launches & (!test(launch_up, place.bit));
      choice.on_demand = choice.on_demand & (!blocked);
    }

    const M stop = here & ((s.on_spot & (!choice.spot)) | (s.on_demand & (!choice.on_demand)));
    if (any(stop)) {
      save(stop);
      end_holding(stop, tile, place);
    }
    const M start_spot = choice.spot & (!s.on_spot);
    const M start = start_spot | (choice.on_demand & (!s.on_demand));
    s.on_spot = (s.on_spot & (!here)) | choice.spot;
    s.on_demand = (s.on_demand & (!here)) | choice.on_demand;
    if (any(start)) begin_holding(start, start_spot, target, tile, place);

    // Until capacity changes what the decision saw.
    if (job_.policy != Policy::on_demand) {
      const I changes = select(s.on_spot, held_unbroken_ ^ I(-1), any_up_) & place.later;
      const F until = to_float(subtract(first_set_bit(changes), place.at));
      const M indifferent = s.on_demand & (spot_up | M(job_.policy == Policy::greedy));
      quiet = select(here & (!indifferent), min(quiet, until), quiet);
    }
    if (any(blocked)) {
      const F until = to_float(subtract(first_set_bit(launch_up & place.later), place.at));
      quiet = select(blocked, min(quiet, job_.choose == Choose::cheapest ? F(1.0f) : until), quiet);
    }
    // In a market of another rate the work left is another time, and the choice is to be looked at again.
    if (!job_.one_rate) quiet = select(start, min(quiet, F(1.0f)), quiet);
    return select(here, min(quiet, choice.patience), quiet);
  }

  /// What the policy wants, and for how many steps (at least one) it will while capacity stays as it is.
  struct Choice {
    M spot, on_demand;
    F patience;
  };

  /// The policies; greedy and uniform progress after Wu et al., "Can't Be Late", NSDI 2024.
  COSTRISK_FN void choose_purchase(const Place& place, M here, M spot_up, M held_spot, Choice& choice) {
    if (job_.policy == Policy::on_demand) {
      choice.on_demand = here;
      return;
    }
    choice.spot = here & spot_up;
    if (job_.policy == Policy::spot) return;

    const F left = work_left();
    const F restart(job_.restart);
    // The rule compares n1 = ⌈left + restart⌉ and n2 = ⌈left + 2·restart⌉ with R, the whole steps to the
    // deadline. For whole R, ⌈x⌉ ≥ R is x > R − 1 beyond the tie's tolerance; `room` is R − 1.
    const I deadline =
        select(s.deadline.offset >= F(1.0f - time_tolerance), add(s.deadline.step, I(1)), s.deadline.step);
    const F room = to_float(subtract(subtract(deadline, place.step), I(1)));
    const F tolerance = max(abs(room) * F(0x1p-20f), F(time_tolerance));
    const F need = (left + restart) - room;
    const M n1_reaches_deadline = here & (need > tolerance);
    const M n2_reaches_deadline = here & ((need + restart) > tolerance);
    const F done = s.total - left;
    const F elapsed = to_float(subtract(place.step, s.release.step)) - s.release.offset;
    const F ahead = done - elapsed * s.pace;                                        // of uniform progress
    const F ahead_after_changes = done - (elapsed + (restart + restart)) * s.pace;  // after two changes

    if (job_.policy == Policy::uniform_progress) {
      choice.on_demand = here & (ahead < F(-time_tolerance)) & (!spot_up);
      // On-demand is left only when spot is up and progress would be ahead even after two changes.
      const M leave = spot_up & (ahead_after_changes > F(time_tolerance));
      const M stay = here & s.on_demand & (!leave);
      choice.on_demand = choice.on_demand | stay;
      choice.spot = choice.spot & (!stay);
    }
    const M to_on_demand = n2_reaches_deadline & (!s.on_spot);
    choice.on_demand = choice.on_demand | to_on_demand;
    choice.spot = choice.spot & (!to_on_demand);
    // Without slack a gang keeps a spot instance that is past its restart, and launches on-demand otherwise;
    // one that has just lost such an instance looks again at the next step.
    const M keeps = held_spot & (s.restart_left <= F(time_tolerance));
    choice.spot = (n1_reaches_deadline & keeps & spot_up) | ((!n1_reaches_deadline) & choice.spot);
    choice.on_demand = (n1_reaches_deadline & (!keeps)) | ((!n1_reaches_deadline) & choice.on_demand);

    // How long that stands. Work gains at most a step a step, and time passes a step a step: on-demand taken
    // for want of slack is kept, the slack of a waiting gang shrinks by a step a step.
    const F step(1.0f);
    const M restarts = n2_reaches_deadline & ((!s.on_spot) | (s.restart_left > F(time_tolerance)));
    const F waiting = select(n2_reaches_deadline, step, max(whole_below(tolerance - (need + restart)), step));
    const M waits = here & (!choice.spot) & (!choice.on_demand);
    F patience = select(choice.spot & restarts, step, choice.patience);
    patience = select(waits, waiting, patience);
    if (job_.policy == Policy::uniform_progress) {
      const F until_behind = max(whole_below((ahead + F(time_tolerance)) / s.pace), step);
      patience = select(waits, min(patience, until_behind), patience);
      const F gain = max(step - s.pace, F(0x1p-20f));
      const F until_ahead = max(whole_below((F(time_tolerance) - ahead_after_changes) / gain), step);
      patience = select(choice.on_demand & spot_up & (!n2_reaches_deadline), until_ahead, patience);
    }
    choice.patience = patience;
  }

  COSTRISK_FN void lose_spot(M lost, const WorldTile<L>& tile, const Place& place) {
    M saves(job_.lossless != 0);
    if (!job_.lossless)
      for (int m = 0; m < job_.markets.count; ++m)
        if (markets_[m].notice_saves) saves = saves | (s.market == I(m));
    interrupt(lost, saves);
    end_holding(lost, tile, place);
    s.on_spot = s.on_spot & (!lost);
  }

  /// Counts an interruption; what was unsaved is saved where `saves`, lost elsewhere.
  COSTRISK_FN void interrupt(M where, M saves) {
    s.interruptions = select(where, add(s.interruptions, I(1)), s.interruptions);
    const M loses = where & (!saves);
    const F unsaved = select(loses, max(min(s.position, F(job_.interval)), F(0.0f)), F(0.0f));
    s.lost_money = fma(unsaved * s.money_high, s.recent_price, s.lost_money);
    add_ticks<L>(s.lost_steps, s.lost_ticks, unsaved);
    save(where & saves);
    s.position = select(loses, F(0.0f), s.position);
  }

  /// The market of the list that spot is taken in: the first that is up, or the cheapest for the work it does.
  COSTRISK_FN I spot_market(const WorldTile<L>& tile, const Place& place) const {
    I chosen(0);
    M found(false);
    F best(0.0f);
    for (int m = job_.markets.count - 1; m >= 0; --m) {
      M up = test(arrays_.spot[m].up, place.bit);
      if (job_.choose == Choose::cheapest && markets_[m].has_spot) {
        const F price = price_at(markets_[m].spot, tile, place.at) * F(markets_[m].spot_weight);
        up = up & ((!found) | (price <= best));
        best = select(up, price, best);
      }
      chosen = select(up, I(m), chosen);
      found = found | up;
    }
    return chosen;
  }

  /// The market of the list that on-demand is bought in: the first that sells it, or the cheapest for the
  /// work it does, whether or not it can be launched there now.
  COSTRISK_FN I on_demand_target(const WorldTile<L>& tile, const Place& place) const {
    I chosen(job_.on_demand_market);
    if (job_.choose != Choose::cheapest) return chosen;
    F best = price_at(markets_[job_.on_demand_market].on_demand, tile, place.at) *
             F(markets_[job_.on_demand_market].on_demand_weight);
    for (int m = job_.on_demand_market + 1; m < job_.markets.count; ++m) {
      if (!markets_[m].has_on_demand) continue;
      const F price = price_at(markets_[m].on_demand, tile, place.at) * F(markets_[m].on_demand_weight);
      chosen = select(price < best, I(m), chosen);
      best = min(price, best);
    }
    return chosen;
  }
  COSTRISK_FN I launch_bits(I market) const {
    I bits = arrays_.launch[0];
    for (int m = 1; m < job_.markets.count; ++m) bits = select(market == I(m), arrays_.launch[m], bits);
    return bits;
  }

  COSTRISK_FN void begin_holding(M start, M start_spot, I target, const WorldTile<L>& tile, const Place& place) {
    I market = s.market;
    if (any(start_spot)) market = select(start_spot, spot_market(tile, place), market);
    market = select(start & (!start_spot), target, market);
    const F left = work_left();
    if (job_.markets.count > 1) {
      const M moves = start & !(market == s.market);
      const M moves_state = moves & (s.total - left > F(time_tolerance));
      if (any(moves_state)) {
        const F egress = by_market(s.market, [](const JobMarketParameters& m) { return F(m.egress); });
        s.accounts[account_egress].add_where(moves_state, to_amount<L>(egress));
      }
      if (!job_.one_rate && any(moves)) {
        const F factor = ratio(market) / ratio(s.market);
        set_total(moves, s.total * factor);
        set_work(moves, left * factor);
      }
      s.market = select(start, market, s.market);
      if (job_.policy != Policy::on_demand) held_unbroken_ = unbroken_in(s.market);
    }
    const F failure = by_market(s.market, [&](const JobMarketParameters& m) { return rate(m.failure_rate); });
    const F reclaim = by_market(s.market, [&](const JobMarketParameters& m) { return rate(m.reclaim_rate); });
    const F hazard = (select(start_spot, reclaim, F(0.0f)) + failure) * F(job_.gang);
    s.hazard = select(start, hazard, s.hazard);
    s.until_interruption = select(start, s.clock / max(hazard, F(1e-30f)), s.until_interruption);
    const F high = by_market(s.market, [&](const JobMarketParameters& m) {
      return select(start_spot, F(m.spot_money.high), F(m.on_demand_money.high));
    });
    const F low = by_market(s.market, [&](const JobMarketParameters& m) {
      return select(start_spot, F(m.spot_money.low), F(m.on_demand_money.low));
    });
    s.money_high = select(start, high, s.money_high);
    s.money_low = select(start, low, s.money_low);
    s.restart_left = select(start, F(job_.restart), s.restart_left);
    s.position = select(start, F(0.0f), s.position);
    s.held_since = select<L>(start, {place.step, F(0.0f)}, s.held_since);
    find_price(start, start_spot, tile, place);
  }

  /// Where the price of what is now held stands.
  COSTRISK_FN void find_price(M start, M start_spot, const WorldTile<L>& tile, const Place& place) {
    const auto choose = [&](M where, const PriceSource& source) {
      s.row = select(where, I(source.sum_slot), s.row);
      s.scale = select(where, source.law < 0 ? F(1.0f) : path_.law(source.law), s.scale);
    };
    for (int m = 0; m < job_.markets.count; ++m) {
      const M here = start & (s.market == I(m));
      if (markets_[m].has_spot) choose(here & start_spot, markets_[m].spot);
      if (markets_[m].has_on_demand) choose(here & (!start_spot), markets_[m].on_demand);
    }
    sum_here_ = select(start, sum_at(tile, s.row, place.at), sum_here_);
    refresh_price(tile, start);
    s.recent_price = select(start, held_price(tile, place), s.recent_price);
  }
  COSTRISK_FN F rate(LawIndex law) const { return law < 0 ? F(0.0f) : path_.law(law); }

  /// What the billing rules add to an uninterrupted run that ends: rounding up to the increment, the minimum.
  COSTRISK_FN F billing_extra(const Instant<L>& now) const {
    const I whole = subtract(now.step, s.held_since.step);
    const F part = now.offset - s.held_since.offset;
    F extra(0.0f);
    for (int m = 0; m < (job_.one_billing ? 1 : job_.markets.count); ++m) {
      const JobMarketParameters& market = markets_[m];
      const I phase = multiply(whole, I(static_cast<std::int32_t>(market.increments)));
      const F increments =
          fma(part, F(market.increments_per_step), to_float(shift_right_logical<8>(phase)) * F(0x1p-24f));
      const F snapped = snap(increments, market.increment_tolerance);
      const F rounding = (ceil(snapped) - snapped) * F(market.increment);
      const F short_of_minimum = F(market.minimum) - (to_float(whole) + part);
      extra = select((s.market == I(m)) | M(job_.one_billing != 0), max(rounding, short_of_minimum), extra);
    }
    return extra;
  }
  COSTRISK_FN void bill(M where, F extra, F price) {
    extra = select(where, extra, F(0.0f));
    s.spend.add_product(extra, select(where, price, F(0.0f)));
    s.used = s.used + extra;
  }

  /// The gang lets go of what it holds inside a step, at `price`: the run is billed and its account closed.
  COSTRISK_FN void end_holding(M where, const Instant<L>& now, F price) {
    bill(where, billing_extra(now), price);
    let_go(where);
  }
  /// Likewise at its cursor.
  COSTRISK_FN void end_holding(M where, const WorldTile<L>& tile, const Place& place) {
    const F extra = billing_extra({place.step, F(0.0f)});
    if (any(where & (extra > F(0.0f)))) bill(where, extra, held_price(tile, place));
    let_go(where);
  }
  COSTRISK_FN void let_go(M where) {
    s.clock = select(where & (s.hazard > F(0.0f)), s.until_interruption * s.hazard, s.clock);
    close(where);
  }

  /// What is spent and not yet closed, and `more` at relative prices.
  COSTRISK_FN Amount<L> pending_amount(F more, F& rest) const {
    const F sum = s.spend.sum + more;
    const F money = sum * s.money_high;
    const F error = fma(sum, s.money_high, -money) + fma(sum, s.money_low, fma(s.spend.rest, s.money_high, rest));
    return to_amount<L>(money, error, rest);
  }

  /// Turns use and spend since the last close into integers.
  COSTRISK_FN void close(M where) {
    path_.check_money(where, s.spend.sum * s.money_high);
    F rest = s.rest;
    const Amount<L> spend = pending_amount(F(0.0f), rest);
    s.rest = select(where, rest, s.rest);
    s.accounts[account_spot].add_where(where & s.on_spot, spend);
    s.accounts[account_on_demand].add_where(where & s.on_demand, spend);
    for (int m = 0; m < job_.markets.count; ++m) {
      const F used = select(where & (s.market == I(m)), s.used, F(0.0f));
      JobUse<L>& use = arrays_.use[m];
      use.fresh[0] = use.fresh[0] + select(s.on_demand, used, F(0.0f));
      use.fresh[1] = use.fresh[1] + select(s.on_spot, used, F(0.0f));
    }
    const F zero(0.0f);
    s.spend.sum = select(where, zero, s.spend.sum);
    s.spend.rest = select(where, zero, s.spend.rest);
    s.used = select(where, zero, s.used);
  }

  /// One step of the lanes to which something happens in it: every interruption and finish at its instant.
  COSTRISK_FN void live_through(M eventful, const Place& place, F price) {
    F left = select(eventful, F(1.0f), F(0.0f));  // of the step
    for (int turn = 0; turn < event_limit; ++turn) {
      M interrupted = (left > F(0.0f)) & (s.until_interruption < left);
      F time = select(interrupted, max(s.until_interruption, F(0.0f)), left);
      const F restarting = min(s.restart_left, time);
      s.restart_left = s.restart_left - restarting;
      s.position = s.position + (time - restarting);
      pass_checkpoints();
      const M finished = (left > F(0.0f)) & (s.checkpoints <= F(0.0f)) & (s.restart_left <= F(0.0f)) &
                         (s.position >= s.tail - F(time_tolerance));
      const F beyond = min(max(s.position - s.tail, F(0.0f)), time);
      time = select(finished, time - beyond, time);
      interrupted = interrupted & (!finished);
      s.until_interruption = s.until_interruption - time;
      s.spend.add_product(time, price);
      s.used = s.used + time;
      s.restart_money = fma(restarting * s.money_high, price, s.restart_money);
      left = left - time;

      const M events = finished | interrupted;
      if (!any(events)) return;
      const Instant<L> now = Instant<L>{place.step, F(0.0f)}.plus(F(1.0f) - left);
      if (any(interrupted)) interrupt_inside(interrupted, now, price);
      if (any(finished)) finish(finished, now, price);
      left = select(events & (s.on_spot | s.on_demand), left, F(0.0f));
      if (!any(left > F(0.0f))) return;
    }
    path_.fail(left > F(0.0f), status_event_loop);
  }

  /// Completed cycles become safe.
  COSTRISK_FN void pass_checkpoints() {
    if (job_.inverse_cycle <= 0.0f) return;
    const F whole = min(floor(snap(s.position * F(job_.inverse_cycle), time_tolerance)), s.checkpoints);
    // What the tie's tolerance counted too early stays owed, as a position a little below zero.
    s.position = fma(-whole, F(job_.cycle), s.position);
    s.checkpoints = s.checkpoints - whole;
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
    s.recent_price = select(interrupted, price, s.recent_price);
    interrupt(interrupted, saves);
    bill(interrupted, billing_extra(now), price);
    s.held_since = select<L>(interrupted, now, s.held_since);
    s.restart_left = select(interrupted, F(job_.restart), s.restart_left);
    s.until_interruption = select(interrupted, unit_exponential(words.word[0]) / s.hazard, s.until_interruption);
  }

  /// The work is done: it pleases and the run ends, or it starts over on the instances held.
  COSTRISK_FN void finish(M finished, const Instant<L>& now, F price) {
    s.attempts_left = select(finished, subtract(s.attempts_left, I(1)), s.attempts_left);
    const M again = finished & (s.attempts_left > I(0));
    if (any(again)) {
      set_work(again, s.total);
      s.restart_left = select(again, F(job_.restart), s.restart_left);
    }
    const M done = finished & (!again);
    if (!any(done)) return;
    end_holding(done, now, price);
    s.finish = select<L>(done, now, s.finish);
    const M late = done & (now.since(s.deadline) > F(time_tolerance));
    s.late = select(late, add(s.late, I(1)), s.late);
    charge_lateness(late, s.deadline, now);
    s.on_spot = s.on_spot & (!done);
    s.on_demand = s.on_demand & (!done);
    s.active = s.active & (!done);
  }

  COSTRISK_FN void charge_lateness(M where, const Instant<L>& deadline, const Instant<L>& until) {
    if (job_.late_penalty <= 0.0f) return;
    const F penalty = max(until.since(deadline), F(0.0f)) * F(job_.late_penalty);
    path_.check_money(where, penalty);
    s.accounts[account_penalty].add_where(where, to_amount<L>(penalty));
  }

  PathContext<L>& path_;
  const JobParameters job_;
  const JobMarketParameters* markets_;
  JobState<L> s;
  JobState<L>& memory_;
  JobTotals<L>& totals_;
  JobArrays<L> arrays_;
  // Of the current tile
  I any_up_, held_unbroken_;
  F sum_here_;  ///< the sums of what is held, at the cursor
};

}  // namespace costrisk
