// From what a run adds up to what it answers.
#pragma once

#include <functional>
#include <string>

#include "src/results/estimators/results.hpp"
#include "src/results/quantities/addresses.hpp"
#include "src/run/run.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::run {

/// What turns the tally of an outcome into results of this scenario.
results::ResultsContext results_context(const scenario::Scenario& scenario, const Outcome& outcome);

/// The addresses that the results of the scenario will have, before it is run. Of checkpoints there are all that a run
/// may come to.
results::Scope scope_of(const scenario::Scenario& scenario);

/// The results of a scenario's outcome. Costs are sorted on the GPU that computed them, where one did; its time is
/// added to the outcome's timings.
/// @param notice called with a line where the GPU cannot sort, and the processor does
results::Results evaluate(const scenario::Scenario& scenario, Outcome& outcome,
                          const std::function<void(const std::string&)>& notice = {});

}  // namespace costrisk::run
