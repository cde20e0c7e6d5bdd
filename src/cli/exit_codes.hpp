// What the program says to the shell when it ends.
#pragma once

#include <stdexcept>

namespace costrisk::cli {

enum ExitCode : int {
  exit_done = 0,
  exit_internal = 1,
  exit_usage = 2,     ///< a wrong command line, an invalid scenario or input file, or a run too large for the memory
  exit_gate = 3,      ///< a --require does not hold
  exit_backend = 4,   ///< a backend asked for by name is not available
  exit_io = 5,        ///< reading, writing or a GPU failed; nothing is damaged
  exit_time = 6,      ///< stopped by --max-time, with a valid file of what was simulated
  exit_signal = 128,  ///< and the signal's number: stopped by it, with a valid file of what was simulated
  exit_closed_pipe = 141,  ///< standard output is a pipe that nobody reads any more
};

/// A command line that cannot be done as it stands, or an input file that is not what it should be.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace costrisk::cli
