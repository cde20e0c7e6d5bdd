// By Stirling's series and bisection.
#include "src/scenario/lower/lifetimes.hpp"

#include "kernels/math/host.hpp"

namespace costrisk::scenario {

namespace {

/// ln Γ(x), x ≥ 1: Stirling's series beyond 12, the recurrence below.
double log_gamma(double x) {
  constexpr double half_log_of_two_pi = 0.91893853320467274;
  double below = 0.0;
  for (; x < 12.0; x += 1.0) below += host::logarithm(x);
  const double inverse = 1.0 / x, square = inverse * inverse;
  const double series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
  return (x - 0.5) * host::logarithm(x) - x + half_log_of_two_pi + series - below;
}

/// 1 + cv² of a shape: it falls as the shape grows.
double squares_over_mean(double shape) {
  return host::exponential(log_gamma(1.0 + 2.0 / shape) - 2.0 * log_gamma(1.0 + 1.0 / shape));
}

}  // namespace

double mean_of_weibull(double shape) { return host::exponential(log_gamma(1.0 + 1.0 / shape)); }

double weibull_shape(const Reclaim& reclaim) {
  if (reclaim.shape) return *reclaim.shape;
  if (!reclaim.cv || *reclaim.cv == 1.0) return 1.0;
  const double wanted = 1.0 + *reclaim.cv * *reclaim.cv;
  double low = 0.1, high = 50.0;
  for (int i = 0; i < 80; ++i) {
    const double middle = 0.5 * (low + high);
    (squares_over_mean(middle) > wanted ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

const Law* mean_lifetime(const Spot& spot) {
  if (spot.reclaim) return &spot.reclaim->mean_hours;
  return spot.reclaim_every_hours ? &*spot.reclaim_every_hours : nullptr;
}

}  // namespace costrisk::scenario
