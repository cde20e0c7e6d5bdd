// What plans leave behind path by path, for tests that work out every path: the engine's integers, or the reference's
// numbers.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {

/// One service of a plan on one path. Requests and tokens are counts.
struct ServiceBill {
  double served = 0.0, unserved = 0.0, tokens = 0.0;
  double queued = 0.0;            ///< requests that entered the fleet or its queue
  double waiting = 0.0;           ///< requests in the queue, summed over steps
  double peak = 0.0;              ///< most instances at a time
  double cost = 0.0;              ///< what it costs the plan
  std::vector<double> use_hours;  ///< [market · purchases + purchase]
};

/// One plan on one path. Money in the scenario's currency.
struct PathBill {
  double cost = 0.0;
  std::array<double, category_count> category{};
  std::map<std::string, double> owner;
  double unused_commitment = 0.0, idle_headroom = 0.0;  ///< waste; headroom with what was planned of it
  double covered = 0.0;                                 ///< list price of on-demand use that commitments covered
  std::vector<double> cumulative;                       ///< by bin of the fan charts
  std::vector<ServiceBill> services;                    ///< by the plan's service assignments
  std::vector<double> job_finish_hours;                 ///< by the plan's job assignments; infinity for never

  double of(Category wanted) const { return category[static_cast<std::size_t>(wanted)]; }
};

struct PlanBills {
  std::vector<PathBill> paths;
  double obligation = 0.0;       ///< owed beyond the horizon
  double commitment_cost = 0.0;  ///< of commitments and savings plans within it, upfront payments spread
};

/// Simulates paths [0, paths). Fails the test where a path's categories or owners do not add up to its cost.
std::vector<PlanBills> path_bills(Subject subject, const scenario::Scenario& scenario, int paths,
                                  std::uint64_t seed = 1);

}  // namespace costrisk::stat
