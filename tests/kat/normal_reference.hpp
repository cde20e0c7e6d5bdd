// The normal distribution in double precision, for judging what the kernels make of it.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>

namespace costrisk::kat {

/// The upper tail: P(X > x).
inline double upper_tail(double x) { return 0.5 * std::erfc(x / std::numbers::sqrt2); }

inline double normal_density(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2.0 * std::numbers::pi); }

/// The x with upper tail p, 0 < p ≤ ½, by Newton's method on the logarithm of the tail. That is concave, so
/// that from below the root every step falls short of it no more than a double can tell.
inline double normal_of_tail(double p) {
  double x = 0.0;
  for (int turn = 0; turn < 60; ++turn) {
    const double tail = upper_tail(x);
    const double next = x + tail / normal_density(x) * std::log(tail / p);
    if (std::fabs(next - x) <= 4.0 * std::numeric_limits<double>::epsilon() * std::fabs(next)) return next;
    x = next;
  }
  return x;
}

}  // namespace costrisk::kat
