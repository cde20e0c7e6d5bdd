// Periods of the calendar: those of budgets, and of spend commitments.
#pragma once

#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// A part of the horizon for which an amount is told.
struct Period {
  double begin_seconds = 0.0, end_seconds = 0.0;
  double share = 1.0;     ///< of the whole period, by time
  std::string name = {};  ///< "2027-Q1"; empty: the horizon
};

/// Seconds from the start to the beginning of the i-th month after its own; of its own, for i = 0, at most 0.
double month_begin(const StartTime& start, int i);

/// The years, quarters or months of the calendar that touch the horizon, in order; or the horizon.
std::vector<Period> periods_of_budget(const Scenario& scenario, Per per);

/// All periods of all budgets, one budget after the other, with their amounts and labels.
struct BudgetPeriod {
  int budget = 0;
  double begin_seconds = 0.0, end_seconds = 0.0;
  double amount = 0.0;
  std::string label;  ///< "search/2027-Q1"
};
std::vector<BudgetPeriod> budget_periods(const Scenario& scenario);

/// The periods of a spend commitment, in order, each from its beginning, which may lie before the start. Those that are
/// over at the start, or come after the horizon, are left out.
struct SpendPeriods {
  std::vector<Period> within;  ///< the last one may be cut off by the horizon
  double periods_after = 0.0;  ///< how many whole periods are promised for the time after the horizon
};
SpendPeriods spend_periods(const Scenario& scenario, const SpendCommitment& commitment);

}  // namespace costrisk::scenario
