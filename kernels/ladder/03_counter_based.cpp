// Rung 3: random words by counter, and with them the engine's own arithmetic.
//
// Philox is no sequence but a function: the word of a path, a stream and a step. Nothing waits for the number before,
// no state of 2.5 KB is dragged along, and any path can be made alone, which is what every later rung lives on. A word
// becomes a normal by one polynomial, whose coefficients its leading bits choose, and exp is a polynomial too. All is
// float, and every fused multiply-add is written out: from this rung on the costs are those of the engine, bit for bit.
#include "kernels/lane/scalar.hpp"

#include "kernels/ladder/parts.hpp"
#include "kernels/ladder/rungs.hpp"

namespace costrisk::ladder {

namespace {

using Lane = ScalarLane<3>;

/// What a path meets, step by step.
struct Trace {
  float price[market_count][most_steps];
  float demand[most_steps];
};

void make(const Model& model, std::uint64_t path, Trace& trace) {
  World<Lane> world(model, path, normal_table);
  for (int first = 0; first < model.steps; first += 4) {
    const FourSteps<Lane> four = world.advance(first);
    for (int j = 0; j < 4; ++j) {
      for (int m = 0; m < market_count; ++m) trace.price[m][first + j] = four.price[m][j];
      trace.demand[first + j] = four.demand[j];
    }
  }
}

/// What a fleet spends: float within a tile of 32 steps, whole millionths from tile to tile.
Amount<Lane> spent_by(const Fleet& fleet, const Trace& trace, int steps) {
  const float* price = trace.price[fleet.market];
  FleetMoney<Lane> money = FleetMoney<Lane>::zero();
  for (int tile = 0; tile < steps; tile += tile_steps) {
    FleetUse<Lane> use = FleetUse<Lane>::zero();
    for (int step = tile; step < tile + tile_steps; ++step)
      use.live(fleet, trace.demand[step], price[step], price[tile]);
    money.close(fleet, use, price[tile]);
  }
  return money.spent;
}

}  // namespace

void simulate_counted(const Model& model, std::uint64_t first_path, int paths, Costs costs) {
  Trace trace;
  for (int path = 0; path < paths; ++path) {
    make(model, first_path + static_cast<std::uint64_t>(path), trace);
    for (int plan = 0; plan < plan_count; ++plan) {
      costs.row(plan)[path] = 0;
      for (const std::int32_t fleet : model.plan_fleets[plan])
        add_cost<Lane>(spent_by(model.fleets[fleet], trace, model.steps), 1, costs.row(plan) + path);
    }
  }
}

}  // namespace costrisk::ladder
