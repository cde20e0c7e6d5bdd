// The groups `tally` (raw integers that merge) and `paths` (values by path) of a results file.
#pragma once

#include "src/io/hdf5.hpp"
#include "src/tally/results.hpp"
#include "src/tally/tally.hpp"

namespace costrisk::io {

/// Writes group `tally` of an open file, and group `paths` where the tally keeps paths.
void write_tally_groups(hid_t file, const tally::Tally& tally, const tally::ResultsContext& context);

/// Rebuilds the tally that `write_tally_groups` wrote.
/// @throws FormatError
tally::Tally read_tally_groups(hid_t file);

}  // namespace costrisk::io
