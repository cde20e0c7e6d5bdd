// What value a law takes.
#pragma once

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::reference {

/// The value that a law takes at the standard normal `z`: its quantile function at Φ(z).
double law_at(const scenario::Law& law, double z);

/// The distribution function of a beta law.
double beta_cdf(double a, double b, double x);

}  // namespace costrisk::reference
