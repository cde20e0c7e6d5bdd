// What a scenario asks for that this version's model cannot simulate.
#pragma once

#include <string>
#include <vector>

#include "src/scenario/scenario.hpp"

namespace costrisk::scenario {

/// The addresses of everything in the scenario that is validated but cannot be simulated yet: measured histories.
/// Empty when the scenario can be run.
std::vector<std::string> unsupported(const Scenario& scenario);

}  // namespace costrisk::scenario
