// Entities moved to the start of what remains, a kind each.
#include "src/scenario/lower/remaining.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/math/host.hpp"
#include "src/scenario/entities/law_forms.hpp"
#include "src/scenario/lower/edges.hpp"
#include "src/scenario/lower/lowering.hpp"
#include "src/scenario/lower/periods.hpp"
#include "src/scenario/reader/dates.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

namespace {

/// The base of a demand at `until`: as measured, or as planned, grown at the median rate.
Law base_at(const Scenario& scenario, std::size_t demand) {
  const Actuals& actuals = *scenario.actuals;
  for (const auto& [index, rate] : actuals.measured)
    if (index == static_cast<int>(demand)) return Law::constant(rate);
  const Demand& planned = scenario.demands[demand];
  const double growth = quantile(planned.growth_per_month, 0.5, 0.0);
  const double months = actuals.until_seconds / (seconds_per_hour * hours_per_month);
  return scaled(planned.base, host::exponential(months * host::logarithm(1.0 + growth)));
}

bool is_measured(const Actuals& actuals, std::size_t demand) {
  return std::any_of(actuals.measured.begin(), actuals.measured.end(),
                     [demand](const auto& entry) { return entry.first == static_cast<int>(demand); });
}

class Remainder {
 public:
  explicit Remainder(const Scenario& whole) : whole_(whole), actuals_(*whole.actuals), until_(actuals_.until_seconds) {}

  Scenario run() {
    rest_ = whole_;
    rest_.elapsed_seconds = until_;
    rest_.start = later(whole_.start, until_);
    rest_.horizon_seconds = whole_.horizon_seconds - until_;
    for (std::size_t i = 0; i < rest_.demands.size(); ++i) move(rest_.demands[i], i);
    for (Market& market : rest_.markets) {
      if (!market.spot) continue;
      if (market.spot->price_history) move(*market.spot->price_history);
      if (market.spot->capacity_history) move(*market.spot->capacity_history);
    }
    for (std::size_t i = 0; i < rest_.jobs.size(); ++i) move(rest_.jobs[i], i);
    for (Item& item : rest_.items) move(item);
    // What was paid at the start stands in the bill.
    for (Optimization& optimization : rest_.optimizations) optimization.once = Law::constant(0.0);
    for (Plan& plan : rest_.plans) move(plan);
    return std::move(rest_);
  }

 private:
  double moved(double seconds) const { return std::max(0.0, seconds - until_); }

  void move(History& history) const {
    if (history.sampling == History::Sampling::replay) history.offset_seconds += until_;
  }

  void move(Demand& demand, std::size_t index) const {
    if (demand.history)
      move(*demand.history);
    else
      demand.base = base_at(whole_, index);
    // What was measured has the changes in it that have happened.
    if (is_measured(actuals_, index))
      std::erase_if(demand.changes, [&](const Change& change) { return change.at_seconds <= until_; });
    for (Change& change : demand.changes) change.at_seconds = moved(change.at_seconds);
  }

  void move(Job& job, std::size_t index) const {
    const double never = rest_.horizon_seconds;
    const double release = job.release_seconds;
    if (release >= until_) {
      job.release_seconds = release - until_;
      return;
    }
    if (job.repeat_seconds) {
      const double runs = std::ceil((until_ - release) / *job.repeat_seconds - 1e-9);
      job.release_seconds = release + runs * *job.repeat_seconds - until_;
      return;
    }
    const auto said = std::find_if(actuals_.done.begin(), actuals_.done.end(),
                                   [&](const auto& entry) { return entry.first == static_cast<int>(index); });
    const double done = said == actuals_.done.end() ? 0.0 : said->second;
    job.release_seconds = done < 1.0 ? 0.0 : never;
    if (done < 1.0) job.work_instance_hours = scaled(job.work_instance_hours, 1.0 - done);
    if (job.deadline_seconds) job.deadline_seconds = moved(release + *job.deadline_seconds);
  }

  void move(Item& item) const {
    const bool was_paid = item.kind == Item::Kind::once && item.from_seconds < until_;
    item.from_seconds = was_paid || item.until_seconds <= until_ ? rest_.horizon_seconds : moved(item.from_seconds);
    item.until_seconds = moved(item.until_seconds);
  }

  /// Of a contract the part of the term that remains, with the part of the upfront payment that was not booked yet.
  template <class Contract>
  void move_terms(std::vector<Contract>& contracts) const {
    std::erase_if(contracts, [&](const Contract& c) { return c.from_seconds + c.term_seconds <= until_; });
    for (Contract& contract : contracts) {
      const double passed = std::max(0.0, until_ - contract.from_seconds);
      if constexpr (requires { contract.upfront; }) {
        const bool is_spread = whole_.accounting == Accounting::effective;
        if (passed > 0.0)
          contract.upfront =
              is_spread ? contract.upfront * ((contract.term_seconds - passed) / contract.term_seconds) : 0.0;
      }
      contract.term_seconds -= passed;
      contract.from_seconds = moved(contract.from_seconds);
    }
  }

