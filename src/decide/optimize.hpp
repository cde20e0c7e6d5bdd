// The best plan of many: found on some futures, shown on others.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/decide/candidates.hpp"
#include "src/decide/choice.hpp"
#include "src/scenario/reader/variation.hpp"

namespace costrisk::decide {

struct OptimizeOptions {
  std::vector<scenario::Variation> axes;  ///< of plans
  CostStatistic statistic;
  double confidence = 0.95;       ///< with which the goal is to be shown to be met
  std::uint64_t proof_paths = 0;  ///< fresh futures; 0: four times those of the search
  Sampling sampling;              ///< paths: those of the last round; 0: what the scenario says, at most 8192
  /// Told how far it is, and what is best so far.
  std::function<void(std::uint64_t done, std::uint64_t total, const std::string& best)> progress;
};

/// A plan that was tried.
struct Tried {
  std::size_t of = 0;              ///< plan of the scenario that it was made of
  std::vector<std::size_t> point;  ///< places of the values on the axes that vary it; empty: the plan as it stands
  std::uint64_t futures = 0;       ///< that it was tried on
  CostFigures figures;
  double value = 0.0;                       ///< of the statistic
  std::vector<results::Estimate> measures;  ///< with single intervals of 95 %
  bool meets = false;                       ///< the goal, by the values themselves
  std::optional<Against> against;           ///< the plan that was chosen; all intervals hold together
};

/// What a bound that is a step looser would save.
struct Loosened {
  std::string bound;  ///< "over_budget", "served.chat", "budget"
  double from = 0.0, to = 0.0;
  std::optional<std::size_t> finalist;  ///< the best then; absent: still none
  Against saving;                       ///< its statistic less that of the plan chosen, with an interval of 95 %
};

struct Optimum {
  std::vector<scenario::Variation> axes;
  std::vector<std::vector<std::size_t>> axes_of;  ///< [plan]: the axes that vary it
  std::vector<std::string> plans;
  std::vector<Measure> measures;
  CostStatistic statistic;
  std::uint64_t paths = 0, seed = 0;

  double points = 0.0;      ///< of the space, with the plans as they stand
  std::size_t tried = 0;    ///< plans that were simulated
  std::size_t invalid = 0;  ///< points that are no valid scenario
  bool exhaustive = false;  ///< whether all points were tried
  std::uint64_t work = 0;   ///< futures of single plans that were simulated, the proof included
  bool complete = true;

  std::vector<Tried> finalists;       ///< those of the last round, cheapest first
  std::optional<std::size_t> chosen;  ///< of the finalists
  std::vector<std::size_t> frontier;  ///< of the finalists that meet the goal: none is better in mean and in CVaR95
  std::vector<Loosened> loosened;
  std::vector<std::string> at_ends;  ///< axes whose end the chosen plan stands at

  struct Proof {
    std::uint64_t paths = 0, seed = 0;
    std::size_t tested = 0;   ///< plans that were tried on the fresh futures before one was shown to meet the goal
    bool shown = false;       ///< that the goal is met, with the confidence asked for
    double confidence = 0.0;  ///< with which it is met
    CostFigures figures;
    double value = 0.0;
    std::vector<results::Estimate> measures;  ///< with single intervals of 95 %
  };
  std::optional<Proof> proof;  ///< absent: stopped before

  scenario::Plan plan;                   ///< the one chosen
  std::vector<std::string> assignments;  ///< that make it of its scenario

  /// "instances=12, policy=spot", or "as it stands".
  std::string label(const Tried& tried) const;
};

/// Searches the space of the axes, exhaustively where it is small, by a sample and steps from its best points where it
/// is not; in rounds of ever more futures for ever fewer plans (successive halving, Jamieson and Talwalkar 2016), all
/// on the same futures. Then the best are tried one after the other on futures that the search has not seen, until one
/// is shown to meet the goal; the chance that a plan is shown to that does not is at most 1 − confidence, all tries
/// together.
/// @throws BadRequest, scenario::InvalidScenario, and as run::simulate
Optimum optimize(const Loader& load, const OptimizeOptions& options);

}  // namespace costrisk::decide
