// Rung 7: all processors.
//
// Paths do not know of one another, so ranges of them go to whichever thread is free, and each writes to columns of its
// own. No lock, no random state to split, and no sum whose order could matter: the costs are integers, made path by
// path. The same words are drawn whatever thread draws them, so the result does not depend on how many there are.
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include "kernels/ladder/rungs.hpp"

namespace costrisk::ladder {

void on_all_threads(Simulate simulate, const Model& model, std::uint64_t first_path, int paths, Costs costs) {
  constexpr int grain = 64;  // paths: whole registers of any width, and far more work than handing it out
  tbb::parallel_for(tbb::blocked_range<int>(0, paths, grain), [&](const tbb::blocked_range<int>& range) {
    simulate(model, first_path + static_cast<std::uint64_t>(range.begin()), static_cast<int>(range.size()),
             costs.from(range.begin()));
  });
}

}  // namespace costrisk::ladder
