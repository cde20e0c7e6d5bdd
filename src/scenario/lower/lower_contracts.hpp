// Lowers what plans commit to, and the use that it may cover.
#pragma once

#include <vector>

#include "src/scenario/lower/lower_world.hpp"

namespace costrisk::scenario {

/// Gives a lowered plan its uses, its commitments and its savings plans. Components tell a use once, however many
/// plans may cover it.
void lower_contracts(Lowering& lowering, const std::vector<MarketSlots>& markets, const Plan& plan,
                     PlanParameters& result);

}  // namespace costrisk::scenario
