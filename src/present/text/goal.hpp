// Which plans meet the scenario's goal.
#pragma once

#include <string>
#include <vector>

#include "src/results/estimators/results.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present {

/// What a statistic has to keep to.
struct GoalBound {
  enum class Side { at_most, at_least };
  std::string statistic;  ///< an address (results/quantities/addresses.hpp)
  std::string words;      ///< "over budget in at most 10.0 %"
  double limit = 0.0;
  Side side = Side::at_most;
  const char* answered = "served";  ///< of a share of requests: what they are

  /// NaN, the figure of a workload that the plan does not run, keeps to nothing.
  bool holds(double value) const { return side == Side::at_most ? value <= limit : value >= limit; }
};

/// Whether a budget of the list asks what the scenario's own budget asks.
bool is_budget_of_all(const scenario::Scenario& scenario, const std::string& budget);

/// The bounds of a scenario's goal; none where it has no goal.
std::vector<GoalBound> goal_bounds(const scenario::Scenario& scenario);

/// Two sentences, each on lines of its own of 80 columns at most: the goal, and the plans that meet the goal, and the
/// one of these with the lowest mean cost. Empty for a scenario without a goal.
std::string goal_text(const scenario::Scenario& scenario, const results::Results& results);

}  // namespace costrisk::present
