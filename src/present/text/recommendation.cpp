// Bounds of the goal first, then mean costs by pairs.
#include "src/present/text/recommendation.hpp"

#include <algorithm>
#include <optional>

#include "src/present/text/stored_scenario.hpp"
#include "src/results/estimators/distributions.hpp"
#include "src/results/quantities/addresses.hpp"

namespace costrisk::present {

namespace {

/// Plans among `plans` that could have the lowest mean cost, `best` left out.
std::vector<std::size_t> near_ties(const results::Results& results, const std::vector<std::size_t>& plans,
                                   std::size_t best) {
  const double bound = comparison_bound(plans.size());
  const std::size_t all = results.context.plans.size();
  std::vector<std::size_t> ties;
  for (const std::size_t plan : plans) {
    const bool beaten = std::any_of(plans.begin(), plans.end(), [&](std::size_t other) {
      const std::size_t place = plan * all + other;
      return other != plan && results.difference_mean[place] > bound * results.difference_mean_se[place];
    });
    if (plan != best && !beaten) ties.push_back(plan);
  }
  return ties;
}

/// Whether the bound is of a job that had ended when the simulation begins: no run of it can be late.
bool is_done(const scenario::Scenario& scenario, const GoalBound& bound) {
  if (!scenario.actuals) return false;
  return std::any_of(scenario.actuals->done.begin(), scenario.actuals->done.end(), [&](const auto& entry) {
    return entry.second == 1.0 &&
           bound.statistic == "late." + scenario.jobs[static_cast<std::size_t>(entry.first)].name;
  });
}

}  // namespace

bool Recommendation::meets_all(std::size_t of_plan) const {
  return std::all_of(met[of_plan].begin(), met[of_plan].end(), [](bool one) { return one; });
}

Recommendation recommend(const results::Results& results) { return recommend(results, stored_scenario(results)); }

Recommendation recommend(const results::Results& results, const std::optional<scenario::Scenario>& scenario) {
  Recommendation result;
  if (scenario) result.bounds = goal_bounds(*scenario);
  std::vector<std::size_t> eligible;
  for (std::size_t plan = 0; plan < results.context.plans.size(); ++plan) {
    std::vector<bool>& met = result.met.emplace_back();
    for (const GoalBound& bound : result.bounds)
      met.push_back(is_done(*scenario, bound) || bound.holds(results::value_of(results, plan, bound.statistic)));
    if (!result.meets_all(plan)) continue;
    eligible.push_back(plan);
    if (result.plan < 0 || results.cost_mean[plan] < results.cost_mean[static_cast<std::size_t>(result.plan)])
      result.plan = static_cast<int>(plan);
  }
  if (result.plan >= 0) result.near_ties = near_ties(results, eligible, static_cast<std::size_t>(result.plan));
  return result;
}

double comparison_bound(std::size_t plans) {
  return plans < 2 ? 0.0 : results::normal_quantile(1.0 - 0.05 / static_cast<double>(plans - 1));
}

}  // namespace costrisk::present
