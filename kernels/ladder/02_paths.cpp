// Rung 2: one path at a time.
//
// The loops are turned inside out: a path lives through the whole horizon before the next one begins. Its trace is
// three rows of numbers that stay in the nearest cache, and every plan reads them there. Memory traffic is gone, and
// what is left is what one meets in most programs of this kind: a generator that makes one number after the other,
// each waiting for the one before, and library functions that take one number at a time.
#include <algorithm>
#include <cmath>
#include <random>

#include "kernels/ladder/rungs.hpp"

namespace costrisk::ladder {

namespace {

/// What a path meets, step by step.
struct Trace {
  double price[market_count][most_steps];
  double demand[most_steps];
};

class PathMaker {
 public:
  PathMaker(const Model& model, std::uint64_t seed) : model_(model), generator_(seed) {}

  void make(Trace& trace) {
    double factor = 0.0, price_x[market_count] = {}, demand_x = 0.0;
    for (int step = 0; step < model_.steps; ++step) {
      factor = next_state(model_.factor, factor, step);
      for (int m = 0; m < market_count; ++m) {
        const SpotPrice& price = model_.prices[m];
        price_x[m] = next_state(price.process, price_x[m], step);
        const double z = price.factor_loading * factor + price.own_loading * price_x[m];
        trace.price[m][step] = std::min<double>(price.cap, price.mean * std::exp(price.volatility * z + price.drift));
      }
      const Demand& demand = model_.demand;
      demand_x = next_state(demand.process, demand_x, step);
      trace.demand[step] = demand.base * std::exp(demand.volatility * demand_x + demand.drift);
    }
  }

 private:
  double next_state(const Process& process, double x, int step) {
    const double normal = normal_(generator_);
    return step == 0 ? normal : x - process.c * x + process.b * normal;
  }

  const Model& model_;
  std::mt19937_64 generator_;
  std::normal_distribution<double> normal_;
};

double cost_of(const Fleet& fleet, const Trace& trace, int steps) {
  const double* price = trace.price[fleet.market];
  double cost = 0.0;
  for (int step = 0; step < steps; ++step) {
    const double wanted =
        std::clamp<double>(std::ceil(trace.demand[step] * fleet.inverse_rate), fleet.least, fleet.most);
    const double spot = std::floor(wanted * fleet.spot_share + 0.5);
    cost += spot * price[step] * fleet.spot_money.high + (wanted - spot) * fleet.on_demand_money.high;
  }
  return cost;
}

}  // namespace

void simulate_paths(const Model& model, std::uint64_t first_path, int paths, Costs costs) {
  PathMaker maker(model, first_path);
  Trace trace;
  for (int path = 0; path < paths; ++path) {
    maker.make(trace);
    for (int plan = 0; plan < plan_count; ++plan) {
      double cost = 0.0;
      for (const std::int32_t fleet : model.plan_fleets[plan]) cost += cost_of(model.fleets[fleet], trace, model.steps);
      costs.row(plan)[path] = std::llround(cost * static_cast<double>(micros_per_unit));
    }
  }
}

}  // namespace costrisk::ladder
