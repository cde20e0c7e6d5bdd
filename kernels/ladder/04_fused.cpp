// Rung 4: world and plans fused, nothing is stored.
//
// Four steps of the world are made and lived through by all fleets at once; then they are forgotten. No trace exists
// any more, however long the horizon. One path's trace lay in the nearest cache already, so nothing is gained yet, and
// the sums of sixteen fleets now go back and forth every four steps. It is what the next rungs need: with eight or
// sixteen paths side by side the traces would be eight or sixteen times as long.
#include "kernels/lane/scalar.hpp"

#include "kernels/ladder/parts.hpp"
#include "kernels/ladder/rungs.hpp"

namespace costrisk::ladder {

namespace {

using Lane = ScalarLane<4>;
using F = Lane::F;

/// The fleets of all plans over one tile of steps, which begins with `tile`.
void live_tile(const Model& model, int tile, World<Lane>& world,
               FleetMoney<Lane> (&money)[plan_count][plan_fleet_count]) {
  FleetUse<Lane> use[plan_count][plan_fleet_count];
  for (auto& plan : use)
    for (auto& fleet : plan) fleet = FleetUse<Lane>::zero();
  F first_price[market_count];
  for (int first = tile; first < tile + tile_steps; first += 4) {
    const FourSteps<Lane> four = world.advance(first);
    if (first == tile)
      for (int m = 0; m < market_count; ++m) first_price[m] = four.price[m][0];
    for (int plan = 0; plan < plan_count; ++plan)
      for (int i = 0; i < plan_fleet_count; ++i) {
        const Fleet& fleet = model.fleets[model.plan_fleets[plan][i]];
        for (int j = 0; j < 4; ++j)
          use[plan][i].live(fleet, four.demand[j], four.price[fleet.market][j], first_price[fleet.market]);
      }
  }
  for (int plan = 0; plan < plan_count; ++plan)
    for (int i = 0; i < plan_fleet_count; ++i) {
      const Fleet& fleet = model.fleets[model.plan_fleets[plan][i]];
      money[plan][i].close(fleet, use[plan][i], first_price[fleet.market]);
    }
}

}  // namespace

void simulate_fused(const Model& model, std::uint64_t first_path, int paths, Costs costs) {
  for (int path = 0; path < paths; path += Lane::width) {
    const int count = paths - path < Lane::width ? paths - path : Lane::width;
    World<Lane> world(model, first_path + static_cast<std::uint64_t>(path), normal_table);
    FleetMoney<Lane> money[plan_count][plan_fleet_count];
    for (auto& plan : money)
      for (auto& fleet : plan) fleet = FleetMoney<Lane>::zero();
    for (int tile = 0; tile < model.steps; tile += tile_steps) live_tile(model, tile, world, money);
    for (int plan = 0; plan < plan_count; ++plan) {
      for (int i = 0; i < count; ++i) costs.row(plan)[path + i] = 0;
      for (const auto& fleet : money[plan]) add_cost<Lane>(fleet.spent, count, costs.row(plan) + path);
    }
  }
}

}  // namespace costrisk::ladder
