// Coverage in the stated order: commitments, cheapest first, then savings plans, each by its highest discounts; and who
// bears what of them.
#include "tests/reference/settlement.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/reference/contracts.hpp"
#include "tests/reference/spending.hpp"

namespace costrisk::reference {

namespace {

/// One use within one period.
struct Rest {
  const Use* use;
  double hours = 0.0;  ///< not yet covered
  double price = 0.0;  ///< mean list price of the use of the period
};

/// What became of a contract in the last quarter of the periods: in hours of a commitment, in spend of a savings plan.
struct Course {
  double late_offered = 0.0, late_used = 0.0;
};

/// What periods of a plan share.
struct Ledger {
  const scenario::Scenario& scenario;
  const scenario::Plan& plan;
  const std::vector<std::string>& owners;
  std::vector<Contract> contracts;
  std::vector<std::size_t> order;
  std::vector<bool> settled;    ///< by workload: booked when the period is settled
  std::vector<Course> courses;  ///< by contract
  Bill& bill;
  Settlement result;

  int unused() const { return static_cast<int>(owners.size()) - 1; }
  int owner(const std::string& name) const {
    return static_cast<int>(std::find(owners.begin(), owners.end(), name) - owners.begin());
  }
};

class Period {
 public:
  Period(Ledger& ledger, std::int64_t begin, std::int64_t end, bool is_late)
      : ledger_(ledger), begin_(begin), end_(end), is_late_(is_late) {}

