// Refuses scenarios that the engine could not simulate.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/model/tile.hpp"
#include "src/scenario/lower/edges.hpp"
#include "src/scenario/lower/extremes.hpp"
#include "src/scenario/lower/lifetimes.hpp"
#include "src/scenario/lower/lowering.hpp"
#include "src/scenario/lower/money_bound.hpp"
#include "src/scenario/lower/periods.hpp"
#include "src/scenario/reader/checks.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {
namespace {

constexpr double most_sojourns_per_step = 64.0;
constexpr double most_interruptions_per_step = 64.0;
constexpr double most_money_per_path = 4'611'686'018'427.0;
constexpr double most_money_per_close = 1'073'741'824.0;
constexpr double most_requests_per_tile = 0x1p41;
constexpr double most_requests_per_path = 0x1p53;
constexpr double most_tokens_per_request = 0x1p20;
constexpr double most_tokens_per_path = 9.2e18;
constexpr double close_steps = job_close_steps;

void check_sojourns(const Capacity& capacity, const std::string& address, const Scenario& scenario,
                    const Places& places, Diagnostics& diagnostics) {
  for (const auto& [side, sojourn] : {std::pair{"up", &capacity.up}, std::pair{"down", &capacity.down}}) {
    const double least = lowest(sojourn->mean_hours);
    if (least * most_sojourns_per_step >= scenario.step_hours()) continue;
    diagnostics.error(
        place_of(fmt::format("{}.{}.mean", address, side), places),
        fmt::format(
            "the mean length of '{}' can be as short as {:.3g} s; expected at least 1/64 of the step, {:.3g} s: "
            "a longer mean or a shorter step",
            side, least * seconds_per_hour, scenario.step_seconds / most_sojourns_per_step));
  }
}

/// Requests are counted by tile in 2^10 requests and 32 bits, over the horizon in 2^-10 requests and 64 bits.
void check_demand(const Demand& demand, const Scenario& scenario, const Places& places, Diagnostics& diagnostics) {
  const std::string address = "demand." + demand.name;
  const Extreme rate = highest_demand(scenario, demand);
  const double per_second = rate.value(extreme_deviations);
  const double most = std::min(most_requests_per_tile / (scenario.step_seconds * tile_steps),
                               most_requests_per_path / scenario.horizon_seconds);
  if (!(per_second < most))
    diagnostics.error(place_of(address, places),
                      fmt::format("the demand '{}' could come to {:.3g} requests per second, more than can be counted; "
                                  "expected at most {:.3g}: a smaller base, growth or spread, or a shorter horizon",
                                  demand.name, per_second, most));
  if (!demand.tokens) return;
  const Law& output = demand.tokens->output;
  const double tokens = Extreme(rate).times(output).value(extreme_deviations) * scenario.horizon_seconds;
  // A log-normal law has no end: its typical value counts.
  const double most_tokens = has_end(output) ? highest(output) : center_of(output);
  if (most_tokens > most_tokens_per_request || !(tokens < most_tokens_per_path))
    diagnostics.error(place_of(address + ".tokens.output", places),
                      fmt::format("the output tokens of '{}' are more than can be counted; expected at most {} per "
                                  "request and 9e18 in all",
                                  demand.name, static_cast<int>(most_tokens_per_request)));
}

void check_service(const Service& service, const Scenario& scenario, const Places& places, Diagnostics& diagnostics) {
  const Demand& demand = scenario.demands[static_cast<std::size_t>(service.demand)];
  if (service.queue) {
    const double most =
        std::min(most_requests_per_tile / tile_steps, most_requests_per_path / static_cast<double>(scenario.steps()));
    if (!(service.queue->limit_requests < most))
      diagnostics.error(place_of(fmt::format("service.{}.queue.limit", service.name), places),
                        fmt::format("{:.3g} requests could wait, more than can be counted; expected at most {:.3g}",
                                    service.queue->limit_requests, most));
  }
  if (service.rate_is_output_tokens && demand.tokens && !(lowest(demand.tokens->output) > 0.0))
    diagnostics.error(place_of(fmt::format("demand.{}.tokens.output", demand.name), places),
                      fmt::format("a request of '{}' may have no output tokens, and the service '{}' has an "
                                  "output_token_rate; expected more than 0",
                                  demand.name, service.name));
}

/// What makes a close too dear, and what would mend it.
std::string remedy_of_close(const Scenario& scenario, const MoneyBound& bound, double per_close) {
  constexpr const char* expected = "expected at most 1.07e9";
  if (bound.bought_out > per_close / 2.0) {
    const Job& job = scenario.jobs[static_cast<std::size_t>(bound.job_bought_out)];
    return fmt::format(
        "what is left of the job '{}' at the horizon could cost {:.3g}; {}: less work, {}"
        "unfinished = \"ignore\" or a larger currency unit",
        job.name, bound.bought_out, expected, has_end(job.work_instance_hours) ? "" : "a smaller spread, ");
  }
  if (bound.at_once > per_close / 2.0)
    return fmt::format("{:.3g} could fall due at once; {}: smaller amounts or prices, or a larger currency unit",
                       bound.at_once, expected);
  return fmt::format("{}: smaller prices, a larger currency unit or a shorter step", expected);
}

/// Results have figures for each period.
void check_periods(std::size_t periods, const std::string& address, const Places& places, Diagnostics& diagnostics) {
  constexpr std::size_t most_periods = 1024;
  if (periods > most_periods)
    diagnostics.error(place_of(address, places),
                      fmt::format("there are {} periods; expected at most {}: longer periods, or a shorter horizon",
                                  periods, most_periods));
}

void check_budgets(const Scenario& scenario, const Places& places, Diagnostics& diagnostics) {
  check_periods(budget_periods(scenario).size(), "budgets", places, diagnostics);
  for (const Budget& budget : scenario.budgets)
    if (!(budget.amount < most_money_per_path))
      diagnostics.error(
          place_of("budgets." + budget.name + ".amount", places),
          fmt::format("the budget of {:.3g} is more than can be counted; expected at most 4.6e12", budget.amount));
}

void check_money(const Scenario& scenario, int index, const Places& places, Diagnostics& diagnostics) {
  const Plan& plan = scenario.plans[static_cast<std::size_t>(index)];
  const std::string address = "plan." + plan.name;
  const MoneyBound bound = money_bound(scenario, index);
  const bool settles = !plan.commitments.empty() || !plan.savings_plans.empty();
  const double steps_per_close = settles ? settlement_close_steps + settlement(scenario).steps : close_steps;
  const double per_close = bound.per_hour * steps_per_close * scenario.step_hours() + bound.at_once;
  const double per_path = bound.per_hour * scenario.horizon_hours() + bound.contracts + bound.backlog +
                          bound.at_once * std::max(1.0, static_cast<double>(scenario.steps()) / close_steps);
  if (!(per_close < most_money_per_close))
    diagnostics.error(
        place_of(address, places),
        fmt::format("the plan '{}' could spend {:.3g} within {} steps, more than can be counted; {}", plan.name,
                    per_close, static_cast<int>(steps_per_close), remedy_of_close(scenario, bound, per_close)));
  else if (!(per_path < most_money_per_path))
    diagnostics.error(place_of(address, places),
                      fmt::format("the plan '{}' could spend {:.3g}, more than can be counted; expected at most "
                                  "4.6e12: smaller prices, a larger currency unit or a shorter horizon",
                                  plan.name, per_path));
  if (index == 0 && scenario.budget && !(*scenario.budget < most_money_per_path))
    diagnostics.error(
        place_of("budget", places),
        fmt::format("the budget of {:.3g} is more than can be counted; expected at most 4.6e12", *scenario.budget));
  for (std::size_t i = 0; i < plan.spend_commitments.size(); ++i)
    check_periods(spend_periods(scenario, plan.spend_commitments[i]).within.size(),
                  fmt::format("{}.spend_commitment.{}.per", address, i), places, diagnostics);
  if (plan.credit && !(plan.credit->amount < most_money_per_path))
    diagnostics.error(
        place_of(address + ".credit.amount", places),
        fmt::format("the credit of {:.3g} is more than can be counted; expected at most 4.6e12", plan.credit->amount));
}

}  // namespace

