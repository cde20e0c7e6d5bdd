// Curves by their loads, M/M/c by its waits.
#include "src/scenario/lower/latency.hpp"

#include <algorithm>

#include "src/scenario/lower/lowering.hpp"

namespace costrisk::scenario {

namespace {

/// Loads this near to one another, relatively, are one.
constexpr double load_tolerance = 0x1p-18;

/// The value of `to` at x, linearly between the points by `from`, beyond them that of the first or last one.
double along(const NumberPairs& curve, std::size_t from, std::size_t to, double x) {
  if (x <= curve.front()[from]) return curve.front()[to];
  for (std::size_t i = 1; i < curve.size(); ++i) {
    const NumberPair &left = curve[i - 1], &right = curve[i];
    if (x < right[from]) return left[to] + (right[to] - left[to]) * (x - left[from]) / (right[from] - left[from]);
  }
  return curve.back()[to];
}

/// The wait at which range j ends, in service times.
double wait_range_end(int j) {
  double octave = first_wait_range_end;
  for (int i = 0; i < j / 4; ++i) octave *= 2.0;
  return octave * (1.0 + 0.25 * (j % 4));
}

}  // namespace

bool has_latency(const Scenario& scenario) {
  return std::ranges::any_of(scenario.plans, [&](const Plan& plan) {
    return std::ranges::any_of(plan.services, [&](const ServiceAssignment& assignment) {
      return at(scenario.services, assignment.service).latency.has_value();
    });
  });
}

double load_within(const Latency& latency) {
  if (latency.curve.front()[1] > latency.objective_seconds) return -1.0;
  if (latency.curve.back()[1] <= latency.objective_seconds) return latency.curve.back()[0];
  return along(latency.curve, 1, 0, latency.objective_seconds);
}

LatencyParameters latency_parameters(const Latency& latency, double step_seconds, const Serverless* overflow) {
  LatencyParameters result;
  result.overflow_meets_it = overflow && overflow->latency_seconds.value_or(0.0) <= latency.objective_seconds;
  switch (latency.model) {
    case Latency::Model::curve: {
      const double last = latency.curve.back()[0];
      result.kind = LatencyKind::curve;
      result.most_load = narrow(last * (1.0 + load_tolerance));
      result.load_within = narrow(load_within(latency) * (1.0 + load_tolerance));
      result.ranges_per_load = narrow(latency_beyond / last);
      break;
    }
    case Latency::Model::mmc: {
      const double service_time = *latency.service_time_seconds;
      result.kind = LatencyKind::mmc;
      result.most_load = narrow(1.0 - load_tolerance);
      result.servers_per_request = narrow(service_time / step_seconds);
      result.wait_within = narrow(std::max((latency.objective_seconds - service_time) / service_time, -1.0));
      break;
    }
  }
  return result;
}

std::vector<double> latency_range_starts(const Latency& latency) {
  std::vector<double> starts;
  switch (latency.model) {
    case Latency::Model::curve:
      for (int j = 0; j < latency_ranges; ++j)
        starts.push_back(along(latency.curve, 0, 1, latency.curve.back()[0] * j / latency_beyond));
      break;
    case Latency::Model::mmc:
      for (int j = 0; j < latency_ranges; ++j)
        starts.push_back(*latency.service_time_seconds * (1.0 + (j == 0 ? 0.0 : wait_range_end(j - 1))));
      break;
  }
  return starts;
}

}  // namespace costrisk::scenario
