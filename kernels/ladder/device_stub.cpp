// The GPU rungs of a build without the CUDA toolkit: there are none, and it says so.
#include "kernels/backends/cuda.hpp"
#include "kernels/ladder/device_ladder.hpp"

namespace costrisk::ladder {

class DeviceLadder::Implementation {};

std::string device_ladder_problem() { return cuda::find_devices().problem; }

DeviceLadder::DeviceLadder(const Model&) { throw cuda::Error(cuda::ErrorKind::unavailable, device_ladder_problem()); }
DeviceLadder::~DeviceLadder() = default;
// No object exists, so none of these is ever called.
const std::string& DeviceLadder::device() const {
  throw cuda::Error(cuda::ErrorKind::unavailable, device_ladder_problem());
}
Tally DeviceLadder::run(int, std::uint64_t, int, Count, std::int64_t*) { return {}; }
int DeviceLadder::launch_shapes() { return 0; }
void DeviceLadder::keep_launch_shape(int) {}
double DeviceLadder::issue_rate() { return 0.0; }
double DeviceLadder::memory_rate() { return 0.0; }
double DeviceLadder::draw_rate() { return 0.0; }

}  // namespace costrisk::ladder
