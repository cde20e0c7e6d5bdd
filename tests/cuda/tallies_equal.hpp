// Whether two tallies hold the same integers, all of them.
#pragma once

#include <string>

#include "src/results/sums/tally.hpp"

namespace costrisk::emulation {

/// The first part of the tallies that differs; empty where none does.
inline std::string difference(const results::TallyData& a, const results::TallyData& b) {
  using results::Moments;
  const auto equal = [](const auto& x, const auto& y) {
    if constexpr (std::is_same_v<std::decay_t<decltype(x)>, std::vector<Moments>>)
      return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                        [](const Moments& m, const Moments& n) { return m.sum == n.sum && m.squares == n.squares; });
    else if constexpr (std::is_same_v<std::decay_t<decltype(x)>, std::vector<results::Histogram>>)
      return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const auto& m, const auto& n) {
        return m.bits() == n.bits() && m.entries() == n.entries();
      });
    else
      return x == y;
  };
  std::string first;
  const auto compare = [&](const char* name, const auto& x, const auto& y) {
    if (first.empty() && !equal(x, y)) first = name;
  };
  compare("ranges", a.ranges, b.ranges);
  compare("cost", a.cost, b.cost);
  compare("cost_min", a.cost_min, b.cost_min);
  compare("cost_max", a.cost_max, b.cost_max);
  compare("over_budget", a.over_budget, b.over_budget);
  compare("category", a.category, b.category);
  compare("owner", a.owner, b.owner);
  compare("waste", a.waste, b.waste);
  compare("difference_squares", a.difference_squares, b.difference_squares);
  compare("cheaper", a.cheaper, b.cheaper);
  compare("cheapest", a.cheapest, b.cheapest);
  compare("covered", a.covered, b.covered);
  compare("job_runs", a.job_runs, b.job_runs);
  compare("job_late", a.job_late, b.job_late);
  compare("job_interruptions", a.job_interruptions, b.job_interruptions);
  compare("job_never", a.job_never, b.job_never);
  compare("job_lost", a.job_lost, b.job_lost);
  compare("job_use", a.job_use, b.job_use);
  compare("service_cost", a.service_cost, b.service_cost);
  compare("service_served", a.service_served, b.service_served);
  compare("service_unserved", a.service_unserved, b.service_unserved);
  compare("service_tokens", a.service_tokens, b.service_tokens);
  compare("service_queued", a.service_queued, b.service_queued);
  compare("service_waiting", a.service_waiting, b.service_waiting);
  compare("service_peak", a.service_peak, b.service_peak);
  compare("service_use", a.service_use, b.service_use);
  compare("drivers.paths", a.drivers.paths, b.drivers.paths);
  compare("drivers.cost", a.drivers.cost, b.drivers.cost);
  compare("drivers.cost_cubes", a.drivers.cost_cubes, b.drivers.cost_cubes);
  compare("drivers.over_budget", a.drivers.over_budget, b.drivers.over_budget);
  compare("cost_histogram", a.cost_histogram, b.cost_histogram);
  compare("owner_histogram", a.owner_histogram, b.owner_histogram);
  compare("fan_histogram", a.fan_histogram, b.fan_histogram);
  compare("period_histogram", a.period_histogram, b.period_histogram);
  compare("finish_histogram", a.finish_histogram, b.finish_histogram);
  compare("unit_cost_histogram", a.unit_cost_histogram, b.unit_cost_histogram);
  compare("token_cost_histogram", a.token_cost_histogram, b.token_cost_histogram);
  return first;
}

}  // namespace costrisk::emulation
