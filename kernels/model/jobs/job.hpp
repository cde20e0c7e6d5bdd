// Stage 2, components: one distinct job assignment, a gang that lives through the world's tiles.
//
// Each lane has a cursor of its own. At the cursor it decides as a step's start demands, or, where it can only wait,
// at the step that it waits for; then it takes at once all the steps in which nothing can happen to it, and lives
// through the step that an interruption or the end of its work falls into event by event. A tile costs as many turns
// as its busiest lane has events, not as it has steps. Time is counted in steps.
#pragma once

#include "kernels/model/jobs/job_ages.hpp"
#include "kernels/model/jobs/job_bill.hpp"
#include "kernels/model/jobs/job_offers.hpp"
#include "kernels/model/jobs/job_policy.hpp"
#include "kernels/model/jobs/job_split.hpp"
#include "kernels/model/jobs/job_use_rows.hpp"
#include "kernels/model/jobs/job_work.hpp"
#include "kernels/model/watch.hpp"

namespace costrisk {

/// Whether a gang holds one entry of its list at a time, or may be split among several.
enum class Gang { whole, split };

template <class L, Gang gang, class Watch = Unwatched>
class JobComponent {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;
  static constexpr bool splits = gang == Gang::split;

 public:
  COSTRISK_FN JobComponent(PathContext<L>& path, const JobParameters& job, JobState<L>& state, JobTotals<L>& totals,
                           const JobArrays<L>& arrays, Watch watch = {})
      : path_(path),
        job_(job),
        markets_(path.parameters.job_markets + job.markets.first),
        s(state),
        totals_(totals),
        arrays_(arrays),
        watch_(watch) {
    for (int m = 0; m < job_.markets.count; ++m) {
      tells_use_ = tells_use_ || markets_[m].use_row >= 0;
      charges_egress_ = charges_egress_ || markets_[m].egress > 0.0f;
      leaves_depth_ = leaves_depth_ || markets_[m].spot_left_slot >= 0 || markets_[m].launch_left_slot >= 0;
      owns_ = owns_ || markets_[m].has_own;
      loses_inside_ = loses_inside_ || (takes_spot(job.policy) && markets_[m].loss_slot >= 0);
    }
  }

  COSTRISK_FN void begin() {
    const F zero(0.0f);
    s.active = s.on_spot = s.on_demand = s.latched = s.unfinished = M(false);
    s.market = I(0);
    s.restart_left = s.checkpoints = s.tail = s.tail_excess = s.position = s.total = s.pace = zero;
    s.hazard = s.until_interruption = s.scale = s.base_price = s.recent_price = zero;
    s.row = I(-1);
    s.clock = unit_exponential(path_.philox.event(job_.clock_stream, I(0)).word[0]);
    if (arrays_.ages) aging().begin(path_.philox.event(job_.clock_stream, I(0)));
    if constexpr (splits) split().begin();
    s.clock_ordinal = s.interruptions = I(0);
    s.attempts_left = s.runs_begun = s.late = I(0);
    s.next_release = {I(job_.release.step), F(job_.release.offset)};
    s.release = s.deadline = s.finish = s.held_since = {I(0), zero};
    s.lost_steps = s.lost_ticks = I(0);
    bill().begin();
  }

  COSTRISK_STAGE void advance(const WorldTile<L>& tile, const TileEdges& edges) {
    const bool at_the_horizon = tile.end == path_.parameters.steps;
    const bool closes = at_the_horizon || tile.end % job_close_steps == 0;
    use_rows().begin_tile();
    if (leaves_depth_) forget_taken(tile);
    releases_left_ = any(s.runs_begun < I(job_.repeats));
    if (releases_left_ || any(s.active))
      live(tile, edges);
    else
      rest(tile, edges);
    if (closes && any(s.on_spot | s.on_demand)) close(s.on_spot | s.on_demand);
    if (at_the_horizon) end(tile);
    use_rows().end_tile(tile.end - tile.start);
    if (leaves_depth_ && !splits) offers().leave_depth(tile);
    if (closes) bill().add_to_totals(at_the_horizon);
  }

 private:
  // The parts that a job is made of. They only look at what stands here.
  COSTRISK_FN JobWork<L> work() { return {job_, s}; }
  COSTRISK_FN JobPolicy<L> policy(const JobOutlook<L>& outlook) { return {job_, s, outlook}; }
  COSTRISK_FN JobAging<L> aging() { return {job_, path_.parameters.lifetime_curves, s, *arrays_.ages}; }
  COSTRISK_FN JobSplit<L> split() { return {path_, job_, markets_, s, arrays_}; }
  COSTRISK_FN JobOffers<L> offers() { return {path_, job_, markets_, arrays_}; }
  COSTRISK_FN JobUseRows<L> use_rows() { return {job_, markets_, s, arrays_, tells_use_}; }
  COSTRISK_FN JobBill<L> bill() { return {path_, job_, markets_, s, totals_, arrays_, use_rows(), charges_egress_}; }

  COSTRISK_FN void live(const WorldTile<L>& tile, const TileEdges& edges) {
    begin_tile(tile);
    I cursor(tile.start);
    // Each turn takes every lane a step further at least.
    while (any(cursor < I(tile.end))) cursor = take_turn(tile, edges, cursor);
  }
  /// All runs are over.
  COSTRISK_FN void rest(const WorldTile<L>& tile, const TileEdges& edges) {
    watch_.passes(I(tile.start), I(tile.end), s);
    for (int e = 0; e < edges.count; ++e) bill().tell_edge(e, M(true), F(0.0f));
  }

  /// A lane's place in the tile.
  struct Place {
    M here;   ///< lanes whose cursor is still inside
    I step;   ///< absolute
    I at;     ///< within the tile
    I bit;    ///< the step's bit
    I later;  ///< the bits of the steps after it
  };

