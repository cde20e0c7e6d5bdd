// Rung 13: the table in shared memory, the parameters in constant memory.
//
// Six numbers of a table make a normal, and which ones is for the words to say: from the device's memory those are six
// loads whose addresses differ from thread to thread. Now the 768 bytes of the table lie in the multiprocessor itself.
// A row of 32 coefficients spans its 32 banks, so no two threads meet in a bank but at the same word. Parameters are
// the same for all threads and are passed with the launch: the constant cache hands one to a whole warp at once.
#pragma once

#include "kernels/ladder/device_job.cuh"

namespace costrisk::ladder::rung_13 {

__global__ void simulate_paths(const __grid_constant__ Model model, const NormalTable* given, std::uint64_t first_path,
                               int paths, std::int64_t* micros) {
  __shared__ NormalTable table;
  copy_table(*given, table);
  const int path = grid_thread();
  if (path >= paths) return;
  World<ThreadLane> world(model, first_path + static_cast<std::uint64_t>(path), table);
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
  launch(job, blocks_for(job.paths, block), block, simulate_paths, job.model, job.table, job.first_path, job.paths,
         job.micros);
}

}  // namespace costrisk::ladder::rung_13
