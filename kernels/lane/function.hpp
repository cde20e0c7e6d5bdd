// The qualifier of every function that runs once per path: inlined always, and on the device too.
#pragma once

#if defined(__CUDACC__)
#define COSTRISK_FN __host__ __device__ __forceinline__
#else
#define COSTRISK_FN inline __attribute__((always_inline))
#endif
