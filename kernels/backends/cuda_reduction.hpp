// What a device adds up of a chunk, so that sums leave it and not the paths: named by rows of the Output, so that
// what they mean is known only to whoever asks. Integers throughout; no CUDA type appears here.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "kernels/model/output.hpp"
#include "kernels/model/world/driver_parameters.hpp"

namespace costrisk::cuda {

/// A row of an Output: `array` counts as each_array visits them.
struct OutputRow {
  std::int32_t array = -1;
  std::int32_t row = 0;
};

/// The place of a member of Output among those that each_array visits.
template <class Member>
int output_array(Member member) {
  Output output;
  const auto* wanted = reinterpret_cast<const void*>(&(output.*member));
  int index = 0, found = -1;
  each_array(Shape{}, output, [&](const char*, auto*& array, int) {
    if (static_cast<const void*>(&array) == wanted) found = index;
    ++index;
  });
  return found;
}

struct RowRequest {
  OutputRow row;
  std::int32_t squares = 0;  ///< not 0: their sum is asked for too
};

/// A histogram of a value of every path: a row, the difference of two, or the quotient of two. Instants that never come
/// (never_ticks) are not counted.
struct HistogramRequest {
  OutputRow value;
  OutputRow less;         ///< taken from the value; array −1: nothing
  OutputRow divisor;      ///< paths where it is not positive are left out; array −1: no division
  double scale = 1.0;     ///< of the quotient, which is rounded to an integer, to 2^62 at most
  std::int32_t bits = 8;  ///< as LogLinear's
};

/// What is asked of a device for every chunk. Costs of plans are compared by pair and told by driver in any case.
struct Reduction {
  std::vector<RowRequest> rows;
  std::vector<HistogramRequest> histograms;
  std::int64_t budget_micros = std::numeric_limits<std::int64_t>::max();
  std::vector<int> kept;  ///< arrays that go to the host as they are, as each_array counts them
};

/// 128 bits, two's complement where it has a sign.
struct Wide {
  std::uint64_t low, high;
};

/// 192 bits, two's complement.
struct Wider {
  std::uint64_t low, middle, high;
};

/// Of a row over a chunk.
struct RowSums {
  Wide sum;
  Wide squares;  ///< where asked for
  std::int64_t least, most;
  std::uint64_t over_budget;  ///< values beyond the budget; of use where they are costs
  std::uint64_t overflowed;   ///< not 0: the squares left their 128 bits
};

/// Of the costs of two plans i < j.
struct PairSums {
  Wide squares;  ///< of the differences
  std::uint64_t first_cheaper, second_cheaper;
  std::uint64_t overflowed;
};

/// Of the cost of a plan in a cell of a driver.
struct CellSums {
  Wide sum, squares;
  Wider cubes;
  std::uint64_t paths, over_budget;
  std::uint64_t overflowed;
};

/// What a chunk came to.
struct ChunkSums {
  /// Whether all is told. False where a path failed, a sum left its bits or the histograms had no room: then nothing
  /// of this chunk has been counted, and it must be read path by path.
  bool complete = false;
  std::vector<RowSums> rows;            ///< as asked
  std::vector<PairSums> pairs;          ///< [pair i < j], j fastest
  std::vector<std::uint64_t> cheapest;  ///< [plan]: paths where it costs least, ties to the first
  std::vector<CellSums> drivers;        ///< [plan][driver][cell]
  Output kept;                          ///< the arrays that were asked for; null elsewhere
};

/// A page of a histogram that something fell into.
struct HistogramPage {
  struct Bin {
    unsigned long long count, offset;
  };
  int histogram = 0;
  int page = 0;           ///< as LogLinear's
  std::vector<Bin> bins;  ///< all of the page
};

}  // namespace costrisk::cuda
