// The kernel of the CUDA backend: one path a thread, the same model source as on every other backend. The normal
// table and, where it fits, the tile of the world stand in shared memory, the parameters in constant memory, the
// rest of a thread's state in local memory; what is too large for those in global memory.
#pragma once

#include "kernels/lane/scalar.hpp"

#include <cuda_runtime.h>

#include <type_traits>

#include "kernels/model/engine.hpp"

namespace costrisk {

/// Shared memory, as much as the launch asks for: the tile of the world, thread after thread.
extern __shared__ float block_memory[];

}  // namespace costrisk

namespace costrisk::cuda {

/// The lane of a CUDA thread.
using ThreadLane = ScalarLane<2>;

/// Where the kernel finds parameters' arrays and its workspace.
/// constant: small arrays in constant memory, the workspace in local memory, which is interleaved by thread, so
/// that the threads of a warp read neighbouring words. global: both in global memory, whatever their size.
enum class Placement { constant, global };

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

/// Bytes of constant memory for arrays; the rest of the 64 KB is the compiler's.
inline constexpr std::size_t constant_bytes = 60 * 1024;
__constant__ __align__(64) std::byte constant_arrays[constant_bytes];

/// The arrays that constant memory takes: those whose length goes with what the scenario names, and not with time.
template <class Visit>
COSTRISK_FN void each_constant_array(Parameters& p, Visit visit) {
  visit(p.laws);
  visit(p.event_laws);
  visit(p.law_lists);
  visit(p.loadings);
  visit(p.renewals);
  visit(p.factors);
  visit(p.capacities);
  visit(p.histories);
  visit(p.repricings);
  visit(p.prices);
  visit(p.demands);
  visit(p.changes);
  visit(p.jobs);
  visit(p.job_markets);
  visit(p.services);
  visit(p.pools);
  visit(p.service_items);
  visit(p.use_rows);
  visit(p.items);
  visit(p.plans);
  visit(p.plan_jobs);
  visit(p.plan_services);
  visit(p.plan_service_slots);
  visit(p.plan_items);
  visit(p.plan_service_items);
  visit(p.plan_uses);
  visit(p.commitments);
  visit(p.savings_plans);
  visit(p.discounts);
}

/// Stages are not timed on a device.
struct NoClock {
  COSTRISK_FN void enter(Stage) {}
  COSTRISK_FN void leave() {}
};

/// A path to a thread, and more where the grid has fewer threads than the chunk has paths.
__device__ __forceinline__ void simulate_paths_of_thread(const Parameters& parameters, const Launch& launch,
                                                         const NormalTable& table, std::byte* workspace) {
  // The stride is odd, so that threads that read the same place of their tiles meet no common bank.
  float* rows = launch.row_stride > 0 ? block_memory + threadIdx.x * static_cast<unsigned>(launch.row_stride) : nullptr;
  const int step = static_cast<int>(gridDim.x * blockDim.x);
  for (int path = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); path < launch.paths; path += step) {
    NoClock clock;
    simulate_group<ThreadLane>(parameters, launch.first_path + static_cast<std::uint64_t>(path), 0, 1, path,
                               launch.output, workspace, table, clock, rows);
  }
}

__device__ __forceinline__ void copy_table(const NormalTable& from, NormalTable& to) {
  const float* source = &from.coefficient[0][0];
  float* target = &to.coefficient[0][0];
  for (unsigned i = threadIdx.x; i < sizeof(NormalTable) / sizeof(float); i += blockDim.x) target[i] = source[i];
  __syncthreads();
}

/// Simulates the launch's paths. With Placement::constant the pointers that each_constant_array visits hold places
/// in constant memory, in bytes.
/// @tparam LocalBytes of a thread's workspace in local memory
template <Placement Where, int LocalBytes>
__global__ void __launch_bounds__(most_block_threads, 2)
    simulate_kernel(const __grid_constant__ Parameters given, const __grid_constant__ Launch launch) {
  __shared__ NormalTable table;
  copy_table(*launch.table, table);
  if constexpr (Where == Placement::constant) {
    // Written so that the compiler sees where each array stands, and reads it as a constant.
    Parameters parameters = given;
    each_constant_array(parameters, [](auto*& array) {
      array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(constant_arrays +
                                                                         reinterpret_cast<std::size_t>(array));
    });
    alignas(64) std::byte workspace[LocalBytes];
    simulate_paths_of_thread(parameters, launch, table, workspace);
  } else {
    const std::size_t thread = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
    simulate_paths_of_thread(given, launch, table, launch.workspaces + thread * launch.workspace_bytes);
  }
}

}  // namespace costrisk::cuda
