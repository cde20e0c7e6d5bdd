// Plans under changes of the world, and the changes that break a goal.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/decide/candidates.hpp"
#include "src/decide/choice.hpp"

namespace costrisk::decide {

/// A change of the world.
struct NamedStress {
  std::string name;
  scenario::Assignments assignments;
  bool is_own =
      false;  ///< of the scenario's [[stress]], which must fit; one to begin with is left out where it does not
};

/// The stresses to begin with that a scenario has something for: prices, list prices, droughts, no spot, each region
/// lost, demand, a late launch.
std::vector<NamedStress> usual_stresses(const scenario::Scenario& scenario);
/// Those of its own.
std::vector<NamedStress> own_stresses(const scenario::Scenario& scenario);

struct StressOptions {
  std::vector<NamedStress> stresses;
  double alpha = 0.05;  ///< chance that any interval fails
  Sampling sampling;    ///< paths: 0: what the scenario says, at most 20,000
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// One plan under one stress.
struct StressCell {
  CostFigures figures;
  results::Estimate change;                 ///< of the mean cost, in currency, to the plan without the stress
  std::vector<results::Estimate> measures;  ///< with single intervals of 95 %
  bool meets = true;
};

struct StressTest {
  std::vector<std::string> plans;
  std::vector<Measure> measures;
  std::vector<std::string> stresses;  ///< "as it is" first
  std::vector<StressCell> cells;      ///< [stress][plan]
  std::vector<std::string> left_out;  ///< usual stresses that do not fit, or change nothing
  std::uint64_t paths = 0, seed = 0;
  bool complete = true;

  const StressCell& at(std::size_t stress, std::size_t plan) const { return cells[stress * plans.size() + plan]; }
};

/// Every plan under every stress, over the same futures. The intervals of changes hold together.
/// @throws scenario::InvalidScenario for one of the scenario's own that does not fit, and as run::simulate
StressTest stress(const Loader& load, const StressOptions& options);

struct ReverseOptions {
  std::size_t plan = 0;
  Sampling sampling;  ///< paths: 0: what the scenario says, at most 4096
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// How far an unknown must be off for the goal to break, all else as uncertain as it is.
struct Move {
  std::string unknown;          ///< its address
  std::optional<double> value;  ///< at which the goal breaks; absent: nowhere that it can be
  double usual = 0.0;           ///< its median
  double deviations = 0.0;      ///< of the standard normal, from the median to the value; with its sign
  double chance = 0.0;          ///< that it is that far off, to this side
  std::string bound;            ///< the first bound that breaks
  bool is_chance = false;       ///< value 1: it happens, 0: it does not
};

/// Two unknowns that break the goal together.
struct JointMove {
  std::string a, b;
  double a_value = 0.0, b_value = 0.0;
  double deviations = 0.0;  ///< of both together: the root of the sum of squares
  double chance = 0.0;      ///< that both are that far off, to these sides
};

/// How futures that break the goal differ in an unknown from the others.
struct Difference {
  std::string unknown;
  double breaking = 0.0, others = 0.0;  ///< mean level of the unknown in its distribution, 0 … 1
  double error = 0.0;                   ///< standard error of their difference
};

struct Reverse {
  std::string plan;
  std::vector<Measure> measures;
  bool broken_already = false;
  double breaking_share = 0.0;          ///< of the futures, in which a bound is not kept
  std::vector<Move> moves;              ///< the nearest first
  std::optional<JointMove> pair;        ///< the likeliest
  std::vector<Difference> differences;  ///< the largest first
  std::uint64_t paths = 0, seed = 0;
  bool complete = true;
};

/// Moves each unknown that is drawn once per future to fixed values, by halving, until a bound of the goal breaks.
/// @throws std::invalid_argument where the scenario has no goal; as run::simulate
Reverse reverse(const Loader& load, const ReverseOptions& options);

}  // namespace costrisk::decide
