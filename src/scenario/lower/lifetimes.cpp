// By Stirling's series and bisection.
#include "src/scenario/lower/lifetimes.hpp"

#include <algorithm>
#include <cmath>

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

std::vector<LifetimeKnot> lifetime_knots(const Reclaim& reclaim) {
  std::vector<LifetimeKnot> knots;
  if (reclaim.survival.empty()) return knots;
  knots.push_back({});
  for (const auto& [hours, share] : reclaim.survival) {
    const double expected = -host::logarithm(share);
    LifetimeKnot& before = knots.back();
    before.per_hour = (expected - before.expected) / (hours - before.hours);
    knots.push_back({hours, expected, before.per_hour});
  }
  return knots;
}

double expected_reclaims(const std::vector<LifetimeKnot>& knots, double hours) {
  const auto after = std::upper_bound(knots.begin(), knots.end(), hours,
                                      [](double age, const LifetimeKnot& knot) { return age < knot.hours; });
  const LifetimeKnot& knot = *(after - 1);
  return knot.expected + (hours - knot.hours) * knot.per_hour;
}

double mean_lifetime_hours(const std::vector<LifetimeKnot>& knots, double most_hours) {
  double mean = 0.0;
  for (std::size_t i = 0; i < knots.size() && knots[i].hours < most_hours; ++i) {
    const double end = i + 1 < knots.size() ? std::min(knots[i + 1].hours, most_hours) : most_hours;
    const double share = host::exponential(-knots[i].expected), span = end - knots[i].hours;
    if (knots[i].per_hour <= 0.0)
      mean += share * span;
    else if (std::isinf(span))
      mean += share / knots[i].per_hour;
    else
      mean += share * (1.0 - host::exponential(-knots[i].per_hour * span)) / knots[i].per_hour;
  }
  return mean;
}

std::optional<Law> mean_lifetime(const Spot& spot) {
  if (!spot.reclaim) return spot.reclaim_every_hours;
  if (spot.reclaim->survival.empty()) return spot.reclaim->mean_hours;
  constexpr double longest_hours = 1e9;
  const double mean = mean_lifetime_hours(lifetime_knots(*spot.reclaim), HUGE_VAL);
  return Law::constant(std::min(mean, longest_hours));
}

}  // namespace costrisk::scenario
