// Rung 8: each distinct fleet once, however many plans use it.
//
// Eight plans of two fleets are sixteen lives, but only six of them differ. All plans meet the same future, so the same
// fleet costs the same in each: it lives once, and a plan's cost is the sum of two integers. The rungs before made the
// machine do the work faster; this one leaves work out, and no instruction set gives that. The engine does the same for
// every distinct job and service assignment.
#pragma once

#include "kernels/ladder/parts.hpp"
#include "kernels/ladder/rungs.hpp"

namespace costrisk::ladder {

/// The distinct fleets over one tile of steps, which begins with `tile`.
template <class L>
COSTRISK_FN void live_tile(const Model& model, int tile, World<L>& world, FleetMoney<L> (&money)[fleet_count]) {
  FleetUse<L> use[fleet_count];
  for (auto& fleet : use) fleet = FleetUse<L>::zero();
  typename L::F first_price[market_count];
  for (int first = tile; first < tile + tile_steps; first += 4) {
    const FourSteps<L> four = world.advance(first);
    if (first == tile)
      for (int m = 0; m < market_count; ++m) first_price[m] = four.price[m][0];
    for (int i = 0; i < fleet_count; ++i) {
      const Fleet& fleet = model.fleets[i];
      for (int j = 0; j < 4; ++j)
        use[i].live(fleet, four.demand[j], four.price[fleet.market][j], first_price[fleet.market]);
    }
  }
  for (int i = 0; i < fleet_count; ++i) money[i].close(model.fleets[i], use[i], first_price[model.fleets[i].market]);
}

template <class L>
COSTRISK_FN void simulate_shared(const Model& model, std::uint64_t first_path, int paths, Costs costs) {
  for (int path = 0; path < paths; path += L::width) {
    const int count = paths - path < L::width ? paths - path : L::width;
    World<L> world(model, first_path + static_cast<std::uint64_t>(path), normal_table);
    FleetMoney<L> money[fleet_count];
    for (auto& fleet : money) fleet = FleetMoney<L>::zero();
    for (int tile = 0; tile < model.steps; tile += tile_steps) live_tile(model, tile, world, money);
    for (int plan = 0; plan < plan_count; ++plan) {
      for (int i = 0; i < count; ++i) costs.row(plan)[path + i] = 0;
      for (const std::int32_t fleet : model.plan_fleets[plan])
        add_cost<L>(money[fleet].spent, count, costs.row(plan) + path);
    }
  }
}

}  // namespace costrisk::ladder
