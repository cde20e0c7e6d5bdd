// The engine's diagnostics as the interface has them.
#pragma once

#include <vector>

#include "costrisk/errors.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk {

std::vector<Problem> problems_of(const scenario::InvalidScenario& invalid);

}  // namespace costrisk
