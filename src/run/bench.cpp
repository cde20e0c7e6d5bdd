// Repeats runs of the benchmark scenario and divides times by steps.
#include "src/run/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <utility>

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
  row.component_steps_per_second =
      row.path_steps_per_second * (lowered.parameters.job_count + lowered.parameters.service_count);
  const Timings& t = median.timings;
  const double sum = t.world_seconds + t.jobs_seconds + t.services_seconds + t.plans_seconds + t.tally_seconds;
  row.world_share = t.world_seconds / sum;
  row.jobs_share = t.jobs_seconds / sum;
  row.services_share = t.services_seconds / sum;
  row.plans_share = t.plans_seconds / sum;
  row.tally_share = t.tally_seconds / sum;
  const double group_steps = path_steps / backend.lanes;
  row.world_ns = 1e9 * t.world_seconds / group_steps;
  const auto each = [&](double seconds, int count) { return count > 0 ? 1e9 * seconds / group_steps / count : 0.0; };
  row.job_ns = each(t.jobs_seconds, lowered.parameters.job_count);
  row.service_ns = each(t.services_seconds, lowered.parameters.service_count);
  row.plan_ns = each(t.plans_seconds, lowered.parameters.plan_count);
  row.floor_ns = measure_floor(backend, lowered, wanted.repetitions, wanted.seconds);
  return row;
}

}  // namespace

namespace {

constexpr const char* frame = R"(name = "benchmark"
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
)";

constexpr const char* service = R"([[demand]]
name = "requests"
base = 35.0
growth = { low = 0.02, mode = 0.08, high = 0.2 }
profile = "consumer"
noise = { volatility = 0.2, half_life = "6h" }
bursts = { every = "10d", multiplier = 3.0, duration = { mean = "5h", cv = 1.0 } }
[[service]]
name = "chat"
demand = "requests"
rate = { a = 4.0, b = 4.0 }
unserved_penalty = 0.002
)";

const std::vector<std::pair<std::string, std::string>> job_ways = {
    {"on-demand", R"(policy = "on-demand")"},
    {"spot", R"(policy = "spot")"},
    {"greedy", R"(policy = "greedy")"},
    {"uniform", R"(policy = "uniform-progress")"},
};
const std::vector<std::pair<std::string, std::string>> service_ways = {
    {"on-demand", R"(pools = [ { market = "MARKET", buy = "on-demand" } ])"},
    {"spot", R"(pools = [ { market = "MARKET", buy = "spot" }, { market = "MARKET", buy = "on-demand" } ])"},
    {"mixed",
     R"(pools = [ { market = "MARKET", buy = "spot", share = 0.5 }, { market = "MARKET", buy = "on-demand" } ])"},
    {"capped",
     R"(pools = [ { market = "MARKET", buy = "spot", max = 8 }, { market = "MARKET", buy = "on-demand", max = 40 } ])"},
};

std::string job_table(const std::string& way, bool b_first) {
  return fmt::format("[plan.job.train]\nmarkets = {}\ninstances = 8\n{}\n", b_first ? R"(["b", "a"])" : R"(["a", "b"])",
                     way);
}
std::string service_table(std::string way, bool b_first) {
  for (std::size_t at; (at = way.find("MARKET")) != std::string::npos;) way.replace(at, 6, b_first ? "b" : "a");
  return fmt::format(
      "[plan.service.chat]\nutilization = 0.7\nmin = 2\nmax = 60\nscale_up_delay = \"4m\"\n"
      "scale_down_window = \"30m\"\n{}\n",
      way);
}

}  // namespace

std::string bench_scenario(BenchCase scenario) {
  std::string text = frame;
  if (scenario != BenchCase::jobs) text += service;
  const auto add_plan = [&](const std::string& name) { text += fmt::format("[[plan]]\nname = \"{}\"\n", name); };
  switch (scenario) {
    case BenchCase::jobs:
    case BenchCase::plans:
      for (const bool b_first : {false, true})
        for (std::size_t i = 0; i < job_ways.size(); ++i) {
          add_plan(job_ways[i].first + (b_first ? " b first" : ""));
          text += job_table(job_ways[i].second, b_first);
          if (scenario == BenchCase::plans) text += service_table(service_ways[i].second, b_first);
        }
      break;
    case BenchCase::grid:
      for (const auto& [job_name, job_way] : job_ways)
        for (std::size_t i = 0; i < 2; ++i) {
          add_plan(fmt::format("{} and {}", job_name, service_ways[i].first));
          text += job_table(job_way, false) + service_table(service_ways[i].second, false);
        }
      break;
    case BenchCase::commitments:
      for (int i = 0; i < 64; ++i) {
        add_plan(fmt::format("{} committed", i));
        text += job_table(job_ways[3].second, false) + service_table(service_ways[2].second, false);
        if (i > 0)
          text += fmt::format(
              "[[plan.commitment]]\nmarket = \"a\"\ninstances = {}\nprice_per_hour = 13.0\nterm = \"1y\"\n", i);
      }
      break;
  }
  return text;
}

BenchReport bench(const BenchOptions& options) {
  const scenario::Loaded loaded = scenario::load_text(bench_scenario(options.scenario), "benchmark");
  const scenario::Lowered lowered = scenario::lower(loaded.scenario);
  BenchReport report;
  report.plans = lowered.parameters.plan_count;
  report.jobs = lowered.parameters.job_count;
  report.services = lowered.parameters.service_count;
  report.markets = lowered.parameters.market_count;
  report.steps = lowered.parameters.steps;
  report.processor = processor_name();
  std::vector<std::string> names = options.backends;
  if (names.empty())
    for (const BackendInfo& info : backends())
      if (info.available && info.name != "cuda") names.push_back(info.name);  // threads are what is measured here
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
