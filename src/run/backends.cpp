// Looks at the processor and for GPUs, and finds backends.
#include "src/run/backends.hpp"

#include <fmt/format.h>

#include "kernels/backends/cuda.hpp"
#include "src/run/processor.hpp"
#include "src/run/run.hpp"

namespace costrisk::run {

namespace {

struct Candidate {
  BackendInfo info;
  const Backend* backend;
};

BackendInfo cuda_info() {
  const cuda::DeviceList list = cuda::find_devices();
  if (!list.problem.empty()) return {"cuda", false, list.problem};
  std::vector<std::string> devices;
  for (const cuda::Device& device : list.devices)
    devices.push_back(fmt::format("GPU {}: {}, {:.0f} GiB, compute capability {}.{}{}", device.ordinal, device.name,
                                  static_cast<double>(device.memory_bytes) / 0x1p30, device.major, device.minor,
                                  device.problem.empty() ? "" : " (not used: " + device.problem + ")"));
  return {"cuda", true, fmt::format("{}", fmt::join(devices, "; "))};
}

std::vector<Candidate> processor_candidates() {
  const Processor processor;
  const auto vector = [](const Backend& backend, bool available, const char* set) {
    return Candidate{
        {backend.name, available,
         available ? fmt::format("{} paths a group", backend.lanes)
                   : fmt::format("the processor has no {}; the other backends give the same results", set)},
        available ? &backend : nullptr};
  };
  const Backend& scalar = processor.fma ? scalar_fma_backend : scalar_backend;
  return {vector(avx512_backend, processor.avx512, "AVX-512 (F, BW, CD, DQ, VL)"),
          vector(avx2_backend, processor.avx2, "AVX2 with FMA"),
          {{"scalar", true, processor.fma ? "one path at a time, with fused multiply-add" : "one path at a time"},
           &scalar}};
}

}  // namespace

std::vector<BackendInfo> backends() {
  std::vector<BackendInfo> infos = {cuda_info()};
  for (const Candidate& candidate : processor_candidates()) infos.push_back(candidate.info);
  return infos;
}

std::vector<std::string> backend_names() {
  std::vector<std::string> names = {"cuda"};
  for (const Candidate& candidate : processor_candidates()) names.push_back(candidate.info.name);
  return names;
}

const Backend& find_backend(const std::string& name) {
  for (const Candidate& candidate : processor_candidates()) {
    if (name == "auto" ? candidate.backend != nullptr : name == candidate.info.name) {
      if (!candidate.backend)
        throw BackendUnavailable(fmt::format("backend '{}' is not available: {}", name, candidate.info.detail));
      return *candidate.backend;
    }
  }
  if (name == "cuda") throw BackendUnavailable("backend 'cuda' does not run on the processor; name one that does");
  throw std::invalid_argument(
      fmt::format("unknown backend '{}'; there are auto, {}", name, fmt::join(backend_names(), ", ")));
}

}  // namespace costrisk::run
