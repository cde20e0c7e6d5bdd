// Adds up on the device what a slot's chunks leave, and brings the sums to the host.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kernels/backends/cuda_call.hpp"
#include "kernels/backends/cuda_reduction.hpp"

namespace costrisk::cuda {

class Reducer {
 public:
  /// @param most_histogram_bytes for the bins of all histograms
  /// @throws Error
  Reducer(const Reduction& reduction, const Shape& shape, std::size_t most_histogram_bytes, int device);

  /// Memory for chunks of so many paths in rows of `stride`, unless there is.
  /// @throws Error
  void reserve(int stride, int paths);

  /// Adds up the chunk behind what the stream does already, and copies the sums and the kept arrays to the host.
  /// @param output on the device; memory for it has been reserved
  /// @throws Error
  void begin(const Output& output, int paths, cudaStream_t stream);

  /// What the chunk came to, once the stream has done it.
  const ChunkSums& finish();

  /// What the histograms hold. Nothing is in flight.
  /// @throws Error
  std::vector<HistogramPage> pages() const;

 private:
  /// Places in the buffer of sums, in bytes.
  struct Places {
    std::size_t rows, pairs, drivers, cheapest, flags, end;
  };
  enum Flag { refused, full, flags };

  Places places(int slices) const;
  std::size_t lay_out_kept(int stride, std::byte* memory);

  int device_;
  Shape shape_;
  std::vector<RowRequest> rows_;
  std::vector<int> histogram_bits_;
  std::vector<int> kept_;
  std::int64_t budget_micros_;
  int pair_count_ = 0, driver_count_ = 0, status_row_ = 0;
  int cost_array_ = 0, cell_array_ = 0;
  std::int32_t capacity_ = 0;
  DeviceMemory row_requests_, histogram_requests_, bins_, directory_, used_, sums_;
  PinnedMemory host_sums_, host_kept_;
  std::size_t sums_bytes_ = 0, kept_bytes_ = 0;
  int slices_ = 0;
  ChunkSums result_;
};

}  // namespace costrisk::cuda
