// Rung 6: sixteen paths in a register.
//
// The same source, compiled for AVX-512. Beyond twice the width there are instructions that do more: the 32
// coefficients of a normal's polynomial lie in one pair of registers and are looked up by one permutation (AVX2 takes
// four and three blends), three words are combined by one exclusive or, masks have registers of their own, and there
// are 32 registers.
#include "kernels/lane/simd.hpp"

#include "kernels/ladder/parts.hpp"
#include "kernels/ladder/rungs.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX3, "this file is compiled for AVX-512");

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

void simulate_avx512(const Model& model, std::uint64_t first_path, int paths, Costs costs) {
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
