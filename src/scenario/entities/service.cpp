#include "src/scenario/entities/service.hpp"

#include <fmt/format.h>

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

template const TableOf<Service>& table_of<Service>();

void complete(const TableReader& table, const Service& service, const Scenario& scenario) {
  if (!service.rate_is_output_tokens || table.given("rate") || !table.has("demand")) return;
  const Demand& demand = scenario.demands.at(static_cast<std::size_t>(service.demand));
  if (!demand.tokens)
    table.error("output_token_rate",
                fmt::format("the demand '{}' has no tokens; expected 'tokens' there, or 'rate' here", demand.name));
}

}  // namespace costrisk::scenario
