// The whole path model as device code: one path a thread. Compiled, and never run, by the check that the
// model's headers stay one source for CPU and GPU.
#include "kernels/lane/scalar.hpp"
#include "kernels/model/engine.hpp"

namespace costrisk {

struct DeviceClock {
  __device__ void enter(Stage) {}
  __device__ void leave() {}
};

__global__ void simulate_path(Parameters parameters, std::uint64_t first_path, Output output, std::byte* workspaces,
                              std::size_t workspace_bytes, const NormalTable* table) {
  const int thread = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  DeviceClock clock;
  simulate_group<ScalarLane<0>>(parameters, first_path + static_cast<std::uint64_t>(thread), 0, 1, thread, output,
                                workspaces + static_cast<std::size_t>(thread) * workspace_bytes, *table, clock);
}

}  // namespace costrisk
