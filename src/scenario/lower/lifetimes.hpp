// Lifetimes of spot instances: Weibull laws by their mean.
#pragma once

#include <vector>

#include "src/scenario/entities/market.hpp"

namespace costrisk::scenario {

/// The shape whose standard deviation is cv means, or that is given; 1 where neither is.
double weibull_shape(const Reclaim& reclaim);

/// The mean of a Weibull law of scale 1: Γ(1 + 1/shape). Relative error below 1e-10.
double mean_of_weibull(double shape);

/// From this age on an instance has had to expect so many reclaims, and expects so many more an hour.
struct LifetimeKnot {
  double hours = 0.0, expected = 0.0, per_hour = 0.0;
};
/// The curve of `survival`, from age 0 on; none without.
std::vector<LifetimeKnot> lifetime_knots(const Reclaim& reclaim);
/// The reclaims that an instance of an age has had to expect.
double expected_reclaims(const std::vector<LifetimeKnot>& knots, double hours);
/// The mean of the lesser of a lifetime and its limit, hours; infinite where some live forever.
double mean_lifetime_hours(const std::vector<LifetimeKnot>& knots, double most_hours);

/// The law of the mean time to a reclaim of a young or old instance, without a limit to its life; nothing where none is
/// reclaimed by itself.
std::optional<Law> mean_lifetime(const Spot& spot);

/// Whether any instance is ever reclaimed by itself.
inline bool has_lifetimes(const Spot& spot) { return mean_lifetime(spot) || spot.max_lifetime_seconds; }

}  // namespace costrisk::scenario
