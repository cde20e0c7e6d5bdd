// Lowers plans: the components they share, the items they pay, what they commit to and which use that covers.
#pragma once

#include "src/scenario/lower/lower_world.hpp"

namespace costrisk::scenario {

/// Lowers every assignment of every plan, then the plans themselves; fills the arrays by plan of `lowered`.
void lower_plans(Lowering& lowering, const WorldSlots& world, Lowered& lowered);

}  // namespace costrisk::scenario
