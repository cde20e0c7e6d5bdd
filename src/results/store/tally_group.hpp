// The groups `tally` (raw integers that merge) and `paths` (values by path) of a results file.
#pragma once

#include "src/results/estimators/results.hpp"
#include "src/results/store/hdf5.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::results {

/// Writes group `tally` of an open file, and group `paths` where the tally keeps paths.
void write_tally_groups(hid_t file, const Tally& tally, const ResultsContext& context);

/// Reads and checks all of what `write_tally_groups` wrote but for the values by path, of which type, shape and storage
/// are checked.
/// @throws FormatError
TallyFrame check_tally_groups(hid_t file);

/// Rebuilds the tally that `write_tally_groups` wrote.
/// @throws FormatError
Tally read_tally_groups(hid_t file);

}  // namespace costrisk::results
