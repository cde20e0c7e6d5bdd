// Rung 9: the stages as GPU kernels, written as one writes them first.
//
// Draw, world, fleets, plans: a kernel each, with the traces in the device's memory in between, as arrays of
// structures: all of a step lies together, step after step, path after path. Each path has a generator of its own,
// whose state is loaded and stored again. That is the processor's program with a thread for each path, and thousands of
// them hide much. But neighbouring threads work on neighbouring paths, whose numbers lie a whole trace apart: the 32
// threads of a warp touch 32 places of memory at once, each in a line of its own, of which most bytes are not what
// anybody asked for.
#pragma once

#include "kernels/ladder/device_job.cuh"

namespace costrisk::ladder::rung_9 {

/// First the step's four normals; then its prices and demand, and the last number is free.
struct Step {
  float number[4];
};

/// The xorwow generator: Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003), section 3.1.
struct Generator {
  std::uint32_t x[5], counter;

  COSTRISK_FN std::int32_t next() {
    const std::uint32_t t = x[0] ^ (x[0] >> 2);
    for (int i = 0; i < 4; ++i) x[i] = x[i + 1];
    x[4] = (x[4] ^ (x[4] << 4)) ^ (t ^ (t << 1));
    counter += 362437u;
    return as_int(counter + x[4]);
  }
};

__global__ void seed(std::uint64_t first_path, int paths, Generator* generators) {
  const int path = grid_thread();
  if (path >= paths) return;
  std::uint64_t seed = checksum_term(first_path + static_cast<std::uint64_t>(path), 0, 9);
  for (std::uint32_t& x : generators[path].x) x = static_cast<std::uint32_t>(seed = checksum_term(seed, 0, 9)) | 1u;
  generators[path].counter = static_cast<std::uint32_t>(seed >> 32);
}

__global__ void draw(const Model* model, const NormalTable* table, int paths, Generator* generators, Step* traces) {
  const int path = grid_thread();
  if (path >= paths) return;
  Generator generator = generators[path];
  for (int step = 0; step < model->steps; ++step)
    for (int i = 0; i < 4; ++i)
      traces[path * model->steps + step].number[i] = standard_normal(generator.next(), *table);
  generators[path] = generator;
}

__global__ void make_world(const Model* model, int paths, Step* traces) {
  const int path = grid_thread();
  if (path >= paths) return;
  float factor = 0.0f, price_x[market_count] = {}, demand_x = 0.0f;
  for (int step = 0; step < model->steps; ++step) {
    Step& here = traces[path * model->steps + step];
    factor = next_state(model->factor, factor, here.number[0], step);
    for (int m = 0; m < market_count; ++m) {
      price_x[m] = next_state(model->prices[m].process, price_x[m], here.number[1 + m], step);
      here.number[m] = spot_price(model->prices[m], factor, price_x[m]);
    }
    demand_x = next_state(model->demand.process, demand_x, here.number[3], step);
    here.number[2] = demand_rate(model->demand, demand_x);
  }
}

/// A thread for each path and distinct fleet.
__global__ void live(const Model* model, int paths, const Step* traces, std::int64_t* fleet_micros) {
  const int path = grid_thread() % paths, index = grid_thread() / paths;
  if (index >= fleet_count) return;
  const Fleet& fleet = model->fleets[index];
  const Step* trace = traces + path * model->steps;
  FleetMoney<ThreadLane> money = FleetMoney<ThreadLane>::zero();
  for (int tile = 0; tile < model->steps; tile += tile_steps) {
    FleetUse<ThreadLane> use = FleetUse<ThreadLane>::zero();
    const float first_price = trace[tile].number[fleet.market];
    for (int step = tile; step < tile + tile_steps; ++step)
      use.live(fleet, trace[step].number[2], trace[step].number[fleet.market], first_price);
    money.close(fleet, use, first_price);
  }
  fleet_micros[path * fleet_count + index] = micros_of(money.spent);
}

__global__ void add_up(const Model* model, int paths, const std::int64_t* fleet_micros, std::int64_t* micros) {
  const int path = grid_thread();
  if (path >= paths) return;
  for (int plan = 0; plan < plan_count; ++plan)
    micros[plan * paths + path] = fleet_micros[path * fleet_count + model->plan_fleets[plan][0]] +
                                  fleet_micros[path * fleet_count + model->plan_fleets[plan][1]];
}

inline std::size_t trace_bytes(const Model& model, int paths) {
  return static_cast<std::size_t>(paths) * (static_cast<std::size_t>(model.steps) * sizeof(Step) +
                                            fleet_count * sizeof(std::int64_t) + sizeof(Generator));
}

/// @throws cuda::Error
inline void simulate(const DeviceJob& job) {
  constexpr int block = 128;
  const int blocks = blocks_for(job.paths, block);
  auto* fleet_micros = reinterpret_cast<std::int64_t*>(job.traces);
  auto* traces = reinterpret_cast<Step*>(fleet_micros + job.paths * fleet_count);
  auto* generators = reinterpret_cast<Generator*>(traces + job.paths * job.model.steps);
  launch(job, blocks, block, seed, job.first_path, job.paths, generators);
  launch(job, blocks, block, draw, job.device_model, job.table, job.paths, generators, traces);
  launch(job, blocks, block, make_world, job.device_model, job.paths, traces);
  launch(job, blocks_for(job.paths * fleet_count, block), block, live, job.device_model, job.paths, traces,
         fleet_micros);
  launch(job, blocks, block, add_up, job.device_model, job.paths, fleet_micros, job.micros);
}

}  // namespace costrisk::ladder::rung_9
