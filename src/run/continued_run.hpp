// Runs in parts: what is done is kept, written on the way, and gone on from.
#pragma once

#include <functional>
#include <optional>

#include "src/run/run.hpp"

namespace costrisk::run {

/// When the outcome so far is to be kept.
struct Checkpoints {
  double every_seconds = 0.0;  ///< from the end of one to the next; 0: never
  /// Called with the outcome so far, whose tally it may take out and put back.
  std::function<void(Outcome& so_far)> keep;
};

/// Simulates `paths` and adds them to what is done before.
/// @param before of other paths of the same run, or of one of fewer paths; absent: there are none
/// @param paths to simulate; none where all is done before
/// @param whole_run of which both are parts
/// @returns the outcome of both, with complete = false where it was stopped
/// @throws as simulate; std::logic_error where there is nothing before, and no paths
Outcome continue_run(const scenario::Scenario& scenario, const Options& options, std::optional<Outcome> before,
                     const results::PathRange& paths, const results::PathRange& whole_run,
                     const Checkpoints& checkpoints = {});

}  // namespace costrisk::run
