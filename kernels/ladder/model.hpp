// What the ladder simulates, as plain numbers: two spot prices that move together, a demand, six fleets that follow it,
// eight plans of two fleets each. A part of the engine's model; kernels/ladder/ladder.toml is the same as a scenario.
#pragma once

#include <cstdint>

#include "kernels/math/philox.hpp"
#include "kernels/model/world/world_parameters.hpp"

namespace costrisk::ladder {

inline constexpr int market_count = 2, fleet_count = 6, plan_count = 8, plan_fleet_count = 2;

/// A state that wanders about 0: x ← x − c·x + b·ε each step, from a standard normal.
struct Process {
  std::uint32_t stream = 0;
  float c = 0.0f, b = 0.0f;
};

/// min(cap, mean·exp(volatility·z + drift)), z = factor_loading·(the factor) + own_loading·(its own process)
struct SpotPrice {
  Process process;
  float factor_loading = 0.0f, own_loading = 1.0f;
  float volatility = 0.0f, drift = 0.0f;
  float mean = 1.0f, cap = 1e30f;  ///< relative to the market's reference
};

/// base·exp(volatility·x + drift) requests a second
struct Demand {
  Process process;
  float volatility = 0.0f, drift = 0.0f;
  float base = 0.0f;
};

/// As many instances as the demand asks for: a share of them on spot, the rest on-demand, in one market.
struct Fleet {
  std::int32_t market = 0;
  float inverse_rate = 0.0f;  ///< instances for one request a second
  float least = 0.0f, most = 0.0f;
  float spot_share = 0.0f;
  Pair spot_money;       ///< currency for one spot instance and step at relative price 1
  Pair on_demand_money;  ///< currency for one on-demand instance and step
};

struct Model {
  PhiloxKey key;
  std::int32_t steps = 0;  ///< a multiple of tile_steps, at most most_steps
  Process factor;
  SpotPrice prices[market_count];
  Demand demand;
  Fleet fleets[fleet_count];
  std::int32_t plan_fleets[plan_count][plan_fleet_count] = {};
};

/// The four processes: factor, prices, demand.
COSTRISK_FN const Process& process_of(const Model& model, int i) {
  return i == 0 ? model.factor : i <= market_count ? model.prices[i - 1].process : model.demand.process;
}
COSTRISK_FN std::uint32_t stream_of(const Model& model, int i) { return process_of(model, i).stream; }

/// The longest horizon that rungs which store traces have room for.
inline constexpr int most_steps = 1024;

}  // namespace costrisk::ladder
