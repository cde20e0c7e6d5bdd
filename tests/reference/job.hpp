// One job under one plan along one path.
#pragma once

#include <array>
#include <limits>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/reference/bill.hpp"
#include "tests/reference/random.hpp"
#include "tests/reference/taken.hpp"
#include "tests/reference/use.hpp"
#include "tests/reference/world.hpp"

namespace costrisk::reference {

struct JobPath {
  double finish_hours = std::numeric_limits<double>::infinity();  ///< of the last run; infinity when unfinished
  int runs = 0;                                                   ///< released before the horizon
  int late = 0;                                                   ///< of these, late or unfinished
  int interruptions = 0;                                          ///< reclaims, droughts and hardware failures
  double lost_hours = 0.0;                                        ///< run time of the gang whose work was lost
  double restart_cost = 0.0;                                      ///< waste: the price of restarts
  double lost_work_cost = 0.0;                                    ///< waste: the price of the run time lost
  std::vector<std::array<double, purchase_count>> use_hours;      ///< [market][purchase] instance-hours held
};

/// What a plan gives its job besides markets.
struct JobTerms {
  double speedup = 1.0;                  ///< of its optimizations
  double margin_hours = 0.0;             ///< before the deadline
  std::vector<std::vector<int>> offers;  ///< instances of one's own, [of its markets][step]; empty where not reserved
  Taken* taken = nullptr;                ///< by those that stand first; takes what the gang holds
  std::vector<Use>* uses = nullptr;      ///< takes on-demand and reserved use, in the order of its markets
};

/// Lives through one path and charges what it costs, on-demand at list price, to `bill` under `owner`.
/// `clock` times and kinds the interruptions of the job's gang.
JobPath simulate_job(const scenario::Scenario& scenario, const scenario::JobAssignment& assignment,
                     const std::vector<MarketPath>& markets, const std::vector<RunDraw>& runs, Stream clock, int owner,
                     Bill& bill, const JobTerms& terms = {});

}  // namespace costrisk::reference
