// How the paths of a run are cut, so that machines can share them.
#pragma once

#include <cstdint>

#include "src/results/sums/tally_arrays.hpp"

namespace costrisk::results {

/// The index-th of `count` contiguous ranges of paths, from 1.
struct Shard {
  std::int32_t index = 1;
  std::int32_t count = 1;
  bool operator==(const Shard&) const = default;
};

/// The shard's paths: sizes differ by at most one, and some are empty where there are fewer paths than shards.
/// @pre 1 ≤ index ≤ count
PathRange range_of(const Shard& shard, const PathRange& paths);

}  // namespace costrisk::results
