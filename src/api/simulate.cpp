// Runs, from a scenario of the interface to results of the interface.
#include "costrisk/simulate.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/present/text/gates.hpp"
#include "src/present/text/precision.hpp"
#include "src/run/backends.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/resume.hpp"
#include "src/run/run.hpp"
#include "src/run/shard_environment.hpp"
#include "src/run/until_error.hpp"
#include "src/trace/csv.hpp"

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

static_assert(first_look == results::first_checkpoint);

run::Options engine_options(const RunOptions& options) {
  run::Options engine;
  engine.backend = options.backend;
  engine.threads = options.threads;
  engine.devices = options.devices;
  engine.keep_paths = options.keep_paths;
  engine.progress = options.progress;
  engine.notice = options.notice;
  engine.stop = &Access::stop(options.cancellation);
  if (options.max_seconds > 0.0)
    engine.deadline =
        std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                               std::chrono::duration<double>(options.max_seconds));
  return engine;
}

/// The paths that a run is asked for, and the whole run of which they are a part.
struct Asked {
  results::PathRange whole, part;
};

Asked paths_asked_for(const scenario::Scenario& scenario, const run::Options& engine, const RunOptions& options) {
  Asked asked;
  asked.whole = asked.part = {0, scenario.simulation.paths};
  if (!options.until_error.empty()) {
    if (options.shard || !options.beyond.empty())
      throw InputError(
          "a part of a run does not know what the others have, and cannot go on until an error: simulate parts of as "
          "many "
          "paths as you like, merge them, see how many the error needs (needed_paths, merge --need-error), and "
          "simulate "
          "those beyond");
    if (options.paths == 0) asked.whole.count = asked.part.count = last_look;
    return asked;
  }
  if (!options.beyond.empty()) {
    trace::require_file(options.beyond);
    const std::uint64_t begin = run::end_of_first_paths(scenario, engine, asked.whole, options.beyond);
    asked.part = {begin, asked.whole.count - begin};
  }
  if (!options.shard) return asked;
  const auto [index, count] = *options.shard;
  if (index < 1 || count < index) throw InputError(fmt::format("shard {}/{} is none", index, count));
  const std::uint64_t paths = asked.part.count;
  asked.part = results::range_of({index, count}, asked.part);
  if (asked.part.count == 0)
    throw InputError(
        fmt::format("shard {}/{} of {} futures has none: take at most as many shards as futures", index, count, paths));
  return asked;
}

/// The paths that are done in one of the files to go on from.
std::optional<run::Outcome> done_before(const scenario::Scenario& scenario, const run::Options& engine,
                                        const RunOptions& options, const Asked& asked) {
  if (options.resume.empty()) return std::nullopt;
  const auto run_paths = [&](std::uint64_t done) {
    return options.until_error.empty() ? asked.whole.count : run::next_look(done, asked.whole.count);
  };
  std::optional<results::Tally> done =
      run::paths_done(scenario, engine, asked.part, asked.whole, run_paths, options.resume, options.notice);
  if (!done) return std::nullopt;
  return run::outcome_of(scenario, std::move(*done));
}

/// What is asked for or, with an until_error, as many paths as it takes.
run::Outcome run_paths(const scenario::Scenario& scenario, const run::Options& engine, const RunOptions& options,
                       const Asked& asked, std::optional<run::Outcome> before, const run::Checkpoints& checkpoints) {
  if (options.until_error.empty()) {
    const std::uint64_t done = before ? before->tally.paths() : 0;
    return run::continue_run(scenario, engine, std::move(before), {asked.part.first + done, asked.part.count - done},
                             asked.whole, checkpoints);
  }
  const run::Precision precision = present::parse_precision(options.until_error, run::scope_of(scenario));
  const auto report = [&](const run::Look& look) {
    if (options.look)
      options.look({look.paths, scenario.plans[look.plan].name, precision.statistic.text, look.error, precision.error});
  };
  return run::simulate_until(scenario, engine, precision, asked.whole.count, report, std::move(before), checkpoints);
}

