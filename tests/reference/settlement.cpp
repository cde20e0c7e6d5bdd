// Coverage in the stated order: commitments in file order, then savings plans, each by its highest discounts.
#include "tests/reference/settlement.hpp"

#include <algorithm>
#include <cmath>

#include "tests/reference/contracts.hpp"

namespace costrisk::reference {

namespace {

/// One use within one period.
struct Rest {
  const Use* use;
  double hours = 0.0;  ///< not yet covered
  double price = 0.0;  ///< mean list price of the use of the period
};

class Period {
 public:
  Period(const scenario::Scenario& scenario, const scenario::Plan& plan, int unused, std::int64_t begin,
         std::int64_t end, const std::vector<bool>& settled, Bill& bill, Settlement& result)
      : scenario_(scenario),
        plan_(plan),
        unused_(unused),
        begin_(begin),
        end_(end),
        settled_(settled),
        bill_(bill),
        result_(result) {}

  void settle(const std::vector<Use>& uses) {
    for (const Use& use : uses) gather(use);
    for (const scenario::Commitment& commitment : plan_.commitments) cover(commitment);
    for (const scenario::SavingsPlan& savings_plan : plan_.savings_plans) cover(savings_plan);
    for (const Rest& rest : rests_) pay(rest);
  }

 private:
  void gather(const Use& use) {
    Rest rest{&use};
    double cost = 0.0;
    for (std::int64_t k = begin_; k < end_; ++k) {
      rest.hours += use.hours[static_cast<std::size_t>(k)];
      cost += use.list_cost[static_cast<std::size_t>(k)];
    }
    if (rest.hours > 0.0) rest.price = cost / rest.hours;
    rests_.push_back(rest);
  }

  double hours_of(const Contract& contract) const {
    return contract.steps_within(static_cast<double>(begin_), static_cast<double>(end_)) * scenario_.step_hours();
  }

  void cover(const scenario::Commitment& commitment) {
    const Contract contract = Contract::of(scenario_, commitment);
    const Purchase buy =
        commitment.kind == scenario::Commitment::Kind::capacity ? Purchase::reserved : Purchase::on_demand;
    const double rate = contract.effective_hourly(scenario_.step_hours()) / commitment.instances;
    double hours_left = commitment.instances * hours_of(contract);
    for (Rest& rest : rests_) {
      if (rest.use->market != commitment.market || rest.use->buy != buy) continue;
      const double hours = std::min(rest.hours, hours_left);
      hours_left -= hours;
      take(rest, hours, rate * hours);
    }
  }

  void cover(const scenario::SavingsPlan& savings_plan) {
    double budget = savings_plan.spend_per_hour * hours_of(Contract::of(scenario_, savings_plan));
    std::vector<std::pair<int, double>> discounts = savings_plan.discounts;
    std::stable_sort(discounts.begin(), discounts.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const auto& [market, discount] : discounts) {
      for (Rest& rest : rests_) {
        if (rest.use->market != market || rest.use->buy != Purchase::on_demand || rest.price <= 0.0) continue;
        const double price = (1.0 - discount) * rest.price;
        const double hours = std::min(rest.hours, budget / price);
        budget -= hours * price;
        take(rest, hours, hours * price);
      }
    }
  }

  /// Covered hours are the owner's to carry, at the contract's rate.
  void take(Rest& rest, double hours, double carried) {
    if (rest.use->buy == Purchase::on_demand) result_.covered += hours * rest.price;
    result_.allocated += carried;
    bill_.move(unused_, rest.use->owner, Category::commitment, carried);
    if (rest.use->service >= 0) result_.by_service[rest.use->service] += carried;
    rest.hours -= hours;
  }

  /// On-demand of a workload that no contract of the plan could ever cover is booked as it accrues.
  void pay(const Rest& rest) {
    if (rest.use->buy != Purchase::on_demand) return;
    const double cost = rest.hours * rest.price;
    if (settled_[rest.use->workload]) {
      bill_.charge(end_ - 1, rest.use->owner, Category::on_demand, cost);
    } else {
      for (std::int64_t k = begin_; k < end_; ++k)
        bill_.charge(k, rest.use->owner, Category::on_demand, rest.use->list_cost[static_cast<std::size_t>(k)]);
    }
    if (rest.use->service >= 0) result_.by_service[rest.use->service] += cost;
  }

  const scenario::Scenario& scenario_;
  const scenario::Plan& plan_;
  const int unused_;
  const std::int64_t begin_, end_;
  const std::vector<bool>& settled_;
  Bill& bill_;
  Settlement& result_;
  std::vector<Rest> rests_;
};

/// Whether some contract covers on-demand use in that market.
bool may_be_covered(const scenario::Plan& plan, const Use& use) {
  if (use.buy != Purchase::on_demand) return false;
  for (const scenario::Commitment& commitment : plan.commitments)
    if (commitment.kind == scenario::Commitment::Kind::discount && commitment.market == use.market) return true;
  for (const scenario::SavingsPlan& savings_plan : plan.savings_plans)
    for (const auto& [market, discount] : savings_plan.discounts)
      if (market == use.market) return true;
  return false;
}

}  // namespace

std::vector<std::int64_t> settlement_ends(const scenario::Scenario& scenario) {
  const double step = scenario.step_seconds;
  const auto divides = [step](double seconds) {
    const double steps = seconds / step;
    return std::abs(steps - std::rint(steps)) < 1e-9;
  };
  const double into_the_hour = scenario.start.minute * 60.0 + scenario.start.second;
  std::int64_t each = 1, first = 1;
  if (divides(3600.0) && divides(into_the_hour)) {
    each = std::llrint(3600.0 / step);
    first = each - std::llrint(into_the_hour / step);
  }
  std::vector<std::int64_t> ends;
  for (std::int64_t end = first; end < scenario.steps(); end += each) ends.push_back(end);
  ends.push_back(scenario.steps());
  return ends;
}

Settlement settle(const scenario::Scenario& scenario, const scenario::Plan& plan, const std::vector<Use>& uses,
                  int unused, Bill& bill) {
  Settlement result;
  result.by_service.assign(plan.services.size(), 0.0);
  for (const Contract& contract : contracts_of(scenario, plan)) {
    for (std::int64_t k = 0; k < scenario.steps(); ++k) {
      bill.charge(k, unused, Category::commitment, booked(contract, k, scenario.step_hours(), scenario.accounting));
      result.effective += booked(contract, k, scenario.step_hours(), scenario::Accounting::effective);
    }
  }
  bill.forget(Category::on_demand);
  std::vector<bool> settled(plan.services.size() + plan.jobs.size());
  for (const Use& use : uses)
    if (may_be_covered(plan, use)) settled[static_cast<std::size_t>(use.workload)] = true;
  std::int64_t begin = 0;
  for (const std::int64_t end : settlement_ends(scenario)) {
    Period(scenario, plan, unused, begin, end, settled, bill, result).settle(uses);
    begin = end;
  }
  return result;
}

double obligation(const scenario::Scenario& scenario, const scenario::Plan& plan) {
  double owed = 0.0;
  for (const Contract& contract : contracts_of(scenario, plan)) {
    owed += contract.total(scenario.step_hours());
    for (std::int64_t k = 0; k < scenario.steps(); ++k) {
      owed -= booked(contract, k, scenario.step_hours(), scenario.accounting);
    }
  }
  return owed;
}

}  // namespace costrisk::reference
