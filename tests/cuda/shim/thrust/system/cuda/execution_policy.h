// Stands in for Thrust's policies of CUDA: what a program asks to be done on a stream is done by Thrust on the CPU,
// once the stream's work is done, and in the memory that the program's allocator gives.
#pragma once

#include <cuda_runtime.h>
#include <thrust/system/cpp/execution_policy.h>
#include <thrust/system_error.h>

namespace thrust::cuda {

template <class Allocator>
class PolicyWith {
 public:
  explicit PolicyWith(Allocator& allocator) : allocator_(allocator) {}
  auto on(cudaStream_t stream) const {
    if (const cudaError_t code = cudaStreamSynchronize(stream); code != cudaSuccess)
      throw thrust::system_error(static_cast<int>(code), thrust::generic_category());
    return thrust::cpp::par(allocator_);
  }

 private:
  Allocator& allocator_;
};

struct Policy {
  template <class Allocator>
  PolicyWith<Allocator> operator()(Allocator& allocator) const {
    return PolicyWith<Allocator>(allocator);
  }
};
inline constexpr Policy par;

}  // namespace thrust::cuda
