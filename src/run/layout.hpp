// What a run of a scenario is added up into.
#pragma once

#include "src/results/sums/tally_layout.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/lower/lower.hpp"

namespace costrisk::run {

/// @param first_path, paths of the whole run, of which what is simulated may be a part
results::TallyLayout layout_of(const scenario::Scenario& scenario, const scenario::Lowered& lowered,
                               std::uint64_t first_path, std::uint64_t paths, bool keep_paths);

}  // namespace costrisk::run
