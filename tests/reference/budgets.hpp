// The periods of budgets.
#pragma once

#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::reference {

/// Times in seconds since the start.
struct BudgetPeriod {
  double until = 0.0;  ///< the last: the horizon
  double amount = 0.0;
};

/// In order, from the start on.
std::vector<BudgetPeriod> budget_periods(const scenario::Scenario& scenario, const scenario::Budget& budget);

}  // namespace costrisk::reference
