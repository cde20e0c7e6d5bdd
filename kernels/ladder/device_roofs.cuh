// The roofs of a device: kernels that do one thing and nothing else.
#pragma once

#include "kernels/ladder/device_job.cuh"
#include "kernels/ladder/roofs.hpp"

namespace costrisk::ladder {

__global__ void issue_instructions(int rounds, float* results) {
  results[grid_thread()] = issue_loop<ThreadLane>(rounds);
}

__global__ void draw_words(int blocks, float* results) { results[grid_thread()] = draw_loop<ThreadLane>(blocks); }

__global__ void copy_numbers(const float* from, float* to, int count) {
  for (int i = grid_thread(); i < count; i += static_cast<int>(gridDim.x * blockDim.x)) to[i] = from[i];
}

}  // namespace costrisk::ladder
