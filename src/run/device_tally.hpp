// A tally from sums that a device made.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/backends/cuda_reduction.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::run {

/// What a device is to add up for tallies of this layout.
cuda::Reduction reduction_for(const results::TallyLayout& layout);

/// Gathers what one device adds up.
class DeviceTally {
 public:
  explicit DeviceTally(const results::TallyLayout& layout) : tally_(layout) {}

  /// Adds the sums of paths [first_path, first_path + paths).
  /// @pre sums.complete, and they are of reduction_for the same layout
  /// @throws std::overflow_error where a sum leaves its 128 bits
  void add(const cuda::ChunkSums& sums, std::uint64_t first_path, int paths);

  /// The tally, with what the device's histograms hold. Once, at the end.
  results::Tally take(const std::vector<cuda::HistogramPage>& pages);

 private:
  results::Tally tally_;
};

}  // namespace costrisk::run
