// Instants of the calendar and of contracts, as steps.
#include "src/scenario/lower/edges.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "kernels/model/tile.hpp"
#include "src/scenario/lower/lowering.hpp"
#include "src/scenario/lower/periods.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

namespace {

/// The quotient where it is whole but for rounding, else 0.
std::int32_t whole_quotient(double dividend, double divisor) {
  const double whole = std::floor(dividend / divisor + 0.5);
  return std::abs(dividend / divisor - whole) < 1e-9 ? static_cast<std::int32_t>(whole) : 0;
}

}  // namespace

std::vector<std::int32_t> bin_edges(const Scenario& scenario) {
  const auto horizon = static_cast<std::int32_t>(scenario.steps());
  std::vector<std::int32_t> edges;
  const auto add = [&](double seconds) {
    const std::int32_t step = std::min(horizon, first_step(scenario, seconds));
    if (step > 0 && (edges.empty() || step > edges.back())) edges.push_back(step);
  };
  if (scenario.simulation.calendar_months) {
    // Quarters begin in January, April, July and October.
    const int months_of_bin = scenario.simulation.calendar_months;
    for (int i = 1; month_begin(scenario.start, i) < scenario.horizon_seconds; ++i)
      if ((scenario.start.month - 1 + i) % months_of_bin == 0) add(month_begin(scenario.start, i));
  } else {
    const double bin = scenario.simulation.bin_seconds, elapsed = scenario.elapsed_seconds;
    for (double i = 1.0 + std::floor(elapsed / bin); i * bin - elapsed < scenario.horizon_seconds; i += 1.0)
      add(i * bin - elapsed);
  }
  add(scenario.horizon_seconds);
  return edges;
}

double calendar_months(const Scenario& scenario, double seconds) {
  constexpr double longest_month_seconds = 31.0 * seconds_per_day;
  auto month = static_cast<int>(seconds / longest_month_seconds);
  while (month_begin(scenario.start, month + 1) <= seconds) ++month;
  const double begin = month_begin(scenario.start, month);
  return month + (seconds - begin) / (month_begin(scenario.start, month + 1) - begin);
}

std::int32_t credit_step(const Scenario& scenario, const Plan& plan) {
  if (!plan.credit || plan.credit->amount == 0.0) return none;
  const std::int32_t step = first_step(scenario, plan.credit->until_seconds);
  return step > 0 ? std::min(step, static_cast<std::int32_t>(scenario.steps())) : none;
}

Edges all_edges(const Scenario& scenario) {
  const std::vector<std::int32_t> bins = bin_edges(scenario);
  Edges edges;
  edges.steps = bins;
  for (const Plan& plan : scenario.plans)
    if (const std::int32_t step = credit_step(scenario, plan); step > 0) edges.steps.push_back(step);
  const auto add = [&](double seconds) {
    const std::int32_t step = std::min(first_step(scenario, seconds), bins.back());
    if (step > 0) edges.steps.push_back(step);
  };
  for (const BudgetPeriod& period : budget_periods(scenario)) add(period.end_seconds);
  for (const Plan& plan : scenario.plans)
    for (const SpendCommitment& commitment : plan.spend_commitments)
      for (const Period& period : spend_periods(scenario, commitment).within) {
        add(period.begin_seconds);
        add(period.end_seconds);
      }
  std::sort(edges.steps.begin(), edges.steps.end());
  edges.steps.erase(std::unique(edges.steps.begin(), edges.steps.end()), edges.steps.end());
  for (const std::int32_t step : edges.steps) {
    const auto bin = std::lower_bound(bins.begin(), bins.end(), step);
    edges.bins.push_back(bin != bins.end() && *bin == step ? static_cast<std::int32_t>(bin - bins.begin()) : none);
  }
  return edges;
}

std::int32_t edge_at(const Scenario& scenario, const std::vector<std::int32_t>& edges, double seconds) {
  const std::int32_t step = std::min(first_step(scenario, seconds), edges.back());
  return static_cast<std::int32_t>(std::lower_bound(edges.begin(), edges.end(), step) - edges.begin());
}

std::int32_t most_edges_in_tile(const std::vector<std::int32_t>& edges) {
  std::int32_t most = 0, in_tile = 0, tile = -1;
  for (const std::int32_t edge : edges) {
    in_tile = (edge - 1) / tile_steps == tile ? in_tile + 1 : 1;
    tile = (edge - 1) / tile_steps;
    most = std::max(most, in_tile);
  }
  return most;
}

std::int32_t Settlement::start_of_last_quarter(std::int64_t horizon_steps) const {
  const std::int64_t after_first = std::max<std::int64_t>(horizon_steps - first_end, 0);
  const std::int64_t periods = 1 + (after_first + steps - 1) / steps;
  const std::int64_t first = periods - (periods + 3) / 4;
  return first == 0 ? 0 : static_cast<std::int32_t>(first_end + (first - 1) * steps);
}

Settlement settlement(const Scenario& scenario) {
  const std::int32_t of_hour = whole_quotient(seconds_per_hour, scenario.step_seconds);
  const double since_hour = 60.0 * scenario.start.minute + scenario.start.second;
  const std::int32_t left = whole_quotient(seconds_per_hour - since_hour, scenario.step_seconds);
  if (of_hour == 0 || left == 0) return {};
  return {of_hour, left};
}

}  // namespace costrisk::scenario
