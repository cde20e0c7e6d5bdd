// Which plans meet the scenario's goal.
#include "src/present/text/goal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "src/present/text/numbers.hpp"
#include "src/present/text/recommendation.hpp"
#include "src/present/text/sentences.hpp"
#include "src/results/quantities/addresses.hpp"

namespace costrisk::present {

namespace {

/// Columns at which the goal is broken.
constexpr int goal_width = 80;

}  // namespace

bool is_budget_of_all(const scenario::Scenario& scenario, const std::string& budget) {
  return std::any_of(scenario.budgets.begin(), scenario.budgets.end(), [&](const scenario::Budget& b) {
    return b.name == budget && b.owner.empty() && b.per == scenario::Per::horizon && scenario.budget == b.amount;
  });
}

std::vector<GoalBound> goal_bounds(const scenario::Scenario& scenario) {
  std::vector<GoalBound> bounds;
  if (scenario.goal.over_budget)
    bounds.push_back({"over_budget", fmt::format("over budget in at most {}", percent(*scenario.goal.over_budget)),
                      *scenario.goal.over_budget});
  for (const auto& [budget, most] : scenario.goal.budget) {
    const std::string& name = scenario.budgets[static_cast<std::size_t>(budget)].name;
    bounds.push_back({"budget." + name, fmt::format("budget {} broken in at most {}", name, percent(most)), most});
  }
  for (const auto& [job, most] : scenario.goal.late) {
    const std::string& name = scenario.jobs[static_cast<std::size_t>(job)].name;
    bounds.push_back({"late." + name, fmt::format("{} late in at most {}", name, percent(most)), most});
  }
  for (const auto& [service, least] : scenario.goal.served) {
    const std::string& name = scenario.services[static_cast<std::size_t>(service)].name;
    bounds.push_back({"served." + name, fmt::format("{} served to at least {} %", name, results::percent_name(least)),
                      least, GoalBound::Side::at_least});
  }
  for (const auto& [service, least] : scenario.goal.within) {
    const std::string& name = scenario.services[static_cast<std::size_t>(service)].name;
    bounds.push_back(
        {"within." + name,
         fmt::format("{} answered within the objective to at least {} %", name, results::percent_name(least)), least,
         GoalBound::Side::at_least, "answered within the objective"});
  }
  return bounds;
}

std::string goal_text(const scenario::Scenario& scenario, const results::Results& results) {
  const Recommendation recommendation = recommend(results, scenario);
  const std::vector<GoalBound>& bounds = recommendation.bounds;
  if (bounds.empty()) return "";
  const std::vector<std::string>& plans = results.context.plans;
  std::vector<std::string> words, names;
  for (const GoalBound& bound : bounds) words.push_back(bound.words);
  std::optional<std::size_t> best;
  for (std::size_t plan = 0; plan < plans.size(); ++plan) {
    if (!recommendation.meets_all(plan)) continue;
    names.push_back(plans[plan]);
    if (!best || results.cost_mean[plan] < results.cost_mean[*best]) best = plan;
  }
  const std::string goal = broken_text(fmt::format("Goal: {}.", fmt::join(words, ", ")), goal_width);
  if (!best) return goal + "No plan meets it.\n";
  if (names.size() == 1) return goal + fmt::format("Met by {} alone.\n", plans[*best]);
  return goal + broken_text(fmt::format("Met by {}; lowest mean cost: {}, {}.", fmt::join(names, ", "), plans[*best],
                                        money_with_unit(results.cost_mean[*best], results.context.currency)),
                            goal_width);
}

}  // namespace costrisk::present
