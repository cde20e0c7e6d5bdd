// A test harness, no backend: stands in for the CUDA runtime, so that .cu files compile as C++ and their kernels run
// on the CPU. Every thread of a block is a fiber that runs until it meets a barrier; memory, streams and faults
// are those of tests/cuda/emulator.hpp. It has what the project uses, no more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <tuple>
#include <type_traits>
#include <vector>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(bytes) alignas(bytes)
// All blocks that a host thread runs follow one another, so what belongs to the host thread belongs to the block.
#define __shared__ thread_local
#define __constant__

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
  dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

// Set before a fiber is resumed.
extern thread_local dim3 threadIdx, blockIdx, blockDim, gridDim;
inline constexpr int warpSize = 32;

/// With the numbers of the CUDA runtime.
enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInitializationError = 3,
  cudaErrorStubLibrary = 34,
  cudaErrorInsufficientDriver = 35,
  cudaErrorDevicesUnavailable = 46,
  cudaErrorInvalidDeviceFunction = 98,
  cudaErrorNoDevice = 100,
  cudaErrorInvalidDevice = 101,
  cudaErrorNoKernelImageForDevice = 209,
  cudaErrorJitCompilerNotFound = 221,
  cudaErrorUnsupportedPtxVersion = 222,
  cudaErrorJitCompilationDisabled = 223,
  cudaErrorNotReady = 600,
  cudaErrorLaunchOutOfResources = 701,
  cudaErrorLaunchFailure = 719,
  cudaErrorSystemNotReady = 802,
  cudaErrorSystemDriverMismatch = 803,
  cudaErrorCompatNotSupportedOnDevice = 804,
};
const char* cudaGetErrorName(cudaError_t code);
const char* cudaGetErrorString(cudaError_t code);
cudaError_t cudaGetLastError();

// Devices
struct cudaDeviceProp {
  char name[256] = {};
  int major = 0, minor = 0;
  int multiProcessorCount = 0, maxThreadsPerMultiProcessor = 0;
  std::size_t totalGlobalMem = 0, sharedMemPerBlockOptin = 0, sharedMemPerMultiprocessor = 0;
};
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device);
cudaError_t cudaDriverGetVersion(int* version);
cudaError_t cudaRuntimeGetVersion(int* version);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total);

// Memory
enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2 };
cudaError_t cudaMalloc(void** pointer, std::size_t bytes);
cudaError_t cudaFree(void* pointer);
cudaError_t cudaMallocHost(void** pointer, std::size_t bytes);
cudaError_t cudaFreeHost(void* pointer);
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind);

// Streams and events
struct EmulatedStream;
struct EmulatedEvent;
using cudaStream_t = EmulatedStream*;
using cudaEvent_t = EmulatedEvent*;
inline constexpr unsigned cudaStreamNonBlocking = 1;
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t stream);
cudaError_t cudaEventCreate(cudaEvent_t* event);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to);

// Launches
struct cudaLaunchConfig_t {
  dim3 gridDim, blockDim;
  std::size_t dynamicSmemBytes = 0;
  cudaStream_t stream = nullptr;
};
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize = 8 };

namespace costrisk::emulation {

/// The bytes of each of a kernel's parameters.
using KernelArguments = std::vector<std::vector<std::byte>>;
template <class T>
std::vector<std::byte> bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>, "parameters go to a device byte by byte");
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  return {first, first + sizeof value};
}

/// Runs a stream's work later, as a device would; `thread` is the kernel as one thread lives it.
cudaError_t launch(const cudaLaunchConfig_t& config, const void* kernel, const KernelArguments& arguments,
                   std::function<void()> thread);
cudaError_t copy_to_symbol(void* symbol, std::size_t symbol_bytes, const void* from, std::size_t bytes);
cudaError_t set_shared_limit(const void* kernel, int bytes);
cudaError_t occupancy(int* blocks, int threads, std::size_t shared_bytes);

/// Waits until all threads of the block are here.
void block_barrier();
/// Waits until the threads of the warp that `mask` names are here.
void warp_barrier(unsigned mask);
/// Eight bytes that the threads of a warp show one another, by lane.
std::uint64_t& warp_slot(int lane);
int lane();

}  // namespace costrisk::emulation

template <class... P, class... A>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(P...), A&&... arguments) {
  std::tuple<std::decay_t<P>...> values(static_cast<A&&>(arguments)...);
  const auto arguments_of = [](const auto&... value) {
    return costrisk::emulation::KernelArguments{costrisk::emulation::bytes_of(value)...};
  };
  return costrisk::emulation::launch(*config, reinterpret_cast<const void*>(kernel), std::apply(arguments_of, values),
                                     [kernel, values] { std::apply(kernel, values); });
}
template <class T, std::size_t N>
cudaError_t cudaMemcpyToSymbol(T (&symbol)[N], const void* from, std::size_t bytes) {
  return costrisk::emulation::copy_to_symbol(symbol, sizeof symbol, from, bytes);
}
template <class... P>
cudaError_t cudaFuncSetAttribute(void (*kernel)(P...), cudaFuncAttribute, int value) {
  return costrisk::emulation::set_shared_limit(reinterpret_cast<const void*>(kernel), value);
}
template <class... P>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void (*)(P...), int threads,
                                                          std::size_t shared_bytes) {
  return costrisk::emulation::occupancy(blocks, threads, shared_bytes);
}

// What a kernel may call
inline void __syncthreads() { costrisk::emulation::block_barrier(); }
inline void __syncwarp(unsigned mask = 0xFFFFFFFFu) { costrisk::emulation::warp_barrier(mask); }

/// The value that the lane `from` of the warp holds.
template <class T>
T __shfl_sync(unsigned mask, T value, int from, int = warpSize) {
  static_assert(sizeof(T) <= 8 && std::is_trivially_copyable_v<T>);
  using namespace costrisk::emulation;
  std::memcpy(&warp_slot(lane()), &value, sizeof value);
  warp_barrier(mask);
  std::memcpy(&value, &warp_slot(from & (warpSize - 1)), sizeof value);
  warp_barrier(mask);
  return value;
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int = warpSize) {
  return __shfl_sync(mask, value, costrisk::emulation::lane() ^ lanes);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned lanes, int = warpSize) {
  const int from = costrisk::emulation::lane() + static_cast<int>(lanes);
  return __shfl_sync(mask, value, from < warpSize ? from : costrisk::emulation::lane());
}
inline unsigned __ballot_sync(unsigned mask, int predicate) {
  using namespace costrisk::emulation;
  warp_slot(lane()) = predicate != 0;
  warp_barrier(mask);
  unsigned votes = 0;
  for (int i = 0; i < warpSize; ++i)
    if ((mask >> i) & 1u) votes |= static_cast<unsigned>(warp_slot(i)) << i;
  warp_barrier(mask);
  return votes;
}
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) == mask; }
inline int __popc(unsigned x) { return __builtin_popcount(x); }

/// Integers only: a sum of floats would depend on the order of threads. The old value, as ever.
template <class T>
requires std::is_integral_v<T> T atomicAdd(T* address, T value) {
  const T old = *address;
  *address = static_cast<T>(old + value);
  return old;
}
template <class T>
requires std::is_integral_v<T> T atomicMin(T* address, T value) {
  const T old = *address;
  *address = value < old ? value : old;
  return old;
}
template <class T>
requires std::is_integral_v<T> T atomicMax(T* address, T value) {
  const T old = *address;
  *address = value > old ? value : old;
  return old;
}
