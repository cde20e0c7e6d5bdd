// The CUDA backend as the rest of the program sees it: which devices there are, and an engine for each. No CUDA
// type appears here, so a build without the toolkit has the same interface over a stub.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/backends/cuda_reduction.hpp"
#include "kernels/model/output.hpp"
#include "kernels/model/parameters.hpp"

namespace costrisk::cuda {

enum class ErrorKind {
  unavailable,    ///< no device, no driver, or one that this build cannot use
  out_of_memory,  ///< on the device, or pinned memory of the host
  failed,         ///< the device was lost, or a kernel did what it must not
};

/// A CUDA call that failed: problem, cause, remedy.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

struct Device {
  int ordinal = 0;  ///< as --devices counts them
  std::string name;
  int major = 0, minor = 0;  ///< compute capability
  int multiprocessors = 0;
  std::size_t memory_bytes = 0;
  std::string problem;  ///< why this build cannot use it; empty where it can
};

struct DeviceList {
  std::vector<Device> devices;
  std::string problem;  ///< why no device can be used, and what would help; empty where one can
};

/// Whether this build has the backend at all.
bool is_built();

/// The devices that the driver shows, usable or not. Never throws for want of a device.
DeviceList find_devices();

/// Where the tile of the world is kept while components live through it.
enum class RowPlace { automatic, shared, workspace };
/// Where a thread's workspace is kept. Local memory is interleaved by thread, so that the threads of a warp
/// read neighbouring words; what is too large for it lies in global memory.
enum class WorkspacePlace { automatic, local, global };

/// What never changes a result.
struct EngineOptions {
  int block_threads = 0;  ///< 32, 64 or 128; 0: chosen
  RowPlace rows = RowPlace::automatic;
  WorkspacePlace workspace = WorkspacePlace::automatic;
  int chunk_paths = 0;                               ///< at most; 0: by the device and its free memory
  std::size_t most_output_bytes = 256ull << 20u;     ///< of one chunk, on the device and, without sums, on the host
  std::size_t most_histogram_bytes = 128ull << 20u;  ///< on the device, a slot
};

enum class LaunchKind { simulate, sum, sort };

/// Device time of one kind of launch. Simulations of two chunks that overlap count once; sums and copies are timed from
/// when they were due until they were done, beside what else the device did.
struct LaunchTime {
  LaunchKind kind = LaunchKind::simulate;
  std::string name;
  int device = 0;
  std::uint64_t launches = 0;
  double seconds = 0.0;
};

/// Runs the model on one device. Two chunks may be in flight, one a slot: while one is computed, the other is
/// copied and read. To be used by one host thread, and not beside another engine on the same device.
class Engine {
 public:
  static constexpr int slots = 2;

  /// Copies the parameters to the device.
  /// @param arrays where the parameters' arrays stand and how long they are
  /// @param reduction what to add up on the device; null: whole chunks go to the host
  /// @throws Error
  Engine(int device, const Parameters& parameters, std::span<const ParameterArray> arrays, const Shape& shape,
         const EngineOptions& options = {}, const Reduction* reduction = nullptr);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Paths that a chunk has at most, by what memory allowed so far.
  int chunk_paths() const;

  /// Begins to simulate [first_path, first_path + paths) or as many of these as there is memory for; returns how
  /// many. The slot is free.
  /// @throws Error
  int begin(int slot, std::uint64_t first_path, int paths);

  /// Waits for what was begun in the slot and frees it. What it left stays valid until the slot's next begin.
  /// @throws Error
  const Output& finish(int slot);

  /// The same with a reduction: waits for the sums of what was begun in the slot and frees it.
  /// @throws Error, std::overflow_error (sums of squares beyond 128 bits)
  const ChunkSums& finish_sums(int slot);
  /// All that the paths of the slot's last chunk left, for one whose sums are not complete.
  /// @throws Error
  const Output& whole_output(int slot);
  /// The histograms of all chunks whose sums were complete. Nothing is in flight.
  /// @throws Error
  std::vector<HistogramPage> histogram_pages() const;

  /// How the kernel is launched, in words.
  std::string description() const;
  /// Device time so far, by kind of launch.
  std::vector<LaunchTime> launch_times() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace costrisk::cuda
