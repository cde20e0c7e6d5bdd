// The plan to choose: of those that meet the goal the one of lowest mean cost, and which others cannot be told from it.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "src/present/text/goal.hpp"
#include "src/results/estimators/results.hpp"

namespace costrisk::present {

/// Which plan the goal and the mean costs point to.
struct Recommendation {
  std::vector<GoalBound> bounds;       ///< of the scenario's goal; empty where it has none
  std::vector<std::vector<bool>> met;  ///< [plan][bound]
  int plan = -1;                       ///< lowest mean cost of those that meet all bounds; −1: none does

  /// Plans that meet all bounds and could have the lowest mean cost too: with 95 % confidence the true one is among
  /// them and `plan` (multiple comparisons with the best, over paired differences).
  std::vector<std::size_t> near_ties;

  bool meets_all(std::size_t plan) const;
};

/// By the goal of the scenario that the results hold; of another: absent, there is none.
Recommendation recommend(const results::Results& results);
Recommendation recommend(const results::Results& results, const std::optional<scenario::Scenario>& scenario);

/// Standard errors by which a plan's mean cost must lie above another's for it not to be the lowest of `plans`:
/// the normal quantile of 1 − 0.05 / (plans − 1), after Bonferroni.
double comparison_bound(std::size_t plans);

}  // namespace costrisk::present
