// What a scenario asks for that this version's model cannot simulate.
#include "src/scenario/unsupported.hpp"

#include <fmt/format.h>

namespace costrisk::scenario {

std::vector<std::string> unsupported(const Scenario& scenario) {
  std::vector<std::string> addresses;
  for (const Market& market : scenario.markets) {
    if (!market.spot) continue;
    if (market.spot->price_history) addresses.push_back(fmt::format("market.{}.spot.price.history", market.name));
    if (market.spot->capacity_history) addresses.push_back(fmt::format("market.{}.spot.capacity.history", market.name));
  }
  for (const Demand& demand : scenario.demands)
    if (demand.history) addresses.push_back(fmt::format("demand.{}.history", demand.name));
  return addresses;
}

}  // namespace costrisk::scenario
