// Signals as a wish to stop soon: what has been simulated is written.
#pragma once

#include "costrisk/simulate.hpp"

namespace costrisk::cli {

/// While it lives, the first SIGINT, SIGTERM, SIGHUP, SIGUSR1 or SIGXCPU asks to stop; a second one of its kind ends
/// the program at once. Those that the program was started to ignore stay ignored.
class StopSignals {
 public:
  /// @throws std::runtime_error where the system does not let signals be handled
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// What is cancelled by them.
  const CancellationToken& stop() const;
  /// The exit code of the signal that came; exit_done when none did.
  int exit_code() const;
};

}  // namespace costrisk::cli
