// Which unknowns a plan depends on.
#pragma once

#include <string>

#include "src/run/timeline.hpp"
#include "src/scenario/scenario.hpp"

namespace costrisk::report {

/// Whether the unknown at an address bears on the plan of a timeline: on its markets, demands, jobs, services and the
/// serverless offers, optimizations and items that it uses. Factors bear on every plan.
bool concerns_plan(const scenario::Scenario& scenario, const run::Timeline& timeline, const std::string& address);

}  // namespace costrisk::report
