// What each bit of a status word means to the user.
#include "src/run/status.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace costrisk::run {

void check_status(const Output& output, std::uint64_t first_path, int paths) {
  for (int i = 0; i < paths; ++i) {
    if (output.status[i] == status_ok) continue;
    throw std::runtime_error(
        fmt::format("path {} could not be simulated: {}", first_path + static_cast<std::uint64_t>(i),
                    output.status[i] & status_event_loop
                        ? "more than 16384 events of one process in 32 steps; take a longer mean time or a shorter step"
                        : "more than 2^30 currency units at one close; take a shorter step or another currency unit"));
  }
}

}  // namespace costrisk::run
