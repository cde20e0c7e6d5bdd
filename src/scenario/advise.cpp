// Warns about scenarios that can be simulated but are probably not meant.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "src/scenario/checks.hpp"
#include "src/scenario/duration.hpp"

namespace costrisk::scenario {

void advise(const Scenario& scenario, const Places& places, Diagnostics& diagnostics) {
  static_cast<void>(scenario);
  static_cast<void>(places);
  static_cast<void>(diagnostics);
}

}  // namespace costrisk::scenario
