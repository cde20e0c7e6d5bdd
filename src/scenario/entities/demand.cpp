#include "src/scenario/entities/demand.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {
namespace {

struct Profile {
  std::array<double, 24> by_hour;
  std::array<double, 7> by_weekday;
};

/// The built-in shapes of days and weeks; each has a mean of 1.
Profile profile_named(const std::string& name) {
  if (name == "business")
    return {{0.25, 0.2,  0.2, 0.2,  0.25, 0.35, 0.6, 1.05, 1.7, 2.0, 2.05, 2.0,
             1.75, 1.85, 2.0, 1.95, 1.75, 1.3,  0.8, 0.55, 0.4, 0.3, 0.25, 0.25},
            {1.3, 1.35, 1.35, 1.3, 1.15, 0.3, 0.25}};
  if (name == "consumer")
    return {{0.65, 0.45, 0.35, 0.3,  0.3, 0.4,  0.55, 0.75, 0.9,  1.0,  1.05, 1.1,
             1.2,  1.15, 1.1,  1.15, 1.2, 1.35, 1.5,  1.65, 1.75, 1.65, 1.45, 1.05},
            {0.95, 0.95, 0.95, 0.95, 1.0, 1.1, 1.1}};
  Profile flat;
  flat.by_hour.fill(1.0);
  flat.by_weekday.fill(1.0);
  return flat;
}

void check_not_all_zero(const TableReader& table, const char* key) {
  const std::vector<double> values = table.numbers(key);
  if (table.has(key) && std::all_of(values.begin(), values.end(), [](double v) { return v == 0.0; }))
    table.error(key, fmt::format("'{}' is zero throughout; expected a positive value somewhere", key));
}

}  // namespace

template const TableOf<Demand>& table_of<Demand>();

void complete(const TableReader& table, Demand& demand, const Scenario& scenario) {
  const Profile profile = profile_named(table.text("profile"));
  if (!table.has("by_hour")) demand.by_hour = profile.by_hour;
  if (!table.has("by_weekday")) demand.by_weekday = profile.by_weekday;
  check_not_all_zero(table, "by_hour");
  check_not_all_zero(table, "by_weekday");
  for (const TableReader& change : table.tables("change"))
    if (change.has("at") && scenario.horizon_seconds > 0.0 && change.seconds("at") >= scenario.horizon_seconds)
      change.warning("at", fmt::format("the change at {} comes at or after the horizon, {}: it changes nothing",
                                       change.text("at"), duration_text(scenario.horizon_seconds)));
  if (scenario.horizon_seconds > 0.0)
    std::erase_if(demand.changes, [&](const Change& change) { return change.at_seconds >= scenario.horizon_seconds; });
  if (demand.history) complete(table, *demand.history, HistoryBlocks::known);
}

}  // namespace costrisk::scenario
