// CUDA calls with their return codes checked, and what they give as objects that give it back.
#pragma once

#include <cuda_runtime.h>
#include <nvtx3/nvToolsExt.h>

#include <cstddef>
#include <string>
#include <utility>

#include "kernels/backends/cuda.hpp"

namespace costrisk::cuda {

/// Does nothing where the code is success.
/// @param what was being done, for the message
/// @param device that it was done on; −1: none in particular
/// @throws Error with problem, cause and remedy
void check(cudaError_t code, const char* what, int device);

/// "12.4" of 12040.
std::string version_text(int version);

/// Makes it the device of this host thread's calls.
/// @throws Error
inline void use_device(int device) { check(cudaSetDevice(device), "selecting the device", device); }

/// A named range that profilers show.
class Range {
 public:
  explicit Range(const char* name) { nvtxRangePushA(name); }
  ~Range() { nvtxRangePop(); }
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;
};

/// Memory of the current device.
class DeviceMemory {
 public:
  DeviceMemory() = default;
  /// @throws Error
  DeviceMemory(std::size_t bytes, int device) {
    void* pointer = nullptr;
    check(cudaMalloc(&pointer, bytes), "taking device memory", device);
    data_ = static_cast<std::byte*>(pointer);
  }
  ~DeviceMemory() {
    if (data_) (void)cudaFree(data_);  // nobody is left to be told; the next call would tell
  }
  DeviceMemory(DeviceMemory&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  DeviceMemory& operator=(DeviceMemory&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  std::byte* data() const { return data_; }
  /// Hands the memory over, to be given back by cudaFree.
  std::byte* release() { return std::exchange(data_, nullptr); }

 private:
  std::byte* data_ = nullptr;
};

/// Memory of the host that does not move, so that copies run beside computation.
class PinnedMemory {
 public:
  PinnedMemory() = default;
  /// @throws Error
  PinnedMemory(std::size_t bytes, int device) {
    void* pointer = nullptr;
    check(cudaMallocHost(&pointer, bytes), "taking pinned host memory", device);
    data_ = static_cast<std::byte*>(pointer);
  }
  ~PinnedMemory() {
    if (data_) (void)cudaFreeHost(data_);
  }
  PinnedMemory(PinnedMemory&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  PinnedMemory& operator=(PinnedMemory&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  std::byte* data() const { return data_; }

 private:
  std::byte* data_ = nullptr;
};

class Stream {
 public:
  explicit Stream(int device) {
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream", device);
  }
  ~Stream() { (void)cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

class Event {
 public:
  explicit Event(int device) { check(cudaEventCreate(&event_), "making an event", device); }
  ~Event() { (void)cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  cudaEvent_t get() const { return event_; }
  void swap(Event& other) noexcept { std::swap(event_, other.event_); }

 private:
  cudaEvent_t event_ = nullptr;
};

}  // namespace costrisk::cuda
