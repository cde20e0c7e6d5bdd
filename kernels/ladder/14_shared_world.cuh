// Rung 14: one world for all fleets of a block.
//
// A block now has 32 paths and a warp for each fleet. Its warps make the world together, a tile of 32 steps at a time:
// the normals are counter-based, so any warp makes any of them; each process then takes its steps in order, a warp for
// each; prices and demand are anybody's again. The tile lies in shared memory, and each warp lives through it with one
// fleet. A thread holds one fleet's sums in place of six, so many more threads are in flight to hide what each of them
// waits for. The price is four barriers a tile.
#pragma once

#include "kernels/ladder/device_job.cuh"

namespace costrisk::ladder::rung_14 {

inline constexpr int columns = 32;  ///< paths of a block
inline constexpr int block_threads = columns * fleet_count;

/// Four rows of a tile: factor, prices, demand. First normals, then states, then values.
struct Tile {
  float row[4][tile_steps][columns];
};

/// The block's threads make a tile's normals, four steps of a process at a time.
__device__ __forceinline__ void draw(const Model& model, const PhiloxPath<ThreadLane>& path, const NormalTable& table,
                                     int first_step, int group, int column, Tile& tile) {
  for (int part = group; part < 4 * (tile_steps / 4); part += fleet_count) {
    const int process = part / (tile_steps / 4), step = part % (tile_steps / 4) * 4;
    const PhiloxStream<ThreadLane> stream(path, stream_of(model, process));
    const PhiloxWords<ThreadLane> words = stream.block(static_cast<std::uint32_t>((first_step + step) / 4));
    for (int j = 0; j < 4; ++j) tile.row[process][step + j][column] = standard_normal(words.word[j], table);
  }
}

/// Takes a process through the tile's steps.
__device__ __forceinline__ float advance(const Process& process, float x, int first_step, int column,
                                         float (&row)[tile_steps][columns]) {
  for (int step = 0; step < tile_steps; ++step)
    row[step][column] = x = next_state(process, x, row[step][column], first_step + step);
  return x;
}

/// States become prices and demand.
__device__ __forceinline__ void value(const Model& model, int group, int column, Tile& tile) {
  for (int part = group; part < 3 * tile_steps; part += fleet_count) {
    const int row = part / tile_steps, step = part % tile_steps;
    float& number = tile.row[1 + row][step][column];
    number = row < market_count ? spot_price(model.prices[row], tile.row[0][step][column], number)
                                : demand_rate(model.demand, number);
  }
}

__device__ __forceinline__ void live(const Fleet& fleet, int column, const Tile& tile, FleetMoney<ThreadLane>& money) {
  const auto& price = tile.row[1 + fleet.market];
  FleetUse<ThreadLane> use = FleetUse<ThreadLane>::zero();
  for (int step = 0; step < tile_steps; ++step)
    use.live(fleet, tile.row[3][step][column], price[step][column], price[0][column]);
  money.close(fleet, use, price[0][column]);
}

__global__ void __launch_bounds__(block_threads)
    simulate_paths(const __grid_constant__ Model model, const NormalTable* given, std::uint64_t first_path, int paths,
                   std::int64_t* micros) {
  __shared__ NormalTable table;
  __shared__ Tile tile;
  __shared__ std::int64_t fleet_micros[fleet_count][columns];
  copy_table(*given, table);
  const int group = static_cast<int>(threadIdx.x) / columns, column = static_cast<int>(threadIdx.x) % columns;
  const int path = static_cast<int>(blockIdx.x) * columns + column;
  const std::uint64_t number = first_path + static_cast<std::uint64_t>(path);
  const PhiloxPath<ThreadLane> philox(as_int(static_cast<std::uint32_t>(number)),
                                      as_int(static_cast<std::uint32_t>(number >> 32)), model.key);
  float x = 0.0f;  // of the process that this thread takes through its steps
  FleetMoney<ThreadLane> money = FleetMoney<ThreadLane>::zero();
  for (int first = 0; first < model.steps; first += tile_steps) {
    draw(model, philox, table, first, group, column, tile);
    __syncthreads();
    if (group < 4) x = advance(process_of(model, group), x, first, column, tile.row[group]);
    __syncthreads();
    value(model, group, column, tile);
    __syncthreads();
    live(model.fleets[group], column, tile, money);
    __syncthreads();
  }
  fleet_micros[group][column] = micros_of(money.spent);
  __syncthreads();
  if (path >= paths) return;
  for (int plan = group; plan < plan_count; plan += fleet_count)
    micros[plan * paths + path] =
        fleet_micros[model.plan_fleets[plan][0]][column] + fleet_micros[model.plan_fleets[plan][1]][column];
}

/// @throws cuda::Error
inline void simulate(const DeviceJob& job) {
  launch(job, blocks_for(job.paths, columns), block_threads, simulate_paths, job.model, job.table, job.first_path,
         job.paths, job.micros);
}

}  // namespace costrisk::ladder::rung_14
