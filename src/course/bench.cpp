// Repeats runs of the benchmark scenarios and divides times by steps.
#include "src/course/bench.hpp"

#include <algorithm>

#include "src/api/boundary.hpp"
#include "src/course/bench_machine.hpp"
#include "src/present/text/precision.hpp"
#include "src/run/backends.hpp"
#include "src/run/run.hpp"
#include "src/run/stopwatch.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::course {

namespace {

/// A benchmark scenario, and what the kernels make of it.
struct Subject {
  scenario::Scenario scenario;
  scenario::Lowered lowered;
};

Subject make_subject(const BenchShape& shape) {
  Subject subject;
  subject.scenario = scenario::load_text(bench_scenario(shape), "benchmark").scenario;
  subject.lowered = scenario::lower(subject.scenario);
  return subject;
}

struct Repetition {
  double seconds = 0.0;
  run::Timings timings;
};

Repetition repeat(const scenario::Scenario& scenario, const run::Options& options) {
  const auto start = run::SteadyClock::now();
  const run::Outcome outcome = run::simulate(scenario, options);
  return {run::seconds_since(start), outcome.timings};
}

/// Gives the options as many paths as a repetition of about the wanted length takes.
void fill_time(const scenario::Scenario& scenario, run::Options& options, double seconds) {
  options.paths = choose_paths(options.paths, seconds, [&](std::uint64_t paths) {
    options.paths = paths;
    return repeat(scenario, options).seconds;
  });
}

/// Nanoseconds the floor takes for a step of one group of lanes.
double measure_floor(const Backend& backend, const scenario::Lowered& lowered, int repetitions, double seconds) {
  std::vector<double> times;
  volatile float keep = 0.0f;
  int paths = backend.lanes;
  for (int i = 0; i < repetitions;) {
    const auto start = run::SteadyClock::now();
    keep = keep + backend.draw_floor(lowered.parameters, 0, paths);
    const double time = run::seconds_since(start);
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

/// What only a backend on the processor can measure: the stages.
void add_stages(const Backend& backend, const Subject& subject, const run::Timings& t, const BenchOptions& wanted,
                double clock_ghz, BenchRow& row) {
  const Parameters& p = subject.lowered.parameters;
  const double sum = t.world_seconds + t.jobs_seconds + t.services_seconds + t.plans_seconds + t.tally_seconds;
  row.world_share = t.world_seconds / sum;
  row.jobs_share = t.jobs_seconds / sum;
  row.services_share = t.services_seconds / sum;
  row.plans_share = t.plans_seconds / sum;
  row.tally_share = t.tally_seconds / sum;
  row.lanes = backend.lanes;
  const double group_steps = static_cast<double>(row.paths) * p.steps / backend.lanes;
  const auto each = [&](double seconds, int count) { return count > 0 ? 1e9 * seconds / group_steps / count : 0.0; };
  StageTimes& ns = row.group_step_ns;
  ns = {each(t.world_seconds, 1), measure_floor(backend, subject.lowered, wanted.repetitions, wanted.seconds),
        each(t.jobs_seconds, p.job_count), each(t.services_seconds, p.service_count),
        each(t.plans_seconds, p.plan_count)};
  const double cycles = clock_ghz / backend.lanes;
  row.lane_cycles = {ns.world * cycles, ns.floor * cycles, ns.job * cycles, ns.service * cycles, ns.plan * cycles};
}

BenchRow measure(const Subject& subject, const std::string& name, int threads, const BenchOptions& wanted,
                 double clock_ghz) {
  const Backend* backend = name == "cuda" ? nullptr : &run::find_backend(name);
  run::Options options;
  options.backend = name;
  options.threads = threads;
  options.paths = backend ? std::uint64_t{16} * static_cast<unsigned>(std::max(4, backend->lanes) * threads) : 16384;
  reset_peak_memory();
  fill_time(subject.scenario, options, wanted.seconds);
  std::vector<Repetition> runs;
  for (int i = 0; i < wanted.repetitions; ++i) runs.push_back(repeat(subject.scenario, options));
  std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.seconds < b.seconds; });
  const Repetition& median = runs[runs.size() / 2];

  const Parameters& p = subject.lowered.parameters;
  BenchRow row;
  row.backend = backend ? backend->name : name;
  row.threads = threads;
  row.paths = options.paths;
  row.seconds = median.seconds;
  row.best_seconds = runs.front().seconds;
  row.peak_mb = peak_memory_mb();
  row.path_steps_per_second = static_cast<double>(options.paths) * p.steps / median.seconds;
  row.plan_steps_per_second = row.path_steps_per_second * p.plan_count;
  row.component_steps_per_second = row.path_steps_per_second * (p.job_count + p.service_count);
  if (backend) {
    add_stages(*backend, subject, median.timings, wanted, clock_ghz, row);
  } else {
    const auto& launches = median.timings.launches;
    double simulating = 0.0;
    int devices = 0;
    for (const cuda::LaunchTime& launch : launches) {
      if (launch.kind != cuda::LaunchKind::simulate) continue;
      simulating += launch.seconds;
      ++devices;
    }
    row.device_share = devices > 0 ? simulating / devices / median.seconds : 0.0;
  }
  return row;
}

/// @param paths 0: as many as fill the wanted time
ScalingRow measure_scaling(const std::string& of, std::uint64_t count, const BenchShape& shape, std::uint64_t paths,
                           const std::string& backend, const BenchOptions& wanted) {
  const Subject subject = make_subject(shape);
  run::Options options;
  options.backend = backend;
  options.paths = paths > 0 ? paths : 512;
  reset_peak_memory();
  if (paths == 0) fill_time(subject.scenario, options, wanted.seconds);
  Repetition best = repeat(subject.scenario, options);
  for (int i = 1; i < wanted.repetitions; ++i) {
    Repetition next = repeat(subject.scenario, options);
    if (next.seconds < best.seconds) best = next;
  }
  const double path_steps = static_cast<double>(options.paths) * subject.lowered.parameters.steps;
  return {of, count, options.paths, best.seconds, path_steps / best.seconds, peak_memory_mb()};
}

std::vector<ScalingRow> measure_all_scaling(const std::string& backend, const BenchOptions& wanted) {
  std::vector<ScalingRow> rows;
  const auto add = [&](const std::string& of, std::uint64_t count, const BenchShape& shape, std::uint64_t paths) {
    rows.push_back(measure_scaling(of, count, shape, paths, backend, wanted));
  };
  BenchShape shape;
  shape.scenario = wanted.scenario;
  for (const std::uint64_t paths : {256, 1024, 4096, 16384}) add("paths", paths, shape, paths);
  for (const int weeks : {2, 13, 52}) {
    BenchShape other = shape;
    other.horizon = std::to_string(weeks) + "w";
    add("steps", static_cast<std::uint64_t>(weeks) * 7 * 96, other, 0);
  }
  for (const int plans : {1, 4, 16, 64}) {
    BenchShape other;
    other.scenario = BenchCase::commitments;
    other.commitment_plans = plans;
    add("plans", static_cast<std::uint64_t>(plans), other, 0);
  }
  for (const int markets : {2, 4, 8, 16}) {
    BenchShape other = shape;
    other.markets = markets;
    add("markets", static_cast<std::uint64_t>(markets), other, 0);
  }
  return rows;
}

PrecisionRow measure_precision(const Subject& subject, const std::string& backend, const run::Precision& precision) {
  run::Options options;
  options.backend = backend;
  const auto start = run::SteadyClock::now();
  const run::Outcome outcome =
      run::simulate_until(subject.scenario, options, precision, std::uint64_t{1} << 26, [](const run::Look&) {});
  return {precision.error, outcome.tally.paths(), run::seconds_since(start)};
}

BenchReport measure_all(const BenchOptions& options) {
  BenchShape shape;
  shape.scenario = options.scenario;
  const Subject subject = make_subject(shape);
  const Parameters& p = subject.lowered.parameters;
  BenchReport report;
  report.plans = p.plan_count;
  report.jobs = p.job_count;
  report.services = p.service_count;
  report.markets = p.market_count;
  report.steps = p.steps;
  report.processor = processor_name();
  report.clock_ghz = measure_clock_ghz();
  std::vector<std::string> names = options.backends;
  if (names.empty())
    for (const run::BackendInfo& info : run::backends())
      if (info.available && info.name != "cuda") names.push_back(info.name);  // threads are what is measured here
  std::vector<int> threads = options.threads;
  if (threads.empty()) {
    threads = {1};
    if (const auto all = run::usable_processors(); all > 1) threads.push_back(all);
  }
  for (const std::string& name : names) {
    if (name == "cuda") {
      report.rows.push_back(measure(subject, name, threads.back(), options, report.clock_ghz));
      continue;
    }
    for (const int count : threads) report.rows.push_back(measure(subject, name, count, options, report.clock_ghz));
  }
  if (options.scaling) report.scaling = measure_all_scaling(names.front(), options);
  if (options.until_error) report.precision = measure_precision(subject, names.front(), *options.until_error);
  return report;
}

bool takes(std::uint64_t paths, double seconds, const std::function<double(std::uint64_t)>& simulate) {
  constexpr int trials = 3;
  for (int i = 0; i < trials; ++i)
    if (simulate(paths) < seconds) return false;
  return true;
}

}  // namespace

run::Precision bench_precision(const std::string& text) {
  return at_boundary([&] {
    results::Scope scope;
    scope.budget = true;
    return present::parse_precision(text, scope);
  });
}

BenchReport bench(const BenchOptions& options) {
  return at_boundary([&] { return measure_all(options); });
}

std::uint64_t choose_paths(std::uint64_t first, double seconds,
                           const std::function<double(std::uint64_t paths)>& simulate) {
  (void)simulate(first);
  std::uint64_t paths = first;
  while (!takes(paths, 0.5 * seconds, simulate)) paths *= 2;
  return paths;
}

}  // namespace costrisk::course
