// The rules of the published simulator, in its order of operations.
#include "src/backtest/published_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "src/trace/time_units.hpp"

namespace costrisk::backtest {

namespace {

constexpr std::array<PolicyName, 5> names = {{
    {PublishedPolicy::strawman, "strawman", "greedy"},
    {PublishedPolicy::rc_threshold, "rc_threshold", nullptr},
    {PublishedPolicy::rc_cr_threshold, "rc_cr_threshold", "uniform-progress"},
    {PublishedPolicy::only_spot, "only_spot", "spot"},
    {PublishedPolicy::ideal_ilp_overhead, "ideal_ilp_overhead", nullptr},
}};

/// Below this many seconds nothing is left of a restart or of the work.
constexpr double nothing_seconds = 1e-3;

enum class State { idle, spot, on_demand };

/// What a policy can know when it decides.
struct Moment {
  bool spot_up = false;
  State last = State::idle;     ///< of the gap that has ended
  State current = State::idle;  ///< the same, idle where spot was lost
  double elapsed = 0.0, done = 0.0, restart_left = 0.0;
};

class Replayed {
 public:
  Replayed(const PublishedCase& job, std::span<const char> up) : job_(job), up_(up) {
    if (job.policy == PublishedPolicy::ideal_ilp_overhead) plan_ = cheapest_in_hindsight(job, up);
  }

  PublishedOutcome run() {
    PublishedOutcome outcome;
    Moment now;
    State state = State::idle;
    for (std::size_t gap = 0;; ++gap) {
      now.elapsed = static_cast<double>(gap) * job_.gap_seconds;
      credit(state, now);
      if (job_.task_seconds - now.done <= 1e-9) {
        outcome.finished = true;
        outcome.finish_hours = now.elapsed / seconds_per_hour;
        break;
      }
      if (gap == up_.size()) break;
      now.spot_up = up_[gap] != 0;
      now.last = now.current = state;
      if (state == State::spot && !now.spot_up) {
        now.current = State::idle;
        ++outcome.preemptions;
      }
      state = guaranteed(decided(now, gap), now);
      if (state == State::spot && !now.spot_up) state = State::idle;
      if (state != State::idle && state != now.current) now.restart_left = job_.restart_seconds;
      ++(state == State::spot        ? outcome.spot_gaps
         : state == State::on_demand ? outcome.on_demand_gaps
                                     : outcome.idle_gaps);
    }
    const double gap_hours = job_.gap_seconds / seconds_per_hour;
    outcome.spot_hours = outcome.spot_gaps * gap_hours;
    outcome.on_demand_hours = outcome.on_demand_gaps * gap_hours;
    outcome.idle_hours = outcome.idle_gaps * gap_hours;
    outcome.cost = outcome.spot_hours * job_.spot_price + outcome.on_demand_hours * job_.on_demand_price;
    return outcome;
  }

 private:
  void credit(State state, Moment& now) const {
    if (state == State::idle) return;
    const double worked = std::max(job_.gap_seconds - now.restart_left, 0.0);
    now.restart_left -= job_.gap_seconds - worked;
    if (now.restart_left < nothing_seconds) now.restart_left = 0.0;
    now.done += std::min(worked, job_.task_seconds - now.done);
  }

  double left(const Moment& now) const { return job_.task_seconds - now.done; }
  double gaps_up(double seconds) const { return std::ceil(seconds / job_.gap_seconds) * job_.gap_seconds; }
  /// R.
  double room(const Moment& now) const {
    return std::floor((job_.deadline_seconds - now.elapsed) / job_.gap_seconds) * job_.gap_seconds;
  }
  /// n₁ ≥ R: with one restart more there is no gap to spare.
  bool tight(const Moment& now) const { return gaps_up(left(now) + job_.restart_seconds) >= room(now); }
  /// n₂ ≥ R: with two there is none.
  bool nearly_tight(const Moment& now) const { return gaps_up(left(now) + 2 * job_.restart_seconds) >= room(now); }

  /// Behind progress that is even from start to deadline.
  bool behind(const Moment& now) const {
    return job_.task_seconds - left(now) - now.elapsed * job_.task_seconds / job_.deadline_seconds < 0;
  }
  /// So far ahead that a restart on spot and one back would not put it behind.
  bool well_ahead(const Moment& now) const {
    return (now.elapsed + 2 * job_.restart_seconds) * job_.task_seconds / job_.deadline_seconds -
               (job_.task_seconds - left(now)) <
           0;
  }

  State decided(const Moment& now, std::size_t gap) const {
    if (job_.policy == PublishedPolicy::only_spot) return now.spot_up ? State::spot : State::idle;
    if (job_.policy == PublishedPolicy::ideal_ilp_overhead) return planned(gap);
    State wanted = now.spot_up ? State::spot : State::idle;
    if (job_.policy != PublishedPolicy::strawman && behind(now)) wanted = now.spot_up ? State::spot : State::on_demand;
    if (job_.policy == PublishedPolicy::rc_cr_threshold && now.current == State::on_demand &&
        !(now.spot_up && well_ahead(now)))
      wanted = State::on_demand;
    if (nearly_tight(now) && now.current != State::spot) wanted = State::on_demand;
    if (tight(now)) wanted = now.current == State::spot && now.restart_left == 0.0 ? State::spot : State::on_demand;
    return wanted;
  }

  State planned(std::size_t gap) const {
    if (gap >= plan_.size()) return State::idle;
    return plan_[gap] == 's' ? State::spot : plan_[gap] == 'd' ? State::on_demand : State::idle;
  }

  /// What holds whatever a policy wants.
  State guaranteed(State wanted, const Moment& now) const {
    if (left(now) <= nothing_seconds || !tight(now)) return wanted;
    return now.last == State::spot && now.restart_left < nothing_seconds ? State::spot : State::on_demand;
  }

  const PublishedCase& job_;
  std::span<const char> up_;
  std::string plan_;
};

}  // namespace

std::span<const PolicyName> policy_names() { return names; }

PublishedPolicy policy_of(std::string_view name) {
  std::string known;
  for (const PolicyName& entry : names) {
    if (name == entry.published || (entry.engine != nullptr && name == entry.engine)) return entry.policy;
    known += std::string(known.empty() ? "" : ", ") + entry.published;
    if (entry.engine != nullptr) known += std::string(" (") + entry.engine + ")";
  }
  throw std::invalid_argument("'" + std::string(name) + "' is no policy of the published simulator; expected one of " +
                              known);
}

PublishedOutcome replay(const PublishedCase& job, std::span<const char> up) { return Replayed(job, up).run(); }

}  // namespace costrisk::backtest
