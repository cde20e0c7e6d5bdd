// Runs a scenario: chunks of paths over threads and a backend, into one tally.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/backends/cuda.hpp"
#include "src/results/sums/tally.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::run {

/// A backend that this machine could offer.
struct BackendInfo {
  std::string name;  ///< "scalar", "avx2", "avx512", "cuda"
  bool available = false;
  std::string detail;  ///< what it runs on, or why it is not available and what would help
};

/// All backends, fastest first.
std::vector<BackendInfo> backends();

/// Processors that this process may use.
int usable_processors();

/// Thrown when a backend asked for by name is not available here (exit code 4).
struct BackendUnavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Thrown when a device is lost, or fails, while it computes (exit code 5).
struct DeviceFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Thrown before a run that would need more memory than there is (exit code 2).
struct TooLarge : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Options {
  std::string backend = "auto";  ///< "auto" takes the fastest available
  int threads = 0;               ///< 0: as many as the process may use
  std::vector<int> devices;      ///< GPUs by number, which asks for "cuda"; empty: all, where the backend is cuda
  std::uint64_t first_path = 0;
  std::uint64_t paths = 0;  ///< 0: what the scenario says
  /// The run of which these paths are a part; absent: they are all of it.
  std::optional<results::PathRange> whole_run;
  /// Paths that are done already, of which the memory was checked with these: no check is made again. 0: there are
  /// none.
  std::uint64_t done_before = 0;
  bool keep_paths = false;
  int chunk_paths = 0;  ///< 0: chosen from the scenario's size; never changes a result
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  ///< called from other threads, one at a time
  std::function<void(const std::string&)> notice;                         ///< told in a line why a GPU was not taken
  /// Set: gets every chunk of paths, in place of the tally, which stays empty, from several threads at once. On the
  /// processor alone.
  std::function<void(const Output& chunk, std::uint64_t first_path, int paths)> observe;
  /// Set: no new chunk is begun, and what is in flight is finished within a second or left out.
  const std::atomic<bool>* stop = nullptr;
  /// From here on, likewise.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  /// From here on no new chunk is begun but the first, and what is in flight is finished, however long it takes.
  std::optional<std::chrono::steady_clock::time_point> pause;

  /// Whether the run is to stop.
  bool stopped() const { return (stop && stop->load()) || (deadline && std::chrono::steady_clock::now() >= *deadline); }
  bool paused() const { return pause && std::chrono::steady_clock::now() >= *pause; }
};

/// Where the time went, summed over threads.
struct Timings {
  double wall_seconds = 0.0;
  double start_up_seconds = 0.0;  ///< of these, until a device had its first chunk under way; 0 on the processor
  double world_seconds = 0.0, jobs_seconds = 0.0, services_seconds = 0.0, plans_seconds = 0.0, tally_seconds = 0.0;
  std::vector<cuda::LaunchTime> launches;  ///< device time, where devices computed
};

struct Outcome {
  results::Tally tally;              ///< of a contiguous prefix of the paths asked for
  bool complete = true;              ///< false when stopped early
  std::uint64_t observed = 0;        ///< paths that Options::observe was given: the first ones
  std::string backend;               ///< the one that ran
  std::vector<std::string> devices;  ///< the GPUs that ran it and how each was used
  std::optional<int> sort_device;    ///< the GPU among them that sorts costs, while it can
  int threads = 0;
  Timings timings;
  std::vector<std::string> owners;              ///< of the tally's owner axis, "unused" last
  std::vector<std::string> drivers;             ///< of the tally's driver axis: addresses of unknowns
  std::vector<double> obligation;               ///< [plan]: currency owed beyond the horizon
  std::vector<std::int64_t> commitment_micros;  ///< [plan]: what commitments cost, upfront payments spread
  std::string parameters_sha256;                ///< of the lowered parameters' bits
};

/// Whether `simulate` would find the backend and the devices that its options name.
/// @throws BackendUnavailable, DeviceFailed, std::invalid_argument (an unknown name)
void require_backend(const std::string& backend, const std::vector<int>& devices);

/// An outcome of paths that were simulated before, as if they had been now.
Outcome outcome_of(const scenario::Scenario& scenario, results::Tally&& tally);

/// What the tally of a run of so many paths is of, all shards together.
results::TallyLayout layout_of_run(const scenario::Scenario& scenario, const Options& options);

/// @param paths of the run, those that are held here
/// @throws TooLarge where they need more memory than there is
void check_memory(const results::TallyLayout& layout, int threads, std::uint64_t paths);

/// Simulates the scenario.
/// @throws BackendUnavailable, DeviceFailed, TooLarge, std::runtime_error (a status word of the model)
Outcome simulate(const scenario::Scenario& scenario, const Options& options);

}  // namespace costrisk::run