  COSTRISK_FN void begin_tile(const WorldTile<L>& tile) {
    any_up_ = offers().begin_tile(tile);
    if (waits_for_capacity(job_.policy)) held_unbroken_ = offers().unbroken(s.market);
    if (loses_inside_) held_lost_ = offers().lost(s.market);
    // The price of what is held, on which the tile's sums build.
    const M holds = s.on_spot | s.on_demand;
    const F base = select(s.row >= I(0), price_sum<L>(tile, s.row, I(base_place)), F(1.0f));
    s.base_price = select(holds, base * s.scale, s.base_price);
    s.recent_price = select(holds, s.base_price, s.recent_price);
    sum_here_ = F(0.0f);
    if constexpr (splits) begin_tile_of_parts(tile, holds);
  }

  COSTRISK_FN static Place place_at(const WorldTile<L>& tile, I step) {
    const M here = step < I(tile.end);
    const I at = select(here, subtract(step, I(tile.start)), I(0));
    const I bit = add(low_bits(at), I(1));
    return {here, step, at, bit, subtract(I(0), add(bit, bit))};
  }

  /// Decides at every lane's cursor, then moves each by the steps it may take at once.
  COSTRISK_FN I take_turn(const WorldTile<L>& tile, const TileEdges& edges, I cursor) {
    Place place = place_at(tile, cursor);
    F quiet = to_float(subtract(I(tile.end), cursor));
    if (releases_left_) quiet = wait_for_release(place, quiet);
    if (const M here = place.here & s.active; any(here)) {
      quiet = decide(tile, edges, place, here, quiet);
      cursor = place.step;
    }

    // An interruption, a capacity that is lost, or the end of the work: the step that it falls into is lived through
    // alone.
    const M holds = place.here & (s.on_spot | s.on_demand);
    F calm = max(whole_steps_below(min(s.until_interruption, work().time_left())), F(0.0f));
    if (loses_inside_) calm = select(s.on_spot, min(calm, steps_until_lost(place)), calm);
    const M eventful = holds & (calm < quiet);
    const F steps = select(eventful, calm, quiet);
    const I quiet_end = add(cursor, to_int(steps));
    const I quiet_end_at = subtract(quiet_end, I(tile.start));

    const F sum = price_sum<L>(tile, s.row, quiet_end_at);
    for (int e = 0; e < edges.count; ++e) tell_quiet_edge(tile, edges, e, place.here, cursor, quiet_end);
    watch_.passes(cursor, quiet_end, s);
    pass_quietly(select(holds, steps, F(0.0f)), select(holds, sum - sum_here_, F(0.0f)));
    if constexpr (splits)
      split().add_steps(holds, tile, place.at, quiet_end_at);
    else
      use_rows().keep(holds, place.at, quiet_end_at);
    if (leaves_depth_) note_taken(holds, tile, place.at, quiet_end_at);
    sum_here_ = sum;
    if (!any(eventful)) return quiet_end;

    const I next = select(eventful, add(quiet_end, I(1)), quiet_end);
    if (leaves_depth_) note_taken(eventful, tile, quiet_end_at, add(quiet_end_at, I(1)));
    sum_here_ = price_sum<L>(tile, s.row, subtract(next, I(tile.start)));
    const I eventful_at = select(eventful, quiet_end_at, I(0));
    F price = fma(s.scale, sum_here_ - sum, s.base_price);
    if constexpr (splits) price = split().price_step(tile, eventful_at);
    price = select(eventful, price, F(0.0f));
    live_through(eventful, tile, quiet_end, eventful_at, price, until_lost(eventful, tile, eventful_at));
    watch_.lived(quiet_end, s);
    for (int e = 0; e < edges.count; ++e)
      if (const M ends = eventful & (next == I(edges.steps[e])); any(ends)) {
        if constexpr (splits)
          tell_edge_of_parts(tile, e, ends, next, next);
        else
          bill().tell_edge(e, ends, F(0.0f));
      }
    return next;
  }

  COSTRISK_FN void tell_quiet_edge(const WorldTile<L>& tile, const TileEdges& edges, int e, M here, I from, I to) {
    const I step(edges.steps[e]);
    const M passes = here & (from < step) & (step <= to);
    if (!any(passes)) return;
    if constexpr (splits) {
      tell_edge_of_parts(tile, e, passes, from, step);
    } else {
      const F sum = price_sum<L>(tile, s.row, subtract(step, I(tile.start)));
      const F steps = to_float(subtract(step, from));
      const F spent = fma(steps, s.base_price, s.scale * (sum - sum_here_));
      bill().tell_edge(e, passes, select(s.on_spot | s.on_demand, spent, F(0.0f)));
    }
  }
  /// @param from,until  the steps that are not yet billed
  COSTRISK_FN void tell_edge_of_parts(const WorldTile<L>& tile, int e, M where, I from, I until) {
    const I start(tile.start);
    EdgeCost<L> cost;
    split().add_to_edge(cost, where & s.on_spot, tile, select(where, subtract(from, start), I(0)),
                        select(where, subtract(until, start), I(0)));
    bill().tell_edge(e, where, cost);
  }

  COSTRISK_FN void forget_taken(const WorldTile<L>& tile) {
    if constexpr (splits) {
      split().leave_all(tile);
    } else {
      for (int m = 0; m < job_.markets.count; ++m)
        for (I& taken : arrays_.use[m].taken) taken = I(0);
    }
  }
  /// What the lanes hold is taken at the starts of the tile's steps [from, until).
  COSTRISK_FN void note_taken(M where, const WorldTile<L>& tile, I from, I until) {
    if constexpr (splits) {
      split().note_taken(where, tile, from, until);
    } else {
      const I bits = select(where, low_bits(until) ^ low_bits(from), I(0));
      for (int m = 0; m < job_.markets.count; ++m) {
        const I here = select(s.market == I(m), bits, I(0));
        JobUse<L>& use = arrays_.use[m];
        use.taken[holding_spot] = use.taken[holding_spot] | select(s.on_spot, here, I(0));
        use.taken[holding_steady] = use.taken[holding_steady] | select(s.on_demand, here, I(0));
      }
    }
  }

