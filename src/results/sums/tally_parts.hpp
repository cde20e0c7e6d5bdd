// What the files of the tally share: places in arrays, sums that must not overflow, ranges of paths.
#pragma once

#include <cstddef>
#include <vector>

#include "src/results/sums/tally.hpp"
#include "src/results/sums/wide.hpp"

namespace costrisk::results {

inline std::size_t at(int row, int width, int column) {
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(width) + static_cast<std::size_t>(column);
}

inline std::size_t product(int a, int b) { return static_cast<std::size_t>(a) * static_cast<std::size_t>(b); }

/// Adds to a sum of squared costs.
/// @throws std::overflow_error where the sum leaves its 128 bits
void add_square(UInt128& squares, UInt128 square);

/// Adds a range to ascending, disjoint ranges and joins those that touch.
/// @throws std::invalid_argument where a path is among them already
void insert_range(std::vector<PathRange>& ranges, PathRange range);

inline bool starts_before(const PathBlock& a, const PathBlock& b) { return a.range.first < b.range.first; }

}  // namespace costrisk::results
