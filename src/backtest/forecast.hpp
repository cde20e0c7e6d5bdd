// What could have been predicted at an instant from the history before it alone.
#pragma once

#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::backtest {

/// What stands for a history in a prediction.
enum class Model {
  bootstrap,    ///< what was measured, drawn with replacement: runs of capacity, blocks of prices and demands
  log_normal,   ///< capacity by fitted log-normal runs, prices by a fitted process; demands by blocks
  exponential,  ///< the same with exponential runs
};

/// The part of a trace before `seconds` after its first measurement.
/// @pre something was measured before
trace::History before(const trace::History& trace, double seconds);

/// How much of every history of the scenario there is from its offset on: the least of any of them.
/// @throws std::invalid_argument where the scenario has no history
double shared_seconds(const scenario::Scenario& scenario);

/// The scenario as it would have been written at `origin_seconds` after the offset of each history.
/// @param block_seconds of prices and demands whose history says none
/// @throws trace::FormatError, where a law asks for more than was measured by then
scenario::Scenario forecast_scenario(const scenario::Scenario& scenario, double origin_seconds, Model model,
                                     double block_seconds);

/// The scenario on what really happened: path p begins first_seconds + p·every_seconds after the offset.
scenario::Scenario actual_scenario(const scenario::Scenario& scenario, double first_seconds, double every_seconds);

}  // namespace costrisk::backtest
