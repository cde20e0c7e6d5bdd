// Rung 16: the launch's shape, measured.
//
// How many paths a block has decides how many warps wait at a barrier together, and how many blocks a multiprocessor
// holds that need not wait for one another. A grid with a block for every group of paths ends in a wave that fills only
// a part of the device; one with as many blocks as the device holds at once has each of them take group after group,
// and makes its table once. Which is best depends on the device: the program tries all on a few paths and keeps the
// fastest.
#pragma once

#include "kernels/ladder/device_job.cuh"

namespace costrisk::ladder::rung_16 {

/// How the paths are laid over the device.
struct LaunchShape {
  int columns;         ///< paths of a block: 32 or 64
  bool waves_of_grid;  ///< as many blocks as the device holds at once; else one for each group of paths
};
inline constexpr LaunchShape launch_shapes[] = {{32, false}, {32, true}, {64, false}, {64, true}};

/// Four rows of a tile: factor, prices, demand. First normals, then states, then values.
template <int columns>
struct Tile {
  float row[4][tile_steps][columns];
};

/// The block's threads make a tile's normals, four steps of a process at a time.
template <int columns>
__device__ __forceinline__ void draw(const Model& model, const PhiloxPath<ThreadLane>& path, const NormalTable& table,
                                     int first_step, int group, int column, Tile<columns>& tile) {
  for (int part = group; part < 4 * (tile_steps / 4); part += fleet_count) {
    const int process = part / (tile_steps / 4), step = part % (tile_steps / 4) * 4;
    const PhiloxStream<ThreadLane> stream(path, stream_of(model, process));
    const PhiloxWords<ThreadLane> words = stream.block(static_cast<std::uint32_t>((first_step + step) / 4));
    for (int j = 0; j < 4; ++j) tile.row[process][step + j][column] = standard_normal(words.word[j], table);
  }
}

/// Takes a process through the tile's steps.
template <int columns>
__device__ __forceinline__ float advance(const Process& process, float x, int first_step, int column,
                                         float (&row)[tile_steps][columns]) {
  for (int step = 0; step < tile_steps; ++step)
    row[step][column] = x = next_state(process, x, row[step][column], first_step + step);
  return x;
}

/// States become prices and demand.
template <int columns>
__device__ __forceinline__ void value(const Model& model, int group, int column, Tile<columns>& tile) {
  for (int part = group; part < 3 * tile_steps; part += fleet_count) {
    const int row = part / tile_steps, step = part % tile_steps;
    float& number = tile.row[1 + row][step][column];
    number = row < market_count ? spot_price(model.prices[row], tile.row[0][step][column], number)
                                : demand_rate(model.demand, number);
  }
}

template <int columns>
__device__ __forceinline__ void live(const Fleet& fleet, int column, const Tile<columns>& tile,
                                     FleetMoney<ThreadLane>& money) {
  const auto& price = tile.row[1 + fleet.market];
  FleetUse<ThreadLane> use = FleetUse<ThreadLane>::zero();
  for (int step = 0; step < tile_steps; ++step)
    use.live(fleet, tile.row[3][step][column], price[step][column], price[0][column]);
  money.close(fleet, use, price[0][column]);
}

__device__ __forceinline__ std::uint64_t sum_of_warp(std::uint64_t number) {
  for (int lanes = 16; lanes > 0; lanes /= 2) number += __shfl_xor_sync(0xFFFFFFFFu, number, lanes);
  return number;
}

/// Adds a number to a total; sums of signed numbers modulo 2^64 are those of unsigned ones.
template <class T>
__device__ __forceinline__ void add_to_total(T& total, std::uint64_t number) {
  atomicAdd(reinterpret_cast<unsigned long long*>(&total), static_cast<unsigned long long>(number));
}

template <int columns>
__global__ void __launch_bounds__(columns* fleet_count)
    simulate_paths(const __grid_constant__ Model model, const NormalTable* given, std::uint64_t first_path, int paths,
                   Tally* tally) {
  __shared__ NormalTable table;
  __shared__ Tile<columns> tile;
  __shared__ std::int64_t fleet_micros[fleet_count][columns];
  copy_table(*given, table);
  const int group = static_cast<int>(threadIdx.x) / columns, column = static_cast<int>(threadIdx.x) % columns;
  for (int base = static_cast<int>(blockIdx.x) * columns; base < paths; base += static_cast<int>(gridDim.x) * columns) {
    const int path = base + column;
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
    for (int plan = group; plan < plan_count; plan += fleet_count) {
      const std::int64_t micros =
          fleet_micros[model.plan_fleets[plan][0]][column] + fleet_micros[model.plan_fleets[plan][1]][column];
      const std::uint64_t sum = sum_of_warp(path < paths ? static_cast<std::uint64_t>(micros) : 0);
      const std::uint64_t checksum = sum_of_warp(path < paths ? checksum_term(number, plan, micros) : 0);
      if (column % warpSize != 0) continue;
      add_to_total(tally->sum_micros[plan], sum);
      add_to_total(tally->checksum, checksum);
    }
  }
}

/// @throws cuda::Error
template <int columns>
void simulate_shaped(const DeviceJob& job, bool waves_of_grid) {
  int blocks = blocks_for(job.paths, columns);
  if (waves_of_grid) {
    int resident = 0;
    cuda::check(
        cudaOccupancyMaxActiveBlocksPerMultiprocessor(&resident, simulate_paths<columns>, columns * fleet_count, 0),
        "asking how many blocks a multiprocessor holds", 0);
    const int held = resident * job.multiprocessors;
    blocks = held < blocks && held > 0 ? held : blocks;
  }
  launch(job, blocks, columns * fleet_count, simulate_paths<columns>, job.model, job.table, job.first_path, job.paths,
         job.tally);
}

/// @throws cuda::Error
inline void simulate(const DeviceJob& job, const LaunchShape& shape) {
  if (shape.columns == 32)
    simulate_shaped<32>(job, shape.waves_of_grid);
  else
    simulate_shaped<64>(job, shape.waves_of_grid);
}

}  // namespace costrisk::ladder::rung_16
