// The tick rules of the published Can't Be Late simulator, with comparisons of times at a tolerance.
#include "tests/reference/policies.hpp"

#include <cmath>

#include "tests/reference/world.hpp"

namespace costrisk::reference {

namespace {

double whole_steps_up(double steps) { return std::ceil(snap(steps, time_tolerance)); }
double whole_steps_down(double steps) { return std::floor(snap(steps, time_tolerance)); }

State spot_or(const Tick& tick, State otherwise) { return tick.spot_up ? State::spot : otherwise; }

double time_left(const Tick& tick) { return whole_steps_down(tick.deadline - tick.elapsed); }
double needed_with_one_restart(const Tick& tick) { return whole_steps_up(tick.left + tick.restart); }
double needed_with_two_restarts(const Tick& tick) { return whole_steps_up(tick.left + 2.0 * tick.restart); }

State keep_running_spot_or_on_demand(State running, const Tick& tick) {
  const bool is_kept = running == State::spot && tick.keeps_up && tick.restart_left <= time_tolerance;
  return is_kept ? State::spot : State::on_demand;
}

// The last two rules that greedy and uniform progress share.
State when_slack_is_gone(State wanted, const Tick& tick) {
  if (slack_is_gone_for_two_restarts(tick) && tick.current != State::spot) wanted = State::on_demand;
  if (needed_with_one_restart(tick) >= time_left(tick)) wanted = keep_running_spot_or_on_demand(tick.current, tick);
  return wanted;
}

// The outer guarantee looks at what was held before this tick's loss of the market; a spot that is down is
// then waited for.
State outer_guarantee(State wanted, const Tick& tick) {
  if (tick.left > time_tolerance && needed_with_one_restart(tick) >= time_left(tick)) {
    wanted = keep_running_spot_or_on_demand(tick.last, tick);
  }
  return wanted == State::spot ? spot_or(tick, State::none) : wanted;
}

State greedy(const Tick& tick) { return when_slack_is_gone(spot_or(tick, State::none), tick); }

State uniform_progress(const Tick& tick) {
  const double pace = tick.total / tick.deadline;
  const double done = tick.total - tick.left;
  const bool behind = done - tick.elapsed * pace < -time_tolerance;
  const bool far_ahead = (tick.elapsed + 2.0 * tick.restart) * pace - done < -time_tolerance;
  State wanted = spot_or(tick, State::none);
  if (behind) wanted = spot_or(tick, State::on_demand);
  if (tick.current == State::on_demand && !(tick.spot_up && far_ahead)) wanted = State::on_demand;
  return when_slack_is_gone(wanted, tick);
}

}  // namespace

bool slack_is_gone_for_two_restarts(const Tick& tick) { return needed_with_two_restarts(tick) >= time_left(tick); }

State decide(Policy policy, const Tick& tick) {
  return outer_guarantee(policy == Policy::greedy ? greedy(tick) : uniform_progress(tick), tick);
}

}  // namespace costrisk::reference