Place place_of(const std::string& address, const Places& places) {
  std::string_view prefix = address;
  while (true) {
    const auto found = places.find(std::string(prefix));
    if (found != places.end()) return found->second;
    const std::size_t dot = prefix.rfind('.');
    if (dot == std::string_view::npos) break;
    prefix = prefix.substr(0, dot);
  }
  const auto root = places.find("");
  return root == places.end() ? Place{} : root->second;
}

double expected_interruptions_per_step(const Scenario& scenario, const JobAssignment& assignment) {
  double most = 0.0;
  for (std::size_t i = 0; i < assignment.markets.size(); ++i) {
    const Market& market = scenario.markets[static_cast<std::size_t>(assignment.markets[i])];
    double per_hour = 0.0;
    if (market.hardware_mtbf_hours) per_hour += 1.0 / lowest(*market.hardware_mtbf_hours);
    if (assignment.may_hold(i, Purchase::spot) && market.spot && mean_lifetime(*market.spot))
      per_hour += 1.0 / lowest(*mean_lifetime(*market.spot));
    double per_step = per_hour * assignment.instances * scenario.step_hours();
    if (assignment.may_hold(i, Purchase::spot) && market.spot) {
      // The youngest are struck most where the shape is below 1.
      if (const std::optional<Reclaim>& reclaim = market.spot->reclaim) {
        const double shape = weibull_shape(*reclaim);
        const double scale = lowest(*mean_lifetime(*market.spot)) / mean_of_weibull(shape);
        per_step = std::max(per_step, assignment.instances * std::pow(scenario.step_hours() / scale, shape));
        const std::vector<LifetimeKnot> knots = lifetime_knots(*reclaim);
        for (const LifetimeKnot& knot : knots)
          per_step =
              std::max(per_step, assignment.instances *
                                     (expected_reclaims(knots, knot.hours + scenario.step_hours()) - knot.expected));
      }
      if (market.spot->max_lifetime_seconds) per_step += scenario.step_seconds / *market.spot->max_lifetime_seconds;
    }
    most = std::max(most, per_step);
  }
  return most;
}

