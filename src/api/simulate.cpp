// Runs, from a scenario of the interface to results of the interface.
#include "costrisk/simulate.hpp"

#include <fmt/format.h>

#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/present/text/gates.hpp"
#include "src/present/text/precision.hpp"
#include "src/run/backends.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"
#include "src/run/until_error.hpp"

namespace costrisk {

CancellationToken::CancellationToken() : wish_(std::make_shared<Wish>()) {}
CancellationToken::CancellationToken(const CancellationToken& other) = default;
CancellationToken& CancellationToken::operator=(const CancellationToken& other) = default;
CancellationToken::~CancellationToken() = default;
void CancellationToken::cancel() noexcept { wish_->stop.store(true); }
bool CancellationToken::cancelled() const noexcept { return wish_->stop.load(); }

std::vector<BackendInfo> backends() {
  return at_boundary([] {
    std::vector<BackendInfo> all;
    for (const run::BackendInfo& backend : run::backends())
      all.push_back({backend.name, backend.available, backend.detail});
    return all;
  });
}

std::vector<std::string> backend_names() { return run::backend_names(); }

int usable_processors() { return run::usable_processors(); }

void require_backend(const std::string& backend, const std::vector<int>& devices) {
  at_boundary([&] { run::require_backend(backend, devices); });
}

void check_until_error(const Scenario& scenario, const std::string& until_error) {
  at_boundary([&] { present::parse_precision(until_error, run::scope_of(Access::data(scenario).loaded()->scenario)); });
}

void check_gates(const Scenario& scenario, const std::vector<std::string>& gates) {
  if (gates.empty()) return;
  at_boundary([&] {
    const results::Scope scope = run::scope_of(Access::data(scenario).loaded()->scenario);
    for (const std::string& gate : gates) present::parse_gate(gate, scope);
  });
}

namespace {

/// Where a run ends that is to be precise, and nothing is said of its paths.
constexpr std::uint64_t most_paths_by_default = std::uint64_t{1} << 26;

run::Options engine_options(const RunOptions& options) {
  run::Options engine;
  engine.backend = options.backend;
  engine.threads = options.threads;
  engine.devices = options.devices;
  engine.keep_paths = options.keep_paths;
  engine.progress = options.progress;
  engine.notice = options.notice;
  engine.stop = &Access::stop(options.cancellation);
  return engine;
}

/// All paths or, with an until_error, as many as it takes.
run::Outcome run_paths(const scenario::Scenario& scenario, const RunOptions& options) {
  if (options.until_error.empty()) return run::simulate(scenario, engine_options(options));
  const run::Precision precision = present::parse_precision(options.until_error, run::scope_of(scenario));
  const auto report = [&](const run::Look& look) {
    if (options.look)
      options.look({look.paths, scenario.plans[look.plan].name, precision.statistic.text, look.error, precision.error});
  };
  return run::simulate_until(scenario, engine_options(options), precision,
                             options.paths > 0 ? options.paths : most_paths_by_default, report);
}

Timings timings_of(const run::Outcome& outcome) {
  const run::Timings& engine = outcome.timings;
  Timings timings{outcome.backend,
                  outcome.threads,
                  outcome.devices,
                  outcome.tally.paths(),
                  outcome.complete,
                  engine.wall_seconds,
                  engine.start_up_seconds,
                  engine.world_seconds,
                  engine.jobs_seconds,
                  engine.services_seconds,
                  engine.plans_seconds,
                  engine.tally_seconds,
                  {}};
  for (const cuda::LaunchTime& launch : engine.launches)
    timings.launches.push_back({launch.name, launch.device, launch.launches, launch.seconds});
  return timings;
}

}  // namespace

Results simulate(const Scenario& scenario, const RunOptions& options) {
  return at_boundary([&] {
    if (!options.devices.empty() && options.backend != "auto" && options.backend != "cuda")
      throw InputError(fmt::format("devices are GPUs, and the backend {} runs on the processor: leave out one of them",
                                   options.backend));
    run::require_backend(options.backend, options.devices);

    auto loaded = std::make_shared<scenario::Scenario>(Access::data(scenario).loaded()->scenario);
    if (options.paths > 0) loaded->simulation.paths = options.paths;
    if (options.seed) loaded->simulation.seed = *options.seed;
    run::Outcome outcome = run_paths(*loaded, options);
    if (options.simulated) options.simulated(timings_of(outcome));
    if (outcome.tally.paths() == 0) throw Cancelled("the run was cancelled before the first futures were done");
    loaded->simulation.paths = outcome.tally.layout().paths;

    auto data = std::make_shared<Results::Data>();
    data->results = run::evaluate(*loaded, outcome, options.notice);
    data->timings = timings_of(outcome);
    data->tally_ = std::make_shared<results::Tally>(std::move(outcome.tally));
    data->scenario = std::move(loaded);
    return Access::results(std::move(data));
  });
}

}  // namespace costrisk
