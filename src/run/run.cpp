// Chunks of paths, taken and added up in path order by threads, each with its own tally.
#include "src/run/run.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "kernels/backends/cuda_sort.hpp"
#include "src/results/sums/parallel.hpp"
#include "src/run/backends.hpp"
#include "src/run/chunk.hpp"
#include "src/run/chunk_queue.hpp"
#include "src/run/device_run.hpp"
#include "src/run/layout.hpp"
#include "src/run/memory.hpp"
#include "src/run/status.hpp"
#include "src/run/stopwatch.hpp"
#include "src/scenario/lower/lower.hpp"

namespace costrisk::run {

namespace {

/// Paths of the largest chunk: small enough for the cache and for the threads to share the work.
int most_chunk_paths(const Options& options, const Shape& shape, std::uint64_t paths, int threads, int lanes) {
  if (options.chunk_paths > 0) return options.chunk_paths;
  constexpr std::size_t target_bytes = std::size_t{4} << 20;
  const std::uint64_t by_memory = target_bytes / ChunkBuffers::bytes_per_path(shape);
  const std::uint64_t by_threads = paths / static_cast<std::uint64_t>(4 * threads);
  const std::uint64_t wanted = std::clamp<std::uint64_t>(std::min(by_memory, by_threads), 1, 1024);
  return static_cast<int>((wanted + static_cast<std::uint64_t>(lanes) - 1) / lanes * lanes);
}

std::uint64_t paths_of(const scenario::Scenario& scenario, const Options& options) {
  return options.paths ? options.paths : scenario.simulation.paths;
}

/// Sets what an outcome has of the scenario.
void describe(Outcome& outcome, const scenario::Lowered& lowered) {
  outcome.parameters_sha256 = lowered.sha256;
  outcome.owners = lowered.owners;
  outcome.drivers = lowered.drivers;
  outcome.obligation = lowered.obligation;
  outcome.commitment_micros = lowered.effective_micros;
}

results::TallyLayout layout_asked_for(const scenario::Scenario& scenario, const scenario::Lowered& lowered,
                                      const Options& options, std::uint64_t paths) {
  const results::PathRange run = options.whole_run.value_or(results::PathRange{options.first_path, paths});
  return layout_of(scenario, lowered, run.first, run.count, options.keep_paths);
}

struct Worker {
  results::Tally tally;
  StageSeconds stages;
  double tally_seconds = 0.0;
};

/// What of an outcome does not depend on where it was computed.
struct Setting {
  const scenario::Lowered& lowered;
  const results::TallyLayout& layout;
  const Options& options;
  std::uint64_t paths;
  int threads;
};

/// Threads of the processor, each with chunks of its own.
Outcome simulate_on_processor(const Setting& setting) {
  const scenario::Lowered& lowered = setting.lowered;
  const Options& options = setting.options;
  const std::uint64_t paths = setting.paths;
  const int threads = setting.threads;
  const Backend& backend = find_backend(options.backend);
  const int most_paths = most_chunk_paths(options, lowered.shape, paths, threads, backend.lanes);
  ChunkQueue queue(options, paths, most_paths, options.chunk_paths > 0, backend.lanes, threads, [&] {
    return std::make_unique<ChunkBuffers>(backend, lowered.parameters, lowered.shape, most_paths,
                                          lowered.past ? &*lowered.past : nullptr);
  });
  std::vector<Worker> workers(static_cast<std::size_t>(threads));
  const auto work = [&](Worker& worker) {
    if (!options.observe) worker.tally = results::Tally(setting.layout);
    worker.stages.abandon = &queue.abandon();
    for (Chunk chunk; queue.take(chunk);) {
      const auto start = SteadyClock::now();
      const Output& out = chunk.buffers->output();
      backend.simulate(lowered.parameters, chunk.first, chunk.count, out, chunk.buffers->workspace(), worker.stages);
      if (queue.abandon()) return;
      check_status(out, chunk.first, chunk.count);
      chunk.buffers->add_past(chunk.count);
      const double seconds = seconds_since(start);
      for (Chunk& ready : queue.finish(std::move(chunk), seconds)) {
        const auto tally_start = SteadyClock::now();
        if (options.observe)
          options.observe(ready.buffers->result(), ready.first, ready.count);
        else
          worker.tally.add(ready.buffers->result(), ready.first, ready.count);
        worker.tally_seconds += seconds_since(tally_start);
        queue.report(ready.count);
        queue.recycle(std::move(ready.buffers));
      }
    }
  };
  const auto work_or_fail = [&](Worker& worker) {
    try {
      work(worker);
    } catch (...) {
      queue.fail();
      throw;
    }
  };
  const tbb::global_control control(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  arena.execute([&] { results::in_parallel(workers.size(), [&](std::size_t i) { work_or_fail(workers[i]); }); });

  Outcome outcome;
  outcome.tally = std::move(workers.front().tally);
  for (std::size_t i = 1; i < workers.size() && !options.observe; ++i) outcome.tally.merge(std::move(workers[i].tally));
  for (const Worker& worker : workers) {
    outcome.timings.world_seconds += worker.stages.world;
    outcome.timings.jobs_seconds += worker.stages.jobs;
    outcome.timings.services_seconds += worker.stages.services;
    outcome.timings.plans_seconds += worker.stages.plans;
    outcome.timings.tally_seconds += worker.tally_seconds;
  }
  outcome.complete = queue.done() == paths;
  if (options.observe) outcome.observed = queue.done();
  outcome.backend = backend.name;
  return outcome;
}

bool asks_for_cuda(const std::string& backend, const std::vector<int>& devices) {
  return backend == "cuda" || !devices.empty();
}

/// @throws BackendUnavailable, DeviceFailed
[[noreturn]] void fail(const cuda::Error& error) {
  if (error.kind() == cuda::ErrorKind::failed) throw DeviceFailed(error.what());
  throw BackendUnavailable(fmt::format("backend 'cuda' is not available: {}", error.what()));
}

/// CUDA devices, where they are asked for by name or number, or can be used and nothing else was asked for.
/// @throws BackendUnavailable, DeviceFailed where they were asked for
std::optional<Outcome> simulate_on_cuda(const Setting& setting) {
  const Options& options = setting.options;
  const bool asked_for = asks_for_cuda(options.backend, options.devices);
  if (options.observe || (!asked_for && (options.backend != "auto" || !cuda::is_built()))) return std::nullopt;
  if (setting.lowered.past) {
    const std::string reason = "what was paid so far, [actuals], is added on the processor alone";
    if (asked_for) throw BackendUnavailable(fmt::format("backend 'cuda' is not available: {}", reason));
    if (options.notice) options.notice(fmt::format("computing on the processor, not on a GPU: {}", reason));
    return std::nullopt;
  }
  try {
    const auto start = SteadyClock::now();
    const std::vector<int> devices = choose_devices(options.devices);
    DeviceRun run =
        simulate_on_devices(setting.lowered, setting.layout, options, setting.paths, setting.threads, devices, start);
    Outcome outcome;
    outcome.tally = std::move(run.tally);
    outcome.complete = run.done == setting.paths;
    outcome.backend = "cuda";
    outcome.devices = std::move(run.devices);
    if (cuda::can_sort()) outcome.sort_device = devices.front();
    outcome.timings.launches = std::move(run.launches);
    outcome.timings.tally_seconds = run.tally_seconds;
    outcome.timings.start_up_seconds = run.start_up_seconds;
    return outcome;
  } catch (const cuda::Error& error) {
    if (asked_for) fail(error);
    if (options.notice) options.notice(fmt::format("computing on the processor, not on a GPU: {}", error.what()));
    return std::nullopt;
  }
}

}  // namespace

int usable_processors() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

void require_backend(const std::string& backend, const std::vector<int>& devices) {
  if (!asks_for_cuda(backend, devices)) {
    find_backend(backend);
    return;
  }
  try {
    choose_devices(devices);
  } catch (const cuda::Error& error) {
    fail(error);
  }
}

void check_memory(const results::TallyLayout& layout, int threads, std::uint64_t paths) {
  const std::uint64_t needed = results::estimated_bytes(layout, threads, paths);
  const AvailableMemory available = available_memory();
  if (available.limited_by.empty() || needed < available.bytes) return;
  const auto gigabytes = [](std::uint64_t bytes) { return static_cast<double>(bytes) / 0x1p30; };
  throw TooLarge(fmt::format("{} paths of {} plans{} need about {:.3g} GiB of memory, and {} leaves {:.3g} GiB; {}",
                             paths, layout.shape.plans, layout.keep_paths ? ", kept path by path," : "",
                             gigabytes(needed), available.limited_by, gigabytes(available.bytes),
                             layout.keep_paths ? "keep fewer paths, or run without --keep-paths"
                                               : "take coarser bins, fewer plans or fewer threads"));
}

results::TallyLayout layout_of_run(const scenario::Scenario& scenario, const Options& options) {
  return layout_asked_for(scenario, scenario::lower(scenario), options, paths_of(scenario, options));
}

Outcome outcome_of(const scenario::Scenario& scenario, results::Tally&& tally) {
  Outcome outcome;
  outcome.tally = std::move(tally);
  describe(outcome, scenario::lower(scenario));
  return outcome;
}

Outcome simulate(const scenario::Scenario& scenario, const Options& options) {
  const auto start = SteadyClock::now();
  const scenario::Lowered lowered = scenario::lower(scenario);
  const std::uint64_t paths = paths_of(scenario, options);
  const int threads = options.threads > 0 ? options.threads : usable_processors();
  const results::TallyLayout layout = layout_asked_for(scenario, lowered, options, paths);
  if (options.done_before == 0 && !options.observe) check_memory(layout, threads, paths);

  const Setting setting = {lowered, layout, options, paths, threads};
  std::optional<Outcome> on_devices = simulate_on_cuda(setting);
  Outcome outcome = on_devices ? std::move(*on_devices) : simulate_on_processor(setting);
  outcome.threads = threads;
  describe(outcome, lowered);
  outcome.timings.wall_seconds = seconds_since(start);
  return outcome;
}

}  // namespace costrisk::run
