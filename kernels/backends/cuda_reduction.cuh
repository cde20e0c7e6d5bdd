// Kernels that add up what a chunk's paths left. A block takes one row (or pair, or driver) over one slice of the
// paths; its threads add in 128 bits, then by halves in shared memory, and the host adds the slices. Histograms are
// counted by integer atomics, so that no order of adding changes a bit.
#pragma once

#include <cuda_runtime.h>

#include <cmath>
#include <cstdint>

#include "kernels/backends/cuda_reduction.hpp"
#include "kernels/math/log_linear.hpp"

namespace costrisk::cuda {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

/// Threads of the blocks of all kernels here.
inline constexpr int reduction_threads = 128;
/// Paths that a block adds up.
inline constexpr int slice_paths = 16384;
/// Arrays that an Output has.
inline constexpr int output_arrays = [] {
  const Output output;
  int count = 0;
  each_array(Shape{}, output, [&count](auto...) { ++count; });
  return count;
}();
static_assert(output_arrays <= 32, "ChunkView::narrow has a bit for each of them");

/// A chunk as the kernels here see it.
struct ChunkView {
  const void* arrays[output_arrays];  ///< as each_array visits them
  std::uint32_t narrow;               ///< a bit an array: of 32-bit integers
  int stride, paths, slices;
  int plans, drivers;
  int cost_array, cell_array;
  std::int64_t budget_micros;

  __device__ std::int64_t value(OutputRow of, int path) const {
    const std::int64_t place = std::int64_t{of.row} * stride + path;
    if ((narrow >> of.array) & 1u) return static_cast<const std::int32_t*>(arrays[of.array])[place];
    return static_cast<const std::int64_t*>(arrays[of.array])[place];
  }
  __device__ std::int64_t cost(int plan, int path) const { return value({cost_array, plan}, path); }
};

/// The histograms of a slot, pages of bins handed out from one store.
struct HistogramStore {
  HistogramPage::Bin* bins;
  std::int32_t* directory;  ///< [histogram][2 · LogLinear::pages]: first bin of the page, or one of those below
  std::int32_t* used;       ///< [0]: bins handed out, [1]: not 0 once a page found no room
  std::int32_t capacity;    ///< bins
  static constexpr std::int32_t absent = -1, wanted = -2;
};

COSTRISK_FN Wide wide(UInt128 value) {
  return {static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64)};
}
COSTRISK_FN UInt128 whole(Wide value) { return (UInt128{value.high} << 64) | value.low; }

COSTRISK_FN Wide plus(Wide a, Wide b) { return wide(whole(a) + whole(b)); }
/// Of sums of squares: tells where they leave their bits.
COSTRISK_FN Wide plus(Wide a, Wide b, std::uint64_t& overflowed) {
  const UInt128 sum = whole(a) + whole(b);
  overflowed |= sum < whole(b) ? 1u : 0u;
  return wide(sum);
}
COSTRISK_FN Wide square(std::int64_t value) { return wide(static_cast<UInt128>(Int128{value} * value)); }

COSTRISK_FN Wider plus(Wider a, Wider b) {
  const UInt128 low = UInt128{a.low} + b.low;
  const UInt128 middle = UInt128{a.middle} + b.middle + (low >> 64);
  return {static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(middle),
          a.high + b.high + static_cast<std::uint64_t>(middle >> 64)};
}
/// @pre |value| < 2^62
COSTRISK_FN Wider cube(std::int64_t value) {
  const std::uint64_t sign = value < 0 ? ~std::uint64_t{0} : 0;
  const std::uint64_t magnitude = (static_cast<std::uint64_t>(value) ^ sign) - sign;
  const UInt128 square = UInt128{magnitude} * magnitude;
  const UInt128 low = UInt128{static_cast<std::uint64_t>(square)} * magnitude;
  const UInt128 upper = (square >> 64) * magnitude + (low >> 64);
  const Wider bits = {static_cast<std::uint64_t>(low) ^ sign, static_cast<std::uint64_t>(upper) ^ sign,
                      static_cast<std::uint64_t>(upper >> 64) ^ sign};
  return plus(bits, {sign & 1u, 0, 0});
}

COSTRISK_FN void combine(RowSums& to, const RowSums& from) {
  to.sum = plus(to.sum, from.sum);
  to.overflowed |= from.overflowed;
  to.squares = plus(to.squares, from.squares, to.overflowed);
  to.least = from.least < to.least ? from.least : to.least;
  to.most = from.most > to.most ? from.most : to.most;
  to.over_budget += from.over_budget;
}
COSTRISK_FN void combine(PairSums& to, const PairSums& from) {
  to.overflowed |= from.overflowed;
  to.squares = plus(to.squares, from.squares, to.overflowed);
  to.first_cheaper += from.first_cheaper;
  to.second_cheaper += from.second_cheaper;
}
COSTRISK_FN void combine(CellSums& to, const CellSums& from) {
  to.sum = plus(to.sum, from.sum);
  to.overflowed |= from.overflowed;
  to.squares = plus(to.squares, from.squares, to.overflowed);
  to.cubes = plus(to.cubes, from.cubes);
  to.paths += from.paths;
  to.over_budget += from.over_budget;
}

