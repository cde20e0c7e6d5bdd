// The roofs of a device: kernels that do one thing and nothing else.
#pragma once

#include "kernels/ladder/device_job.cuh"
#include "kernels/ladder/roofs.hpp"

namespace costrisk::ladder {

// What a loop begins with goes by thread, or the compiler would run it once a warp, beside the units that are measured.
__global__ void issue_instructions(int rounds, float* results) {
  results[grid_thread()] = issue_loop<ThreadLane>(rounds, grid_thread());
}

__global__ void draw_words(int blocks, float* results) {
  results[grid_thread()] = draw_loop<ThreadLane>(blocks, grid_thread());
}

__global__ void copy_numbers(const float* from, float* to, int count) {
  for (int i = grid_thread(); i < count; i += static_cast<int>(gridDim.x * blockDim.x)) to[i] = from[i];
}

}  // namespace costrisk::ladder
