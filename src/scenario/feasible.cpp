// Refuses scenarios that the engine could not simulate.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/model/tile.hpp"
#include "src/scenario/checks.hpp"
#include "src/scenario/duration.hpp"

namespace costrisk::scenario {
namespace {

constexpr double extreme_normal = 6.5;
constexpr double most_sojourns_per_step = 64.0;
constexpr double most_interruptions_per_step = 64.0;
constexpr double most_money_per_path = 4'611'686'018'427.0;
constexpr double most_money_per_close = 1'073'741'824.0;
constexpr double close_steps = tile_steps;

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
            side, least * 3600.0, scenario.step_seconds / most_sojourns_per_step));
  }
}

/// How much a plan could spend, over all futures but the most extreme: what accrues by the hour, and what can
/// fall due within one close.
class MoneyBound {
 public:
  explicit MoneyBound(const Scenario& scenario) : scenario_(scenario) {}

  /// Instances at the highest price of their markets, commitments, and penalties.
  double per_hour(const Plan& plan) const {
    double sum = 0.0;
    for (const JobAssignment& assignment : plan.jobs) {
      double dearest = 0.0;
      for (int index : assignment.markets) dearest = std::max(dearest, price(market(index)));
      const Job& job = scenario_.jobs[static_cast<std::size_t>(assignment.job)];
      sum += assignment.instances * dearest + job.late_penalty_per_hour * runs(job);
    }
    for (const ServiceAssignment& assignment : plan.services) {
      double dearest = 0.0;
      for (const Pool& pool : assignment.pools) dearest = std::max(dearest, price(market(pool.market)));
      sum += assignment.max * dearest;
    }
    for (const Commitment& commitment : plan.commitments)
      sum += commitment.instances * commitment.price_per_hour +
             commitment.upfront * 3600.0 / std::max(scenario_.step_seconds, commitment.term_seconds);
    for (const SavingsPlan& savings_plan : plan.savings_plans) sum += savings_plan.spend_per_hour;
    return sum;
  }

  /// Unfinished work bought out, moved state, billing minima and items.
  double at_once(const Plan& plan, int index) const {
    double sum = 0.0;
    for (const JobAssignment& assignment : plan.jobs) {
      const Job& job = scenario_.jobs[static_cast<std::size_t>(assignment.job)];
      double dearest = 0.0, slowest = HUGE_VAL, egress = 0.0;
      for (const MarketRate& rate : job.throughput) {
        dearest = std::max(dearest, price(market(rate.market)));
        slowest = std::min(slowest, rate.rate.mode);
        egress = std::max(egress, market(rate.market).egress_per_gb);
      }
      if (job.unfinished == Job::Unfinished::buy_out && slowest < HUGE_VAL) {
        const double attempts = job.attempts ? job.attempts->max : 1.0;
        const double doublings = std::log2(static_cast<double>(assignment.instances));
        const double efficiency = std::pow(job.scaling, doublings);
        sum += highest(job.work_instance_hours) * attempts / (slowest * efficiency) * dearest;
      }
      sum += job.state_gb * egress * close_steps;
      double minimum = 0.0;
      for (int place : assignment.markets)
        minimum =
            std::max(minimum, std::max(market(place).billing_minimum_seconds, market(place).billing_increment_seconds));
      sum += assignment.instances * dearest * minimum / 3600.0;
    }
    for (const Item& item : scenario_.items) {
      if (std::find(item.plans.begin(), item.plans.end(), index) == item.plans.end()) continue;
      const double hours = std::max(scenario_.step_hours(), (item.until_seconds - item.from_seconds) / 3600.0);
      if (item.kind == Item::Kind::once) sum += highest(item.amount);
      if (item.kind == Item::Kind::monthly)
        sum += highest(item.amount) / 730.0 * std::min(hours, close_steps * scenario_.step_hours());
    }
    return sum;
  }

 private:
  const Market& market(int index) const { return scenario_.markets[static_cast<std::size_t>(index)]; }

