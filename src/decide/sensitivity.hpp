// What each number of a scenario does to what plans cost and how they do.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "src/decide/candidates.hpp"
#include "src/decide/choice.hpp"
#include "src/decide/value.hpp"
#include "src/scenario/reader/override.hpp"

namespace costrisk::decide {

struct SensitivityOptions {
  std::vector<scenario::NumberAt> numbers;  ///< of the scenario
  double step = 0.1;                        ///< by which they are moved up and down; whole numbers by one at least
  double alpha = 0.05;                      ///< chance that any interval fails
  std::vector<scenario::Variation> axes;    ///< further plans that may be chosen, for the value of finding out
  Sampling sampling;                        ///< paths: 0: what the scenario says, at most 4096
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Of one plan and one number: of statistics of cost the elasticity, the change in percent where the number is one
/// percent larger; of shares the change in points where it is ten percent larger.
struct Effect {
  results::Estimate mean, p95;
  std::vector<results::Estimate> shares;  ///< by measure; NaN where the plan has no such thing
  /// Whether the sign of a figure is known: the interval leaves 0 out.
  static bool sign_is_known(const results::Estimate& figure) { return figure.low > 0.0 || figure.high < 0.0; }
};

struct Sensitivity {
  std::vector<std::string> plans;
  std::vector<Measure> measures;
  std::vector<scenario::NumberAt> numbers;  ///< those that could be moved
  std::vector<Effect> effects;              ///< [number][plan]
  std::vector<std::string> unmoved;         ///< addresses that could be moved neither up nor down
  std::vector<CostFigures> figures;         ///< [plan]: as they stand
  std::vector<bool> meets;                  ///< [plan]: the goal
  std::uint64_t paths = 0, seed = 0;
  std::size_t asked = 0;

  std::vector<std::string> drivers;
  std::vector<std::string> choices;  ///< plans that may be chosen: those that meet the goal, or all
  ValueOfInformation value;          ///< among the choices
  std::uint64_t value_paths = 0;

  bool complete = true;
  const Effect& at(std::size_t number, std::size_t plan) const { return effects[number * plans.size() + plan]; }
};

/// Central differences over the same futures. All intervals hold together.
/// @param load of a resolved text, so that every number has an address
/// @throws scenario::InvalidScenario, and as run::simulate
Sensitivity sensitivity(const Loader& load, const SensitivityOptions& options);

}  // namespace costrisk::decide
