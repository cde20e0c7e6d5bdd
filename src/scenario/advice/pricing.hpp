// What of a scenario is priced how, where its author does not say it line by line.
#pragma once

#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// A sentence for each job that a plan runs: what its work costs that is not done at the horizon.
std::vector<std::string> pricing_of(const Scenario& scenario);

}  // namespace costrisk::scenario
