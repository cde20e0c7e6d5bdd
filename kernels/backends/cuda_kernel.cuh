// The kernel of the CUDA backend: one path a thread, the same model source as on every other backend. The normal
// table and, where it fits, the tile of the world stand in shared memory, the parameters in constant memory, the
// rest of a thread's state in local memory; what is too large for those in global memory.
#pragma once

#include "kernels/lane/scalar.hpp"

#include <cuda_runtime.h>

#include "kernels/backends/cuda_parameters.cuh"
#include "kernels/model/engine.hpp"

namespace costrisk {

/// Shared memory, as much as the launch asks for: the tile of the world, thread after thread.
extern __shared__ float block_memory[];

}  // namespace costrisk

namespace costrisk::cuda {

/// The lanes of a CUDA thread, by where its workspace stands: in local or in global memory.
using LocalLane = ScalarLane<2>;
using GlobalLane = ScalarLane<7>;

}  // namespace costrisk::cuda

namespace costrisk {

/// An address in local memory is made from the stack's, one in global memory takes two registers.
template <>
inline constexpr bool keeps_pointers<cuda::GlobalLane> = false;

}  // namespace costrisk

namespace costrisk::cuda {

/// What a launch is told beside the parameters.
struct Launch {
  std::uint64_t first_path;
  int paths;
  Output output;
  const NormalTable* table;
  int row_stride;         ///< words of shared memory that a thread has for the world's tile; 0: none
  std::byte* workspaces;  ///< Placement::global: one a thread of the grid
  std::size_t workspace_bytes;
};

/// Threads of a block, at most; two such blocks share a multiprocessor's registers.
inline constexpr int most_block_threads = 128;

/// Stages are not timed on a device.
struct NoClock {
  COSTRISK_FN void enter(Stage) {}
  COSTRISK_FN void leave() {}
};

/// A path to a thread, and more where the grid has fewer threads than the chunk has paths.
template <class Lane>
__device__ __forceinline__ void simulate_paths_of_thread(const Parameters& parameters, const Launch& launch,
                                                         const NormalTable& table, std::byte* workspace) {
  // The stride is odd, so that threads that read the same place of their tiles meet no common bank.
  float* rows = launch.row_stride > 0 ? block_memory + threadIdx.x * static_cast<unsigned>(launch.row_stride) : nullptr;
  const int step = static_cast<int>(gridDim.x * blockDim.x);
  for (int path = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); path < launch.paths; path += step) {
    NoClock clock;
    simulate_group<Lane>(parameters, launch.first_path + static_cast<std::uint64_t>(path), 0, 1, path, launch.output,
                         workspace, table, clock, rows);
  }
}

__device__ __forceinline__ void copy_table(const NormalTable& from, NormalTable& to) {
  const float* source = &from.coefficient[0][0];
  float* target = &to.coefficient[0][0];
  for (unsigned i = threadIdx.x; i < sizeof(NormalTable) / sizeof(float); i += blockDim.x) target[i] = source[i];
  __syncthreads();
}

/// Simulates the launch's paths, with the parameters as DeviceParameters has them for that placement.
/// @tparam LocalBytes of a thread's workspace in local memory
template <Placement Where, int LocalBytes>
__global__ void __launch_bounds__(most_block_threads, 2)
    simulate_kernel(const __grid_constant__ Parameters given, const __grid_constant__ Launch launch) {
  __shared__ NormalTable table;
  copy_table(*launch.table, table);
  if constexpr (Where == Placement::constant) {
    const Parameters parameters = with_constant_arrays(given);
    alignas(64) std::byte workspace[LocalBytes];
    simulate_paths_of_thread<LocalLane>(parameters, launch, table, workspace);
  } else {
    const std::size_t thread = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
    simulate_paths_of_thread<GlobalLane>(given, launch, table, launch.workspaces + thread * launch.workspace_bytes);
  }
}

}  // namespace costrisk::cuda
