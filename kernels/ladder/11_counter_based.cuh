// Rung 11: random words by counter.
//
// A word is a function of path, stream and step. There is no state to seed, to load and to store, no kernel for it, and
// nothing in which a path's words depend on how many paths there are or on which thread draws them. What is drawn for a
// path is what the processor draws, so from here on the costs are those of the engine, bit for bit.
#pragma once

#include "kernels/ladder/device_job.cuh"

namespace costrisk::ladder::rung_11 {

/// Numbers by [number][step][path]. First the step's four normals; then its prices and demand, and the last is free.
struct Traces {
  float* numbers;
  int steps, paths;

  COSTRISK_FN float& at(int number, int step, int path) const {
    return numbers[(number * steps + step) * paths + path];
  }
};

__global__ void draw(const Model* model, const NormalTable* table, std::uint64_t first_path, int paths, Traces traces) {
  const int path = grid_thread();
  if (path >= paths) return;
  const std::uint64_t number = first_path + static_cast<std::uint64_t>(path);
  const PhiloxPath<ThreadLane> philox(as_int(static_cast<std::uint32_t>(number)),
                                      as_int(static_cast<std::uint32_t>(number >> 32)), model->key);
  for (int i = 0; i < 4; ++i) {
    const PhiloxStream<ThreadLane> stream(philox, stream_of(*model, i));
    for (int step = 0; step < model->steps; step += 4) {
      const PhiloxWords<ThreadLane> words = stream.block(static_cast<std::uint32_t>(step / 4));
      for (int j = 0; j < 4; ++j) traces.at(i, step + j, path) = standard_normal(words.word[j], *table);
    }
  }
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
         (static_cast<std::size_t>(model.steps) * 4 * sizeof(float) + fleet_count * sizeof(std::int64_t));
}

/// @throws cuda::Error
inline void simulate(const DeviceJob& job) {
  constexpr int block = 128;
  const int blocks = blocks_for(job.paths, block);
  auto* fleet_micros = reinterpret_cast<std::int64_t*>(job.traces);
  const Traces traces = {reinterpret_cast<float*>(fleet_micros + job.paths * fleet_count), job.model.steps, job.paths};
  launch(job, blocks, block, draw, job.device_model, job.table, job.first_path, job.paths, traces);
  launch(job, blocks, block, make_world, job.device_model, job.paths, traces);
  launch(job, blocks_for(job.paths * fleet_count, block), block, live, job.device_model, job.paths, traces,
         fleet_micros);
  launch(job, blocks, block, add_up, job.device_model, job.paths, fleet_micros, job.micros);
}

}  // namespace costrisk::ladder::rung_11
