// What one path drew: the unknowns of the scenario, and when bursts and shocks are on.
#pragma once

#include <vector>

#include "kernels/lane/scalar.hpp"

#include "kernels/model/draws.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/lower/lower.hpp"

namespace costrisk::run {

/// Every unknown that is drawn once per future, in the order of `lowered.drivers`. Values follow from the scenario's
/// laws in double precision, the engine's own in single.
/// @pre the path's constants are drawn
std::vector<Draw> path_draws(const scenario::Scenario& scenario, const scenario::Lowered& lowered,
                             const PathContext<ScalarLane<0>>& path);

/// Appends the stretches in which a renewal of the path is on, from the start to the horizon.
void add_stretches(const PathContext<ScalarLane<0>>& path, const RenewalParameters& renewal, int of,
                   std::vector<Stretch>& stretches);

}  // namespace costrisk::run
