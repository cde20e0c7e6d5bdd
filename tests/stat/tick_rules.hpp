// A second, minimal telling of the published tick rules, in seconds and for one always-sold on-demand market:
// what reference and engine are held against on given capacity patterns.
#pragma once

#include <vector>

namespace costrisk::stat {

struct TickCase {
  bool uniform_progress = false;                                ///< else greedy
  double gap = 0.0, task = 0.0, deadline = 0.0, restart = 0.0;  ///< seconds
};

struct TickOutcome {
  int spot_gaps = 0, on_demand_gaps = 0, idle_gaps = 0, preemptions = 0;
  double finish = 0.0;  ///< seconds, exact
};

/// Replays `up` (one entry a gap) until the task is done. Whole gaps are billed.
TickOutcome replay(const TickCase& c, const std::vector<char>& up);

}  // namespace costrisk::stat
