// A plan's bill: workloads, then what is covered of their use, then items, credit and shares.
#include "tests/reference/plan.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/reference/budgets.hpp"
#include "tests/reference/calendar.hpp"
#include "tests/reference/settlement.hpp"
#include "tests/reference/spending.hpp"

namespace costrisk::reference {

namespace {

/// Where calendar months begin, in seconds since the scenario's start: from the month of the start on, to the first
/// that begins at or after the horizon.
std::vector<double> months_of(const scenario::Scenario& scenario) {
  std::vector<double> begins;
  for (int ahead = 0; begins.empty() || begins.back() < scenario.horizon_seconds; ++ahead)
    begins.push_back(month_begins(scenario.start, ahead));
  return begins;
}

class PlanOnPath {
 public:
  PlanOnPath(const PlanSetting& setting, const World& world, const StreamMaker& streams)
      : setting_(setting),
        scenario_(setting.scenario),
        plan_(setting.scenario.plans[setting.plan]),
        world_(world),
        streams_(streams),
        steps_(setting.scenario.steps()),
        months_(months_of(setting.scenario)),
        taken_(scenario_.markets.size(), scenario_.serverless.size(), steps_),
        bill_(steps_, static_cast<int>(setting.owners.size())) {}

  PlanPath live() {
    run_services();
    run_jobs();
    settle_commitments();
    pay_optimizations();
    for (std::size_t i = 0; i < scenario_.items.size(); ++i) pay(scenario_.items[i], world_.items[i]);
    keep_promises();
    draw_credit();
    pay_shares();
    for (const scenario::Budget& budget : scenario_.budgets) charge_to(budget);
    path_.cost = bill_.total();
    path_.category = bill_.by_category();
    path_.owner = bill_.by_owner();
    path_.cumulative = cumulative();
    return path_;
  }

 private:
  int owner(const std::string& name) const {
    return static_cast<int>(std::find(setting_.owners.begin(), setting_.owners.end(), name) - setting_.owners.begin());
  }
  int unused() const { return static_cast<int>(setting_.owners.size()) - 1; }

  bool has_contracts() const { return !plan_.commitments.empty() || !plan_.savings_plans.empty(); }

  void run_services() {
    for (std::size_t i = 0; i < plan_.services.size(); ++i) {
      const scenario::ServiceAssignment& assignment = plan_.services[i];
      ServiceRun run = simulate_service(scenario_, assignment, world_, setting_.offers.pools[i], streams_,
                                        owner(scenario_.services[assignment.service].owner), taken_, bill_);
      for (Use& use : run.uses) use.service = use.workload = static_cast<int>(i);
      uses_.insert(uses_.end(), run.uses.begin(), run.uses.end());
      path_.services.push_back(run.path);
      served_.push_back(run.served_by_step);
    }
  }

  void run_jobs() {
    for (std::size_t i = 0; i < plan_.jobs.size(); ++i) {
      const scenario::JobAssignment& assignment = plan_.jobs[i];
      const scenario::Job& job = scenario_.jobs[assignment.job];
      JobTerms terms;
      for (const int optimization : assignment.optimizations) {
        terms.speedup *= world_.optimizations[optimization].throughput;
      }
      terms.offers = setting_.offers.jobs[i];
      terms.taken = &taken_;
      terms.margin_hours = world_.margin_hours[static_cast<std::size_t>(setting_.plan)][i];
      if (has_contracts()) terms.uses = &uses_;
      const std::size_t before = uses_.size();
      path_.jobs.push_back(simulate_job(scenario_, assignment, world_.markets, world_.runs[assignment.job],
                                        streams_("job/" + job.name + "/interruptions"), owner(job.owner), bill_,
                                        terms));
      for (std::size_t use = before; use < uses_.size(); ++use)
        uses_[use].workload = static_cast<int>(plan_.services.size() + i);
    }
  }

  void settle_commitments() {
    if (!has_contracts()) {
      for (const Use& use : uses_) {
        if (use.service < 0) continue;
        for (const double cost : use.list_cost) path_.services[use.service].cost += cost;
      }
      return;
    }
    settlement_ = settle(scenario_, plan_, uses_, world_.use_after[static_cast<std::size_t>(setting_.plan)],
                         setting_.owners, bill_);
    path_.covered = settlement_.covered;
    path_.allocated = settlement_.allocated;
    path_.effective = settlement_.effective;
    path_.unused_commitment = settlement_.effective - settlement_.allocated;
    for (std::size_t i = 0; i < path_.services.size(); ++i) {
      ServicePath& service = path_.services[i];
      service.cost += settlement_.by_service[i];
      // What stood idle is told at what was paid.
      if (!settlement_.for_on_demand[i] || service.list_cost <= 0.0) continue;
      const double paid = std::min(2.0, (service.spot_cost + *settlement_.for_on_demand[i]) / service.list_cost);
      service.idle_cost *= paid;
      service.planned_cost *= paid;
    }
  }

