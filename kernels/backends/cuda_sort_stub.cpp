// Sorting of a build that has no CUDA, or CUDA without Thrust: there is none, and it says so.
#include "kernels/backends/cuda_sort.hpp"

namespace costrisk::cuda {

class Sorter::Implementation {};

bool can_sort() { return false; }

Sorter::Sorter(int) {
  throw Error(ErrorKind::unavailable, "this build cannot sort on a GPU (Thrust was not found when it was made)");
}
Sorter::~Sorter() = default;
// No sorter exists, so none of these is ever called.
void Sorter::sort(std::span<std::int64_t>) {}
LaunchTime Sorter::launch_time() const { return {}; }

}  // namespace costrisk::cuda
