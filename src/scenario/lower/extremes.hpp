// How large the values of a scenario get in all futures but the most extreme.
#pragma once

#include <map>

#include "src/scenario/entities/law_forms.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// What an instance sustains in a market, all its replicas together, in the service's unit of rates.
/// @pre the service has a rate there
Law rate_in(const Service& service, int market);

/// By how much instances of a market may be slower than those of another, at most, in a service.
double most_slower(const Service& service, int market, int first_market);

/// Instance-hours of work that an instance does per hour in a market: 1 where the job does not say.
double throughput_in(const Job& job, int market);

/// The largest value of a product. Bounded laws stand at their upper end; what has no bound is as far out as it gets
/// all together, since no future draws the extremes of independent values at once.
class Extreme {
 public:
  Extreme& times(double factor);
  Extreme& times(const Law& law);
  /// exp(deviation·z), z a standard normal with these loadings
  Extreme& times_log_normal(double deviation, const Loadings& loadings);

  /// @param deviations how far out
  double value(double deviations) const;

 private:
  double bounded_ = 1.0;
  std::map<int, double> by_factor_;  ///< Σ deviation·β
  double own_squares_ = 0.0;         ///< Σ (deviation·residual)²
};

/// The highest rate of a demand over the horizon, requests per second.
Extreme highest_demand(const Scenario& scenario, const Demand& demand);

/// How far changes of a market's list prices lift them: a random walk of the logarithm, far out.
double highest_repricing(const Scenario& scenario, const Repricing& repricing);

}  // namespace costrisk::scenario
