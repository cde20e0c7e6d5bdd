/// @file
/// Simulating a scenario.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/export.hpp"
#include "costrisk/results.hpp"
#include "costrisk/scenario.hpp"

namespace costrisk {

/// Asks what is running to stop soon. Copies share one wish; any of them may be used from any thread.
class COSTRISK_API CancellationToken {
 public:
  struct Wish;  ///< What stands behind it; not part of the interface.

  CancellationToken();
  CancellationToken(const CancellationToken& other);             ///< Shares the other's wish.
  CancellationToken& operator=(const CancellationToken& other);  ///< Shares the other's wish.
  ~CancellationToken();

  /// Asks to stop: chunks of paths that are under way are finished, and no other is begun. Takes no lock, so that a
  /// signal handler may call it.
  void cancel() noexcept;
  /// Whether somebody asked.
  bool cancelled() const noexcept;

 private:
  friend struct Access;
  std::shared_ptr<Wish> wish_;
};

/// What a look at a run that goes on until an error is reached showed.
struct Look {
  std::uint64_t paths = 0;  ///< simulated so far
  std::string plan;         ///< of which the statistic is known least
  std::string statistic;    ///< that is to be known
  double error = 0.0;       ///< half the width of its interval, as a share of it; infinite of too few paths
  double wanted = 0.0;      ///< the error that is to be reached
};

/// The number of paths at which a run until an error looks first; it looks at twice as many each time.
inline constexpr std::uint64_t first_look = 4096;
/// The number of paths at which it looks last, where nobody says.
inline constexpr std::uint64_t last_look = std::uint64_t{1} << 26;

/// How a run is computed. Only paths, until_error, seed, shard and beyond change results.
struct RunOptions {
  std::uint64_t paths = 0;  ///< simulated futures; 0: what the scenario says
  /// "[[PLAN:]STATISTIC=]X%": simulate 4096, 8192, … futures until half the width of the statistic's interval is so
  /// small, and at most `paths` (0: 67,108,864). The statistic is mean, p50, p95, …, cvar95 (the default), …,
  /// difference_mean.PLAN or over_budget, of one plan or of all. Empty: simulate `paths`.
  std::string until_error;
  std::optional<std::uint64_t> seed;  ///< absent: what the scenario says
  int threads = 0;                    ///< 0: as many as the process may use
  std::string backend = "auto";       ///< "auto" (the fastest here), "cuda", "avx512", "avx2" or "scalar"
  std::vector<int> devices;           ///< GPUs by number, which asks for "cuda"; empty: all, where the backend is cuda
  bool keep_paths = false;            ///< keep cost, finish and served share of every path in a written file
  /// Told how many of the paths still to do are done, one call at a time, from threads of the run. An exception that it
  /// throws ends the run and comes out of simulate().
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
  std::function<void(const std::string& line)> notice;  ///< told in a line why a GPU was not taken
  std::function<void(const Look& look)> look;           ///< told of every look, where there is an until_error
  /// Told how the paths were computed, once they are all done or the run was cancelled, and before statistics are made
  /// of them; also where none is done.
  std::function<void(const Timings& timings)> simulated;
  CancellationToken cancellation;  ///< stops the run soon

  /// Simulate this part of the paths alone; merge() puts the parts together. Not with an until_error.
  std::optional<Shard> shard;
  /// A result file of the first paths of the run, which are left out: what is simulated, or cut into shards, are the
  /// paths beyond. Not with an until_error.
  std::filesystem::path beyond;
  /// Result files to go on from: the one of this run with the most of its first paths. Those that are not there, or are
  /// of another run, are passed over, the latter with a notice.
  std::vector<std::filesystem::path> resume;
  double max_seconds = 0.0;         ///< stop after so long as if cancelled; 0: never
  double checkpoint_seconds = 0.0;  ///< from one checkpoint to the next; 0: none
  /// Told the results so far at every checkpoint, of the first paths of what is simulated.
  std::function<void(const Results& so_far)> checkpoint;
};

/// The shard that this process is, as the array of a batch system, or MPI, says in its environment: Slurm, AWS Batch,
/// Google Cloud Batch, Cloud Run, Kubernetes, PBS, LSF, Grid Engine. Where it does not say how many there are, the
/// variable COSTRISK_SHARDS has to.
/// @throws InputError where there is none, or it is not clear
COSTRISK_API Shard shard_of_environment();

/// A shard in words: "3/8".
/// @throws InputError
COSTRISK_API Shard parse_shard(const std::string& text);

/// Something that runs could be computed on.
struct BackendInfo {
  std::string name;        ///< as RunOptions::backend takes it
  bool available = false;  ///< on this machine
  std::string detail;      ///< what it runs on, or why it is not available and what would help
};

/// All backends, fastest first.
COSTRISK_API std::vector<BackendInfo> backends();

/// Names of all backends, fastest first, whether or not they are available: devices are not looked for.
COSTRISK_API std::vector<std::string> backend_names();

/// Processors that this process may use.
COSTRISK_API int usable_processors();

/// Sees that simulate() would find a backend.
/// @param backend as RunOptions::backend
/// @param devices as RunOptions::devices
/// @throws BackendUnavailable, DeviceFailed
/// @throws InputError for an unknown backend
COSTRISK_API void require_backend(const std::string& backend, const std::vector<int>& devices = {});

/// Sees that simulate() could take an until_error, before anything is simulated.
/// @throws InvalidScenario
/// @throws InputError where it is none, or names a plan or a statistic that there is not; near ones are named
COSTRISK_API void check_until_error(const Scenario& scenario, const std::string& until_error);

/// Sees that Results::failed_gates() could judge by gates on the results of the scenario, before it is simulated.
/// @throws InvalidScenario
/// @throws InputError where one is none, or names a plan or a statistic that there is not; near ones are named
COSTRISK_API void check_gates(const Scenario& scenario, const std::vector<std::string>& gates);

/// Simulates a scenario. Equal scenarios, paths and seeds give equal results, on any backend and any number of threads.
/// A run that is cancelled gives results of the paths that are done, which are the first ones, with complete() false.
/// @throws InvalidScenario, BackendUnavailable, DeviceFailed, TooLarge, FileError
/// @throws InputError for an unknown backend, an until_error that is none, and for devices together with a backend that
/// runs on the processor
/// @throws Cancelled where no path was done before the run was cancelled
COSTRISK_API Results simulate(const Scenario& scenario, const RunOptions& options = {});

}  // namespace costrisk
