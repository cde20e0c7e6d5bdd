// Cuts at index · paths / count, rounded down.
#include "src/results/sums/shard.hpp"

#include "src/results/sums/wide.hpp"

namespace costrisk::results {

PathRange range_of(const Shard& shard, const PathRange& paths) {
  const auto cut = [&](std::int32_t index) {
    return static_cast<std::uint64_t>(UInt128{paths.count} * static_cast<std::uint64_t>(index) /
                                      static_cast<std::uint64_t>(shard.count));
  };
  const std::uint64_t begin = cut(shard.index - 1);
  return {paths.first + begin, cut(shard.index) - begin};
}

}  // namespace costrisk::results
