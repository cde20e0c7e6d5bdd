// What differs between the host's compilers and the device's: the qualifiers of functions, the unrolling of a loop of
// four turns, where state is kept.
//
// COSTRISK_FN      runs once per path: inlined always, and on the device too.
// COSTRISK_STAGE   runs once per tile: on a processor a function of its own, whose registers go to its own loops.
// COSTRISK_RARE    happens seldom: on a processor kept out of the loop that it happens in.
// COSTRISK_INLINE  of a lambda: inlined always.
// COSTRISK_ROLLED  before a loop over a table of any length: on the device not written out several times.
#pragma once

#if defined(__CUDACC__)
#define COSTRISK_FN __host__ __device__ __forceinline__
#if defined(__CUDA_ARCH__)
#define COSTRISK_UNROLL _Pragma("unroll 4")
#define COSTRISK_ROLLED _Pragma("unroll 1")
#else
#define COSTRISK_UNROLL
#define COSTRISK_ROLLED
#endif
#define COSTRISK_STAGE COSTRISK_FN
#define COSTRISK_RARE COSTRISK_FN
#define COSTRISK_INLINE
#else
#define COSTRISK_FN inline __attribute__((always_inline))
#define COSTRISK_UNROLL _Pragma("GCC unroll 4")
#define COSTRISK_ROLLED
#define COSTRISK_STAGE __attribute__((noinline))
#define COSTRISK_RARE __attribute__((noinline, cold))
#define COSTRISK_INLINE __attribute__((always_inline))
#endif

namespace costrisk {

/// body(0), …, body(count − 1), each written out, so that arrays they index can stay in registers.
template <int count, class Body>
COSTRISK_FN void unrolled(const Body& body) {
  static_assert(count >= 0 && count <= 4);
  if constexpr (count > 0) body(0);
  if constexpr (count > 1) body(1);
  if constexpr (count > 2) body(2);
  if constexpr (count > 3) body(3);
}

/// How a component has its state at hand within a tile: a processor where it stands, a GPU's thread in registers.
#if defined(__CUDA_ARCH__)
template <class T>
using AtHand = T;
/// How it has its parameters: a GPU's thread where they stand, which is constant memory; a processor as a copy, which
/// the compiler knows that no store changes.
template <class T>
using Given = const T&;
#else
template <class T>
using AtHand = T&;
template <class T>
using Given = const T;
#endif

/// What stands in memory is read anew from here on, where a GPU's thread would rather keep it in registers.
COSTRISK_FN void leave_in_memory() {
#if defined(__CUDA_ARCH__)
  asm volatile("" ::: "memory");
#endif
}

}  // namespace costrisk
