// What the paths of a scenario leave, as vectors, from the CUDA backend's engine and from the scalar backend.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/backends/cuda.hpp"
#include "src/scenario/lower/lower.hpp"

namespace costrisk::device {

/// One array of the Output: [row][path].
struct Array {
  std::string name;
  std::vector<std::vector<std::int64_t>> rows;
  bool operator==(const Array&) const = default;
};
using Results = std::vector<Array>;

Results on_scalar(const scenario::Lowered& lowered, std::uint64_t first_path, int paths);
/// On the engine, both of its slots in turn, at most `chunk` paths at a time.
Results on_engine(cuda::Engine& engine, const Shape& shape, std::uint64_t first_path, int paths, int chunk);
/// Where two results first differ; empty where they do not.
std::string difference(const Results& a, const Results& b);

}  // namespace costrisk::device
