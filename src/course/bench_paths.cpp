// A trial that is short enough settles at once that more paths are wanted; one that is long has to be so three times.
#include "src/course/bench_paths.hpp"

namespace costrisk::course {

namespace {

bool takes(std::uint64_t paths, double seconds, const std::function<double(std::uint64_t)>& simulate) {
  constexpr int trials = 3;
  for (int i = 0; i < trials; ++i)
    if (simulate(paths) < seconds) return false;
  return true;
}

}  // namespace

std::uint64_t choose_paths(std::uint64_t first, double seconds,
                           const std::function<double(std::uint64_t paths)>& simulate) {
  (void)simulate(first);
  std::uint64_t paths = first;
  while (!takes(paths, 0.5 * seconds, simulate)) paths *= 2;
  return paths;
}

}  // namespace costrisk::course
