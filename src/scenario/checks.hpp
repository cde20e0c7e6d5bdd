// Checks of a whole scenario: what the engine could not simulate (errors), and what its author probably does
// not want (warnings).
#pragma once

#include "src/scenario/diagnostics.hpp"
#include "src/scenario/scenario.hpp"
#include "src/scenario/validate.hpp"

namespace costrisk::scenario {

/// Notes an error for mean sojourns under 1/64 step, over 64 expected interruptions of a gang in a step, and
/// money that could leave the range in which it is counted.
void check_feasible(const Scenario& scenario, const Places& places, Diagnostics& diagnostics);

/// Notes warnings: steps too coarse for what happens within them, nothing uncertain, policies without a
/// deadline, unfinished work that nothing prices, entities that nothing uses.
void advise(const Scenario& scenario, const Places& places, Diagnostics& diagnostics);

/// Where the value at an address stands, or the nearest table around it that is written down.
Place place_of(const std::string& address, const Places& places);

/// The smallest and largest values that a law takes in any future (log-normal laws: 6.5 spreads out).
double lowest(const Law& law);
double highest(const Law& law);

/// Interruptions of a gang of this job expected in one step, under spot where the policy buys it.
double expected_interruptions_per_step(const Scenario& scenario, const JobAssignment& assignment);

}  // namespace costrisk::scenario
