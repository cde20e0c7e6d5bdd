// SIGINT and SIGTERM as a wish to stop soon: what is in flight is finished and written.
#pragma once

#include <atomic>

namespace costrisk::cli {

/// While it lives, the first SIGINT or SIGTERM sets a flag; a second one ends the program at once.
class StopSignals {
 public:
  /// @throws std::runtime_error where the system does not let signals be handled
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  const std::atomic<bool>& stop() const;
  /// The exit code of the signal that came; exit_done when none did.
  int exit_code() const;
};

}  // namespace costrisk::cli
