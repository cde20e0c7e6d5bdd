// What the processor can do, in the steps that the backends and the ladder are compiled for.
#pragma once

namespace costrisk::run {

/// Instruction sets of this machine, each with those before it.
struct Processor {
  bool fma = __builtin_cpu_supports("avx") && __builtin_cpu_supports("fma");
  bool avx2 = fma && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
              __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("aes") &&
              __builtin_cpu_supports("pclmul");
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512vl");
};

}  // namespace costrisk::run