  static double runs(const Job& job) { return job.repeat_seconds ? 2.0 : 1.0; }

  /// How far changes of the list prices lift them: a random walk of the logarithm, 6.5 standard deviations up.
  double repriced(const Repricing& repricing) const {
    const Law& law = repricing.multiplier;
    const double changes = scenario_.horizon_seconds / repricing.every_seconds;
    const double usual = law.kind == Law::Kind::triangular   ? (law.low + law.mode + law.high) / 3.0
                         : law.kind == Law::Kind::log_normal ? law.median
                                                             : law.mode;
    const double spread = law.kind == Law::Kind::triangular
                              ? std::log(law.high / std::max(law.low, 1e-3 * law.high)) / 4.0
                          : law.kind == Law::Kind::log_normal ? law.spread
                                                              : 0.0;
    return std::exp(std::max(0.0, changes * std::log(usual)) + extreme_normal * std::sqrt(changes) * spread);
  }

  /// The highest price of an instance-hour in this market.
  double price(const Market& where) const {
    double most = where.on_demand ? highest(where.on_demand->price) : 0.0;
    if (where.spot && where.spot->price) {
      const SpotPrice& spot = *where.spot->price;
      double uncapped = highest(spot.mean);
      if (spot.process) uncapped *= std::exp(extreme_normal * spot.process->volatility);
      most = std::max(most, std::min(spot.cap, uncapped));
    }
    if (where.repricing) most *= repriced(*where.repricing);
    return most;
  }

  const Scenario& scenario_;
};

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

double lowest(const Law& law) {
  if (law.kind == Law::Kind::triangular) return law.low;
  if (law.kind == Law::Kind::log_normal) return law.median * std::exp(-extreme_normal * law.spread);
  return law.mode;
}

double highest(const Law& law) {
  if (law.kind == Law::Kind::triangular) return law.high;
  if (law.kind == Law::Kind::log_normal) return law.median * std::exp(extreme_normal * law.spread);
  return law.mode;
}

double expected_interruptions_per_step(const Scenario& scenario, const JobAssignment& assignment) {
  double most = 0.0;
  for (int index : assignment.markets) {
    const Market& market = scenario.markets[static_cast<std::size_t>(index)];
    double per_hour = 0.0;
    if (market.hardware_mtbf_hours) per_hour += 1.0 / lowest(*market.hardware_mtbf_hours);
    const bool buys_spot = assignment.policy == Policy::spot || assignment.policy == Policy::greedy ||
                           assignment.policy == Policy::uniform_progress;
    if (buys_spot && market.spot && market.spot->reclaim_every_hours)
      per_hour += 1.0 / lowest(*market.spot->reclaim_every_hours);
    most = std::max(most, per_hour * assignment.instances * scenario.step_hours());
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
  const MoneyBound bound(scenario);
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
    const double per_hour = bound.per_hour(plan), at_once = bound.at_once(plan, static_cast<int>(p));
    const double per_close = per_hour * close_steps * scenario.step_hours() + at_once;
    const double per_path = per_hour * scenario.horizon_hours() +
                            at_once * std::max(1.0, static_cast<double>(scenario.steps()) / close_steps);
    if (!(per_close < most_money_per_close))
      diagnostics.error(
          place_of("plan." + plan.name, places),
          fmt::format("the plan '{}' could spend {:.3g} within {} steps, more than can be counted; expected "
                      "at most 1.07e9: smaller prices, a larger currency unit or a shorter step",
                      plan.name, per_close, tile_steps));
    else if (!(per_path < most_money_per_path))
      diagnostics.error(place_of("plan." + plan.name, places),
                        fmt::format("the plan '{}' could spend {:.3g}, more than can be counted; expected at most "
                                    "4.6e12: smaller prices, a larger currency unit or a shorter horizon",
                                    plan.name, per_path));
  }
}

}  // namespace costrisk::scenario
