// The scenario that a result file carries.
#pragma once

#include <optional>

#include "src/results/estimators/results.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present {

/// The scenario of a run without the contents of its histories, from the text in its results; nothing where that does
/// not load here (a schema of another version).
std::optional<scenario::Scenario> stored_scenario(const results::Results& results);

}  // namespace costrisk::present
