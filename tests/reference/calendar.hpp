// Calendar months of the scenario's local time, without daylight saving, in seconds since its start.
#pragma once

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::reference {

/// When the month begins that comes so many after that of the start; of 0 at or before the start.
double month_begins(const scenario::StartTime& start, int months);

/// Months since the beginning of the year in which the scenario starts: 0 in January.
int month_of_year(const scenario::StartTime& start);

/// The same day of the month and time of the day so many months later: its last day where it has no such day.
double months_later(const scenario::StartTime& start, double from_seconds, int months);

}  // namespace costrisk::reference
