// Period by period from the beginning.
#include "tests/reference/spending.hpp"

#include <algorithm>

#include "tests/reference/calendar.hpp"

namespace costrisk::reference {

namespace {

/// All periods from beginning to end, whatever the horizon, and of each how long a whole one is.
template <class Visit>
void each_period(const scenario::Scenario& scenario, const scenario::SpendCommitment& commitment, Visit visit) {
  const double from = commitment.from_seconds, until = commitment.until_seconds;
  const int months = scenario::months_of(commitment.per);
  if (months == 0) return visit(from, until, until - from);
  double begin = from;
  for (int n = 1; begin < until; ++n) {
    const double end = months_later(scenario.start, from, n * months);
    visit(begin, std::min(end, until), end - begin);
    begin = end;
  }
}

}  // namespace

std::vector<SpendPeriod> spend_periods(const scenario::Scenario& scenario,
                                       const scenario::SpendCommitment& commitment) {
  std::vector<SpendPeriod> periods;
  each_period(scenario, commitment, [&](double begin, double end, double whole) {
    const double seen = std::min(end, scenario.horizon_seconds);
    if (seen > begin) periods.push_back({begin, seen, commitment.amount * (seen - begin) / whole});
  });
  return periods;
}

double promised_after_horizon(const scenario::Scenario& scenario, const scenario::SpendCommitment& commitment) {
  double amount = 0.0;
  each_period(scenario, commitment, [&](double begin, double end, double whole) {
    amount += commitment.amount * std::max(0.0, end - std::max(begin, scenario.horizon_seconds)) / whole;
  });
  return amount;
}

}  // namespace costrisk::reference
