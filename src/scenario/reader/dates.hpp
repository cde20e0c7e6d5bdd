// Dates in place of durations that count from the start of the scenario.
#pragma once

#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/node.hpp"

namespace costrisk::scenario {

/// Makes durations of the dates of a document, wherever its schema has an instant, and notes those before what they
/// count from. Local times, without daylight saving.
void resolve_dates(Node& root, Diagnostics& diagnostics);

}  // namespace costrisk::scenario
