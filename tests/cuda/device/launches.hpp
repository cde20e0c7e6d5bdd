// The engine in every form that a scenario or a device may bring it to, held against the scalar backend.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/backends/cuda.hpp"
#include "tests/cuda/device/engine_results.hpp"

namespace costrisk::device {

struct NamedLaunch {
  std::string name;
  cuda::EngineOptions options;
};

/// Blocks of 32, 64 and 128 threads; workspaces in local memory, where the scenario's fits there, and in global memory;
/// the world's rows in shared memory, where they fit, and in the workspace.
std::vector<NamedLaunch> launches();

/// Where the first device, launched so, differs from what the scalar backend left of the same paths; empty where it
/// does not. Chunks are of 40 paths, so that blocks are not full and both slots are in use.
/// @throws cuda::Error
std::string launch_difference(const NamedLaunch& launch, const scenario::Lowered& lowered, const Results& expected,
                              std::uint64_t first_path, int paths);

}  // namespace costrisk::device
