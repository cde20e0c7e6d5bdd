// A service's latency as the kernels count it, and what their ranges mean in seconds.
#pragma once

#include <vector>

#include "kernels/model/services/service_parameters.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// Whether some service that a plan runs has a latency.
bool has_latency(const Scenario& scenario);

/// @param overflow null: none
LatencyParameters latency_parameters(const Latency& latency, double step_seconds, const Serverless* overflow);

/// The largest load at which a curve is within the objective; below 0: none.
double load_within(const Latency& latency);

/// Where each of the latency_ranges begins, in seconds; each ends where the next one begins, the last one nowhere.
std::vector<double> latency_range_starts(const Latency& latency);

}  // namespace costrisk::scenario
