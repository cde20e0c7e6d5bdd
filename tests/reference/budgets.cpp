// Whole periods of the calendar, of which the scenario sees a part.
#include "tests/reference/budgets.hpp"

#include <algorithm>

#include "tests/reference/calendar.hpp"

namespace costrisk::reference {

std::vector<BudgetPeriod> budget_periods(const scenario::Scenario& scenario, const scenario::Budget& budget) {
  const double horizon = scenario.horizon_seconds;
  const int months = scenario::months_of(budget.per);
  if (months == 0) return {{horizon, budget.amount}};
  std::vector<BudgetPeriod> periods;
  // The first is the one in which the scenario starts.
  int month = -(month_of_year(scenario.start) % months);
  for (double begin = month_begins(scenario.start, month); begin < horizon; month += months) {
    const double end = month_begins(scenario.start, month + months);
    const double seen = std::min(end, horizon) - std::max(begin, 0.0);
    periods.push_back({std::min(end, horizon), budget.amount * seen / (end - begin)});
    begin = end;
  }
  return periods;
}

}  // namespace costrisk::reference
