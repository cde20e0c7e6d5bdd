// Lifetimes of spot instances: Weibull laws by their mean.
#pragma once

#include "src/scenario/entities/market.hpp"

namespace costrisk::scenario {

/// The shape whose standard deviation is cv means, or that is given; 1 where neither is.
double weibull_shape(const Reclaim& reclaim);

/// The mean of a Weibull law of scale 1: Γ(1 + 1/shape). Relative error below 1e-10.
double mean_of_weibull(double shape);

/// The law of the mean time to a reclaim of a young or old instance, without a limit to its life; null: none.
const Law* mean_lifetime(const Spot& spot);

/// Whether any instance is ever reclaimed by itself.
inline bool has_lifetimes(const Spot& spot) { return mean_lifetime(spot) || spot.max_lifetime_seconds; }

}  // namespace costrisk::scenario
