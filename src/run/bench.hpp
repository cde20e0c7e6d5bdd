// Measures the engine on a scenario that never changes, so that figures can be compared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace costrisk::run {

/// One backend at one number of threads. Rates are of the median repetition.
struct BenchRow {
  std::string backend;
  int threads = 0;
  int lanes = 0;
  std::uint64_t paths = 0;
  double seconds = 0.0;  ///< median
  double best_seconds = 0.0;
  double path_steps_per_second = 0.0;
  double plan_steps_per_second = 0.0;       ///< of all plans
  double component_steps_per_second = 0.0;  ///< of the distinct components
  double world_share = 0.0, jobs_share = 0.0, services_share = 0.0, plans_share = 0.0, tally_share = 0.0;
  double world_ns = 0.0;    ///< world stage, a step of one group of lanes, one thread
  double job_ns = 0.0;      ///< one job component, likewise
  double service_ns = 0.0;  ///< one service component, likewise
  double plan_ns = 0.0;     ///< one plan's own stage, likewise
  double floor_ns = 0.0;    ///< the world's random words and transcendentals alone, likewise
};

/// What is measured, always over a quarter of quarter-hours in two markets.
/// jobs: eight plans, each running the one job its own way. plans: likewise, each with a service run its own way
/// too. grid: every pair of four ways for the job and two for the service. commitments: one job and one service
/// under 64 plans that differ in what they commit to.
enum class BenchCase { jobs, plans, grid, commitments };

struct BenchOptions {
  BenchCase scenario = BenchCase::plans;
  std::vector<std::string> backends;  ///< empty: all that are available
  std::vector<int> threads;           ///< empty: one, and as many as there are processors
  double seconds = 1.0;               ///< wanted length of a repetition
  int repetitions = 3;
};

struct BenchReport {
  int plans = 0, jobs = 0, services = 0, markets = 0;
  std::int64_t steps = 0;
  std::string processor;
  std::vector<BenchRow> rows;
};

/// The scenario of a case.
std::string bench_scenario(BenchCase scenario);

/// @throws BackendUnavailable, std::invalid_argument as `simulate` does
BenchReport bench(const BenchOptions& options);

}  // namespace costrisk::run
