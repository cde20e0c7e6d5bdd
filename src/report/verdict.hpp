// What a run says, in sentences: the plan to choose, what it may cost, and what stands against the cheaper ones.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "src/report/goal.hpp"
#include "src/tally/results.hpp"

namespace costrisk::report {

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

Recommendation recommend(const tally::Results& results);

struct Verdict {
  Recommendation recommendation;
  /// A sentence or two an entry, in plain words without markup. Chances are shares of the simulated futures; what the
  /// sample leaves open is said apart, as a sampling error.
  std::vector<std::string> sentences;
  std::vector<std::string> warnings;  ///< where the run says less than it seems to
};

Verdict verdict(const tally::Results& results);

/// The verdict's sentences, then its warnings.
std::vector<std::string> verdict_sentences(const tally::Results& results);

/// The same for a terminal: a paragraph of the sentences, and a line for each warning, broken at `width` columns.
std::string verdict_text(const Verdict& verdict, int width);

/// Standard errors by which a plan's mean cost must lie above another's for it not to be the lowest of `plans`:
/// the normal quantile of 1 − 0.05 / (plans − 1), after Bonferroni.
double comparison_bound(std::size_t plans);

}  // namespace costrisk::report
