// Every float of the world and of the components as a number a tile, computed on a GPU and on the processor from the
// same source: what a GPU is asked before its results are believed.
#pragma once

#include <cstdint>
#include <vector>

#include "src/scenario/lower/lower.hpp"

namespace costrisk::device {

/// Hashes of the raw floats of one path after another, one a tile: [path][tile].
struct FloatHashes {
  int tiles = 0;
  std::vector<std::uint64_t> hashes;
  bool operator==(const FloatHashes&) const = default;
};

/// Paths [first_path, first_path + paths).
FloatHashes hashes_on_processor(const scenario::Lowered& lowered, std::uint64_t first_path, int paths);
/// The same on the GPU of that number.
/// @throws cuda::Error
FloatHashes hashes_on_gpu(const scenario::Lowered& lowered, std::uint64_t first_path, int paths, int device = 0);

}  // namespace costrisk::device
