// Measured curves, and M/M/c.
#include "tests/reference/latency.hpp"

#include <algorithm>
#include <cmath>

namespace costrisk::reference {

namespace {

/// Loads so close, as a share of themselves, are one.
constexpr double same_load = 0x1p-18;

double on_curve(const scenario::NumberPairs& curve, double load) {
  if (load <= curve.front()[0]) return curve.front()[1];
  for (std::size_t i = 1; i < curve.size(); ++i) {
    const auto& [from, low] = curve[i - 1];
    const auto& [to, high] = curve[i];
    if (load <= to) return low + (high - low) * (load - from) / (to - from);
  }
  return curve.back()[1];
}

/// 1/B of less than one server: ∫ e^−y (1 + y/a)^c dy over y > 0, by trapezoids over ln y.
double inverse_of_blocking(double servers, double erlangs) {
  constexpr double width = 0.25;
  double sum = 0.0;
  for (double u = -32.0; u < 5.0; u += width) {
    const double y = std::exp(u);
    sum += std::exp(u - y + servers * std::log1p(y / erlangs));
  }
  return sum * width;
}

}  // namespace

double chance_to_wait(double servers, double load) {
  const double erlangs = load * servers;
  double counted = servers - std::floor(servers);
  double inverse = inverse_of_blocking(counted, erlangs);
  while (counted < servers - 0.5) {
    counted += 1.0;
    inverse = 1.0 + counted / erlangs * inverse;
  }
  const double blocking = 1.0 / inverse;
  return blocking / (1.0 - load * (1.0 - blocking));
}

double share_within(const scenario::Latency& latency, double load, double rate) {
  switch (latency.model) {
    case scenario::Latency::Model::curve: {
      if (load > latency.curve.back()[0] * (1.0 + same_load)) return 0.0;
      return on_curve(latency.curve, load * (1.0 - same_load)) <= latency.objective_seconds ? 1.0 : 0.0;
    }
    case scenario::Latency::Model::mmc:
      break;
  }
  const double service_time = *latency.service_time_seconds;
  const double wait = latency.objective_seconds - service_time;
  if (load >= 1.0 || wait < 0.0) return 0.0;
  if (load <= 0.0) return 1.0;
  const double servers = std::max(1.0, rate * service_time);
  return 1.0 - chance_to_wait(servers, load) * std::exp(-servers * (1.0 - load) * wait / service_time);
}

}  // namespace costrisk::reference
