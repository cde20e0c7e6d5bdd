#include "src/scenario/entities/budget.hpp"

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

template const TableOf<Budget>& table_of<Budget>();

void complete(const TableReader& table, const Budget&, const Scenario& scenario) {
  // Bills may name others, which are known once they are read.
  if (scenario.actuals) return;
  check_owner(table, "owner", scenario, {});
}

}  // namespace costrisk::scenario
