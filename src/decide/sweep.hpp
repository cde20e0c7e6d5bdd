// A scenario over values of one or two of its addresses.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/decide/candidates.hpp"
#include "src/decide/choice.hpp"
#include "src/scenario/reader/variation.hpp"

namespace costrisk::decide {

/// What is wrong with what was asked for.
struct BadRequest : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

struct SweepOptions {
  std::vector<scenario::Variation> axes;  ///< one or two
  std::vector<std::string> plans;         ///< that are shown; empty: those that vary, or all where the world does
  CostStatistic statistic;                ///< of which the least is best
  double alpha = 0.05;                    ///< chance that any interval fails
  Sampling sampling;                      ///< paths: 0: what the scenario says
  /// Told how far it is, and what is best so far.
  std::function<void(std::uint64_t done, std::uint64_t total, const std::string& best)> progress;
};

/// One plan in one case.
struct SweepCell {
  CostFigures figures;
  double value = 0.0;                       ///< of the statistic
  std::vector<results::Estimate> measures;  ///< with intervals that hold together
  Standing goal = Standing::met;            ///< by these intervals
  bool meets = false;                       ///< by the values themselves
  bool best = false, tied = false;          ///< tied: may be the best for all that is known
  std::optional<Against> against;           ///< the best; absent where there is none, and of itself
};

struct Sweep {
  std::vector<scenario::Variation> axes;
  std::vector<std::vector<std::size_t>> cases;  ///< [case][axis]: places of the values
  std::vector<std::string> plans;
  std::vector<Measure> measures;
  std::vector<SweepCell> cells;  ///< [case][plan]
  CostStatistic statistic;
  std::uint64_t paths = 0, seed = 0;
  double alpha = 0.05;
  std::size_t asked = 0;  ///< cases that there would be, had nobody stopped it

  bool complete() const { return cases.size() == asked; }
  const SweepCell& at(std::size_t one, std::size_t plan) const { return cells[one * plans.size() + plan]; }
  /// Whether a choice is looked for among the cases: an axis varies plans. Otherwise among the plans of each case.
  bool of_plans() const;
  /// "instances=12", or what an axis is at a case.
  std::string label(std::size_t one) const;
};

/// Cases that vary plans alone are plans of one run, which meet the same futures and share what they have in common;
/// others are runs on the same seed. The best is looked for among the cases, and plans, of one and the same world.
/// @throws BadRequest, scenario::InvalidScenario, and as run::simulate
Sweep sweep(const Loader& load, const SweepOptions& options);

/// Marks the best of the cells of one world, and what cannot be distinguished from it.
void judge(const std::vector<const Record*>& records, const std::vector<Measure>& measures,
           std::optional<double> budget, const CostStatistic& statistic, double alpha,
           const std::vector<SweepCell*>& cells);

/// The plans of a scenario whose text the variation of an address can change: of "plan.NAME.…" or a pattern of it.
std::vector<std::size_t> plans_that_differ(const scenario::Scenario& a, const scenario::Scenario& b);

}  // namespace costrisk::decide
