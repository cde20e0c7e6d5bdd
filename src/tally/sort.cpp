// Sorting by TBB.
#include "src/tally/sort.hpp"

#include <tbb/parallel_sort.h>

namespace costrisk::tally {

void sort_on_processor(std::span<std::int64_t> values) { tbb::parallel_sort(values.begin(), values.end()); }

}  // namespace costrisk::tally
