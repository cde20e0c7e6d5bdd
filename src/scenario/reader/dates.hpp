// Dates in place of durations that count from the start of the scenario.
#pragma once

#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/node.hpp"

namespace costrisk::scenario {

/// Seconds of local time since 1970, without leap seconds.
double seconds_since_1970(const StartTime& time);
/// So many seconds later, to the nearest.
StartTime later(const StartTime& time, double seconds);

/// Makes durations of the dates of a document, wherever its schema has an instant, and notes those before what they
/// count from. Local times, without daylight saving.
void resolve_dates(Node& root, Diagnostics& diagnostics);

}  // namespace costrisk::scenario
