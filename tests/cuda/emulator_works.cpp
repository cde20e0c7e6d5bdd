// The emulator finds what it is there to find: missing barriers, barriers that not all reach, copies that nobody
// waited for, memory that is not there.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "tests/cuda/emulator.hpp"

namespace costrisk::emulation {
namespace {

__shared__ int shared_values[128];

__global__ void reverse_with_barrier(int* values) {
  shared_values[threadIdx.x] = values[threadIdx.x];
  __syncthreads();
  values[threadIdx.x] = shared_values[blockDim.x - 1 - threadIdx.x];
}
__global__ void reverse_without_barrier(int* values) {
  shared_values[threadIdx.x] = values[threadIdx.x];
  values[threadIdx.x] = shared_values[blockDim.x - 1 - threadIdx.x];
}
__global__ void half_at_a_barrier(int*) {
  if (threadIdx.x % 2 == 0) __syncthreads();
}
__global__ void warp_words(int* values) {
  const int lane_number = static_cast<int>(threadIdx.x) % warpSize;
  int sum = values[threadIdx.x];
  for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(0xFFFFFFFFu, sum, lanes);
  const unsigned odd = __ballot_sync(0xFFFFFFFFu, lane_number % 2);
  const int next = __shfl_down_sync(0xFFFFFFFFu, lane_number, 1);
  const bool all = __all_sync(0xFFFFFFFFu, lane_number >= 0), any = __any_sync(0xFFFFFFFFu, lane_number > 31);
  values[threadIdx.x] = sum + (odd == 0xAAAAAAAAu ? 10000 : 0) + (all && !any ? 100000 : 0) + 1000000 * next;
}
__global__ void count_threads(unsigned long long* sums) {
  atomicAdd(&sums[0], 1ull);
  atomicMax(&sums[1], static_cast<unsigned long long>(blockIdx.x * blockDim.x + threadIdx.x));
  atomicMin(&sums[2], static_cast<unsigned long long>(blockDim.x));
}

class Emulator : public testing::Test {
 protected:
  void SetUp() override {
    reset();
    std::fill(std::begin(shared_values), std::end(shared_values), -1);
    ASSERT_EQ(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), cudaSuccess);
  }
  void TearDown() override {
    (void)cudaStreamDestroy(stream_);
    reset();
    EXPECT_EQ(bytes_taken(), 0u);
  }

  /// Runs the kernel on 0, 1, 2, … and returns what it makes of them.
  template <class T>
  std::vector<T> run(void (*kernel)(T*), int blocks, int threads, int count) {
    std::vector<T> values(static_cast<std::size_t>(count));
    std::iota(values.begin(), values.end(), T{0});
    const std::size_t bytes = values.size() * sizeof(T);
    void* memory = nullptr;
    EXPECT_EQ(cudaMalloc(&memory, bytes), cudaSuccess);
    EXPECT_EQ(cudaMemcpy(memory, values.data(), bytes, cudaMemcpyHostToDevice), cudaSuccess);
    cudaLaunchConfig_t config;
    config.gridDim = dim3(static_cast<unsigned>(blocks));
    config.blockDim = dim3(static_cast<unsigned>(threads));
    config.stream = stream_;
    EXPECT_EQ(cudaLaunchKernelEx(&config, kernel, static_cast<T*>(memory)), cudaSuccess);
    EXPECT_EQ(cudaMemcpyAsync(values.data(), memory, bytes, cudaMemcpyDeviceToHost, stream_), cudaSuccess);
    EXPECT_EQ(values.back(), static_cast<T>(count - 1)) << "the copy ran before anybody waited for it";
    code_ = cudaStreamSynchronize(stream_);
    (void)cudaFree(memory);
    return values;
  }

  cudaStream_t stream_ = nullptr;
  cudaError_t code_ = cudaSuccess;
};

std::vector<int> reversed() {
  std::vector<int> values(128);
  std::iota(values.rbegin(), values.rend(), 0);
  return values;
}

TEST_F(Emulator, carries_values_across_a_barrier_in_any_order_of_threads) {
  for (const bool last_first : {false, true}) {
    machine().last_thread_first = last_first;
    EXPECT_EQ(run(reverse_with_barrier, 1, 128, 128), reversed());
    EXPECT_EQ(code_, cudaSuccess);
  }
}

TEST_F(Emulator, shows_that_a_barrier_is_missing) { EXPECT_NE(run(reverse_without_barrier, 1, 128, 128), reversed()); }

TEST_F(Emulator, refuses_a_barrier_that_not_all_threads_reach) {
  (void)run(half_at_a_barrier, 1, 64, 64);
  EXPECT_EQ(code_, cudaErrorLaunchFailure);
  EXPECT_NE(machine().kernel_error.find("barrier"), std::string::npos);
}

TEST_F(Emulator, shuffles_and_votes_within_a_warp) {
  const std::vector<int> values = run(warp_words, 1, 64, 64);
  for (int i = 0; i < 64; ++i) {
    const int sum = i < 32 ? 31 * 16 : 31 * 16 + 32 * 32;
    const int next = i % 32 < 31 ? i % 32 + 1 : 31;
    EXPECT_EQ(values[static_cast<std::size_t>(i)], sum + 10000 + 100000 + 1000000 * next) << "lane " << i;
  }
}

TEST_F(Emulator, adds_atomically_over_all_blocks) {
  const auto sums = run(count_threads, 3, 64, 4);
  EXPECT_EQ(sums[0], 192u);
  EXPECT_EQ(sums[1], 191u);
  EXPECT_EQ(sums[2], 2u);
}

TEST_F(Emulator, refuses_copies_beyond_an_allocation) {
  void* memory = nullptr;
  ASSERT_EQ(cudaMalloc(&memory, 64), cudaSuccess);
  std::array<char, 128> host = {};
  EXPECT_EQ(cudaMemcpy(memory, host.data(), 65, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(host.data(), memory, 65, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(memory, host.data(), 64, cudaMemcpyHostToDevice), cudaSuccess);
  EXPECT_EQ(bytes_taken(), 64u);
  (void)cudaFree(memory);
}

TEST_F(Emulator, has_no_more_memory_than_the_device) {
  machine().devices[0].memory_bytes = 1000;
  void *first = nullptr, *second = nullptr;
  EXPECT_EQ(cudaMalloc(&first, 600), cudaSuccess);
  EXPECT_EQ(cudaMalloc(&second, 600), cudaErrorMemoryAllocation);
  (void)cudaFree(first);
}

TEST_F(Emulator, leaves_the_count_of_devices_alone_without_a_driver) {
  machine().driver_version = 0;
  int count = 77;
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaErrorInsufficientDriver);
  EXPECT_EQ(count, 77);
}

}  // namespace
}  // namespace costrisk::emulation
