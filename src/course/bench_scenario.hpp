// What `costrisk bench` measures: scenarios that never change, so that figures can be compared.
#pragma once

#include <string>

namespace costrisk::course {

/// Always in steps of quarter-hours, in two markets where nothing else is said.
/// jobs: eight plans, each running the one job its own way. plans: likewise, each with a service run its own way
/// too. grid: every pair of four ways for the job and two for the service. commitments: one job and one service
/// under plans that differ in what they commit to.
enum class BenchCase { jobs, plans, grid, commitments };

struct BenchShape {
  BenchCase scenario = BenchCase::plans;
  std::string horizon = "13w";
  int markets = 2;            ///< 2 … 26; jobs take them in order
  int commitment_plans = 64;  ///< of the case commitments
};

/// The scenario's TOML.
std::string bench_scenario(const BenchShape& shape);

}  // namespace costrisk::course
