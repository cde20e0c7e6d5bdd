// Commitments and savings plans over time.
#include "tests/reference/contracts.hpp"

#include <algorithm>
#include <cmath>

#include "tests/reference/drawing.hpp"

namespace costrisk::reference {

namespace {

template <class Held>
Contract contract_of(const scenario::Scenario& scenario, const Held& held, double hourly, double upfront) {
  return {held.from_seconds / scenario.step_seconds,
          (held.from_seconds + held.term_seconds) / scenario.step_seconds,
          hourly,
          upfront,
          held.owner,
          held.unused,
          held.use_after ? &*held.use_after : nullptr};
}

}  // namespace

Contract Contract::of(const scenario::Scenario& scenario, const scenario::Commitment& commitment) {
  return contract_of(scenario, commitment, commitment.instances * commitment.price_per_hour, commitment.upfront);
}

Contract Contract::of(const scenario::Scenario& scenario, const scenario::SavingsPlan& savings_plan) {
  return contract_of(scenario, savings_plan, savings_plan.spend_per_hour, 0.0);
}

double Contract::steps_within(double begin, double end) const {
  return std::max(0.0, std::min(end, until) - std::max(begin, from));
}

double Contract::effective_hourly(double step_hours) const { return hourly + upfront / ((until - from) * step_hours); }

double Contract::total(double step_hours) const { return hourly * (until - from) * step_hours + upfront; }

std::vector<Contract> contracts_of(const scenario::Scenario& scenario, const scenario::Plan& plan) {
  std::vector<Contract> contracts;
  for (const scenario::Commitment& commitment : plan.commitments) {
    contracts.push_back(Contract::of(scenario, commitment));
  }
  for (const scenario::SavingsPlan& savings_plan : plan.savings_plans) {
    contracts.push_back(Contract::of(scenario, savings_plan));
  }
  return contracts;
}

double booked(const Contract& contract, std::int64_t k, double step_hours, scenario::Accounting accounting) {
  const double begin = static_cast<double>(k);
  const double hours = contract.steps_within(begin, begin + 1.0) * step_hours;
  if (accounting == scenario::Accounting::effective) return hours * contract.effective_hourly(step_hours);
  const bool begins_here = std::floor(snap(contract.from, time_tolerance)) == begin;
  return hours * contract.hourly + (begins_here ? contract.upfront : 0.0);
}

double owed(const scenario::Scenario& scenario, const Contract& contract) {
  double owed = contract.total(scenario.step_hours());
  for (std::int64_t k = 0; k < scenario.steps(); ++k)
    owed -= booked(contract, k, scenario.step_hours(), scenario.accounting);
  return owed;
}

std::vector<std::size_t> covering_order(const scenario::Scenario& scenario, const scenario::Plan& plan) {
  const std::vector<Contract> contracts = contracts_of(scenario, plan);
  const std::size_t commitments = plan.commitments.size();
  std::vector<std::size_t> order(contracts.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto has_no_owner = [&](std::size_t i) { return contracts[i].owner.empty(); };
  const auto hourly_of_instance = [&](std::size_t i) {
    return contracts[i].effective_hourly(scenario.step_hours()) / std::max(1, plan.commitments[i].instances);
  };
  const auto highest_discount = [&](std::size_t i) {
    double highest = 0.0;
    for (const auto& [market, discount] : plan.savings_plans[i - commitments].discounts)
      highest = std::max(highest, discount);
    return highest;
  };
  const auto name_of = [&](int market) { return scenario.markets[static_cast<std::size_t>(market)].name; };
  const auto first_savings_plan = order.begin() + static_cast<std::ptrdiff_t>(commitments);
  std::stable_sort(order.begin(), first_savings_plan, [&](std::size_t a, std::size_t b) {
    if (has_no_owner(a) != has_no_owner(b)) return has_no_owner(b);
    if (hourly_of_instance(a) != hourly_of_instance(b)) return hourly_of_instance(a) < hourly_of_instance(b);
    return name_of(plan.commitments[a].market) < name_of(plan.commitments[b].market);
  });
  std::stable_sort(first_savings_plan, order.end(), [&](std::size_t a, std::size_t b) {
    if (has_no_owner(a) != has_no_owner(b)) return has_no_owner(b);
    if (highest_discount(a) != highest_discount(b)) return highest_discount(a) > highest_discount(b);
    if (contracts[a].hourly != contracts[b].hourly) return contracts[a].hourly > contracts[b].hourly;
    const auto names = [&](std::size_t i) {
      std::vector<std::string> result;
      for (const auto& [market, discount] : by_discount(scenario, plan.savings_plans[i - commitments]))
        result.push_back(name_of(market));
      return result;
    };
    return names(a) < names(b);
  });
  return order;
}

std::vector<std::pair<int, double>> by_discount(const scenario::Scenario& scenario,
                                                const scenario::SavingsPlan& savings_plan) {
  std::vector<std::pair<int, double>> discounts = savings_plan.discounts;
  std::sort(discounts.begin(), discounts.end(), [&](const auto& a, const auto& b) {
    if (a.second != b.second) return a.second > b.second;
    return scenario.markets[static_cast<std::size_t>(a.first)].name <
           scenario.markets[static_cast<std::size_t>(b.first)].name;
  });
  return discounts;
}

int available(const scenario::Scenario& scenario, const scenario::Plan& plan, int market, std::int64_t k) {
  int instances = 0;
  for (const scenario::Commitment& commitment : plan.commitments) {
    if (commitment.kind != scenario::Commitment::Kind::capacity || commitment.market != market) continue;
    const Contract contract = Contract::of(scenario, commitment);
    if (first_step_from(contract.from) <= k && k < first_step_from(contract.until)) instances += commitment.instances;
  }
  return instances;
}

Offers offers_of(const scenario::Scenario& scenario, const scenario::Plan& plan) {
  const auto steps = static_cast<std::size_t>(scenario.steps());
  const std::size_t markets = scenario.markets.size();
  std::vector<std::vector<int>> left(markets, std::vector<int>(steps));
  for (std::size_t m = 0; m < markets; ++m) {
    for (std::size_t k = 0; k < steps; ++k) {
      left[m][k] = available(scenario, plan, static_cast<int>(m), static_cast<std::int64_t>(k));
    }
  }
  const auto take = [&](int market, int least, int most) {
    std::vector<int> taken(steps);
    for (std::size_t k = 0; k < steps; ++k) {
      taken[k] = left[market][k] < least ? 0 : std::min(most, left[market][k]);
      left[market][k] -= taken[k];
    }
    return taken;
  };
  // A gang that splits, in all that it may take: `most`, which is lowered by what is taken.
  const auto take_at_most = [&](int market, std::vector<int>& most) {
    std::vector<int> taken(steps);
    for (std::size_t k = 0; k < steps; ++k) {
      taken[k] = std::min(most[k], left[market][k]);
      left[market][k] -= taken[k];
      most[k] -= taken[k];
    }
    return taken;
  };
  Offers offers;
  for (const scenario::ServiceAssignment& assignment : plan.services) {
    offers.pools.emplace_back(assignment.pools.size());
    for (std::size_t p = 0; p < assignment.pools.size(); ++p) {
      const scenario::Pool& pool = assignment.pools[p];
      if (pool.buy == Purchase::reserved) offers.pools.back()[p] = take(pool.market, 0, pool.max);
    }
  }
  for (const scenario::JobAssignment& assignment : plan.jobs) {
    offers.jobs.emplace_back(std::max(assignment.markets.size(), assignment.purchases.size()));
    std::vector<int> parts(steps, assignment.instances);
    for (std::size_t i = 0; i < assignment.purchases.size(); ++i) {
      const scenario::JobPurchase& purchase = assignment.purchases[i];
      if (purchase.buy != Purchase::reserved) continue;
      offers.jobs.back()[i] = assignment.split ? take_at_most(purchase.market, parts)
                                               : take(purchase.market, assignment.instances, assignment.instances);
    }
    if (assignment.policy != Policy::reserved || !assignment.purchases.empty()) continue;
    for (std::size_t m = 0; m < assignment.markets.size(); ++m) {
      offers.jobs.back()[m] = take(assignment.markets[m], assignment.instances, assignment.instances);
    }
  }
  return offers;
}

}  // namespace costrisk::reference
