// The measured histories of a scenario, wherever they stand.
#pragma once

#include <string>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

enum class HistoryRole { capacity, price, demand };

/// Where a history stands.
struct HistoryPlace {
  HistoryRole role = HistoryRole::capacity;
  std::string owner;    ///< name of the market or demand
  std::string address;  ///< of the table with the key `history`: "market.p4d.spot.price", "demand.chat"
};

/// Calls visit(place, history) with every history, in the order of the scenario.
/// @tparam AnyScenario Scenario, or const Scenario
template <class AnyScenario, class Visit>
void each_history(AnyScenario& scenario, Visit visit) {
  for (auto& market : scenario.markets) {
    if (!market.spot) continue;
    const std::string spot = "market." + market.name + ".spot";
    if (market.spot->price_history)
      visit(HistoryPlace{HistoryRole::price, market.name, spot + ".price"}, *market.spot->price_history);
    if (market.spot->capacity_history)
      visit(HistoryPlace{HistoryRole::capacity, market.name, spot + ".capacity"}, *market.spot->capacity_history);
  }
  for (auto& demand : scenario.demands)
    if (demand.history) visit(HistoryPlace{HistoryRole::demand, demand.name, "demand." + demand.name}, *demand.history);
}

/// The largest value measured.
double highest(const trace::History& trace);

}  // namespace costrisk::scenario
