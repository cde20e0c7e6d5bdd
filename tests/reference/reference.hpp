// The independent reference simulator: the model in double precision, one path at a time, written from its
// description and not from the kernels. It is an executable specification; it is not fast.
//
// Covered: laws with loadings, factors with shocks, markets, jobs under every policy but `reserved`, items.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "src/scenario/scenario.hpp"
#include "tests/reference/job.hpp"

namespace costrisk::reference {

/// One plan on one path. Money in the scenario's currency.
struct PlanPath {
  double cost = 0.0;
  std::array<double, category_count> category{};
  std::vector<double> owner;       ///< by Sample::owners
  std::vector<JobPath> jobs;       ///< by the plan's job assignments
  std::vector<double> cumulative;  ///< cost up to each of Sample::edge_hours
};

struct Sample {
  std::vector<std::string> owners;           ///< of jobs, then of items, each once
  std::vector<double> edge_hours;            ///< ends of the fan charts' bins; the last is the horizon
  std::vector<std::vector<PlanPath>> plans;  ///< [plan][path]
};

/// @throws std::runtime_error for parts of a scenario that it does not cover.
Sample simulate_reference(const scenario::Scenario& scenario, std::uint64_t paths, std::uint64_t seed);

}  // namespace costrisk::reference
