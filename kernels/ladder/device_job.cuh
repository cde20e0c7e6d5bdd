// What the launchers of the GPU rungs are given, and what all of them do alike.
#pragma once

#include "kernels/lane/scalar.hpp"

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#include "kernels/backends/cuda_call.hpp"
#include "kernels/ladder/parts.hpp"
#include "kernels/ladder/tally.hpp"

namespace costrisk::ladder {

/// The lane of a CUDA thread.
using ThreadLane = ScalarLane<6>;

/// Paths to simulate, and memory of the device to do it in.
struct DeviceJob {
  Model model;
  const Model* device_model;  ///< the same in global memory
  const NormalTable* table;   ///< in global memory
  std::uint64_t first_path;
  int paths;
  std::byte* traces;     ///< as much as the rung asked for
  std::int64_t* micros;  ///< [plan][path], `paths` a row
  Tally* tally;          ///< for rungs that reduce on the device
  int multiprocessors;
  cudaStream_t stream;
};

inline int blocks_for(int threads, int block_threads) { return (threads + block_threads - 1) / block_threads; }

/// @throws cuda::Error
template <class... P, class... A>
void launch(const DeviceJob& job, int blocks, int block_threads, void (*kernel)(P...), A... arguments) {
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(static_cast<unsigned>(blocks));
  config.blockDim = dim3(static_cast<unsigned>(block_threads));
  config.stream = job.stream;
  cuda::check(cudaLaunchKernelEx(&config, kernel, arguments...), "launching a kernel of the ladder", 0);
}

/// The thread's number in the grid.
__device__ __forceinline__ int grid_thread() { return static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); }

__device__ __forceinline__ std::int64_t micros_of(const Amount<ThreadLane>& spent) {
  return std::int64_t{spent.units} * micros_per_unit + spent.micros;
}

/// Copies the normal's table to shared memory, all threads of the block together.
__device__ __forceinline__ void copy_table(const NormalTable& from, NormalTable& to) {
  for (int i = static_cast<int>(threadIdx.x); i < 6 * 32; i += static_cast<int>(blockDim.x))
    to.coefficient[i / 32][i % 32] = from.coefficient[i / 32][i % 32];
  __syncthreads();
}

}  // namespace costrisk::ladder
