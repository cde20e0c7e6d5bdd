#include "src/scenario/entities/market.hpp"

#include <fmt/format.h>

#include "src/scenario/entities/fields.hpp"

namespace costrisk::scenario {
namespace {

void check_capacity(const TableReader& table) {
  if (!Capacity::is_given(table)) return;
  for (const char* side : {"up", "down"})
    if (!table.given(side))
      table.error(side, fmt::format("'{}' is missing in {}; expected a table such as {{ mean = \"6h\", cv = 2.0 }}",
                                    side, table.address()));
}

void check_process(const TableReader& table) {
  const double volatility = table.number("volatility");
  if (volatility > 0.0 && !table.given("half_life"))
    table.error("volatility", "'half_life' is missing beside 'volatility'; expected a duration such as \"3d\"");
  if (volatility == 0.0 && !table.broken("volatility") && table.given("loading"))
    table.error("loading", "'loading' has no effect without volatility; expected a positive 'volatility'");
}

void complete(const TableReader& table, Spot& spot) {
  const TableReader price = table.table("price");
  if (spot.price_history) {
    complete(price, *spot.price_history, HistoryBlocks::known);
    if (price.has("unit")) price.error("unit", "'unit' is that of a demand's requests; expected none of a price");
    if (price.given("cap")) price.error("cap", "'cap' cannot stand beside 'history'; expected one of them");
  } else {
    check_process(price);
  }
  if (spot.reclaim && table.given("reclaim_every"))
    table.error("reclaim", "'reclaim' cannot stand beside 'reclaim_every'; expected one of them");
  const TableReader capacity = table.table("capacity");
  if (spot.capacity_history)
    complete(capacity, *spot.capacity_history, HistoryBlocks::unknown);
  else
    check_capacity(capacity);
}

}  // namespace

template const TableOf<Market>& table_of<Market>();

bool Capacity::is_given(const TableReader& table) { return table.given("up") || table.given("down"); }

bool SpotPrice::is_given(const TableReader& table) { return !table.has("history"); }

void complete(const TableReader& table, Market& market) {
  if (market.on_demand) {
    const TableReader on_demand = table.table("on_demand");
    if (on_demand.has("capacity")) check_capacity(on_demand.table("capacity"));
  }
  if (market.spot) complete(table.table("spot"), *market.spot);
}

}  // namespace costrisk::scenario
