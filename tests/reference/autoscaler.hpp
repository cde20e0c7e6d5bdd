// How many instances an autoscaler wants, from what it wanted before.
#pragma once

#include <vector>

namespace costrisk::reference {

/// Most or least of a history over the last `window` steps, its end included; windows that are not whole
/// interpolate between the whole ones beside them. Before the history began all was as at its first entry.
double most_over(const std::vector<double>& history, double window);
double least_over(const std::vector<double>& history, double window);

}  // namespace costrisk::reference
