// Measures the engine on scenarios that never change, so that figures can be compared.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/course/bench_scenario.hpp"
#include "src/run/until_error.hpp"

namespace costrisk::course {

/// One of something at one step.
struct StageTimes {
  double world = 0.0, floor = 0.0;  ///< floor: the world's random words and transcendentals alone
  double job = 0.0, service = 0.0;  ///< one component
  double plan = 0.0;                ///< one plan's own stage
};

/// One backend at one number of threads. Rates are of the median repetition.
struct BenchRow {
  std::string backend;
  int threads = 0;
  int lanes = 0;  ///< paths of a group; 0 on GPUs, where stages are not timed
  std::uint64_t paths = 0;
  double seconds = 0.0;  ///< median
  double best_seconds = 0.0;
  double peak_mb = 0.0;                ///< most memory of the process while this was measured
  double path_steps_per_second = 0.0;  ///< of all devices
  double plan_steps_per_second = 0.0;
  double component_steps_per_second = 0.0;  ///< of the distinct components
  double world_share = 0.0, jobs_share = 0.0, services_share = 0.0, plans_share = 0.0, tally_share = 0.0;
  double device_share = 0.0;  ///< of the time in which a device simulated paths, the mean over devices; GPUs only
  StageTimes group_step_ns;   ///< nanoseconds a step of one group of lanes, one thread
  StageTimes lane_cycles;     ///< core cycles a step and lane; 0 where the clock is not known
};

/// The fastest backend on all threads, with one thing about the scenario changed.
struct ScalingRow {
  std::string of;  ///< "paths", "steps", "plans", "markets"
  std::uint64_t count = 0;
  std::uint64_t paths = 0;
  double seconds = 0.0;
  double path_steps_per_second = 0.0;
  double peak_mb = 0.0;
};

/// How long it took to know a statistic of all plans to a given error.
struct PrecisionRow {
  double error = 0.0;
  std::uint64_t paths = 0;
  double seconds = 0.0;
};

struct BenchOptions {
  BenchCase scenario = BenchCase::plans;
  std::vector<std::string> backends;  ///< empty: all that are available on the processor
  std::vector<int> threads;           ///< empty: one, and as many as there are processors
  double seconds = 1.0;               ///< wanted length of a repetition
  int repetitions = 3;
  bool scaling = false;
  std::optional<run::Precision> until_error;  ///< how long it takes to know so much; absent: not measured
};

struct BenchReport {
  int plans = 0, jobs = 0, services = 0, markets = 0;
  std::int64_t steps = 0;
  std::string processor;
  double clock_ghz = 0.0;  ///< while a single thread computed; 0 where it could not be measured
  std::vector<BenchRow> rows;
  std::vector<ScalingRow> scaling;
  std::optional<PrecisionRow> precision;
};

/// What is to be known of all plans, "[STATISTIC=]X%".
/// @throws InputError for what is none
run::Precision bench_precision(const std::string& text);

/// @throws BackendUnavailable, DeviceFailed, TooLarge, InputError
BenchReport bench(const BenchOptions& options);

/// The number of paths whose simulation takes half of the wanted time or more, by doubling the first. The first trial
/// is not timed: on a device it holds the start-up. The least of three trials decides, since a busy machine only ever
/// makes them longer.
/// @param simulate runs so many paths and returns the seconds that it took
std::uint64_t choose_paths(std::uint64_t first, double seconds,
                           const std::function<double(std::uint64_t paths)>& simulate);

}  // namespace costrisk::course
