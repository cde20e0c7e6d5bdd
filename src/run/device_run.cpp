// While a device computes one chunk, the sums of another are added to the tally.
#include "src/run/device_run.hpp"

#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "src/results/sums/parallel.hpp"
#include "src/run/device_tally.hpp"
#include "src/run/status.hpp"

namespace costrisk::run {

namespace {

struct Paths {
  std::uint64_t first = 0;
  int count = 0;
};

/// The paths that no device has taken yet, and what all devices share.
class SharedPaths {
 public:
  SharedPaths(const Options& options, std::uint64_t paths, std::size_t devices, SteadyClock::time_point start)
      : options_(options), start_(start), next_(options.first_path), total_(paths), left_(paths), devices_(devices) {}

  /// The next paths, at most so many; none where all are taken, the run was stopped or a device failed. What is
  /// taken is simulated to the end, so that the paths done are always the first ones.
  Paths take(int most) {
    const std::lock_guard lock(mutex_);
    if (failure_ || options_.stopped() || (next_ > options_.first_path && options_.paused())) return {};
    const std::uint64_t fair = (left_ + devices_ - 1) / devices_;
    const auto count = static_cast<int>(std::min(fair, static_cast<std::uint64_t>(most)));
    const Paths paths = {next_, count};
    next_ += static_cast<std::uint64_t>(count);
    left_ -= static_cast<std::uint64_t>(count);
    return paths;
  }

  /// A device has a chunk under way: its context stands, and what was to be compiled and loaded is.
  void begun() {
    const std::lock_guard lock(mutex_);
    if (start_up_seconds_ == 0.0) start_up_seconds_ = seconds_since(start_);
  }

  void report(int count) {
    const std::lock_guard lock(mutex_);
    done_ += static_cast<std::uint64_t>(count);
    if (options_.progress) options_.progress(done_, total_);
  }

  /// No device takes more; the first failure is what the run fails with.
  void fail(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
  }

  std::exception_ptr failure() const { return failure_; }
  std::uint64_t done() const { return done_; }
  double start_up_seconds() const { return start_up_seconds_; }

 private:
  const Options& options_;
  SteadyClock::time_point start_;
  double start_up_seconds_ = 0.0;
  std::mutex mutex_;
  std::uint64_t next_, total_, left_, done_ = 0;
  std::size_t devices_;
  std::exception_ptr failure_;
};

/// The arrays of an output from a column on.
Output columns_from(const Output& output, const Shape& shape, int column) {
  Output part = output;
  each_array(shape, part, [column](const char*, auto*& array, int) { array += column; });
  return part;
}

/// Threads that share the adding up of a chunk path by path, each with a tally of its own.
class TallyTeam {
 public:
  TallyTeam(const results::TallyLayout& layout, int threads)
      : shape_(layout.shape), tallies_(static_cast<std::size_t>(threads), results::Tally(layout)), arena_(threads) {}

  void add(const Output& output, Paths paths) {
    const std::lock_guard lock(mutex_);
    const auto start = SteadyClock::now();
    const int threads = static_cast<int>(tallies_.size());
    const int part = (paths.count + threads - 1) / threads;
    arena_.execute([&] {
      results::in_parallel(tallies_.size(), [&](std::size_t i) {
        const int first = static_cast<int>(i) * part, count = std::min(part, paths.count - first);
        if (count > 0)
          tallies_[i].add(columns_from(output, shape_, first), paths.first + static_cast<std::uint64_t>(first), count);
      });
    });
    seconds_ += seconds_since(start);
  }

  results::Tally take() {
    for (std::size_t i = 1; i < tallies_.size(); ++i) tallies_.front().merge(std::move(tallies_[i]));
    return std::move(tallies_.front());
  }
  double seconds() const { return seconds_; }

