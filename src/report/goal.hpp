// Which plans meet the scenario's goal.
#pragma once

#include <string>

#include "src/report/summary.hpp"
#include "src/scenario/scenario.hpp"

namespace costrisk::report {

/// Two sentences, a line each: the goal, and the plans that meet the goal, and the one of these with the lowest mean
/// cost. Empty for a scenario without a goal.
std::string goal_text(const scenario::Scenario& scenario, const Summary& summary);

}  // namespace costrisk::report
