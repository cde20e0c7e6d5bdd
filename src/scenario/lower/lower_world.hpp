// Lowers factors, markets and demands: what is drawn once per path and shared by all plans.
#pragma once

#include <map>
#include <vector>

#include "src/scenario/lower/lowering.hpp"

namespace costrisk::scenario {

/// How a market's parts stand in the world.
struct MarketSlots {
  int spot_capacity = none, launch_capacity = none;  ///< indices into capacities
  /// World slot of the instants at which spot is lost inside a step, by size of the gang or of a part of it; −1: never.
  std::map<int, int> losses;
  PriceSource spot, on_demand;
  double spot_reference = 1.0, on_demand_reference = 1.0;  ///< currency per instance-hour at relative price 1
  LawIndex reclaim_rate = no_law;                          ///< a step: 1 / mean lifetime, without its limit
  LifetimeParameters lifetime;                             ///< of spot
  LawIndex failure_rate = no_law;
};

struct WorldSlots {
  std::vector<MarketSlots> markets;
  std::vector<int> demands;  ///< world slots
};

WorldSlots lower_world(Lowering& lowering);

/// by_hour · by_weekday averaged over each step, in the local time of the scenario's start: one week of steps where
/// the step divides it and the horizon is longer, else the whole horizon; a single step where it never varies.
std::vector<double> profile_averages(const Scenario& scenario, const Demand& demand);

}  // namespace costrisk::scenario