  /// Steps in which nothing happens to the lanes that hold.
  COSTRISK_FN void pass_quietly(F steps, F excess) {
    const F restarting = work().run(steps);
    s.until_interruption = s.until_interruption - steps;
    if (arrays_.ages) aging().pass(steps);
    bill().add_steps(steps, excess);
    bill().waste_restart(restarting, s.recent_price);
  }

  // Runs

  /// Begins runs that are due. Returns for how many steps nothing can happen to lanes that wait for one.
  COSTRISK_FN F wait_for_release(const Place& place, F quiet) {
    const I first = s.next_release.first_step();
    const M waits = place.here & (!s.active) & (s.runs_begun < I(job_.repeats));
    const M due = waits & (first <= place.step);
    if (any(due)) begin_run(due);
    return select(waits & (!due), min(quiet, to_float(subtract(first, place.step))), quiet);
  }

  /// Run time of the whole work of a run in the first market, steps.
  COSTRISK_FN F run_time_of(I run) const {
    return sped_up(path_.event_value(path_.parameters.event_laws[job_.work], run));
  }
  COSTRISK_FN F sped_up(F run_time) const {
    for (int i = 0; i < job_.speedups.count; ++i)
      run_time = run_time * path_.law(path_.parameters.law_lists[job_.speedups.first + i]);
    return run_time;
  }

  COSTRISK_FN void begin_run(M due) {
    const F run_time = run_time_of(s.runs_begun);
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
    if constexpr (splits) arrays_.mix->ratio = select(due, F(1.0f), arrays_.mix->ratio);
    work().set_total(due, run_time);
    work().set_left(due, run_time);
    s.restart_left = select(due, F(0.0f), s.restart_left);
    s.runs_begun = select(due, add(s.runs_begun, I(1)), s.runs_begun);
    s.active = s.active | due;
    if (is_in_order()) s.held_since = select<L>(due, later(s.release, s.finish), s.held_since);
    watch_.happens(JobEvent::released, due, s.release, s);
  }

  /// The work is done: it pleases and the run ends, or it starts over on the instances held.
  COSTRISK_FN void finish(M finished, I at, const Instant<L>& now, F price) {
    s.attempts_left = select(finished, subtract(s.attempts_left, I(1)), s.attempts_left);
    const M again = finished & (s.attempts_left > I(0));
    if (any(again)) {
      watch_.happens(JobEvent::starts_over, again, now, s);
      work().set_left(again, s.total);
      s.restart_left = select(again, F(job_.restart), s.restart_left);
    }
    s.latched = s.latched & (!finished);
    const M done = finished & (!again);
    if (!any(done)) return;
    watch_.happens(JobEvent::finished, done, now, s);
    add_extra(done, at, now, price);
    let_go(done, now);
    s.finish = select<L>(done, now, s.finish);
    const M late = done & (now.since(s.deadline) > F(time_tolerance));
    s.late = select(late, add(s.late, I(1)), s.late);
    bill().charge_lateness(late, s.deadline, now);
    s.on_spot = s.on_spot & (!done);
    s.on_demand = s.on_demand & (!done);
    s.active = s.active & (!done);
  }

  /// Closes at the horizon: penalties and the buy-out of what is unfinished.
  COSTRISK_FN void end(const WorldTile<L>& tile) {
    const int horizon = path_.parameters.steps;
    const Instant<L> horizon_instant{I(horizon), F(0.0f)};
    if (any(s.active)) {
      s.late = select(s.active, add(s.late, I(1)), s.late);
      bill().charge_lateness(s.active, s.deadline, horizon_instant);
      buy_out(s.active, work().left() / run_time_ratio(), tile);
    }
    // Runs whose turn did not come.
    I begun = s.runs_begun;
    Instant<L> release = s.next_release;
    M behind = begun < I(job_.repeats);
    s.unfinished = s.active | behind;
    for (; any(behind); behind = begun < I(job_.repeats)) {
      // Many of them owe more than one account holds between closes.
      take_account(account_penalty);
      take_account(account_unfinished);
      s.late = select(behind, add(s.late, I(1)), s.late);
      bill().charge_lateness(behind, deadline_after(release), horizon_instant);
      if (job_.buy_out) buy_out(behind, run_time_of(begun), tile);
      release = plus(release, job_.repeat);
      begun = select(behind, add(begun, I(1)), begun);
    }
  }

