// Repeats runs of the benchmark scenario and divides times by steps.
#include "src/run/bench.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>

#include "src/run/backends.hpp"
#include "src/run/run.hpp"
#include "src/scenario/load.hpp"
#include "src/scenario/lower.hpp"

namespace costrisk::run {

namespace {

using SteadyClock = std::chrono::steady_clock;

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

struct Repetition {
  double seconds;
  Timings timings;
};

Repetition repeat(const scenario::Scenario& scenario, const Options& options) {
  const auto start = SteadyClock::now();
  const Outcome outcome = simulate(scenario, options);
  return {std::chrono::duration<double>(SteadyClock::now() - start).count(), outcome.timings};
}

/// Nanoseconds the floor takes for a step of one group of lanes.
double measure_floor(const Backend& backend, const scenario::Lowered& lowered, int repetitions, double seconds) {
  std::vector<double> times;
  volatile float keep = 0.0f;
  int paths = backend.lanes;
  for (int i = 0; i < repetitions;) {
    const auto start = SteadyClock::now();
    keep = keep + backend.draw_floor(lowered.parameters, 0, paths);
    const double time = std::chrono::duration<double>(SteadyClock::now() - start).count();
    if (time < 0.25 * seconds) {
      paths *= 2;
      continue;
    }
    times.push_back(time / (static_cast<double>(paths) / backend.lanes * lowered.parameters.steps));
    ++i;
  }
  std::sort(times.begin(), times.end());
  return 1e9 * times[times.size() / 2];
}

BenchRow measure(const scenario::Scenario& scenario, const scenario::Lowered& lowered, const std::string& name,
                 int threads, const BenchOptions& wanted) {
  const Backend& backend = find_backend(name);
  Options options;
  options.backend = name;
  options.threads = threads;
  options.paths = std::uint64_t{16} * static_cast<unsigned>(std::max(4, backend.lanes) * threads);
  Repetition trial = repeat(scenario, options);
  while (trial.seconds < 0.5 * wanted.seconds) {
    options.paths *= 2;
    trial = repeat(scenario, options);
  }
  std::vector<Repetition> runs;
  for (int i = 0; i < wanted.repetitions; ++i) runs.push_back(repeat(scenario, options));
  std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.seconds < b.seconds; });
  const Repetition& median = runs[runs.size() / 2];

  BenchRow row;
  row.backend = backend.name;
  row.threads = threads;
  row.lanes = backend.lanes;
  row.paths = options.paths;
  row.seconds = median.seconds;
  row.best_seconds = runs.front().seconds;
  const double path_steps = static_cast<double>(options.paths) * lowered.parameters.steps;
  row.path_steps_per_second = path_steps / median.seconds;
  row.plan_steps_per_second = row.path_steps_per_second * lowered.parameters.plan_count;
  row.component_steps_per_second = row.path_steps_per_second * lowered.parameters.job_count;
  const Timings& t = median.timings;
  const double sum = t.world_seconds + t.components_seconds + t.plans_seconds + t.tally_seconds;
  row.world_share = t.world_seconds / sum;
  row.components_share = t.components_seconds / sum;
  row.plans_share = t.plans_seconds / sum;
  row.tally_share = t.tally_seconds / sum;
  const double group_steps = path_steps / backend.lanes;
  row.world_ns = 1e9 * t.world_seconds / group_steps;
  row.component_ns = 1e9 * t.components_seconds / group_steps / lowered.parameters.job_count;
  row.floor_ns = measure_floor(backend, lowered, wanted.repetitions, wanted.seconds);
  return row;
}

}  // namespace

const char* bench_scenario() {
  return R"(name = "benchmark"
horizon = "13w"
step = "15m"
budget = 200_000
[simulation]
paths = 100_000
seed = 42
[[market]]
name = "a"
hardware_mtbf = "6300h"
billing = { increment = "1s", minimum = "60s" }
on_demand = 21.957642
[market.spot]
price = { mean = 8.90, volatility = 0.25, half_life = "3d", cap = 21.957642 }
capacity = { up = { mean = "5.5h", cv = 2.5 }, down = { mean = "1.8h", cv = 1.7 } }
reclaim_every = "400h"
notice = "2m"
[[market]]
name = "b"
like = "a"
[market.spot]
capacity = { up = { mean = "9.8h", cv = 2.6 }, down = { mean = "1.1h", cv = 1.3 } }
[[job]]
name = "train"
work = { median = 9600, spread = 0.2 }
throughput = { a = 1.0, b = 1.0 }
checkpoint = { interval = "30m", write = "3m" }
restart = "10m"
deadline = "75d"
late_penalty = 500.0
[[plan]]
name = "on-demand"
[plan.job.train]
markets = ["a", "b"]
instances = 8
policy = "on-demand"
[[plan]]
name = "spot"
extends = "on-demand"
[plan.job.train]
policy = "spot"
[[plan]]
name = "greedy"
extends = "on-demand"
[plan.job.train]
policy = "greedy"
[[plan]]
name = "uniform"
extends = "on-demand"
[plan.job.train]
policy = "uniform-progress"
[[plan]]
name = "on-demand b first"
extends = "on-demand"
[plan.job.train]
markets = ["b", "a"]
[[plan]]
name = "spot b first"
extends = "spot"
[plan.job.train]
markets = ["b", "a"]
[[plan]]
name = "greedy b first"
extends = "greedy"
[plan.job.train]
markets = ["b", "a"]
[[plan]]
name = "uniform b first"
extends = "uniform"
[plan.job.train]
markets = ["b", "a"]
)";
}

BenchReport bench(const BenchOptions& options) {
  const scenario::Loaded loaded = scenario::load_text(bench_scenario(), "benchmark");
  const scenario::Lowered lowered = scenario::lower(loaded.scenario);
  BenchReport report;
  report.plans = lowered.parameters.plan_count;
  report.components = lowered.parameters.job_count;
  report.markets = lowered.parameters.market_count;
  report.steps = lowered.parameters.steps;
  report.processor = processor_name();
  std::vector<std::string> names = options.backends;
  if (names.empty())
    for (const BackendInfo& info : backends())
      if (info.available) names.push_back(info.name);
  std::vector<int> threads = options.threads;
  if (threads.empty()) {
    threads = {1};
    if (const auto all = usable_processors(); all > 1) threads.push_back(all);
  }
  for (const std::string& name : names)
    for (const int count : threads) report.rows.push_back(measure(loaded.scenario, lowered, name, count, options));
  return report;
}

}  // namespace costrisk::run