  // Once a plan that uses it, at the start, by the first workload that does.
  void pay_optimizations() {
    for (std::size_t o = 0; o < scenario_.optimizations.size(); ++o) {
      const auto uses = [o](const std::vector<int>& optimizations) {
        return std::find(optimizations.begin(), optimizations.end(), static_cast<int>(o)) != optimizations.end();
      };
      const std::string* payer = nullptr;
      for (const scenario::ServiceAssignment& assignment : plan_.services) {
        if (!payer && uses(assignment.optimizations)) payer = &scenario_.services[assignment.service].owner;
      }
      for (const scenario::JobAssignment& assignment : plan_.jobs) {
        if (!payer && uses(assignment.optimizations)) payer = &scenario_.jobs[assignment.job].owner;
      }
      if (payer) bill_.charge(0, owner(*payer), Category::one_off, world_.optimizations[o].once);
    }
  }

  bool pays(const scenario::Item& item) const {
    return std::find(item.plans.begin(), item.plans.end(), setting_.plan) != item.plans.end();
  }

  // Monthly items are paid evenly over each calendar month of their from–until, those paid once at its start, those by
  // the request with the requests of the steps between them.
  void pay(const scenario::Item& item, const ItemDraw& draw) {
    if (!pays(item) || !draw.happens) return;
    const double step = scenario_.step_seconds;
    if (item.kind == scenario::Item::Kind::once) {
      const auto k = static_cast<std::int64_t>(snap(item.from_seconds / step, time_tolerance));
      if (k < steps_) bill_.charge(k, owner(item.owner), Category::one_off, draw.amount);
      return;
    }
    if (item.kind == scenario::Item::Kind::share) return;
    for (std::int64_t k = 0; k < steps_; ++k) {
      const double begin = std::max(item.from_seconds, static_cast<double>(k) * step);
      const double end = std::min(item.until_seconds, static_cast<double>(k + 1) * step);
      if (end <= begin) continue;
      const double amount = item.kind == scenario::Item::Kind::monthly
                                ? draw.amount * months_within(begin, end)
                                : draw.amount / 1000.0 * served(item.demand, k) * (end - begin) / step;
      bill_.charge(k, owner(item.owner), Category::item, amount);
    }
  }

  /// Each month counts by the part of its own length.
  double months_within(double begin, double end) const {
    double sum = 0.0;
    for (std::size_t i = 0; i + 1 < months_.size(); ++i)
      sum += std::max(0.0, std::min(end, months_[i + 1]) - std::max(begin, months_[i])) / (months_[i + 1] - months_[i]);
    return sum;
  }

  /// Requests that the plan's services on a demand serve in step k.
  double served(int demand, std::int64_t k) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < plan_.services.size(); ++i) {
      if (scenario_.services[plan_.services[i].service].demand == demand)
        sum += served_[i][static_cast<std::size_t>(k)];
    }
    return sum;
  }

  // What the bill of a period falls short of is due at its end; shortfalls are no part of any such bill.
  void keep_promises() {
    struct Due {
      std::int64_t step;
      int owner;
      double amount;
    };
    std::vector<Due> dues;
    for (std::size_t i = 0; i < plan_.spend_commitments.size(); ++i) {
      const scenario::SpendCommitment& promise = plan_.spend_commitments[i];
      double kept = 1.0;  // of the last period
      for (const SpendPeriod& period : spend_periods(scenario_, promise)) {
        const std::int64_t from = step_of(period.from), until = step_of(period.until);
        double spent = 0.0;
        for (std::int64_t k = from; k < until; ++k)
          for (const Category category : promise.of) spent += bill_.of_step(k, category);
        const double shortfall = std::max(0.0, period.amount - spent);
        dues.push_back({std::max<std::int64_t>(until - 1, 0), owner(promise.unused), shortfall});
        kept = period.amount > 0.0 ? std::clamp(spent / period.amount, 0.0, 1.0) : 1.0;
      }
      if (scenario_.accounting == scenario::Accounting::billed) continue;
      const auto& drawn = world_.spend_use_after[static_cast<std::size_t>(setting_.plan)][i];
      const double of_use = drawn ? std::clamp(*drawn, 0.0, 1.0) : kept;
      bill_.charge_at_horizon(owner(promise.unused), Category::stranded,
                              promised_after_horizon(scenario_, promise) * (1.0 - of_use));
    }
    for (const Due& due : dues) {
      bill_.charge(due.step, due.owner, Category::commitment, due.amount);
      path_.unused_commitment += due.amount;
    }
  }

