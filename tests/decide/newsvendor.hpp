// A scenario whose costs are known by hand: a need of instances that is drawn once per future and then stands still.
#pragma once

#include <cmath>
#include <string>

#include "costrisk/decide.hpp"
#include "costrisk/scenario.hpp"

namespace costrisk::tests {

/// Four weeks of a service that needs N = ⌈base⌉ instances, base triangular (10, 20, 40), at 10 an hour on demand and 7
/// an hour committed. The plan "p" commits to 5 of them.
inline std::string newsvendor_text() {
  return R"(
horizon = "4w"
step = "1h"
budget = 150_000
[simulation]
paths = 4000
[goal]
over_budget = 0.45
[[market]]
name = "g"
on_demand = 10
[[demand]]
name = "d"
base = { low = 10, mode = 20, high = 40 }
[[service]]
name = "s"
demand = "d"
rate = { g = 1 }
[[plan]]
name = "p"
commitment = [ { market = "g", instances = 5, price_per_hour = 7, term = "4w" } ]
[plan.service.s]
utilization = 1
pools = [ { market = "g", buy = "on-demand" } ]
)";
}

inline Scenario newsvendor() { return Scenario::from_text(newsvendor_text(), "newsvendor"); }

inline constexpr double hours = 672.0;

/// P(base ≤ x).
inline double base_cdf(double x) {
  if (x <= 10.0) return 0.0;
  if (x <= 20.0) return (x - 10.0) * (x - 10.0) / 300.0;
  return x < 40.0 ? 1.0 - (40.0 - x) * (40.0 - x) / 600.0 : 1.0;
}

/// The mean cost of a level: what is committed, and what is needed beyond it, Σ over k ≥ level of P(N > k).
inline double mean_cost(int level) {
  double beyond = 0.0;
  for (int k = level; k < 40; ++k) beyond += 1.0 - base_cdf(k);
  return hours * (7.0 * level + 10.0 * beyond);
}

}  // namespace costrisk::tests
