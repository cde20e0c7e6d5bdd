// The scenario that a result file carries.
#pragma once

#include <optional>

#include "src/scenario/scenario.hpp"
#include "src/tally/results.hpp"

namespace costrisk::report {

/// The scenario of a run without the contents of its histories, from the text in its results; nothing where that does
/// not load here (a schema of another version).
std::optional<scenario::Scenario> stored_scenario(const tally::Results& results);

}  // namespace costrisk::report
