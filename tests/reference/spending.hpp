// What plans promise to spend: in which periods, and what of it lies after the horizon.
#pragma once

#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::reference {

/// A period of a promise, as far as it lies before the horizon. Times in seconds since the start.
struct SpendPeriod {
  double from = 0.0, until = 0.0;
  double amount = 0.0;  ///< that the bill is to come to
};

/// Those that begin before the horizon.
std::vector<SpendPeriod> spend_periods(const scenario::Scenario& scenario, const scenario::SpendCommitment& commitment);

/// What is promised for the time after the horizon.
double promised_after_horizon(const scenario::Scenario& scenario, const scenario::SpendCommitment& commitment);

}  // namespace costrisk::reference
