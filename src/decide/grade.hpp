// Plans of several teams on futures that none of them has seen, and on worlds that went otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/decide/candidates.hpp"
#include "src/decide/choice.hpp"
#include "src/decide/stress.hpp"

namespace costrisk::decide {

/// A team's plan, in the scenario that it brings.
struct Entrant {
  std::string team;
  std::string plan;  ///< its name in the scenario
  Loader load;
};

struct GradeOptions {
  std::vector<NamedStress> stresses;
  std::vector<std::uint64_t> seeds;  ///< of the futures, one after the other; at least one, each once
  CostStatistic statistic;           ///< of which the least is best
  double alpha = 0.05;               ///< chance that any interval of one world fails
  Sampling sampling;                 ///< paths of each seed: 0: what the first scenario says, at most 20,000
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// One plan in one world.
struct GradeCell {
  CostFigures figures;
  double value = 0.0;                       ///< of the statistic
  std::vector<results::Estimate> measures;  ///< with intervals that hold together
  Standing goal = Standing::met;            ///< by these intervals; a plan that does not run what a bound is of misses
  bool meets = false;                       ///< by the values themselves
  std::optional<Against> against;           ///< the first; absent of itself
  std::size_t rank = 1;                     ///< by the values: who meets the goal first, then by the statistic
  std::size_t first_rank = 1, last_rank = 1;  ///< that it may have for all that is known
};

/// A team that has no grade.
struct Ungraded {
  std::string team, reason;  ///< reason: perhaps several lines
};

struct Grades {
  std::vector<std::string> teams, plans;  ///< that are graded
  std::vector<Measure> measures;
  std::vector<std::string> worlds;  ///< "as expected" first
  std::vector<GradeCell> cells;     ///< [world][team]
  std::vector<Ungraded> ungraded;
  std::vector<std::string> saw;  ///< teams whose file has one of the seeds
  std::vector<std::uint64_t> seeds;
  std::uint64_t paths = 0;  ///< of each seed
  CostStatistic statistic;
  bool complete = true;  ///< false where it was stopped: the worlds that were done by then

  const GradeCell& at(std::size_t world, std::size_t team) const { return cells[world * teams.size() + team]; }
  /// Two points for a goal that is met as expected, one for each other world in which it is met: what is sure, and what
  /// there may be where the intervals leave it open.
  struct Points {
    std::size_t sure = 0, most = 0;
  };
  Points points(std::size_t team) const;
};

/// What differs between the worlds of two scenarios: all that is neither plans nor items, which are the teams' own.
/// @returns in words; empty: nothing
std::string world_changes(const scenario::Scenario& from, const scenario::Scenario& to);

/// All plans in every world, over the same futures. Of one world the intervals of all differences and bounds hold
/// together with 1 − alpha, and so do the ranks: a plan has surely no better one than those that surely beat it leave
/// (Mogstad, Romano, Shaikh, Wilhelm, Review of Economic Studies 91, 2024). A team whose scenario cannot be loaded, or
/// differs from that of most others in more than plans and items, has no grade; the others have.
/// @throws as run::simulate; std::invalid_argument where no team can be graded
Grades grade(const std::vector<Entrant>& entrants, const GradeOptions& options);

}  // namespace costrisk::decide
