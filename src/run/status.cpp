// What each bit of a status word means to the user.
#include "src/run/status.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "kernels/model/tile.hpp"

namespace costrisk::run {

void check_status(const Output& output, std::uint64_t first_path, int paths) {
  for (int i = 0; i < paths; ++i) {
    if (output.status[i] == status_ok) continue;
    throw std::runtime_error(fmt::format(
        "path {} could not be simulated: {}", first_path + static_cast<std::uint64_t>(i),
        output.status[i] & status_event_loop
            ? fmt::format("more than {} events of one process in {} steps; take a longer mean time or a shorter step",
                          event_limit, tile_steps)
            : "more than 2^30 currency units at one close; take a shorter step or another currency unit"));
  }
}

}  // namespace costrisk::run
