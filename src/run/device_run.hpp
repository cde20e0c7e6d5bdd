// Runs a lowered scenario on CUDA devices: an engine and a host thread each, chunks taken in path order.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels/backends/cuda.hpp"
#include "src/results/sums/tally.hpp"
#include "src/run/run.hpp"
#include "src/run/stopwatch.hpp"
#include "src/scenario/lower/lower.hpp"

namespace costrisk::run {

/// The devices to run on: the wanted ones, or all that can be used.
/// @throws cuda::Error where there is none, or a wanted one cannot be used
std::vector<int> choose_devices(const std::vector<int>& wanted);

struct DeviceRun {
  results::Tally tally;    ///< of a contiguous prefix of the paths
  std::uint64_t done = 0;  ///< paths in it
  double tally_seconds = 0.0;
  double start_up_seconds = 0.0;     ///< from `start` until the first of the devices had a chunk under way
  std::vector<std::string> devices;  ///< how each was used
  std::vector<cuda::LaunchTime> launches;
};

/// Simulates the paths on the devices; `threads` of the host add up what they leave.
/// @param start since when the start-up counts
/// @throws cuda::Error, std::runtime_error (a status word of the model)
DeviceRun simulate_on_devices(const scenario::Lowered& lowered, const results::TallyLayout& layout,
                              const Options& options, std::uint64_t paths, int threads, std::span<const int> devices,
                              SteadyClock::time_point start);

}  // namespace costrisk::run
