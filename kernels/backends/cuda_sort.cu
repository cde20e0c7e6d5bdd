// Sorts by Thrust: values go through pinned memory, so that they change only once all has gone well.
#include "kernels/backends/cuda_sort.hpp"

#include <thrust/sort.h>
#include <thrust/system/cuda/execution_policy.h>
#include <thrust/system_error.h>

#include <cstddef>
#include <cstring>
#include <new>

#include "kernels/backends/cuda_call.hpp"

namespace costrisk::cuda {

namespace {

/// Gives Thrust the memory that it sorts in.
struct Scratch {
  using value_type = char;
  int device;

  char* allocate(std::size_t bytes) const { return reinterpret_cast<char*>(DeviceMemory(bytes, device).release()); }
  void deallocate(char* memory, std::size_t) const { (void)cudaFree(memory); }
};

}  // namespace

bool can_sort() { return true; }

class Sorter::Implementation {
 public:
  explicit Implementation(int device)
      : device_((use_device(device), device)), stream_(device), begun_(device), ended_(device) {}

  ~Implementation() {
    // Nothing may be in flight while its memory is given back; what failed was told by the call that found it.
    (void)cudaSetDevice(device_);
    (void)cudaStreamSynchronize(stream_.get());
  }
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  void sort(std::span<std::int64_t> values) {
    if (values.size() < 2) return;
    use_device(device_);
    const Range range("costrisk sort costs");
    const std::size_t bytes = values.size_bytes();
    reserve(bytes);
    std::memcpy(host_.data(), values.data(), bytes);
    const cudaStream_t stream = stream_.get();
    check(cudaEventRecord(begun_.get(), stream), "recording an event", device_);
    check(cudaMemcpyAsync(memory_.data(), host_.data(), bytes, cudaMemcpyHostToDevice, stream), "copying what to sort",
          device_);
    sort_on_device(values.size());
    check(cudaMemcpyAsync(host_.data(), memory_.data(), bytes, cudaMemcpyDeviceToHost, stream),
          "copying what was sorted", device_);
    check(cudaEventRecord(ended_.get(), stream), "recording an event", device_);
    check(cudaEventSynchronize(ended_.get()), "sorting", device_);
    float milliseconds = 0.0f;
    check(cudaEventElapsedTime(&milliseconds, begun_.get(), ended_.get()), "reading the time", device_);
    std::memcpy(values.data(), host_.data(), bytes);
    ++time_.launches;
    time_.seconds += 1e-3 * static_cast<double>(milliseconds);
  }

  LaunchTime launch_time() const {
    LaunchTime time = time_;
    time.kind = LaunchKind::sort;
    time.name = "sort of costs and its copies";
    time.device = device_;
    return time;
  }

 private:
  /// Memory for so many bytes, unless there is.
  void reserve(std::size_t bytes) {
    if (bytes_ >= bytes) return;
    bytes_ = 0;
    memory_ = {};
    host_ = {};
    memory_ = DeviceMemory(bytes, device_);
    host_ = PinnedMemory(bytes, device_);
    bytes_ = bytes;
  }

  void sort_on_device(std::size_t count) {
    auto* first = reinterpret_cast<std::int64_t*>(memory_.data());
    Scratch scratch = {device_};
    try {
      thrust::sort(thrust::cuda::par(scratch).on(stream_.get()), first, first + count);
    } catch (const thrust::system_error& error) {
      check(static_cast<cudaError_t>(error.code().value()), "sorting", device_);
      throw;
    } catch (const std::bad_alloc&) {
      check(cudaErrorMemoryAllocation, "taking memory to sort in", device_);
    }
  }

  int device_;
  Stream stream_;
  Event begun_, ended_;
  DeviceMemory memory_;
  PinnedMemory host_;
  std::size_t bytes_ = 0;
  LaunchTime time_;
};

Sorter::Sorter(int device) : implementation_(std::make_unique<Implementation>(device)) {}
Sorter::~Sorter() = default;
void Sorter::sort(std::span<std::int64_t> values) { implementation_->sort(values); }
LaunchTime Sorter::launch_time() const { return implementation_->launch_time(); }

}  // namespace costrisk::cuda
