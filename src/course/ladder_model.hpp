// The numbers of the ladder's scenario as the rungs take them.
#pragma once

#include "kernels/ladder/model.hpp"
#include "src/scenario/lower/lower.hpp"

namespace costrisk::course {

/// What the rungs need of the lowered scenario.
/// @throws std::logic_error where the scenario has what the ladder's model leaves out
ladder::Model ladder_model(const scenario::Lowered& lowered);

}  // namespace costrisk::course
