// The CUDA backend of a build without the CUDA toolkit: there is none, and it says so.
#include "kernels/backends/cuda.hpp"

namespace costrisk::cuda {

namespace {
constexpr const char* reason =
    "this build has no CUDA backend (no nvcc was found when it was made); the CPU backends give the same results";
}

class Engine::Implementation {};

bool is_built() { return false; }
DeviceList find_devices() { return {{}, reason}; }

Engine::Engine(int, const Parameters&, std::span<const ParameterArray>, const Shape&, const EngineOptions&,
               const Reduction*) {
  throw Error(ErrorKind::unavailable, reason);
}
Engine::~Engine() = default;
// No engine exists, so none of these is ever called.
int Engine::chunk_paths() const { return 0; }
int Engine::begin(int, std::uint64_t, int) { return 0; }
const Output& Engine::finish(int) { throw Error(ErrorKind::unavailable, reason); }
const ChunkSums& Engine::finish_sums(int) { throw Error(ErrorKind::unavailable, reason); }
const Output& Engine::whole_output(int) { throw Error(ErrorKind::unavailable, reason); }
std::vector<HistogramPage> Engine::histogram_pages() const { return {}; }
std::string Engine::description() const { return {}; }
std::vector<LaunchTime> Engine::launch_times() const { return {}; }

}  // namespace costrisk::cuda
