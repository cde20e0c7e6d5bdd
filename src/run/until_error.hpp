// Runs until a statistic is known as precisely as asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "src/results/quantities/addresses.hpp"
#include "src/results/sums/sort.hpp"
#include "src/run/continued_run.hpp"

namespace costrisk::run {

/// What is to be known, and how well.
struct Precision {
  results::Address statistic;
  std::optional<std::size_t> plan;  ///< absent: every plan
  std::size_t other_plan = 0;       ///< of a difference: the plan that others are compared with
  double error = 0.0;               ///< largest half-width of the interval, as a share of the value; of a share itself
};

/// Whether a run can go on until the quantity is known: it has an interval, and the tally alone tells it of a plan.
bool can_be_precise(const results::Quantity& quantity);

/// What a look at the paths so far showed.
struct Look {
  std::uint64_t paths = 0;
  std::size_t plan = 0;  ///< the plan that is known least
  double error = 0.0;    ///< of that plan; infinity where paths are too few to say
  bool precise = false;  ///< whether that is the error asked for
};

/// Paths at which an end may be found: results::first_checkpoint · 2^j. So that looking often does not make the promise
/// weaker, look j (from 1) asks for an interval that fails with a chance of at most 5 % / (j·(j+1)), which adds up to
/// 5 %. The paths are therefore those of a single run of as many, whatever computes them.
/// @param most paths at which the run ends anyhow
/// @param report told of each look
/// @param before the first paths of the run, at most `most`, of which looks before their end found too large an error
/// @throws as simulate
Outcome simulate_until(const scenario::Scenario& scenario, const Options& options, const Precision& precision,
                       std::uint64_t most, const std::function<void(const Look&)>& report,
                       std::optional<Outcome> before = {}, const Checkpoints& checkpoints = {});

/// How well a tally knows a statistic: the look that a run until an error has at its number of paths, or would have at
/// the next that is looked at.
Look look_at(const results::Tally& tally, const Precision& precision);

/// Paths that a statistic needs for an error: where a look at fewer did not find it, as many as its half-width, which
/// falls with the root of the paths, lets expect, on to the next number of paths that is looked at.
/// @param seen a look that was not precise
std::uint64_t paths_for(const Look& seen, double error);

/// The next number of paths, from `done` on, at which a run until an error is looked at.
std::uint64_t next_look(std::uint64_t done, std::uint64_t most);

/// How well a tally knows the statistic of a plan, at look `look` from 1. The interval's half-width over the value.
double error_of(const results::Tally& tally, std::size_t plan, const Precision& precision, int look,
                const results::Sorter& sort = results::sort_on_processor);

}  // namespace costrisk::run
