// What workloads of one plan share, in the order of the file: the depths of capacities, the rates of serverless offers.
#pragma once

#include <map>
#include <set>

#include "src/scenario/lower/lower_world.hpp"

namespace costrisk::scenario {

/// What a workload finds of what it shares, as those before it leave it.
struct Shared {
  std::map<int, int> capacities;  ///< what is left of a capacity of the world: indices into capacities
  std::map<int, int> overflow;    ///< what is left of a serverless offer's rate: world slots

  /// The capacity that stands for the world's: itself where nobody stands before.
  int capacity(int of_world) const {
    const auto found = capacities.find(of_world);
    return found == capacities.end() ? of_world : found->second;
  }
  int overflow_slot(int serverless) const {
    const auto found = overflow.find(serverless);
    return found == overflow.end() ? none : found->second;
  }
};

/// What of all that can be shared a workload draws on.
struct Claims {
  std::set<int> capacities;  ///< of the world, with depth
  std::set<int> serverless;  ///< with a highest rate
};
Claims claims_of(const Scenario& scenario, const WorldSlots& world, const ParameterStorage& storage,
                 const ServiceAssignment& assignment);
Claims claims_of(const Scenario& scenario, const WorldSlots& world, const ParameterStorage& storage,
                 const JobAssignment& assignment);

/// Adds what a component leaves of a capacity, in the row of a world slot that it fills.
int add_left_capacity(Lowering& lowering, int capacity, std::int32_t& slot);

}  // namespace costrisk::scenario
