// Sorts integers on a device. No CUDA type appears here, so a build without Thrust has the same interface over a stub.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "kernels/backends/cuda.hpp"

namespace costrisk::cuda {

/// Whether this build can sort on a device: it has the backend, and Thrust.
bool can_sort();

/// Sorts on one device, on a stream of its own. To be used by one host thread; after an error no more.
class Sorter {
 public:
  /// @throws Error
  explicit Sorter(int device);
  ~Sorter();
  Sorter(const Sorter&) = delete;
  Sorter& operator=(const Sorter&) = delete;

  /// Brings the values into ascending order, or leaves them as they were where that fails.
  /// @throws Error
  void sort(std::span<std::int64_t> values);

  /// Device time so far, copies to and fro included.
  LaunchTime launch_time() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace costrisk::cuda
