// Runs a scenario: chunks of paths over threads and a backend, into one tally.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/scenario/scenario.hpp"
#include "src/tally/tally.hpp"

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

/// Thrown before a run that would need more memory than there is (exit code 2).
struct TooLarge : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Options {
  std::string backend = "auto";  ///< "auto" takes the fastest available
  int threads = 0;               ///< 0: as many as the process may use
  std::uint64_t first_path = 0;
  std::uint64_t paths = 0;  ///< 0: what the scenario says
  bool keep_paths = false;
  int chunk_paths = 0;  ///< 0: chosen from the scenario's size; never changes a result
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  ///< called from worker threads, one at a time
  const std::atomic<bool>* stop = nullptr;  ///< set: no new chunk is begun and what is in flight is finished
};

/// Where the time went, summed over threads.
struct Timings {
  double wall_seconds = 0.0;
  double world_seconds = 0.0, components_seconds = 0.0, plans_seconds = 0.0, tally_seconds = 0.0;
};

struct Outcome {
  tally::Tally tally;    ///< of a contiguous prefix of the paths asked for
  bool complete = true;  ///< false when stopped early
  std::string backend;   ///< the one that ran
  int threads = 0;
  Timings timings;
  std::vector<std::string> owners;  ///< of the tally's owner axis, "unused" last
  std::string parameters_sha256;    ///< of the lowered parameters' bits
};

/// Simulates the scenario.
/// @throws BackendUnavailable, TooLarge, std::runtime_error (a status word of the model)
Outcome simulate(const scenario::Scenario& scenario, const Options& options);

}  // namespace costrisk::run
