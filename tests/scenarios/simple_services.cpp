// Queues, windows and pools that forms do not know are taken off.
#include "tests/scenarios/simple_services.hpp"

#include <algorithm>
#include <vector>

namespace costrisk::tests {

scenario::Scenario with_simple_services(scenario::Scenario scenario, std::uint64_t seed) {
  for (scenario::Service& service : scenario.services)
    if (seed % 3 != 0) service.queue.reset();
  for (scenario::Plan& plan : scenario.plans)
    for (scenario::ServiceAssignment& assignment : plan.services) {
      assignment.scale_down_window_seconds = static_cast<double>(seed % 4) * scenario.step_seconds;
      assignment.scale_up_delay_seconds = (seed / 4) % 3 == 0 ? 0.0 : 0.4 * scenario.step_seconds;
      std::erase_if(assignment.pools, [](const scenario::Pool& pool) { return pool.buy == Purchase::reserved; });
      std::ranges::stable_sort(assignment.pools, {},
                               [](const scenario::Pool& pool) { return pool.buy != Purchase::spot; });
      std::vector<scenario::Pool>& pools = assignment.pools;
      while (pools.size() > 1 && pools.front().buy == Purchase::spot && pools[1].buy == Purchase::spot)
        pools.erase(pools.begin());
      if (pools.size() > 2) pools.resize(2);
      if (pools.size() == 2 && pools[0].buy == Purchase::on_demand) pools.resize(1);
      if (pools.size() == 2 && scenario.markets[static_cast<std::size_t>(pools[0].market)].on_demand)
        pools[1].market = pools[0].market;
      if (!pools.empty()) pools.back().share = 1.0;
    }
  return scenario;
}

}  // namespace costrisk::tests
