// gpu_identity SCENARIO...: whether the first GPU computes the floats of the processor, path by path and tile by tile.
// gpu_identity --launches SCENARIO...: whether it leaves what the scalar backend does, however the engine is launched.
// Part of the GPU check; exit status 1 where anything differs, 4 where there is no GPU.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <string_view>

#include "kernels/backends/cuda.hpp"
#include "kernels/model/tile.hpp"
#include "src/scenario/reader/load.hpp"
#include "tests/cuda/device/float_hashes.hpp"
#include "tests/cuda/device/launches.hpp"

namespace {

using namespace costrisk;

constexpr int paths = 96;

/// Where the low word of a path's number comes round.
constexpr std::uint64_t far_path = (std::uint64_t{1} << 32) - 13;

std::string name_of(const char* file) { return std::filesystem::path(file).stem().string(); }

bool floats_agree(const char* file) {
  const scenario::Lowered lowered = scenario::lower(scenario::load(file).scenario);
  const std::string name = name_of(file);
  for (const std::uint64_t first_path : {std::uint64_t{0}, far_path}) {
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

bool launches_agree(const char* file) {
  const scenario::Lowered lowered = scenario::lower(scenario::load(file).scenario);
  const device::Results expected = device::on_scalar(lowered, far_path, paths);
  const auto launches = device::launches();
  for (const device::NamedLaunch& launch : launches) {
    const std::string found = device::launch_difference(launch, lowered, expected, far_path, paths);
    if (found.empty()) continue;
    fmt::print("{}, {}: {}\n", name_of(file), launch.name, found);
    return false;
  }
  fmt::print("{}: {} paths agree, launched in {} ways\n", name_of(file), paths, launches.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (const cuda::DeviceList list = cuda::find_devices(); !list.problem.empty()) {
      fmt::print("{}\n", list.problem);
      return 4;
    }
    const bool launches = argc > 1 && std::string_view(argv[1]) == "--launches";
    int different = 0;
    for (int i = launches ? 2 : 1; i < argc; ++i)
      different += (launches ? launches_agree(argv[i]) : floats_agree(argv[i])) ? 0 : 1;
    fmt::print("{} of {} scenarios: {}\n", launches ? "launches" : "raw floats", argc - (launches ? 2 : 1),
               different == 0 ? "all agree" : fmt::format("{} differ", different));
    return different == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print("{}\n", error.what());
    return 1;
  }
}
