// gpu_identity SCENARIO...: whether the first GPU computes the floats of the processor, path by path and tile by tile.
// Part of the GPU check; exit status 1 where a float differs, 4 where there is no GPU.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>

#include "kernels/backends/cuda.hpp"
#include "kernels/model/tile.hpp"
#include "src/scenario/load.hpp"
#include "tests/cuda/device/float_hashes.hpp"

namespace {

using namespace costrisk;

constexpr int paths = 96;

bool agrees(const char* file) {
  const scenario::Lowered lowered = scenario::lower(scenario::load(file).scenario);
  const std::string name = std::filesystem::path(file).stem().string();
  // Where the low word of a path's number comes round.
  for (const std::uint64_t first_path : {std::uint64_t{0}, (std::uint64_t{1} << 32) - 13}) {
    const device::FloatHashes expected = device::hashes_on_processor(lowered, first_path, paths);
    const device::FloatHashes found = device::hashes_on_gpu(lowered, first_path, paths);
    const auto [a, b] = std::mismatch(expected.hashes.begin(), expected.hashes.end(), found.hashes.begin());
    if (a == expected.hashes.end()) continue;
    const auto place = a - expected.hashes.begin();
    fmt::print("{}: floats differ, first in path {} within the {} steps from {} on\n", name,
               first_path + static_cast<std::uint64_t>(place / expected.tiles), tile_steps,
               place % expected.tiles * tile_steps);
    return false;
  }
  fmt::print("{}: the floats of {} paths agree, bit for bit\n", name, 2 * paths);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (const cuda::DeviceList list = cuda::find_devices(); !list.problem.empty()) {
      fmt::print("{}\n", list.problem);
      return 4;
    }
    int different = 0;
    for (int i = 1; i < argc; ++i) different += agrees(argv[i]) ? 0 : 1;
    fmt::print("raw floats of {} scenarios: {}\n", argc - 1,
               different == 0 ? "all agree" : fmt::format("{} differ", different));
    return different == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print("{}\n", error.what());
    return 1;
  }
}