/// Adds what the threads of the block hold, `apart` threads apart, into the first `apart` of them.
template <class Sums>
__device__ void combine_threads(Sums* of_threads, int apart) {
  __syncthreads();
  for (int half = reduction_threads / 2; half >= apart; half /= 2) {
    const int thread = static_cast<int>(threadIdx.x);
    if (thread < half) combine(of_threads[thread], of_threads[thread + half]);
    __syncthreads();
  }
}

/// Runs `body(path)` over the paths of the block's slice that fall to this thread: every `step`-th from `first` on.
template <class Body>
__device__ void each_path(const ChunkView& chunk, int first, int step, Body body) {
  const int start = static_cast<int>(blockIdx.x) % chunk.slices * slice_paths;
  const int end = start + slice_paths < chunk.paths ? start + slice_paths : chunk.paths;
  for (int path = start + first; path < end; path += step) body(path);
}

/// Block [row][slice].
__global__ void sum_rows(const __grid_constant__ ChunkView chunk, const RowRequest* rows, RowSums* out) {
  __shared__ RowSums of_threads[reduction_threads];
  const RowRequest request = rows[static_cast<int>(blockIdx.x) / chunk.slices];
  RowSums sums = {{0, 0}, {0, 0}, INT64_MAX, INT64_MIN, 0, 0};
  each_path(chunk, static_cast<int>(threadIdx.x), reduction_threads, [&](int path) {
    const std::int64_t value = chunk.value(request.row, path);
    const std::uint64_t over = value > chunk.budget_micros ? 1u : 0u;
    combine(sums, {wide(static_cast<UInt128>(Int128{value})), request.squares ? square(value) : Wide{0, 0}, value,
                   value, over, 0});
  });
  of_threads[threadIdx.x] = sums;
  combine_threads(of_threads, 1);
  if (threadIdx.x == 0) out[blockIdx.x] = of_threads[0];
}

/// Block [pair of plans i < j][slice].
__global__ void compare_plans(const __grid_constant__ ChunkView chunk, PairSums* out) {
  __shared__ PairSums of_threads[reduction_threads];
  int pair = static_cast<int>(blockIdx.x) / chunk.slices, i = 0;
  while (pair >= chunk.plans - 1 - i) pair -= chunk.plans - 1 - i++;
  const int j = i + 1 + pair;
  PairSums sums = {{0, 0}, 0, 0, 0};
  each_path(chunk, static_cast<int>(threadIdx.x), reduction_threads, [&](int path) {
    const std::int64_t first = chunk.cost(i, path), second = chunk.cost(j, path);
    combine(sums, {square(first - second), first < second ? 1u : 0u, second < first ? 1u : 0u, 0});
  });
  of_threads[threadIdx.x] = sums;
  combine_threads(of_threads, 1);
  if (threadIdx.x == 0) out[blockIdx.x] = of_threads[0];
}

/// Block [slice]; `out` is [plan], of zeros.
__global__ void find_cheapest(const __grid_constant__ ChunkView chunk, unsigned long long* out) {
  each_path(chunk, static_cast<int>(threadIdx.x), reduction_threads, [&](int path) {
    int best = 0;
    for (int plan = 1; plan < chunk.plans; ++plan) best = chunk.cost(plan, path) < chunk.cost(best, path) ? plan : best;
    atomicAdd(&out[best], 1ull);
  });
}

/// Block [plan][driver][slice]; `out` is [plan][driver][slice][cell]. A thread keeps to one cell.
__global__ void sum_by_driver(const __grid_constant__ ChunkView chunk, CellSums* out) {
  __shared__ CellSums of_threads[reduction_threads];
  const int place = static_cast<int>(blockIdx.x) / chunk.slices;
  const int plan = place / chunk.drivers, driver = place % chunk.drivers;
  const int cell = static_cast<int>(threadIdx.x) % driver_cells;
  CellSums sums = {{0, 0}, {0, 0}, {0, 0, 0}, 0, 0, 0};
  each_path(chunk, static_cast<int>(threadIdx.x) / driver_cells, reduction_threads / driver_cells, [&](int path) {
    if (chunk.value({chunk.cell_array, driver}, path) != cell) return;
    const std::int64_t cost = chunk.cost(plan, path);
    const std::uint64_t over = cost > chunk.budget_micros ? 1u : 0u;
    combine(sums, {wide(static_cast<UInt128>(Int128{cost})), square(cost), cube(cost), 1, over, 0});
  });
  of_threads[threadIdx.x] = sums;
  combine_threads(of_threads, driver_cells);
  if (threadIdx.x < driver_cells) out[blockIdx.x * driver_cells + threadIdx.x] = of_threads[threadIdx.x];
}

