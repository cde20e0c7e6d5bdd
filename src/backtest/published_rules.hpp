// The published Can't Be Late simulator (Wu et al., NSDI 2024), rule by rule and in double precision: one job, one
// market, time cut into gaps.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace costrisk::backtest {

/// Policies by what they do; their published names in `policy_names`.
enum class PublishedPolicy {
  strawman,            ///< spot while it lasts, on-demand when the time runs out: the engine's greedy
  rc_threshold,        ///< besides, on-demand whenever the job is behind even progress
  rc_cr_threshold,     ///< besides, stays on on-demand until well ahead: the engine's uniform-progress
  only_spot,           ///< spot or nothing
  ideal_ilp_overhead,  ///< the cheapest plan for one who knows the whole trace
};

struct PolicyName {
  PublishedPolicy policy;
  const char* published;  ///< name in the published program
  const char* engine;     ///< the engine's word for it; nullptr where it has none
};
std::span<const PolicyName> policy_names();

/// By either name.
/// @throws std::invalid_argument with the names there are
PublishedPolicy policy_of(std::string_view name);

struct PublishedCase {
  PublishedPolicy policy = PublishedPolicy::strawman;
  double gap_seconds = 0.0, task_seconds = 0.0, deadline_seconds = 0.0;
  double restart_seconds = 0.0;                    ///< before any progress, after each start and each switch
  double spot_price = 0.0, on_demand_price = 0.0;  ///< per hour
};

struct PublishedOutcome {
  bool finished = false;  ///< false: the trace ended first, and the figures are those up to there
  int spot_gaps = 0, on_demand_gaps = 0, idle_gaps = 0, preemptions = 0;
  double cost = 0.0;
  double spot_hours = 0.0, on_demand_hours = 0.0, idle_hours = 0.0;  ///< whole gaps
  double finish_hours = 0.0;                                         ///< end of the gap in which the task is done
};

/// Tolerance of hours that are sums of gaps.
inline constexpr double hours_rounding = 1e-9;

/// One policy from several starts.
struct PolicyReplays {
  PublishedPolicy policy = PublishedPolicy::strawman;
  double deadline_hours = 0.0;
  std::vector<PublishedOutcome> outcomes;

  /// The deadline past, or the trace at its end.
  bool is_late(const PublishedOutcome& outcome) const {
    return !outcome.finished || outcome.finish_hours > deadline_hours + hours_rounding;
  }
  std::vector<double> costs() const {
    std::vector<double> result;
    for (const PublishedOutcome& outcome : outcomes) result.push_back(outcome.cost);
    return result;
  }
};

/// Replays a trace, one flag a gap from the job's start on.
///
/// Gap t is [t·gap, (t+1)·gap). At its start the gap that has ended is credited, then the next one is decided on:
/// - a gap spent on spot or on-demand gives what of it remains after the restart; work done is never lost;
/// - spot that was used and is down now is a preemption; its last gap counted and was paid in full;
/// - a start, and a switch between spot and on-demand, sets the restart to be spent anew;
/// - every gap on spot or on-demand is paid in full.
/// With R the time left to the deadline, rounded down to gaps, and n₁, n₂ the work left and one or two restarts,
/// rounded up: while n₁ ≥ R every policy takes on-demand, but stays on spot that has no restart left to spend.
/// Sums are in the order of the published program, since it decides exact ties by their rounding.
PublishedOutcome replay(const PublishedCase& job, std::span<const char> up);

/// For each gap before the deadline 's', 'd' or '-': the cheapest choice of gaps on spot and on-demand whose number
/// times the gap reaches the task and one restart for each start and switch; empty where none does. Of the plans that
/// cost the same the one that waits as long as it can.
/// @throws std::invalid_argument where that would take more than 1 GB
std::string cheapest_in_hindsight(const PublishedCase& job, std::span<const char> up);

}  // namespace costrisk::backtest
