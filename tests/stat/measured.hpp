// Histories drawn by hand.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::stat {

/// A replay of values at the hours given, the last of them until the end.
inline scenario::History measured(std::vector<double> hours, std::vector<double> values, double end_hours) {
  trace::History trace;
  hours.push_back(end_hours);
  values.push_back(values.back());
  for (const double hour : hours) trace.time_seconds.push_back(3600.0 * hour);
  trace.value = std::move(values);
  scenario::History history;
  history.path = history.content_sha256 = "drawn by hand";
  history.sampling = scenario::History::Sampling::replay;
  history.trace = std::make_shared<const trace::History>(std::move(trace));
  return history;
}

}  // namespace costrisk::stat
