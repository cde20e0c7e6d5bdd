#include "src/scenario/entities/search.hpp"

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/reader/variation.hpp"

namespace costrisk::scenario {

template const TableOf<Search>& table_of<Search>();

void complete(const TableReader& table, const Search& search) {
  if (!parse_cost_statistic(search.minimize) && !table.broken("minimize"))
    table.error("minimize", not_a_cost_statistic(search.minimize));
  for (const std::string& text : search.vary) {
    try {
      parse_variation(text);
    } catch (const BadVariation& bad) {
      table.error("vary", bad.what());
      return;
    }
  }
}

}  // namespace costrisk::scenario
