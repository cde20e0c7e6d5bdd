// Looks at the processor and finds backends.
#include "src/run/backends.hpp"

#include <fmt/format.h>

#include "src/run/run.hpp"

namespace costrisk::run {

namespace {

struct Processor {
  bool fma = __builtin_cpu_supports("avx") && __builtin_cpu_supports("fma");
  bool avx2 = fma && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
              __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("aes") &&
              __builtin_cpu_supports("pclmul");
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512vl");
};

struct Candidate {
  BackendInfo info;
  const Backend* backend;
};

std::vector<Candidate> candidates() {
  const Processor processor;
  const auto vector = [](const Backend& backend, bool available, const char* set) {
    return Candidate{
        {backend.name, available,
         available ? fmt::format("{} paths a group", backend.lanes)
                   : fmt::format("the processor has no {}; the other backends give the same results", set)},
        available ? &backend : nullptr};
  };
  const Backend& scalar = processor.fma ? scalar_fma_backend : scalar_backend;
  return {{{"cuda", false, "this build has no CUDA backend; the CPU backends give the same results"}, nullptr},
          vector(avx512_backend, processor.avx512, "AVX-512 (F, BW, CD, DQ, VL)"),
          vector(avx2_backend, processor.avx2, "AVX2 with FMA"),
          {{"scalar", true, processor.fma ? "one path at a time, with fused multiply-add" : "one path at a time"},
           &scalar}};
}

}  // namespace

std::vector<BackendInfo> backends() {
  std::vector<BackendInfo> infos;
  for (const Candidate& candidate : candidates()) infos.push_back(candidate.info);
  return infos;
}

const Backend& find_backend(const std::string& name) {
  std::string names = "auto";
  for (const Candidate& candidate : candidates()) {
    if (name == "auto" ? candidate.backend != nullptr : name == candidate.info.name) {
      if (!candidate.backend)
        throw BackendUnavailable(fmt::format("backend '{}' is not available: {}", name, candidate.info.detail));
      return *candidate.backend;
    }
    names += ", " + candidate.info.name;
  }
  throw std::invalid_argument(fmt::format("unknown backend '{}'; there are {}", name, names));
}

}  // namespace costrisk::run