  /// Adds what an account holds to the totals. Called with a name each: nvcc keeps in memory what a loop's variable
  /// indexes, and with it all that is found through it.
  COSTRISK_FN void take_account(JobAccount account) {
    accumulate<L>(totals_.money[account], s.accounts[account]);
    s.accounts[account] = Amount<L>::zero();
  }
  /// Prices work on on-demand, at the last step's price, in the first market that could launch it there.
  /// @param left run time in the first market
  COSTRISK_FN void buy_out(M where, F left, const WorldTile<L>& tile) {
    if (!job_.buy_out || job_.buy_out_market < 0) return;
    const Place last = place_at(tile, I(tile.end - 1));
    const I chosen = offers().buy_out_market(last.bit);
    for (int m = 0; m < job_.markets.count; ++m) {
      const JobMarketParameters& market = markets_[m];
      const M here = where & (chosen == I(m));
      if (!market.sells_on_demand || !any(here)) continue;
      const F price = offers().price_at(market.on_demand, tile, last.at);
      bill().charge_unfinished(here, left * F(market.steps_ratio), price, market.on_demand_money);
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

  // At a step's start

  /// The world and the policy at a step's start: what is lost, what is wanted, what is held from now on. Lanes that
  /// can only wait do so first: `place` is then where they decide.
  /// Returns for how many steps, at most `quiet`, neither can change.
  COSTRISK_FN F decide(const WorldTile<L>& tile, const TileEdges& edges, Place& place, M here, F quiet) {
    const M held_spot = here & s.on_spot;
    if (job_.has_multipliers && any(held_spot)) aging().change_multiplier(held_spot, multiplier(s.market, tile, place));
    if constexpr (splits) {
      lose_parts(here, tile, place);
      return decide_mix(here, tile, place, quiet);
    } else {
      lose_what_ended(here, tile, place);
      return decide_whole(tile, edges, place, here, held_spot, quiet);
    }
  }
  /// Likewise of a gang that holds one entry at a time.
  /// @param held_spot lanes that held spot before what ended
  COSTRISK_FN F decide_whole(const WorldTile<L>& tile, const TileEdges& edges, Place& place, M here, M held_spot,
                             F quiet) {
    if (is_in_order()) return until_rates_change(here, decide_in_order(here, tile, place, quiet));
    M can_start(false);
    if (waits_for_capacity(job_.policy)) {
      // Nothing is held, and nothing can be had.
      const M idle = here & (!(s.on_spot | s.on_demand)) & (!test(any_up_, place.bit));
      if (any(idle)) {
        const F waited = wait_for_capacity(idle, tile, edges, place, quiet);
        quiet = quiet - waited;
        here = here & place.here;
        // Whoever has waited held nothing in the step before.
        held_spot = here & held_spot & (!(waited > F(0.0f)));
      }
      can_start = test(any_up_, place.bit);
    }
    const M up = (here & s.on_spot) | can_start;
    JobChoice<L> choice = policy(outlook(tile, place)).choose(here, place.step, up, held_spot);
    const SteadyLaunch launch = launch_steady(choice, tile, place);
    const M start = hold(choice, here, launch.market, tile, place);
    if (traits_of(job_.policy).watches_slack) s.latched = s.latched | (s.on_demand & choice.is_last);
    quiet = until_capacity_changes(here, up, launch, place, quiet);
    // In a market of another rate the work left is another time, and the choice is to be looked at again.
    if (!job_.one_rate) quiet = select(start, min(quiet, F(1.0f)), quiet);
    quiet = until_rates_change(here, quiet);
    return select(here, min(quiet, choice.patience), quiet);
  }
  /// Loaded rates of reclaims change from step to step.
  COSTRISK_FN F until_rates_change(M here, F quiet) const {
    return job_.has_multipliers ? select(here & s.on_spot, min(quiet, F(1.0f)), quiet) : quiet;
  }

  COSTRISK_FN JobOutlook<L> outlook(const WorldTile<L>& tile, const Place& place) {
    JobOutlook<L> outlook{F(1.0f), F(0.0f), F(0.0f)};
    if (job_.plain_view || !traits_of(job_.policy).watches_slack) return outlook;
    const F here = steps_ratio(s.market);
    if (job_.margin_law >= 0) outlook.margin = path_.law(job_.margin_law);
    if (job_.plans_median) outlook.planned = sped_up(F(job_.planned)) * here;
    if (!job_.one_rate)
      outlook.rate = select(s.on_demand, outlook.rate, steps_ratio(offers().sure_market(tile, place.at)) / here);
    return outlook;
  }

  /// Lanes whose capacity went down let go of what they hold.
  COSTRISK_FN void lose_what_ended(M here, const WorldTile<L>& tile, const Place& place) {
    if (takes_own(job_.policy)) {
      const M ended = here & s.on_demand & (!test(held_unbroken_, place.bit));
      if (any(ended)) leave(ended, tile, place);
      s.on_demand = s.on_demand & (!ended);
    } else if (takes_spot(job_.policy)) {
      M lost = here & s.on_spot & (!test(held_unbroken_, place.bit));
      if (owns_) {
        const M ended = lost & holds_own();
        if (any(ended)) leave(ended, tile, place);
        s.on_spot = s.on_spot & (!ended);
        lost = lost & (!ended);
      }
      if (any(lost)) lose_spot(lost, tile, place);
    }
  }
  /// Where what is held as spot is capacity of one's own.
  COSTRISK_FN M holds_own() const {
    M own(false);
    for (int m = 0; m < job_.markets.count; ++m)
      if (markets_[m].has_own) own = own | (s.on_spot & (s.market == I(m)));
    return own;
  }

  // Purchases in order

  COSTRISK_FN bool is_in_order() const { return traits_of(job_.policy).in_order; }
  COSTRISK_FN static Instant<L> later(const Instant<L>& a, const Instant<L>& b) {
    return select<L>(b.since(a) > F(0.0f), b, a);
  }

  /// As `decide`: who holds nothing takes the first entry that is ready, who holds one may move to another.
  COSTRISK_FN F decide_in_order(M here, const WorldTile<L>& tile, const Place& place, F quiet) {
    const M held = here & (s.on_spot | s.on_demand), idle = here & (!held);
    I entry(0);
    M start(false);
    if (any(idle)) {
      const F waited = Instant<L>{place.step, F(0.0f)}.since(s.held_since);
      entry = offers().entry_to_take(tile, place.at, place.bit, waited, start);
      start = start & idle;
    }
    if (job_.upgrade != Upgrade::never && any(held)) {
      M moves(false);
      const I target = entry_to_move_to(tile, place, moves);
      moves = moves & held;
      if (any(moves)) leave(moves, tile, place);
      entry = select(moves, target, entry);
      start = start | moves;
    }
    if (any(start)) {
      M spot(false);
      for (int m = 0; m < job_.markets.count; ++m)
        if (!markets_[m].has_on_demand) spot = spot | (start & (entry == I(m)));
      s.on_spot = (s.on_spot & (!start)) | spot;
      s.on_demand = (s.on_demand & (!start)) | (start & (!spot));
      begin_holding(start, spot, entry, tile, place);
    }
    const F until = select(s.on_spot, steps_until(held_unbroken_ ^ I(-1), place), quiet);
    const M looks_again = (!(s.on_spot | s.on_demand)) | M(job_.upgrade != Upgrade::never);
    return select(here, min(quiet, select(looks_again, F(1.0f), until)), quiet);
  }
  // A split gang

  COSTRISK_FN void begin_tile_of_parts(const WorldTile<L>& tile, M holds) {
    split().see(tile);
    see_parts();
    s.recent_price = select(holds, split().price_step(tile, I(0)), s.recent_price);
  }
  COSTRISK_FN void see_parts() {
    held_unbroken_ = split().kept();
    held_lost_ = split().lost();
  }
  /// Spot that is lost interrupts; where only capacity of its own ends, the gang saves and lets go of all.
  COSTRISK_FN void lose_parts(M here, const WorldTile<L>& tile, const Place& place) {
    const M ended = here & s.on_spot & (!test(held_unbroken_, place.bit));
    if (!any(ended)) return;
    const M lost = split().lose_at_start(ended, place.bit), left = ended & (!lost);
    if (any(left)) leave(left, tile, place);
    s.on_spot = s.on_spot & (!left);
    if (any(lost)) lose_spot(lost, tile, place);
  }
  /// As `decide_in_order`: who holds nothing takes a mix of what is ready, who holds one may move to a better one.
  COSTRISK_FN F decide_mix(M here, const WorldTile<L>& tile, const Place& place, F quiet) {
    const bool upgrades = job_.upgrade != Upgrade::never;
    const M held = here & s.on_spot, idle = here & (!held);
    M start(false);
    if (any(upgrades ? here : idle)) {
      const F waited = Instant<L>{place.step, F(0.0f)}.since(s.held_since);
      const M found = split().look_for_mix(tile, place.step, place.at, place.bit, waited, held);
      M moves(false);
      if (upgrades) moves = held & found & wants_mix(tile, place);
      if (any(moves)) leave(moves, tile, place);
      start = (idle & found) | moves;
    }
    if (any(start)) begin_mix(start, tile, place);
    const F until = select(s.on_spot, steps_until(held_unbroken_ ^ I(-1), place), quiet);
    const M looks_again = (!s.on_spot) | M(upgrades);
    return select(here, min(quiet, select(looks_again, F(1.0f), until)), quiet);
  }
  /// Whether a gang moves to the mix that it could have.
  COSTRISK_FN M wants_mix(const WorldTile<L>& tile, const Place& place) {
    switch (job_.upgrade) {
      case Upgrade::never:
        return M(false);
      case Upgrade::always:
        return split().is_better();
      case Upgrade::when_cheaper: {
        const F left = work().left();
        return split().is_cheaper(tile, place.at, left / arrays_.mix->ratio, egress_to_mix(left));
      }
    }
    __builtin_unreachable();
  }
  /// Currency, to start on the mix that was looked for, with so much run time left of the work.
  COSTRISK_FN F egress_to_mix(F left) {
    const F nothing(0.0f);
    if (!charges_egress_) return nothing;
    const M moves_state =
        (s.total - left > F(time_tolerance)) & (!split().chooses_market(offers().market_of(s.market)));
    return select(moves_state, egress_of(s.market), nothing);
  }
  COSTRISK_FN void begin_mix(M start, const WorldTile<L>& tile, const Place& place) {
    const F left = work().left(), ratio = split().chosen_ratio();
    if (charges_egress_) bill().charge_egress(start, egress_to_mix(left));
    if (!job_.one_rate) {
      const M changes = start & ((ratio < arrays_.mix->ratio) | (ratio > arrays_.mix->ratio));
      const F factor = ratio / arrays_.mix->ratio;
      work().set_total(changes, s.total * factor);
      work().set_left(changes, left * factor);
      arrays_.mix->ratio = select(start, ratio, arrays_.mix->ratio);
    }
    s.market = select(start, split().first_chosen(), s.market);
    s.on_spot = s.on_spot | start;
    split().take(start, tile);
    see_parts();
    begin_restarting(start, place);
    s.recent_price = select(start, split().price_step(tile, place.at), s.recent_price);
    watch_.happens(JobEvent::taken, start, Instant<L>{place.step, F(0.0f)}, s);
  }

  COSTRISK_FN I entry_to_move_to(const WorldTile<L>& tile, const Place& place, M& moves) {
    switch (job_.upgrade) {
      case Upgrade::never:
        return I(0);
      case Upgrade::always:
        return offers().entry_before(s.market, place.bit, moves);
      case Upgrade::when_cheaper: {
        const F left = work().left();
        F egress(0.0f);
        if (charges_egress_) egress = select(s.total - left > F(time_tolerance), egress_of(s.market), egress);
        return offers().cheaper_entry(tile, place.at, place.bit, s.market, left / steps_ratio(s.market), egress, moves);
      }
    }
    __builtin_unreachable();
  }

  /// Moves the lanes `idle` to where some market is up or the policy would look again. Returns the steps of each lane.
  COSTRISK_FN F wait_for_capacity(M idle, const WorldTile<L>& tile, const TileEdges& edges, Place& place, F quiet) {
    const F waits = policy(outlook(tile, place)).steps_waiting(place.step);
    const F most = min(min(quiet, waits), steps_until(any_up_, place));
    const F steps = select(idle, most, F(0.0f));
    const I until = add(place.step, to_int(steps));
    for (int e = 0; e < edges.count; ++e) tell_quiet_edge(tile, edges, e, idle, place.step, until);
    watch_.passes(place.step, until, s);
    place = place_at(tile, until);
    return steps;
  }

  /// On-demand, or one's own: where it is taken, and who wants it and cannot have it.
  struct SteadyLaunch {
    I market;   ///< within the assignment's list
    I up;       ///< the steps in which some market takes launches
    M blocked;  ///< lanes
  };
  COSTRISK_FN SteadyLaunch launch_steady(JobChoice<L>& choice, const WorldTile<L>& tile, const Place& place) {
    SteadyLaunch launch{I(0), I(-1), M(false)};
    if (takes_own(job_.policy)) {
      launch.market = offers().first_up(place.bit);
    } else if (job_.on_demand_market < 0) {
      choice.on_demand = M(false);
    } else if (const M launches = choice.on_demand & (!s.on_demand); any(launches)) {
      launch.market = offers().on_demand_market(tile, place.at, place.bit);
      launch.up = offers().any_launch();
      launch.blocked = launches & (!test(launch.up, place.bit));
      choice.on_demand = choice.on_demand & (!launch.blocked);
    }
    return launch;
  }

  /// From now on the lanes `here` hold what was chosen. Returns those that start to.
  COSTRISK_FN M hold(const JobChoice<L>& choice, M here, I steady_market, const WorldTile<L>& tile,
                     const Place& place) {
    const M stop = here & ((s.on_spot & (!choice.spot)) | (s.on_demand & (!choice.on_demand)));
    if (any(stop)) leave(stop, tile, place);
    const M start_spot = choice.spot & (!s.on_spot);
    const M start = start_spot | (choice.on_demand & (!s.on_demand));
    s.on_spot = (s.on_spot & (!here)) | choice.spot;
    s.on_demand = (s.on_demand & (!here)) | choice.on_demand;
    if (any(start)) {
      I market = steady_market;
      if (any(start_spot)) market = select(start_spot, offers().spot_market(tile, place.at, place.bit), market);
      begin_holding(start, start_spot, market, tile, place);
    }
    return start;
  }

  /// For how many steps, at most `quiet`, capacity is what the decision saw.
  COSTRISK_FN F until_capacity_changes(M here, M up, const SteadyLaunch& launch, const Place& place, F quiet) {
    if (waits_for_capacity(job_.policy)) {
      const M held = takes_own(job_.policy) ? s.on_demand : s.on_spot;
      const F until = steps_until(select(held, held_unbroken_ ^ I(-1), any_up_), place);
      const M indifferent = (!held) & s.on_demand & (up | M(!traits_of(job_.policy).keeps_pace));
      quiet = select(here & (!indifferent), min(quiet, until), quiet);
    }
    if (any(launch.blocked)) quiet = select(launch.blocked, min(quiet, steps_until(launch.up, place)), quiet);
    return quiet;
  }

  /// Steps to the start of the one, this or a later, inside which the held spot is lost.
  COSTRISK_FN F steps_until_lost(const Place& place) const {
    return to_float(subtract(first_set_bit(held_lost_ & (place.bit | place.later)), place.at));
  }
  /// Time from the start of the tile's step `at` until the held spot is lost; more than a step where it is not.
  COSTRISK_FN F until_lost(M eventful, const WorldTile<L>& tile, I at) {
    const F never(2.0f);
    if (!loses_inside_) return never;
    const M lost = eventful & s.on_spot & test(held_lost_, add(low_bits(at), I(1)));
    if (!any(lost)) return never;
    if constexpr (splits)
      return select(lost, split().until_lost(tile, at), never);
    else
      return select(lost, offers().instant_of_loss(tile, s.market, at), never);
  }

  /// Steps to the next one with its bit set, or to the end of a whole tile.
  COSTRISK_FN static F steps_until(I bits, const Place& place) {
    return to_float(subtract(first_set_bit(bits & place.later), place.at));
  }

  /// The capacity of the lanes' spot went down at a step's start.
  COSTRISK_FN void lose_spot(M lost, const WorldTile<L>& tile, const Place& place) {
    interrupt_spot(lost, {place.step, F(0.0f)});
    end_holding(lost, tile, place, lost);
    s.on_spot = s.on_spot & (!lost);
  }
  /// Likewise inside a step. The gang is without anything until the next.
  COSTRISK_FN void lose_inside(M lost, const WorldTile<L>& tile, I at, const Instant<L>& now, F price) {
    if constexpr (splits) split().lose_inside(lost, tile, at, now.offset);
    interrupt_spot(lost, now);
    add_extra(lost, at, now, price);
    let_go(lost, now, lost);
    s.on_spot = s.on_spot & (!lost);
  }
  COSTRISK_FN void interrupt_spot(M lost, const Instant<L>& now) {
    watch_.happens(JobEvent::capacity_lost, lost, now, s);
    M saves(job_.lossless != 0);
    if constexpr (splits)
      saves = saves | arrays_.mix->saves;
    else if (!job_.lossless)
      for (int m = 0; m < job_.markets.count; ++m)
        if (markets_[m].notice_saves) saves = saves | (s.market == I(m));
    interrupt(lost, saves);
  }
  /// A stop that the policy chooses: what is unsaved is saved.
  COSTRISK_FN void leave(M stop, const WorldTile<L>& tile, const Place& place) {
    watch_.happens(JobEvent::left, stop, Instant<L>{place.step, F(0.0f)}, s);
    work().save(stop);
    end_holding(stop, tile, place);
  }
  /// @param lost lanes whose capacity ended
  COSTRISK_FN void end_holding(M where, const WorldTile<L>& tile, const Place& place, M lost = M(false)) {
    // Most runs go from one step's start to a later one's, and have nothing to round.
    const M rounds = where & ((s.held_since.offset > F(0.0f)) | (s.held_since.step == place.step));
    if constexpr (splits) {
      split().price_step(tile, place.at);
      split().add_extras(where, place.at, {place.step, F(0.0f)});
    } else if (any(rounds) || !bill().takes_whole_steps()) {
      const F extra = bill().extra({place.step, F(0.0f)});
      if (any(where & (extra > F(0.0f)))) bill().add_extra(where, place.at, extra, held_price(tile, place));
    }
    let_go(where, {place.step, F(0.0f)}, lost);
  }
  COSTRISK_FN void let_go(M where, const Instant<L>& now, M lost = M(false)) {
    bill().free_early(lost, now, F(1.0f));
    if (is_in_order()) s.held_since = select<L>(where, now, s.held_since);
    s.clock = select(where & (s.hazard > F(0.0f)), s.until_interruption * s.hazard, s.clock);
    if (arrays_.ages) aging().let_go(where);
    close(where);
    if constexpr (splits) split().let_go(where);
  }
  COSTRISK_FN void close(M where) {
    if constexpr (splits)
      split().close(where);
    else
      bill().close(where);
  }
  /// The billing rules end the lanes' runs inside the tile's step `at`.
  COSTRISK_FN void add_extra(M where, I at, const Instant<L>& now, F price) {
    if constexpr (splits)
      split().add_extras(where, at, now);
    else
      bill().add_extra(where, at, bill().extra(now), price);
  }

  COSTRISK_FN void begin_holding(M start, M start_spot, I market, const WorldTile<L>& tile, const Place& place) {
    if (job_.markets.count > 1) change_market(start, market);
    take_terms(start, start_spot, tile);
    begin_restarting(start, place);
    if (arrays_.ages) start_aging(start, start_spot, tile, place);
    bill().begin_run(start);
    sum_here_ = select(start, price_sum<L>(tile, s.row, place.at), sum_here_);
    s.recent_price = select(start, held_price(tile, place), s.recent_price);
    watch_.happens(JobEvent::taken, start, Instant<L>{place.step, F(0.0f)}, s);
  }

  COSTRISK_FN void begin_restarting(M start, const Place& place) {
    s.until_interruption = select(start, s.clock / max(s.hazard, F(1e-30f)), s.until_interruption);
    s.restart_left = select(start, F(job_.restart), s.restart_left);
    s.position = select(start, F(0.0f), s.position);
    s.held_since = select<L>(start, {place.step, F(0.0f)}, s.held_since);
  }
  /// The lanes start on instances of age 0.
  COSTRISK_FN void start_aging(M start, M start_spot, const WorldTile<L>& tile, const Place& place) {
    for (int m = 0; m < job_.markets.count; ++m) {
      const LifetimeParameters& lifetime = markets_[m].lifetime;
      const M here = start & (s.market == I(m)), spot = here & start_spot;
      if (!any(here)) continue;
      aging().start(here, spot, lifetime, rate(lifetime.rate), rate(markets_[m].failure_rate) * F(job_.gang),
                    multiplier(I(m), tile, place));
    }
  }
  /// What a market's rate of reclaims is multiplied by in the step at the cursor.
  COSTRISK_FN F multiplier(I market, const WorldTile<L>& tile, const Place& place) const {
    F result(1.0f);
    for (int m = 0; job_.has_multipliers && m < job_.markets.count; ++m)
      if (const int slot = markets_[m].lifetime.multiplier_slot; slot >= 0)
        result = select(market == I(m), L::gather_row(tile.row(slot), place.at), result);
    return result;
  }

  /// Moves lanes that start to their markets: what is to be moved is paid for, the work left is another time.
  COSTRISK_FN void change_market(M start, I market) {
    const M moves = start & !(market == s.market);
    const F left = work().left();
    M moves_state = moves & (s.total - left > F(time_tolerance));
    if (job_.repeats_market)
      moves_state = moves_state & (!(offers().market_of(market) == offers().market_of(s.market)));
    if (charges_egress_ && any(moves_state)) bill().charge_egress(moves_state, egress_of(s.market));
    if (!job_.one_rate && any(moves)) {
      const F factor = steps_ratio(market) / steps_ratio(s.market);
      work().set_total(moves, s.total * factor);
      work().set_left(moves, left * factor);
    }
    s.market = select(start, market, s.market);
  }
  /// Run time on what the lanes hold, or held last, over run time in the first market.
  COSTRISK_FN F run_time_ratio() {
    if constexpr (splits)
      return arrays_.mix->ratio;
    else
      return steps_ratio(s.market);
  }
  COSTRISK_FN F steps_ratio(I market) {
    return offers().of_market(market, [](const JobMarketParameters& m) { return F(m.steps_ratio); });
  }

  /// Currency, to leave a market.
  COSTRISK_FN F egress_of(I market) {
    return offers().of_market(market, [](const JobMarketParameters& m) { return F(m.egress); });
  }

  /// What a gang holds on: how it may be interrupted, what a step costs.
  struct Terms {
    F hazard;
    I row;
    F scale, base_price, money_high, money_low;
  };
  /// The terms of the lanes' markets, kept in registers until all markets have been looked at.
  COSTRISK_FN void take_terms(M start, M start_spot, const WorldTile<L>& tile) {
    Terms terms{s.hazard, s.row, s.scale, s.base_price, s.money_high, s.money_low};
    for (int m = 0; m < job_.markets.count; ++m) {
      const JobMarketParameters& offer = markets_[m];
      const M here = start & (s.market == I(m));
      const F failure = rate(offer.failure_rate);
      if (takes_spot(job_.policy) && offer.has_spot) {
        held_unbroken_ = select(here, arrays_.spot[m].unbroken, held_unbroken_);
        if (loses_inside_) held_lost_ = select(here, arrays_.spot[m].lost, held_lost_);
        set_terms(terms, here & start_spot, tile, rate(offer.reclaim_rate) + failure, offer.spot, offer.spot_money);
      }
      if (takes_on_demand(job_.policy) && offer.has_on_demand)
        set_terms(terms, here & (!start_spot), tile, failure, offer.on_demand, offer.on_demand_money);
      if (takes_own(job_.policy) || offer.has_own) {
        held_unbroken_ = select(here, arrays_.spot[m].unbroken, held_unbroken_);
        if (loses_inside_) held_lost_ = select(here, arrays_.spot[m].lost, held_lost_);
        set_terms(terms, here, tile, failure, PriceSource{}, Pair{});
      }
    }
    s.hazard = terms.hazard;
    s.row = terms.row;
    s.scale = terms.scale;
    s.base_price = terms.base_price;
    s.money_high = terms.money_high;
    s.money_low = terms.money_low;
  }
  COSTRISK_FN void set_terms(Terms& terms, M where, const WorldTile<L>& tile, F hazard, const PriceSource& price,
                             Pair money) {
    terms.hazard = select(where, hazard * F(job_.gang), terms.hazard);
    terms.row = select(where, I(price.sum_slot), terms.row);
    terms.scale = select(where, offers().scale(price), terms.scale);
    terms.base_price = select(where, offers().base_price(price, tile), terms.base_price);
    terms.money_high = select(where, F(money.high), terms.money_high);
    terms.money_low = select(where, F(money.low), terms.money_low);
  }
  COSTRISK_FN F rate(LawIndex law) const { return law < 0 ? F(0.0f) : path_.law(law); }
  /// What the step at the cursor costs of what the gang holds, relative to its reference.
  COSTRISK_FN F held_price(const WorldTile<L>& tile, const Place& place) const {
    return fma(s.scale, price_sum<L>(tile, s.row, add(place.at, I(1))) - sum_here_, s.base_price);
  }

  // Within a step

  /// One step of the lanes to which something happens in it: every interruption and finish at its instant.
  /// @param until_lost from the step's start until the spot that is held is lost; more than a step: it is not
  COSTRISK_FN void live_through(M eventful, const WorldTile<L>& tile, I step, I at, F price, F until_lost) {
    F left = select(eventful, F(1.0f), F(0.0f));  // of the step
    for (int turn = 0; turn < event_limit; ++turn) {
      const F most = loses_inside_ ? min(left, until_lost) : left;
      M interrupted = (left > F(0.0f)) & (s.until_interruption < most);
      F time = select(interrupted, max(s.until_interruption, F(0.0f)), most);
      const F restarting = work().run(time);
      const M finished = (left > F(0.0f)) & work().is_done();
      const F beyond = min(max(s.position - s.tail, F(0.0f)), time);
      time = select(finished, time - beyond, time);
      interrupted = interrupted & (!finished);
      s.until_interruption = s.until_interruption - time;
      if (arrays_.ages) aging().pass(time);
      if constexpr (splits)
        split().add_time(at, time);
      else
        bill().add_time(at, time, price);
      bill().waste_restart(restarting, s.recent_price);
      M lost(false);
      if (loses_inside_) {
        lost = (until_lost < left) & (!finished) & (!interrupted);
        until_lost = until_lost - time;
      }
      left = left - time;

      const M events = finished | interrupted | lost;
      if (!any(events)) return;
      const Instant<L> now = Instant<L>{step, F(0.0f)}.plus(F(1.0f) - left);
      if (any(interrupted)) interrupt_inside(interrupted, at, now, price);
      if (any(lost)) lose_inside(lost, tile, at, now, price);
      if (any(finished)) finish(finished, at, now, price);
      left = select(events & (s.on_spot | s.on_demand), left, F(0.0f));
      if (!any(left > F(0.0f))) return;
    }
    path_.fail(left > F(0.0f), status_event_loop);
  }

  /// A reclaim or a failure: the gang is billed, draws its next clock and restarts at once.
  COSTRISK_FN void interrupt_inside(M interrupted, I at, const Instant<L>& now, F price) {
    s.clock_ordinal = select(interrupted, add(s.clock_ordinal, I(1)), s.clock_ordinal);
    const PhiloxWords<L> words = path_.philox.event(job_.clock_stream, s.clock_ordinal);
    const Strike<L> strike = arrays_.ages ? aging().strike() : Strike<L>{M(false), M(false)};
    M saves(job_.lossless != 0), reclaims(false);
    if constexpr (splits) {
      split().strike(interrupted, uniform(words.word[1]));
      saves = saves | arrays_.mix->saves;
    } else if (!job_.lossless || job_.frees)
      for (int m = 0; m < job_.markets.count; ++m) {
        const JobMarketParameters& market = markets_[m];
        if (!market.notice_saves && !(market.free_within > 0.0f)) continue;
        // Which of the two it was: a reclaim comes with notice, a failure does not.
        const F reclaim = rate(market.reclaim_rate), failure = rate(market.failure_rate);
        const M reclaimed = arrays_.ages ? strike.reclaimed : M(uniform(words.word[1]) * (reclaim + failure) < reclaim);
        const M here = (s.market == I(m)) & s.on_spot & reclaimed;
        reclaims = reclaims | here;
        if (market.notice_saves) saves = saves | here;
      }
    if (arrays_.ages) {
      watch_.happens(JobEvent::reclaimed, interrupted & strike.reclaimed, now, s);
      watch_.happens(JobEvent::failed, interrupted & (!strike.reclaimed), now, s);
    } else {
      watch_.happens(JobEvent::struck, interrupted, now, s);
    }
    interrupt(interrupted, saves);
    s.recent_price = select(interrupted, price, s.recent_price);
    add_extra(interrupted, at, now, price);
    bill().free_early(interrupted & reclaims, now, select(strike.expired, F(1.0f), F(job_.inverse_gang)));
    bill().begin_run(interrupted);
    s.held_since = select<L>(interrupted, now, s.held_since);
    s.restart_left = select(interrupted, F(job_.restart), s.restart_left);
    if (arrays_.ages)
      aging().replace(interrupted, strike, words);
    else
      s.until_interruption = select(interrupted, unit_exponential(words.word[0]) / s.hazard, s.until_interruption);
  }

  /// Counts an interruption; what was unsaved is saved where `saves`, lost elsewhere.
  COSTRISK_FN void interrupt(M where, M saves) {
    s.interruptions = select(where, add(s.interruptions, I(1)), s.interruptions);
    const M loses = where & (!saves);
    const F unsaved = select(loses, work().unsaved(), F(0.0f));
    bill().waste_lost(unsaved);
    add_ticks<L>(s.lost_steps, s.lost_ticks, unsaved);
    if (const M kept = where & saves; any(kept)) work().save(kept);
    work().lose(loses);
  }

  PathContext<L>& path_;
  Given<JobParameters> job_;
  const JobMarketParameters* markets_;
  JobState<L>& s;  // where it stands: a copy in registers is more than a GPU's thread has
  JobTotals<L>& totals_;
  const JobArrays<L> arrays_;
  Watch watch_;
  bool tells_use_ = false, charges_egress_ = false;
  bool owns_ = false;          ///< some of what it takes as spot is its own
  bool leaves_depth_ = false;  ///< someone after it shares a depth with it
  bool loses_inside_ = false;  ///< its spot may go down inside a step
  // Of the current tile
  bool releases_left_ = false;  ///< runs that some lane has not begun
  I any_up_;                    ///< the steps in which some market can be taken: spot, or one's own
  I held_unbroken_;             ///< the steps in which the held market keeps what was taken there
  I held_lost_;                 ///< the steps inside which it loses it
  F sum_here_;                  ///< the sums of what is held, at the cursor
};

}  // namespace costrisk