  void settle(const std::vector<Use>& uses) {
    for (const Use& use : uses) gather(use);
    const std::size_t commitments = ledger_.plan.commitments.size();
    for (const std::size_t contract : ledger_.order) {
      if (contract < commitments)
        cover(contract, ledger_.plan.commitments[contract]);
      else
        cover(contract, ledger_.plan.savings_plans[contract - commitments]);
    }
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

  double hours_of(std::size_t contract) const {
    return ledger_.contracts[contract].steps_within(static_cast<double>(begin_), static_cast<double>(end_)) *
           ledger_.scenario.step_hours();
  }

  void cover(std::size_t contract, const scenario::Commitment& commitment) {
    if (commitment.instances == 0) return;
    const Purchase buy =
        commitment.kind == scenario::Commitment::Kind::capacity ? Purchase::reserved : Purchase::on_demand;
    const double rate =
        ledger_.contracts[contract].effective_hourly(ledger_.scenario.step_hours()) / commitment.instances;
    const double offered = commitment.instances * hours_of(contract);
    const double left = offer(
        contract, commitment.market, buy, offered, [](const Rest&) { return 1.0; }, rate);
    note(contract, offered, left);
  }

  void cover(std::size_t contract, const scenario::SavingsPlan& savings_plan) {
    const double offered = savings_plan.spend_per_hour * hours_of(contract);
    double left = offered;
    for (const auto& [market, discount] : by_discount(ledger_.scenario, savings_plan)) {
      const auto price = [discount = discount](const Rest& rest) { return (1.0 - discount) * rest.price; };
      left = offer(contract, market, Purchase::on_demand, left, price, 1.0);
    }
    note(contract, offered, left);
  }

  void note(std::size_t contract, double offered, double left) {
    if (!is_late_) return;
    ledger_.courses[contract].late_offered += offered;
    ledger_.courses[contract].late_used += offered - left;
  }

  /// Gives to the uses in a market, those of the contract's owner first.
  /// @param taken  of an hour of a use, in the unit of what is offered
  /// @param charge of one such unit
  /// @return what they leave
  template <class Taken>
  double offer(std::size_t contract, int market, Purchase buy, double offered, Taken taken, double charge) {
    std::vector<Rest*> first, others;
    const std::string& owner = ledger_.contracts[contract].owner;
    for (Rest& rest : rests_) {
      if (rest.use->market != market || rest.use->buy != buy || !rest.use->may_be_covered || taken(rest) <= 0.0)
        continue;
      const bool is_owners = !owner.empty() && ledger_.owners[static_cast<std::size_t>(rest.use->owner)] == owner;
      (is_owners ? first : others).push_back(&rest);
    }
    for (const std::vector<Rest*>& group : {first, others}) {
      double wanted = 0.0;
      for (const Rest* rest : group) wanted += rest->hours * taken(*rest);
      const double share = wanted > 0.0 ? std::min(1.0, offered / wanted) : 0.0;
      for (Rest* rest : group) {
        const bool in_turn = ledger_.scenario.allocation.covered == scenario::Allocation::Covered::in_turn;
        const double hours = in_turn ? std::min(rest->hours, offered / taken(*rest)) : share * rest->hours;
        if (in_turn) offered -= hours * taken(*rest);
        take(contract, *rest, hours, hours * taken(*rest) * charge);
      }
      if (ledger_.scenario.allocation.covered == scenario::Allocation::Covered::proportionally)
        offered -= share * wanted;
    }
    return std::max(0.0, offered);
  }

  /// Covered hours are charged to the owner of the use, at the contract's rate.
  void take(std::size_t contract, Rest& rest, double hours, double charge) {
    if (rest.use->buy == Purchase::on_demand) ledger_.result.covered += hours * rest.price;
    ledger_.result.allocated += charge;
    const auto last_step = static_cast<std::size_t>(end_ - 1);
    ledger_.result.leftovers[contract].charged[last_step] += charge;
    ledger_.result.owner_charged[static_cast<std::size_t>(rest.use->owner)][last_step] += charge;
    ledger_.bill.move(end_ - 1, ledger_.unused(), rest.use->owner, Category::commitment, charge);
    count_of_service(rest, charge);
    rest.hours -= hours;
  }

  /// On-demand of a workload that no contract of the plan could ever cover is booked as it accrues.
  void pay(const Rest& rest) {
    if (rest.use->buy != Purchase::on_demand) return;
    const double cost = rest.hours * rest.price;
    if (rest.use->may_be_covered && ledger_.settled[static_cast<std::size_t>(rest.use->workload)]) {
      ledger_.bill.charge(end_ - 1, rest.use->owner, Category::on_demand, cost);
    } else {
      for (std::int64_t k = begin_; k < end_; ++k)
        ledger_.bill.charge(k, rest.use->owner, Category::on_demand, rest.use->list_cost[static_cast<std::size_t>(k)]);
    }
    count_of_service(rest, cost);
  }

  void count_of_service(const Rest& rest, double cost) {
    if (rest.use->service < 0) return;
    const auto service = static_cast<std::size_t>(rest.use->service);
    ledger_.result.by_service[service] += cost;
    if (rest.use->buy == Purchase::on_demand && rest.use->may_be_covered && ledger_.result.for_on_demand[service])
      *ledger_.result.for_on_demand[service] += cost;
  }

  Ledger& ledger_;
  const std::int64_t begin_, end_;
  const bool is_late_;
  std::vector<Rest> rests_;
};

/// Whether some contract covers on-demand use in that market.
bool may_be_covered(const scenario::Plan& plan, const Use& use) {
  if (use.buy != Purchase::on_demand || !use.may_be_covered) return false;
  for (const scenario::Commitment& commitment : plan.commitments)
    if (commitment.kind == scenario::Commitment::Kind::discount && commitment.market == use.market) return true;
  for (const scenario::SavingsPlan& savings_plan : plan.savings_plans)
    for (const auto& [market, discount] : savings_plan.discounts)
      if (market == use.market) return true;
  return false;
}

/// Which share of what is owed after the horizon will be of use.
double share_of_use(const Course& course, const std::optional<double>& drawn) {
  if (drawn) return std::clamp(*drawn, 0.0, 1.0);
  if (course.late_offered <= 0.0) return 0.0;
  const double share = course.late_used / course.late_offered;
  return share >= 1.0 - 0x1p-18 ? 1.0 : share;
}

/// Gives what stands with `unused` in the end to whom the contract says.
void hand_over(Ledger& ledger, const Leftover& leftover, Category category, double amount) {
  if (!leftover.pro_rata) return ledger.bill.move_at_horizon(ledger.unused(), leftover.to, category, amount);
  const std::vector<double> shares = ledger.result.shares_before(ledger.scenario.steps());
  for (std::size_t o = 0; o < shares.size(); ++o)
    ledger.bill.move_at_horizon(ledger.unused(), static_cast<int>(o), category, amount * shares[o]);
}

double sum_before(const std::vector<double>& amounts, std::int64_t step) {
  return std::accumulate(amounts.begin(), amounts.begin() + static_cast<std::ptrdiff_t>(step), 0.0);
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
                  const std::vector<std::optional<double>>& use_after, const std::vector<std::string>& owners,
                  Bill& bill) {
  Ledger ledger{scenario, plan, owners, contracts_of(scenario, plan), covering_order(scenario, plan), {}, {}, bill, {}};
  const std::vector<double> nothing(static_cast<std::size_t>(scenario.steps()), 0.0);
  ledger.result.by_service.assign(plan.services.size(), 0.0);
  ledger.result.for_on_demand.resize(plan.services.size());
  ledger.result.owner_charged.assign(owners.size(), nothing);
  ledger.courses.resize(ledger.contracts.size());
  for (std::size_t c = 0; c < ledger.contracts.size(); ++c) {
    const Contract& contract = ledger.contracts[c];
    const bool pro_rata = contract.unused == scenario::pro_rata;
    ledger.result.leftovers.push_back(
        {nothing, nothing, pro_rata ? ledger.unused() : ledger.owner(contract.unused), pro_rata});
    for (std::int64_t k = 0; k < scenario.steps(); ++k) {
      const double amount = booked(contract, k, scenario.step_hours(), scenario.accounting);
      bill.charge(k, ledger.unused(), Category::commitment, amount);
      ledger.result.leftovers[c].booked[static_cast<std::size_t>(k)] += amount;
      ledger.result.effective += booked(contract, k, scenario.step_hours(), scenario::Accounting::effective);
    }
  }
  bill.forget(Category::on_demand);
  ledger.settled.resize(plan.services.size() + plan.jobs.size());
  for (const Use& use : uses)
    if (may_be_covered(plan, use)) {
      ledger.settled[static_cast<std::size_t>(use.workload)] = true;
      if (use.service >= 0) ledger.result.for_on_demand[static_cast<std::size_t>(use.service)] = 0.0;
    }
  const std::vector<std::int64_t> ends = settlement_ends(scenario);
  const std::size_t first_late = ends.size() - (ends.size() + 3) / 4;
  for (std::size_t i = 0; i < ends.size(); ++i)
    Period(ledger, i > 0 ? ends[i - 1] : 0, ends[i], i >= first_late).settle(uses);
  for (std::size_t c = 0; c < ledger.contracts.size(); ++c) {
    const Contract& contract = ledger.contracts[c];
    const Leftover& leftover = ledger.result.leftovers[c];
    hand_over(ledger, leftover, Category::commitment,
              sum_before(leftover.booked, scenario.steps()) - sum_before(leftover.charged, scenario.steps()));
    if (scenario.accounting == scenario::Accounting::billed) continue;
    const double stranded = owed(scenario, contract) * (1.0 - share_of_use(ledger.courses[c], use_after[c]));
    bill.charge_at_horizon(ledger.unused(), Category::stranded, stranded);
    hand_over(ledger, leftover, Category::stranded, stranded);
  }
  return ledger.result;
}

std::vector<double> Settlement::shares_before(std::int64_t step) const {
  std::vector<double> shares;
  double all = 0.0;
  for (const std::vector<double>& charged : owner_charged) {
    shares.push_back(sum_before(charged, step));
    all += shares.back();
  }
  for (double& share : shares) share = all > 0.0 ? share / all : 0.0;
  if (all <= 0.0) shares.back() = 1.0;
  return shares;
}

std::vector<double> Settlement::moved_before(std::int64_t step) const {
  std::vector<double> moved(owner_charged.size(), 0.0);
  const std::vector<double> shares = shares_before(step);
  for (const Leftover& leftover : leftovers) {
    const double amount = sum_before(leftover.booked, step) - sum_before(leftover.charged, step);
    for (std::size_t o = 0; o < moved.size(); ++o)
      moved[o] += amount * (leftover.pro_rata ? shares[o] : static_cast<int>(o) == leftover.to ? 1.0 : 0.0);
    moved.back() -= amount;
  }
  return moved;
}

double obligation(const scenario::Scenario& scenario, const scenario::Plan& plan) {
  double sum = 0.0;
  for (const Contract& contract : contracts_of(scenario, plan)) sum += owed(scenario, contract);
  for (const scenario::SpendCommitment& commitment : plan.spend_commitments)
    sum += promised_after_horizon(scenario, commitment);
  return sum;
}

}  // namespace costrisk::reference