 private:
  Shape shape_;
  std::vector<results::Tally> tallies_;
  tbb::task_arena arena_;
  std::mutex mutex_;
  double seconds_ = 0.0;
};

/// One device's share of the run. What its sums do not hold, the team adds up from the whole output.
void work(cuda::Engine& engine, SharedPaths& shared, DeviceTally& device_tally, TallyTeam& team) {
  Paths in_flight[cuda::Engine::slots];
  Paths rest;  // taken, but more than the device has memory for at once
  for (int slot = 0;; slot = (slot + 1) % cuda::Engine::slots) {
    Paths& flying = in_flight[slot];
    const Paths finished = flying;
    if (finished.count > 0) {
      const cuda::ChunkSums& sums = engine.finish_sums(slot);
      if (sums.complete) {
        device_tally.add(sums, finished.first, finished.count);
      } else {
        const Output& output = engine.whole_output(slot);
        check_status(output, finished.first, finished.count);
        team.add(output, finished);
      }
      shared.report(finished.count);
    }
    flying = {};
    if (rest.count == 0) rest = shared.take(engine.chunk_paths());
    if (rest.count > 0) {
      flying = {rest.first, engine.begin(slot, rest.first, rest.count)};
      shared.begun();
      rest = {rest.first + static_cast<std::uint64_t>(flying.count), rest.count - flying.count};
    } else if (std::all_of(std::begin(in_flight), std::end(in_flight), [](Paths p) { return p.count == 0; })) {
      return;
    }
  }
}

}  // namespace

std::vector<int> choose_devices(const std::vector<int>& wanted) {
  const cuda::DeviceList list = cuda::find_devices();
  if (!list.problem.empty()) throw cuda::Error(cuda::ErrorKind::unavailable, list.problem);
  std::vector<int> chosen = wanted;
  if (wanted.empty())
    for (const cuda::Device& device : list.devices)
      if (device.problem.empty()) chosen.push_back(device.ordinal);
  for (const int ordinal : wanted) {
    if (ordinal < 0 || static_cast<std::size_t>(ordinal) >= list.devices.size())
      throw cuda::Error(cuda::ErrorKind::unavailable,
                        fmt::format("there is no GPU {}; the last is {}", ordinal, list.devices.size() - 1));
    const cuda::Device& device = list.devices[static_cast<std::size_t>(ordinal)];
    if (!device.problem.empty())
      throw cuda::Error(cuda::ErrorKind::unavailable, fmt::format("GPU {}: {}", ordinal, device.problem));
    if (std::count(wanted.begin(), wanted.end(), ordinal) > 1)
      throw cuda::Error(cuda::ErrorKind::unavailable, fmt::format("GPU {} is named twice", ordinal));
  }
  return chosen;
}

DeviceRun simulate_on_devices(const scenario::Lowered& lowered, const results::TallyLayout& layout,
                              const Options& options, std::uint64_t paths, int threads, std::span<const int> devices,
                              SteadyClock::time_point start) {
  const tbb::global_control control(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  SharedPaths shared(options, paths, devices.size(), start);
  TallyTeam team(layout, threads);
  cuda::EngineOptions engine_options;
  engine_options.chunk_paths = options.chunk_paths;
  const cuda::Reduction reduction = reduction_for(layout);
  std::vector<std::unique_ptr<cuda::Engine>> engines(devices.size());
  std::vector<DeviceTally> device_tallies(devices.size(), DeviceTally(layout));
  std::vector<std::jthread> workers;
  for (std::size_t i = 0; i < devices.size(); ++i)
    workers.emplace_back([&, i] {
      try {
        engines[i] = std::make_unique<cuda::Engine>(devices[i], lowered.parameters, lowered.arrays, lowered.shape,
                                                    engine_options, &reduction);
        work(*engines[i], shared, device_tallies[i], team);
      } catch (...) {
        shared.fail(std::current_exception());
      }
    });
  workers.clear();
  if (const std::exception_ptr failure = shared.failure()) std::rethrow_exception(failure);

  DeviceRun run;
  for (const auto& engine : engines) {
    run.devices.push_back(engine->description());
    for (const cuda::LaunchTime& time : engine->launch_times()) run.launches.push_back(time);
  }
  run.done = shared.done();
  run.tally_seconds = team.seconds();
  run.start_up_seconds = shared.start_up_seconds();
  run.tally = team.take();
  for (std::size_t i = 0; i < engines.size(); ++i)
    run.tally.merge(device_tallies[i].take(engines[i]->histogram_pages()));
  return run;
}

}  // namespace costrisk::run
