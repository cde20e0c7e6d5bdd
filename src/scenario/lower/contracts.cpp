// Terms, prices and upfront payments, in double.
#include "src/scenario/lower/contracts.hpp"

#include <algorithm>
#include <limits>

#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

namespace {

/// Seconds of the term that lie before an instant.
double elapsed(double from_seconds, double term_seconds, double at_seconds) {
  return std::clamp(at_seconds - from_seconds, 0.0, term_seconds);
}

}  // namespace

double contract_cost(const Scenario& scenario, const Plan& plan, Accounting accounting, double seconds) {
  double sum = 0.0;
  for (const Commitment& c : plan.commitments) {
    const double passed = elapsed(c.from_seconds, c.term_seconds, seconds);
    sum += c.instances * c.price_per_hour * (passed / seconds_per_hour);
    if (accounting == Accounting::effective)
      sum += c.upfront * (passed / c.term_seconds);
    else if (passed > 1e-9 * scenario.step_seconds)
      sum += c.upfront;
  }
  for (const SavingsPlan& s : plan.savings_plans)
    sum += s.spend_per_hour * (elapsed(s.from_seconds, s.term_seconds, seconds) / seconds_per_hour);
  return sum;
}

double obligation_beyond_horizon(const Scenario& scenario, const Plan& plan) {
  constexpr double forever = std::numeric_limits<double>::infinity();
  return std::max(0.0, contract_cost(scenario, plan, scenario.accounting, forever) -
                           contract_cost(scenario, plan, scenario.accounting, scenario.horizon_seconds));
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
  return terms;
}

}  // namespace costrisk::scenario
