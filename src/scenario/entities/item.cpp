#include "src/scenario/entities/item.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {
namespace {

void check_times(const TableReader& table, const Item& item, double horizon_seconds) {
  if (table.has("until") && !table.broken("from") && table.seconds("until") <= item.from_seconds)
    table.error("until", fmt::format("'until' is {}; expected it after 'from', {}", table.text("until"),
                                     duration_text(item.from_seconds)));
  else if (table.has("from") && horizon_seconds > 0.0 && item.from_seconds >= horizon_seconds)
    table.warning("from", fmt::format("'from' is {}, at or after the horizon, {}: the item costs nothing",
                                      table.text("from"), duration_text(horizon_seconds)));
}

}  // namespace

template const TableOf<Item>& table_of<Item>();

void complete(const TableReader& table, Item& item, const Scenario& scenario) {
  if (item.kind == Item::Kind::per_1000 && !table.given("demand"))
    table.error("per_1000", "'demand' is missing beside 'per_1000'; expected the name of a demand");
  if (item.kind == Item::Kind::share && !table.given("of"))
    table.error("share", "'of' is missing beside 'share'; expected categories such as [\"on-demand\", \"spot\"]");
  for (const char* key : {"from", "until"})
    if (item.kind == Item::Kind::share && table.has(key))
      table.error(key, fmt::format("a 'share' is reckoned once, at the horizon; expected no '{}' beside it", key));
  check_times(table, item, scenario.horizon_seconds);
  if (scenario.horizon_seconds > 0.0) item.from_seconds = std::min(item.from_seconds, scenario.horizon_seconds);
  item.until_seconds =
      table.has("until") ? std::min(scenario.horizon_seconds, item.until_seconds) : scenario.horizon_seconds;
  if (!table.given("plans")) {
    item.plans.resize(scenario.plans.size());
    std::iota(item.plans.begin(), item.plans.end(), 0);
  }
  std::sort(item.plans.begin(), item.plans.end());
}

}  // namespace costrisk::scenario
