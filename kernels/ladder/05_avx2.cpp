// Rung 5: a path in each of the eight numbers of a register.
//
// One instruction now works on eight paths. The code is that of the rung before over another lane type: F is a register
// of eight floats, a comparison gives a mask, and what was an if is a select, since every path goes its own way. Lanes
// are paths and not plans, because paths never differ in what they do, only in what they meet. Compilers do not find
// this by themselves: loops with lookups, rounding and selects stay scalar, and they do not say so.
#include "kernels/lane/simd.hpp"

#include "kernels/ladder/parts.hpp"
#include "kernels/ladder/rungs.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX2, "this file is compiled for AVX2");

namespace costrisk::ladder {

namespace {

using Lane = HWY_NAMESPACE::SimdLane;
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

void simulate_avx2(const Model& model, std::uint64_t first_path, int paths, Costs costs) {
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
