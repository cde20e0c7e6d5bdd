// A tally evaluated with the scenario's labels and the outcome's sorter.
#include "src/run/evaluate.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "src/results/store/version.hpp"
#include "src/results/sums/money.hpp"
#include "src/run/cost_sort.hpp"
#include "src/run/driver_values.hpp"
#include "src/scenario/lower/contracts.hpp"
#include "src/scenario/lower/latency.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/lower/periods.hpp"
#include "src/scenario/reader/resolved.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::run {

namespace {

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& entities) {
  std::vector<std::string> names;
  for (const Named& entity : entities) names.push_back(entity.name);
  return names;
}

/// What discount commitments and savings plans cost over the horizon, upfront payments spread over their term.
double discount_cost(const scenario::Scenario& scenario, const scenario::Plan& plan) {
  scenario::Plan discounts = plan;
  std::erase_if(discounts.commitments, [](const scenario::Commitment& commitment) {
    return commitment.kind != scenario::Commitment::Kind::discount;
  });
  return scenario::contract_cost(discounts, scenario::Accounting::effective, scenario.horizon_seconds);
}

/// Sets what the axes of results are labelled with.
void add_labels(results::ResultsContext& context, const scenario::Scenario& scenario,
                const std::vector<std::string>& owners, const std::vector<std::string>& drivers) {
  context.plans = names_of(scenario.plans);
  context.jobs = names_of(scenario.jobs);
  context.services = names_of(scenario.services);
  context.markets = names_of(scenario.markets);
  context.categories.assign(category_names.begin(), category_names.end());
  context.purchases.assign(purchase_names.begin(), purchase_names.end());
  context.owners = owners;
  context.budgets = names_of(scenario.budgets);
  for (const scenario::BudgetPeriod& period : scenario::budget_periods(scenario)) {
    context.budget_periods.push_back(period.label);
    context.budget_amount.push_back(period.amount);
  }
  context.drivers = drivers;
  context.probabilities = scenario.simulation.probabilities;
  for (int range = 0; scenario::has_latency(scenario) && range < latency_ranges; ++range)
    context.latency_ranges.push_back(range);
  for (const std::int32_t edge : scenario::bin_edges(scenario))
    context.time_hours.push_back(edge * scenario.step_hours());
}

/// Sets what was paid so far.
void add_actuals(results::ResultsContext& context, const scenario::Scenario& scenario) {
  if (!scenario.actuals || !scenario.actuals->paid) return;
  const scenario::Paid& paid = *scenario.actuals->paid;
  context.actual_until_hours = scenario.actuals->until_seconds / seconds_per_hour;
  const std::int32_t until = paid.ends.back();
  for (const std::string& owner : context.owners) {
    const auto found = std::find(paid.owners.begin(), paid.owners.end(), owner);
    std::int32_t begin = 0;
    for (const std::int32_t end : scenario::bin_edges(scenario)) {
      if (begin >= until)
        context.actual_owner.push_back(std::numeric_limits<double>::quiet_NaN());
      else if (found == paid.owners.end())
        context.actual_owner.push_back(0.0);
      else
        context.actual_owner.push_back(results::in_currency(paid.sum(
            begin, std::min(end, until), static_cast<int>(found - paid.owners.begin()), scenario::all_categories)));
      begin = end;
    }
  }
  for (int category = 0; category < category_count; ++category)
    context.actual_category.push_back(results::in_currency(paid.sum(0, until, -1, 1u << category)));
}

}  // namespace

results::ResultsContext results_context(const scenario::Scenario& scenario, const Outcome& outcome) {
  results::ResultsContext context;
  add_labels(context, scenario, outcome.owners, outcome.drivers);
  for (const std::string& driver : context.drivers) {
    const std::vector<double> values = driver_values(scenario, driver);
    context.driver_bin_low.insert(context.driver_bin_low.end(), values.begin(), values.end() - 1);
    context.driver_bin_high.insert(context.driver_bin_high.end(), values.begin() + 1, values.end());
  }

  if (scenario::has_latency(scenario)) {
    for (const scenario::Service& service : scenario.services) {
      std::vector<double> starts(latency_ranges, std::numeric_limits<double>::quiet_NaN());
      if (service.latency) starts = scenario::latency_range_starts(*service.latency);
      context.latency_range_start.insert(context.latency_range_start.end(), starts.begin(), starts.end());
    }
  }

  add_actuals(context, scenario);
  context.obligation = outcome.obligation;
  for (const std::int64_t micros : outcome.commitment_micros)
    context.commitment_cost.push_back(results::in_currency(micros));
  const scenario::Scenario simulated = scenario::simulated(scenario);
  for (const scenario::Plan& plan : simulated.plans) context.discount_cost.push_back(discount_cost(simulated, plan));

  context.scenario_name = scenario.name;
  context.currency = scenario.currency;
  context.horizon_hours = scenario.horizon_hours();
  context.scenario_toml = scenario::resolved_toml(scenario);
  context.histories = scenario::history_checksums(scenario);
  context.scenario_sha256 = scenario::scenario_sha256(scenario);
  context.parameters_sha256 = outcome.parameters_sha256;
  context.seed = scenario.simulation.seed;
  const bool whole = outcome.tally.paths() == outcome.tally.layout().paths;
  context.status = outcome.complete && whole ? results::RunStatus::complete : results::RunStatus::partial;
  context.costrisk_version = results::version().version;
  context.git_sha = results::version().git_sha;
  return context;
}

results::Scope scope_of(const scenario::Scenario& scenario) {
  const scenario::Lowered lowered = scenario::lower(scenario);
  results::Results labels;
  add_labels(labels.context, scenario, lowered.owners, lowered.drivers);
  constexpr std::uint64_t most_exact = std::uint64_t{1} << 25;  // more paths have no checkpoints
  for (std::uint64_t paths = results::first_checkpoint; paths <= most_exact; paths *= 2)
    labels.checkpoints.push_back(static_cast<double>(paths));
  results::Scope scope = results::scope_of(labels);
  scope.budget = scenario.budget.has_value();
  scope.latency = scenario::has_latency(scenario);
  for (const scenario::Service& service : scenario.services)
    scope.tokens = scope.tokens || scenario.demands[static_cast<std::size_t>(service.demand)].tokens;
  for (const scenario::Plan& plan : scenario.plans)
    scope.commitments = scope.commitments || !plan.commitments.empty() || !plan.savings_plans.empty();
  return scope;
}

results::Results evaluate(const scenario::Scenario& scenario, Outcome& outcome,
                          const std::function<void(const std::string&)>& notice) {
  CostSort sort(outcome, notice);
  results::Results results = results::evaluate(outcome.tally, results_context(scenario, outcome), std::ref(sort));
  if (const auto time = sort.launch_time()) outcome.timings.launches.push_back(*time);
  return results;
}

}  // namespace costrisk::run
