// Sorting by TBB.
#include "src/results/sums/sort.hpp"

#include <algorithm>

#if !defined(__EMSCRIPTEN__)
#include <tbb/parallel_sort.h>
#endif

namespace costrisk::results {

void sort_on_processor(std::span<std::int64_t> values) {
#if defined(__SANITIZE_THREAD__) || defined(__EMSCRIPTEN__)
  std::sort(values.begin(), values.end());  // one thread; or one that would see a race wherever TBB hands a part over
#else
  tbb::parallel_sort(values.begin(), values.end());
#endif
}

}  // namespace costrisk::results