Timings timings_of(const run::Outcome& outcome) {
  const run::Timings& engine = outcome.timings;
  Timings timings{outcome.backend,
                  outcome.threads,
                  outcome.devices,
                  outcome.tally.paths(),
                  outcome.complete,
                  false,
                  0,
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

/// The results of an outcome, whose tally they take.
std::shared_ptr<Results::Data> data_of(const scenario::Scenario& scenario, run::Outcome& outcome,
                                       const RunOptions& options) {
  auto of_run = std::make_shared<scenario::Scenario>(scenario);
  of_run->simulation.paths = outcome.tally.layout().paths;
  auto data = std::make_shared<Results::Data>();
  data->results = run::evaluate(*of_run, outcome, options.notice);
  if (options.shard) data->results.context.shard = results::Shard{options.shard->index, options.shard->count};
  data->timings = timings_of(outcome);
  data->tally_ = std::make_shared<results::Tally>(std::move(outcome.tally));
  data->scenario = std::move(of_run);
  return data;
}

/// Shows the results so far, and puts their tally back where nobody holds it still.
void show_so_far(const scenario::Scenario& scenario, run::Outcome& outcome, const RunOptions& options) {
  const std::shared_ptr<Results::Data> data = data_of(scenario, outcome, options);
  const std::shared_ptr<const results::Tally> tally = data->tally_;
  options.checkpoint(Access::results(data));
  if (data.use_count() > 1) {
    outcome.tally = *tally;
    return;
  }
  outcome.tally = std::move(*std::const_pointer_cast<results::Tally>(data->tally_));
}

}  // namespace

Shard shard_of_environment() {
  return at_boundary([] {
    const results::Shard shard = run::shard_of_environment().shard;
    return Shard{shard.index, shard.count};
  });
}

Shard parse_shard(const std::string& text) {
  return at_boundary([&] {
    const results::Shard shard = run::parse_shard(text);
    return Shard{shard.index, shard.count};
  });
}

Results simulate(const Scenario& scenario, const RunOptions& options) {
  return at_boundary([&] {
    if (!options.devices.empty() && options.backend != "auto" && options.backend != "cuda")
      throw InputError(fmt::format("devices are GPUs, and the backend {} runs on the processor: leave out one of them",
                                   options.backend));
    run::Options engine = engine_options(options);
    run::require_backend(options.backend, options.devices);

    scenario::Scenario loaded = Access::data(scenario).loaded()->scenario;
    if (options.paths > 0) loaded.simulation.paths = options.paths;
    if (options.seed) loaded.simulation.seed = *options.seed;
    const Asked asked = paths_asked_for(loaded, engine, options);
    std::optional<run::Outcome> before = done_before(loaded, engine, options, asked);
    const std::uint64_t resumed = before ? before->tally.paths() : 0;
    if (options.progress && resumed > 0 && options.until_error.empty())
      engine.progress = [&](std::uint64_t done, std::uint64_t total) {
        options.progress(done - resumed, total - resumed);
      };
    run::Checkpoints checkpoints;
    if (options.checkpoint && options.checkpoint_seconds > 0.0)
      checkpoints = {options.checkpoint_seconds, [&](run::Outcome& so_far) { show_so_far(loaded, so_far, options); }};
    run::Outcome outcome = run_paths(loaded, engine, options, asked, std::move(before), checkpoints);
    Timings simulated = timings_of(outcome);
    simulated.out_of_time = !outcome.complete && !options.cancellation.cancelled();
    simulated.resumed_paths = resumed;
    if (options.simulated) options.simulated(simulated);
    if (outcome.tally.paths() == 0) throw Cancelled("the run was cancelled before the first futures were done");

    const std::shared_ptr<Results::Data> data = data_of(loaded, outcome, options);
    simulated.launches = data->timings.launches;  // with those that sorted
    data->timings = std::move(simulated);
    return Access::results(data);
  });
}

}  // namespace costrisk
