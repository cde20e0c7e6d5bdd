// How many instances an autoscaler wants, from what it wanted before.
#pragma once

#include <vector>

namespace costrisk::reference {

/// Most or least of a history over the last `window` steps, its end included; windows of the most that are not whole
/// interpolate between the whole ones beside them. Before the history began all was as at its first entry.
double most_over(const std::vector<double>& history, double window);
/// Over whole steps.
double least_over(const std::vector<double>& history, std::size_t window);

/// A time in whole steps and the rest of one.
struct WholeAndRest {
  std::size_t whole = 0;
  double rest = 0.0;
};
WholeAndRest whole_and_rest(double steps);

}  // namespace costrisk::reference
