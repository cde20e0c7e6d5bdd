// Terms, prices and upfront payments, in double.
#include "src/scenario/lower/contracts.hpp"

#include <algorithm>
#include <limits>

#include "src/scenario/lower/periods.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

namespace {

/// An upfront payment is booked once this much of the term has passed.
constexpr double shortest_passed_seconds = 1e-6;

/// Seconds of the term that lie before an instant.
double elapsed(double from_seconds, double term_seconds, double at_seconds) {
  return std::clamp(at_seconds - from_seconds, 0.0, term_seconds);
}

}  // namespace

double cost_until(const Commitment& commitment, Accounting accounting, double seconds) {
  const double passed = elapsed(commitment.from_seconds, commitment.term_seconds, seconds);
  double cost = commitment.instances * commitment.price_per_hour * (passed / seconds_per_hour);
  if (accounting == Accounting::effective)
    cost += commitment.upfront * (passed / commitment.term_seconds);
  else if (passed > shortest_passed_seconds)
    cost += commitment.upfront;
  return cost;
}

double cost_until(const SavingsPlan& savings_plan, Accounting, double seconds) {
  return savings_plan.spend_per_hour *
         (elapsed(savings_plan.from_seconds, savings_plan.term_seconds, seconds) / seconds_per_hour);
}

double contract_cost(const Plan& plan, Accounting accounting, double seconds) {
  double sum = 0.0;
  for (const Commitment& commitment : plan.commitments) sum += cost_until(commitment, accounting, seconds);
  for (const SavingsPlan& savings_plan : plan.savings_plans) sum += cost_until(savings_plan, accounting, seconds);
  return sum;
}

double promised_after_horizon(const Scenario& scenario, const SpendCommitment& commitment) {
  return commitment.amount * spend_periods(scenario, commitment).periods_after;
}

double obligation_beyond_horizon(const Scenario& scenario, const Plan& plan) {
  constexpr double forever = std::numeric_limits<double>::infinity();
  double owed = std::max(0.0, contract_cost(plan, scenario.accounting, forever) -
                                  contract_cost(plan, scenario.accounting, scenario.horizon_seconds));
  for (const SpendCommitment& commitment : plan.spend_commitments) owed += promised_after_horizon(scenario, commitment);
  return owed;
}

std::vector<double> contract_terms(const Plan& plan) {
  std::vector<double> terms;
  for (const Commitment& c : plan.commitments)
    terms.insert(terms.end(), {double(c.market), double(c.kind), double(c.instances), c.price_per_hour, c.upfront,
                               c.from_seconds, c.term_seconds});
  for (const SavingsPlan& s : plan.savings_plans) {
    terms.insert(terms.end(), {s.spend_per_hour, s.from_seconds, s.term_seconds});
    for (const auto& [market, discount] : s.discounts) terms.insert(terms.end(), {double(market), discount});
  }
  for (const SpendCommitment& s : plan.spend_commitments) {
    terms.insert(terms.end(), {s.amount, double(s.per), s.from_seconds, s.until_seconds});
    for (const Category category : s.of) terms.push_back(double(category));
  }
  return terms;
}

}  // namespace costrisk::scenario