  /// The first step that begins at or after an instant; the horizon where none does.
  std::int64_t step_of(double seconds) const {
    return std::min(steps_, first_step_from(seconds / scenario_.step_seconds));
  }

  // Each period by what was charged up to its end and up to that of the one before. An end after the last step's start
  // is the horizon.
  void charge_to(const scenario::Budget& budget) {
    double before = 0.0;
    bool is_over = false;
    const std::vector<BudgetPeriod> periods = budget_periods(scenario_, budget);
    for (std::size_t i = 0; i < periods.size(); ++i) {
      const std::int64_t end = step_of(periods[i].until);
      const double until = end == steps_ ? charged_in_all(budget) : charged_before(budget, end);
      path_.period.push_back(until - before);
      path_.period_over.push_back(is_above(until - before, periods[i].amount) ? 1.0 : 0.0);
      is_over = is_over || path_.period_over.back() > 0.0;
      before = until;
    }
    path_.budget_over.push_back(is_over ? 1.0 : 0.0);
  }
  /// Costs are counted in millionths.
  static bool is_above(double cost, double amount) { return std::round(cost * 1e6) > std::round(amount * 1e6); }

  double charged_in_all(const scenario::Budget& budget) const {
    return budget.owner.empty() ? bill_.total() : bill_.by_owner()[static_cast<std::size_t>(owner(budget.owner))];
  }
  double charged_before(const scenario::Budget& budget, std::int64_t step) const {
    std::vector<double> charged = bill_.by_owner_before(step);
    if (has_contracts()) {
      const std::vector<double> moved = settlement_.moved_before(step);
      for (std::size_t o = 0; o < charged.size(); ++o) charged[o] += moved[o];
    }
    if (!budget.owner.empty()) return charged[static_cast<std::size_t>(owner(budget.owner))];
    return std::accumulate(charged.begin(), charged.end(), 0.0);
  }

  // Credit pays the first part of the bill as it comes, and what is given back of that later; penalties, unfinished
  // work and what is stranded draw none.
  void draw_credit() {
    if (!plan_.credit) return;
    double billed = 0.0, drawn = 0.0;
    const std::int64_t until = std::min(steps_, first_step_from(plan_.credit->until_seconds / scenario_.step_seconds));
    for (std::int64_t k = 0; k < until; ++k) {
      double payable = 0.0;
      for (const Category category : {Category::commitment, Category::on_demand, Category::spot, Category::serverless,
                                      Category::egress, Category::item, Category::one_off}) {
        payable += bill_.of_step(k, category);
      }
      billed += payable;
      const double until_now = std::clamp(billed, 0.0, plan_.credit->amount);
      bill_.charge(k, unused(), Category::credit, drawn - until_now);
      drawn = until_now;
    }
  }

  // A share is reckoned at the horizon on the plan's category totals, before any share is added to them.
  void pay_shares() {
    const std::array<double, category_count> totals = bill_.by_category();
    for (std::size_t i = 0; i < scenario_.items.size(); ++i) {
      const scenario::Item& item = scenario_.items[i];
      if (item.kind != scenario::Item::Kind::share || !pays(item) || !world_.items[i].happens) continue;
      double base = 0.0;
      for (const Category category : item.of) base += totals[static_cast<int>(category)];
      bill_.charge_at_horizon(owner(item.owner), Category::item, world_.items[i].amount * base);
    }
  }

  // Money is booked in the step it is charged in; a bin takes the steps that begin before its end.
  std::vector<double> cumulative() const {
    std::vector<double> sums;
    double sum = 0.0;
    std::int64_t k = 0;
    for (const double edge : setting_.edge_hours) {
      const std::int64_t end = first_step_from(edge / scenario_.step_hours());
      for (; k < std::min(steps_, end); ++k) sum += bill_.of_step(k);
      sums.push_back(end < steps_ ? sum : sum + bill_.at_horizon());
    }
    return sums;
  }

  const PlanSetting& setting_;
  const scenario::Scenario& scenario_;
  const scenario::Plan& plan_;
  const World& world_;
  const StreamMaker& streams_;
  const std::int64_t steps_;
  const std::vector<double> months_;
  Taken taken_;
  Bill bill_;
  Settlement settlement_;
  std::vector<Use> uses_;                    ///< services before jobs, in file order
  std::vector<std::vector<double>> served_;  ///< [service assignment][step]: requests
  PlanPath path_;
};

}  // namespace

PlanPath simulate_plan(const PlanSetting& setting, const World& world, const StreamMaker& streams) {
  return PlanOnPath(setting, world, streams).live();
}

}  // namespace costrisk::reference