  void move(Plan& plan) const {
    move_terms(plan.commitments);
    move_terms(plan.savings_plans);
    std::erase_if(plan.spend_commitments, [&](const SpendCommitment& c) { return c.until_seconds <= until_; });
    for (SpendCommitment& commitment : plan.spend_commitments) {
      commitment.spent = spent(commitment);
      commitment.from_seconds -= until_;
      commitment.until_seconds -= until_;
    }
    if (!plan.credit) return;
    const std::int32_t now = first_step(whole_, until_);
    const double drawn = -static_cast<double>(paid().sum(0, now, -1, bit(Category::credit))) / micros_per_unit;
    if (plan.credit->until_seconds <= until_ || plan.credit->amount <= drawn) {
      plan.credit.reset();
      return;
    }
    plan.credit->amount -= std::max(0.0, drawn);
    plan.credit->until_seconds -= until_;
  }

  const Paid& paid() const { return *actuals_.paid; }
  static std::uint32_t bit(Category category) { return 1u << static_cast<unsigned>(category); }

  /// Of its categories, in the period that `until` lies in.
  double spent(const SpendCommitment& commitment) const {
    std::uint32_t categories = 0;
    for (const Category category : commitment.of) categories |= bit(category);
    for (const Period& period : spend_periods(whole_, commitment).within)
      if (period.begin_seconds < until_ && period.end_seconds > until_)
        return static_cast<double>(
                   paid().sum(first_step(whole_, period.begin_seconds), first_step(whole_, until_), -1, categories)) /
               micros_per_unit;
    return 0.0;
  }

  const Scenario& whole_;
  const Actuals& actuals_;
  double until_;
  Scenario rest_;
};

/// Of an owner of results, or of all (none).
std::int64_t paid_by(const Paid& paid, std::int32_t from, std::int32_t until, const std::string& owner) {
  if (owner.empty()) return paid.sum(from, until, -1, all_categories);
  const auto found = std::find(paid.owners.begin(), paid.owners.end(), owner);
  if (found == paid.owners.end()) return 0;
  return paid.sum(from, until, static_cast<int>(found - paid.owners.begin()), all_categories);
}

}  // namespace

std::optional<Scenario> remaining(const Scenario& scenario) {
  if (!scenario.actuals || !scenario.actuals->paid || scenario.elapsed_seconds > 0.0) return std::nullopt;
  return Remainder(scenario).run();
}

Scenario simulated(const Scenario& scenario) {
  std::optional<Scenario> rest = remaining(scenario);
  return rest ? std::move(*rest) : scenario;
}

std::int64_t paid_before(const Scenario& rest, std::uint32_t categories) {
  if (!rest.actuals || !rest.actuals->paid || rest.elapsed_seconds == 0.0) return 0;
  const Paid& paid = *rest.actuals->paid;
  return paid.sum(0, paid.ends.back(), -1, categories);
}

Past past_of(const Scenario& scenario, const std::vector<std::string>& owners, const Shape& rest) {
  const Paid& paid = *scenario.actuals->paid;
  Past past;
  past.steps = first_step(scenario, scenario.actuals->until_seconds);
  past.cost = paid.sum(0, past.steps, -1, all_categories);
  for (int c = 0; c < category_count; ++c) past.category.push_back(paid.sum(0, past.steps, -1, 1u << c));
  for (const std::string& owner : owners) past.owner.push_back(paid_by(paid, 0, past.steps, owner));
  for (const std::int32_t end : bin_edges(scenario))
    if (end <= past.steps) past.bins.push_back(paid.sum(0, end, -1, all_categories));
  for (const BudgetPeriod& period : budget_periods(scenario)) {
    const Budget& budget = at(scenario.budgets, period.budget);
    const std::int32_t begin = first_step(scenario, period.begin_seconds),
                       end = first_step(scenario, period.end_seconds);
    const std::int32_t stop = std::min(end, past.steps);
    past.periods.push_back({period.budget, to_micros(period.amount),
                            begin < stop ? paid_by(paid, begin, stop, budget.owner) : 0, end <= past.steps});
  }
  past.shape = rest;
  past.shape.bins += static_cast<int>(past.bins.size());
  past.shape.budget_periods = static_cast<int>(past.periods.size());
  return past;
}

std::vector<Continued> continued_demands(const Scenario& scenario) {
  std::vector<Continued> result;
  if (!scenario.actuals) return result;
  for (std::size_t i = 0; i < scenario.demands.size(); ++i)
    if (!scenario.demands[i].history)
      result.push_back(
          {scenario.demands[i].name, usual_value(base_at(scenario, i)), is_measured(*scenario.actuals, i)});
  return result;
}

}  // namespace costrisk::scenario