void check_feasible(const Scenario& scenario, const Places& places, Diagnostics& diagnostics) {
  for (const Market& market : scenario.markets) {
    const std::string address = "market." + market.name;
    if (market.on_demand && market.on_demand->capacity)
      check_sojourns(*market.on_demand->capacity, address + ".on_demand.capacity", scenario, places, diagnostics);
    if (market.spot && market.spot->capacity)
      check_sojourns(*market.spot->capacity, address + ".spot.capacity", scenario, places, diagnostics);
  }
  for (const Demand& demand : scenario.demands) check_demand(demand, scenario, places, diagnostics);
  for (const Service& service : scenario.services) check_service(service, scenario, places, diagnostics);
  check_budgets(scenario, places, diagnostics);
  for (std::size_t p = 0; p < scenario.plans.size(); ++p) {
    const Plan& plan = scenario.plans[p];
    for (const JobAssignment& assignment : plan.jobs) {
      const double expected = expected_interruptions_per_step(scenario, assignment);
      if (expected > most_interruptions_per_step)
        diagnostics.error(
            place_of("plan." + plan.name + ".job." + scenario.jobs[static_cast<std::size_t>(assignment.job)].name,
                     places),
            fmt::format("a gang of {} is interrupted up to {:.3g} times a step; expected at most 64: a shorter step, a "
                        "smaller gang, or longer times between reclaims and failures",
                        assignment.instances, expected));
    }
    check_money(scenario, static_cast<int>(p), places, diagnostics);
  }
}

}  // namespace costrisk::scenario
