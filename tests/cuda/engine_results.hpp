// What the tests of the emulated CUDA backend share: the scenarios, and chunks as vectors from it and from the scalar
// backend.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "kernels/backends/cuda.hpp"
#include "src/scenario/lower.hpp"
#include "src/scenario/scenario.hpp"

namespace costrisk::emulation {

/// Every scenario of configs/ and tests/stat/scenarios/.
std::vector<std::filesystem::path> scenario_files();
scenario::Scenario load_file(const std::filesystem::path& file);
scenario::Scenario quickstart();

/// The name of a test of one of these files.
inline std::string file_name(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.stem().string();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

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

}  // namespace costrisk::emulation
