// Seconds by a clock that never goes back.
#pragma once

#include <chrono>

namespace costrisk::run {

using SteadyClock = std::chrono::steady_clock;

inline double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

}  // namespace costrisk::run
