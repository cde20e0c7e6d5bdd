// Which lanes there are, and which of them this processor runs.
#include "tests/kat/lane_probe.hpp"

namespace costrisk::kat {

const std::vector<const LaneProbe*>& all_probes() {
  static const std::vector<const LaneProbe*> probes = {&scalar_probe, &scalar_fma_probe, &avx2_probe, &avx512_probe};
  return probes;
}

bool can_run(const LaneProbe& probe) {
  if (&probe == &scalar_probe) return true;
  const bool fma = __builtin_cpu_supports("avx") && __builtin_cpu_supports("fma");
  if (&probe == &scalar_fma_probe) return fma;
  const bool avx2 = fma && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  if (&probe == &avx2_probe) return avx2;
  return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

std::vector<const LaneProbe*> usable_probes() {
  std::vector<const LaneProbe*> usable;
  for (const LaneProbe* probe : all_probes())
    if (can_run(*probe)) usable.push_back(probe);
  return usable;
}

const LaneProbe& fastest_probe() { return *usable_probes().back(); }

}  // namespace costrisk::kat
