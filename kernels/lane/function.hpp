// What differs between the host's compilers and the device's: the qualifier of every function that runs once per
// path (inlined always, and on the device too), the unrolling of a loop over a block's words, where state is kept.
#pragma once

#if defined(__CUDACC__)
#define COSTRISK_FN __host__ __device__ __forceinline__
#if defined(__CUDA_ARCH__)
#define COSTRISK_UNROLL_WORDS _Pragma("unroll 4")
#else
#define COSTRISK_UNROLL_WORDS
#endif
#else
#define COSTRISK_FN inline __attribute__((always_inline))
#define COSTRISK_UNROLL_WORDS _Pragma("GCC unroll 4")
#endif

namespace costrisk {

/// How a component has its state at hand within a tile: a processor where it stands, a GPU's thread in registers.
#if defined(__CUDA_ARCH__)
template <class T>
using AtHand = T;
#else
template <class T>
using AtHand = T&;
#endif

}  // namespace costrisk
