// The policies of a job as rules at a tick: what to hold over the coming step. All times in steps, so the
// gap of the published rules is 1.
#pragma once

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::reference {

enum class State { none, spot, on_demand };

/// What a policy sees at a tick.
struct Tick {
  double elapsed = 0.0;   ///< since the release of the run
  double deadline = 0.0;  ///< since the release of the run
  double total = 0.0;     ///< T: run time and pauses of the whole work at the rate that counts
  double left = 0.0;      ///< of it, not yet done
  double restart = 0.0;   ///< d
  double restart_left = 0.0;
  State last = State::none;     ///< what was held over the step just ended
  State current = State::none;  ///< the same, or none after a loss of the market
  bool keeps_up = true;         ///< the market held, or held last, does the work at least as fast as on-demand would
  bool spot_up = false;
};

/// Whether not even two restarts fit into the time that is left.
bool slack_is_gone_for_two_restarts(const Tick& tick);

/// What a policy that watches the deadline holds over the coming step, before anything is found to be sold out.
State decide(Policy policy, const Tick& tick);

}  // namespace costrisk::reference