/// Runs `body(place)` over the values that a histogram counts in the block's slice. Block [histogram][slice].
template <class Body>
__device__ void each_counted(const ChunkView& chunk, const HistogramRequest& request, Body body) {
  const LogLinear scale(request.bits);
  each_path(chunk, static_cast<int>(threadIdx.x), reduction_threads, [&](int path) {
    std::int64_t value = chunk.value(request.value, path);
    if (value == never_ticks) return;
    if (request.less.array >= 0) value -= chunk.value(request.less, path);
    if (request.divisor.array >= 0) {
      constexpr double largest = 4611686018427387904.0;  // 2^62
      const std::int64_t divisor = chunk.value(request.divisor, path);
      if (divisor <= 0) return;
      const double quotient = static_cast<double>(value) / static_cast<double>(divisor) * request.scale;
      value = llrint(quotient < largest ? quotient : largest);
    }
    body(scale.place(value));
  });
}

/// Notes which pages the chunk needs.
__global__ void want_pages(const __grid_constant__ ChunkView chunk, const HistogramRequest* requests,
                           const __grid_constant__ HistogramStore store) {
  const int histogram = static_cast<int>(blockIdx.x) / chunk.slices;
  std::int32_t* directory = store.directory + histogram * 2 * LogLinear::pages + LogLinear::pages;
  each_counted(chunk, requests[histogram], [&](LogLinear::Place to) {
    // Threads that race here write the same.
    if (directory[to.page] == HistogramStore::absent) directory[to.page] = HistogramStore::wanted;
  });
}

/// Hands out the pages that are wanted. Block [histogram]. Which page gets which bins is a matter of order; what is
/// counted in them is not.
__global__ void make_pages(const HistogramRequest* requests, const __grid_constant__ HistogramStore store) {
  std::int32_t* directory = store.directory + blockIdx.x * 2 * LogLinear::pages;
  const std::int32_t size = 1 << LogLinear(requests[blockIdx.x].bits).page_bits();
  for (unsigned page = threadIdx.x; page < 2 * LogLinear::pages; page += reduction_threads) {
    if (directory[page] != HistogramStore::wanted) continue;
    // Once there was no room there is none for smaller pages either, so that the count of bins cannot run over.
    const std::int32_t first = atomicMax(&store.used[1], 0) != 0 ? store.capacity : atomicAdd(&store.used[0], size);
    if (first > store.capacity - size) {
      store.used[1] = 1;
      directory[page] = HistogramStore::absent;
      continue;
    }
    for (std::int32_t bin = first; bin < first + size; ++bin) store.bins[bin] = {0, 0};
    directory[page] = first;
  }
}

/// Counts, unless a path failed, sums overflowed or some page found no room. Block [histogram][slice].
/// @param refused not 0: the chunk is not to be counted
__global__ void count_values(const __grid_constant__ ChunkView chunk, const HistogramRequest* requests,
                             const __grid_constant__ HistogramStore store, const std::int32_t* refused) {
  if (store.used[1] != 0 || *refused != 0) return;
  const int histogram = static_cast<int>(blockIdx.x) / chunk.slices;
  const std::int32_t* directory = store.directory + histogram * 2 * LogLinear::pages + LogLinear::pages;
  each_counted(chunk, requests[histogram], [&](LogLinear::Place to) {
    HistogramPage::Bin& bin = store.bins[directory[to.page] + static_cast<std::int32_t>(to.bin)];
    atomicAdd(&bin.count, 1ull);
    atomicAdd(&bin.offset, static_cast<unsigned long long>(to.offset));
  });
}

/// Says whether the chunk is to be refused: a path that failed, squares beyond 128 bits, a cost beyond 2^62.
/// One block. Row `status_row` of the sums is that of the status words, the first `plans` those of the costs.
__global__ void judge(const RowSums* rows, int row_count, int status_row, const PairSums* pairs, int pair_count,
                      const CellSums* drivers, int driver_count, int plans, int slices, std::int32_t* refused) {
  constexpr std::int64_t largest = std::int64_t{1} << 62;
  const int thread = static_cast<int>(threadIdx.x);
  bool bad = false;
  for (int i = thread; i < row_count * slices; i += reduction_threads) {
    const int row = i / slices;
    bad = bad || rows[i].overflowed != 0 || (row == status_row && rows[i].most != 0);
    bad = bad || (row < plans && (rows[i].most >= largest || rows[i].least <= -largest));
  }
  for (int i = thread; i < pair_count * slices; i += reduction_threads) bad = bad || pairs[i].overflowed != 0;
  for (int i = thread; i < driver_count * slices; i += reduction_threads) bad = bad || drivers[i].overflowed != 0;
  if (bad) *refused = 1;
}

}  // namespace costrisk::cuda
