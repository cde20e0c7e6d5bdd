// Whether what a file says of a run can be true: whoever reads figures that are in range needs no checks of its own.
#pragma once

#include "src/results/quantities/quantities.hpp"
#include "src/results/store/tally_group.hpp"

namespace costrisk::results {

/// Whether a run like this one can be without the dataset.
bool may_be_absent(const Quantity& quantity, const Results& results);

/// @throws FormatError that names the figure or the labels where they are out of range
void expect_sound(const Results& results);

/// @throws FormatError where results and tally are not of the same plans, workloads and paths
void expect_same_run(const Results& results, const TallyFrame& tally);

}  // namespace costrisk::results
