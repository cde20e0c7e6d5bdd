// Rung 10: coalesced, structures of arrays.
//
// The same kernels, the same work; only the places change. All paths' numbers of one step lie side by side, so the 32
// threads of a warp read and write 128 neighbouring bytes: one line of memory, and nothing in it is fetched in vain.
// The generators' states and the fleets' costs are turned in the same way.
#pragma once

#include "kernels/ladder/device_job.cuh"

namespace costrisk::ladder::rung_10 {

/// Numbers by [number][step][path]. First the step's four normals; then its prices and demand, and the last is free.
struct Traces {
  float* numbers;
  int steps, paths;

  COSTRISK_FN float& at(int number, int step, int path) const {
    return numbers[(number * steps + step) * paths + path];
  }
};

/// The xorwow generator: Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003), section 3.1.
struct Generator {
  static constexpr int words = 6;
  std::uint32_t x[5], counter;

  /// From, and to, states by [word][path].
  COSTRISK_FN void load(const std::uint32_t* states, int paths, int path) {
    for (int i = 0; i < 5; ++i) x[i] = states[i * paths + path];
    counter = states[5 * paths + path];
  }
  COSTRISK_FN void store(std::uint32_t* states, int paths, int path) const {
    for (int i = 0; i < 5; ++i) states[i * paths + path] = x[i];
    states[5 * paths + path] = counter;
  }

  COSTRISK_FN std::int32_t next() {
    const std::uint32_t t = x[0] ^ (x[0] >> 2);
    for (int i = 0; i < 4; ++i) x[i] = x[i + 1];
    x[4] = (x[4] ^ (x[4] << 4)) ^ (t ^ (t << 1));
    counter += 362437u;
    return as_int(counter + x[4]);
  }
};

__global__ void seed(std::uint64_t first_path, int paths, std::uint32_t* states) {
  const int path = grid_thread();
  if (path >= paths) return;
  std::uint64_t seed = checksum_term(first_path + static_cast<std::uint64_t>(path), 0, 9);
  Generator generator;
  for (std::uint32_t& x : generator.x) x = static_cast<std::uint32_t>(seed = checksum_term(seed, 0, 9)) | 1u;
  generator.counter = static_cast<std::uint32_t>(seed >> 32);
  generator.store(states, paths, path);
}

__global__ void draw(const Model* model, const NormalTable* table, int paths, std::uint32_t* states, Traces traces) {
  const int path = grid_thread();
  if (path >= paths) return;
  Generator generator;
  generator.load(states, paths, path);
  for (int step = 0; step < model->steps; ++step)
    for (int i = 0; i < 4; ++i) traces.at(i, step, path) = standard_normal(generator.next(), *table);
  generator.store(states, paths, path);
}

__global__ void make_world(const Model* model, int paths, Traces traces) {
  const int path = grid_thread();
  if (path >= paths) return;
  float factor = 0.0f, price_x[market_count] = {}, demand_x = 0.0f;
  for (int step = 0; step < model->steps; ++step) {
    factor = next_state(model->factor, factor, traces.at(0, step, path), step);
    for (int m = 0; m < market_count; ++m) {
      price_x[m] = next_state(model->prices[m].process, price_x[m], traces.at(1 + m, step, path), step);
      traces.at(m, step, path) = spot_price(model->prices[m], factor, price_x[m]);
    }
    demand_x = next_state(model->demand.process, demand_x, traces.at(3, step, path), step);
    traces.at(2, step, path) = demand_rate(model->demand, demand_x);
  }
}

/// A thread for each path and distinct fleet.
__global__ void live(const Model* model, int paths, Traces traces, std::int64_t* fleet_micros) {
  const int path = grid_thread() % paths, index = grid_thread() / paths;
  if (index >= fleet_count) return;
  const Fleet& fleet = model->fleets[index];
  FleetMoney<ThreadLane> money = FleetMoney<ThreadLane>::zero();
  for (int tile = 0; tile < model->steps; tile += tile_steps) {
    FleetUse<ThreadLane> use = FleetUse<ThreadLane>::zero();
    const float first_price = traces.at(fleet.market, tile, path);
    for (int step = tile; step < tile + tile_steps; ++step)
      use.live(fleet, traces.at(2, step, path), traces.at(fleet.market, step, path), first_price);
    money.close(fleet, use, first_price);
  }
  fleet_micros[index * paths + path] = micros_of(money.spent);
}

__global__ void add_up(const Model* model, int paths, const std::int64_t* fleet_micros, std::int64_t* micros) {
  const int path = grid_thread();
  if (path >= paths) return;
  for (int plan = 0; plan < plan_count; ++plan)
    micros[plan * paths + path] = fleet_micros[model->plan_fleets[plan][0] * paths + path] +
                                  fleet_micros[model->plan_fleets[plan][1] * paths + path];
}

inline std::size_t trace_bytes(const Model& model, int paths) {
  return static_cast<std::size_t>(paths) *
         (static_cast<std::size_t>(model.steps) * 4 * sizeof(float) + fleet_count * sizeof(std::int64_t) +
          Generator::words * sizeof(std::uint32_t));
}

/// @throws cuda::Error
inline void simulate(const DeviceJob& job) {
  constexpr int block = 128;
  const int blocks = blocks_for(job.paths, block);
  auto* fleet_micros = reinterpret_cast<std::int64_t*>(job.traces);
  const Traces traces = {reinterpret_cast<float*>(fleet_micros + job.paths * fleet_count), job.model.steps, job.paths};
  auto* states = reinterpret_cast<std::uint32_t*>(traces.numbers + 4 * job.paths * job.model.steps);
  launch(job, blocks, block, seed, job.first_path, job.paths, states);
  launch(job, blocks, block, draw, job.device_model, job.table, job.paths, states, traces);
  launch(job, blocks, block, make_world, job.device_model, job.paths, traces);
  launch(job, blocks_for(job.paths * fleet_count, block), block, live, job.device_model, job.paths, traces,
         fleet_micros);
  launch(job, blocks, block, add_up, job.device_model, job.paths, fleet_micros, job.micros);
}

}  // namespace costrisk::ladder::rung_10
