// Instants become steps; one within 2^-10 step of a whole step is that step.
#include "src/scenario/lower/history_grid.hpp"

#include <algorithm>
#include <cmath>

namespace costrisk::scenario {

namespace {

double snapped(double steps) {
  const double nearest = std::floor(steps + 0.5);
  return std::abs(steps - nearest) <= 0x1p-10 ? nearest : steps;
}

/// The trace's instants, counted in steps from its first.
class Instants {
 public:
  Instants(const trace::History& trace, double step_seconds) : trace_(trace), step_seconds_(step_seconds) {}

  double of(std::size_t measurement) const {
    return snapped((trace_.time_seconds[measurement] - trace_.time_seconds.front()) / step_seconds_);
  }
  /// When the value of a measurement ends to hold.
  double end_of(std::size_t measurement) const {
    return measurement + 1 < trace_.size() ? of(measurement + 1) : snapped(trace_.span_seconds() / step_seconds_);
  }

 private:
  const trace::History& trace_;
  double step_seconds_;
};

}  // namespace

std::int64_t steps_of(const trace::History& trace, double step_seconds) {
  return static_cast<std::int64_t>(std::floor(snapped(trace.span_seconds() / step_seconds)));
}

std::vector<double> averages_by_step(const trace::History& trace, double step_seconds) {
  const Instants instants(trace, step_seconds);
  const auto steps = static_cast<std::size_t>(steps_of(trace, step_seconds));
  std::vector<double> averages(steps, 0.0);
  std::size_t at = 0;
  for (std::size_t k = 0; k < steps; ++k) {
    const auto begin = static_cast<double>(k), end = begin + 1.0;
    while (at + 1 < trace.size() && instants.of(at + 1) <= begin) ++at;
    for (std::size_t i = at; i < trace.size() && instants.of(i) < end; ++i)
      averages[k] += trace.value[i] * (std::min(end, instants.end_of(i)) - std::max(begin, instants.of(i)));
  }
  return averages;
}

InstancesByStep instances_by_step(const trace::History& trace, double step_seconds) {
  const Instants instants(trace, step_seconds);
  const auto steps = static_cast<std::size_t>(steps_of(trace, step_seconds));
  InstancesByStep result;
  std::size_t at = 0;
  for (std::size_t k = 0; k < steps; ++k) {
    double least = trace.value[at];
    while (at + 1 < trace.size() && instants.of(at + 1) <= static_cast<double>(k))
      least = std::min(least, trace.value[++at]);
    result.held.push_back(trace.value[at]);
    result.least.push_back(least);
  }
  return result;
}

std::vector<double> losses_by_step(const trace::History& trace, double step_seconds, double instances) {
  const Instants instants(trace, step_seconds);
  const auto steps = static_cast<std::size_t>(steps_of(trace, step_seconds));
  std::vector<double> losses(steps, 0.0);
  std::size_t at = 0;
  for (std::size_t k = 0; k < steps; ++k) {
    const auto begin = static_cast<double>(k);
    while (at + 1 < trace.size() && instants.of(at + 1) <= begin) ++at;
    if (trace.value[at] < instances) continue;
    for (std::size_t i = at + 1; i < trace.size() && instants.of(i) < begin + 1.0; ++i) {
      if (trace.value[i] >= instances) continue;
      losses[k] = instants.of(i) - begin;
      break;
    }
  }
  return losses;
}

}  // namespace costrisk::scenario
