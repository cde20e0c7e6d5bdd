// The independent reference simulator: the model in double precision, one path at a time, written from its
// description and not from the kernels. It is an executable specification; it is not fast.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "tests/reference/plan.hpp"

namespace costrisk::reference {

struct Sample {
  std::vector<std::string> owners;           ///< of services, jobs and items, each once; "unused" last
  std::vector<double> edge_hours;            ///< ends of the fan charts' bins; the last is the horizon
  std::vector<std::vector<PlanPath>> plans;  ///< [plan][path]
  std::vector<double> obligation;            ///< [plan]: owed beyond the horizon
};

/// On as many threads as the machine has.
Sample simulate_reference(const scenario::Scenario& scenario, std::uint64_t paths, std::uint64_t seed);

}  // namespace costrisk::reference
