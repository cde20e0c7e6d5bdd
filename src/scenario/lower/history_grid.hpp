// What was measured at instants of its own, brought to a grid of steps that begins at the first measurement.
#pragma once

#include <cstdint>
#include <vector>

#include "src/trace/history.hpp"

namespace costrisk::scenario {

/// Steps that lie wholly within the trace. The last value of an even trace holds for one gap; a trace of uneven times
/// ends with its last.
std::int64_t steps_of(const trace::History& trace, double step_seconds);

/// Averages over each step, each value weighted with the time that it held.
std::vector<double> averages_by_step(const trace::History& trace, double step_seconds);

/// Instances by step.
struct InstancesByStep {
  std::vector<double> held;   ///< in force at the step's start
  std::vector<double> least;  ///< in force at any time from the start of the step before on to the step's start
};
InstancesByStep instances_by_step(const trace::History& trace, double step_seconds);

/// When a gang of so many instances that held them at a step's start loses them inside the step: the first such
/// instant, in steps since the step's start; 0 where it does not.
std::vector<double> losses_by_step(const trace::History& trace, double step_seconds, double instances);

}  // namespace costrisk::scenario
