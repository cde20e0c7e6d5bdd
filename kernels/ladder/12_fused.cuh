// Rung 12: fused, traces never leave the registers.
//
// One kernel for everything. A thread makes four steps of the world, lets all six fleets live through them, and forgets
// them. Of some ninety bytes a path and step that went through the device's memory nothing is left but 64 bytes a path
// at the end. What is paid for it: states and sums of six fleets take registers, so fewer threads are in flight.
#pragma once

#include "kernels/ladder/device_job.cuh"

namespace costrisk::ladder::rung_12 {

__global__ void simulate_paths(const Model* given, const NormalTable* table, std::uint64_t first_path, int paths,
                               std::int64_t* micros) {
  const int path = grid_thread();
  if (path >= paths) return;
  const Model& model = *given;
  World<ThreadLane> world(model, first_path + static_cast<std::uint64_t>(path), *table);
  FleetMoney<ThreadLane> money[fleet_count];
  for (auto& fleet : money) fleet = FleetMoney<ThreadLane>::zero();
  for (int tile = 0; tile < model.steps; tile += tile_steps) {
    FleetUse<ThreadLane> use[fleet_count];
    for (auto& fleet : use) fleet = FleetUse<ThreadLane>::zero();
    float first_price[market_count] = {};
    for (int first = tile; first < tile + tile_steps; first += 4) {
      const FourSteps<ThreadLane> four = world.advance(first);
      for (int m = 0; m < market_count; ++m) first_price[m] = first == tile ? four.price[m][0] : first_price[m];
      for (int i = 0; i < fleet_count; ++i) {
        const Fleet& fleet = model.fleets[i];
        // Written with selects, since an index known only at run time would move the prices to memory.
        for (int j = 0; j < 4; ++j)
          use[i].live(fleet, four.demand[j], fleet.market == 0 ? four.price[0][j] : four.price[1][j],
                      fleet.market == 0 ? first_price[0] : first_price[1]);
      }
    }
    for (int i = 0; i < fleet_count; ++i)
      money[i].close(model.fleets[i], use[i], model.fleets[i].market == 0 ? first_price[0] : first_price[1]);
  }
  for (int plan = 0; plan < plan_count; ++plan) {
    std::int64_t sum = 0;
    for (int i = 0; i < fleet_count; ++i)
      for (const std::int32_t fleet : model.plan_fleets[plan]) sum += fleet == i ? micros_of(money[i].spent) : 0;
    micros[plan * paths + path] = sum;
  }
}

/// @throws cuda::Error
inline void simulate(const DeviceJob& job) {
  constexpr int block = 128;
  launch(job, blocks_for(job.paths, block), block, simulate_paths, job.device_model, job.table, job.first_path,
         job.paths, job.micros);
}

}  // namespace costrisk::ladder::rung_12
