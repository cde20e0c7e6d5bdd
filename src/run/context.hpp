// The names and units that the results of a run are labelled with.
#pragma once

#include "src/results/estimators/results.hpp"
#include "src/run/run.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::run {

/// What turns the tally of an outcome into results of this scenario.
results::ResultsContext results_context(const scenario::Scenario& scenario, const Outcome& outcome);

}  // namespace costrisk::run
