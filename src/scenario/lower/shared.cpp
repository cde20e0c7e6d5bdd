#include "src/scenario/lower/shared.hpp"

#include <cmath>

namespace costrisk::scenario {

namespace {

void claim(const ParameterStorage& storage, int capacity, Claims& claims) {
  if (capacity != none && at(storage.capacities, capacity).depth_slot != none) claims.capacities.insert(capacity);
}

}  // namespace

Claims claims_of(const Scenario& scenario, const WorldSlots& world, const ParameterStorage& storage,
                 const ServiceAssignment& assignment) {
  Claims claims;
  for (const Pool& pool : assignment.pools) {
    const MarketSlots& slots = at(world.markets, pool.market);
    switch (pool.buy) {
      case Purchase::spot:
        claim(storage, slots.spot_capacity, claims);
        break;
      case Purchase::on_demand:
        claim(storage, slots.launch_capacity, claims);
        break;
      case Purchase::reserved:
        break;
    }
  }
  if (assignment.overflow >= 0 && std::isfinite(at(scenario.serverless, assignment.overflow).max_rate))
    claims.serverless.insert(assignment.overflow);
  return claims;
}

Claims claims_of(const Scenario&, const WorldSlots& world, const ParameterStorage& storage,
                 const JobAssignment& assignment) {
  Claims claims;
  for (std::size_t i = 0; i < assignment.markets.size(); ++i) {
    const MarketSlots& slots = at(world.markets, assignment.markets[i]);
    if (assignment.may_hold(i, Purchase::spot)) claim(storage, slots.spot_capacity, claims);
    if (assignment.may_hold(i, Purchase::on_demand)) claim(storage, slots.launch_capacity, claims);
  }
  return claims;
}

int add_left_capacity(Lowering& lowering, int capacity, std::int32_t& slot) {
  std::vector<CapacityParameters>& capacities = lowering.storage().capacities;
  CapacityParameters left = at(capacities, capacity);
  if (left.source == none) left.source = capacity;
  left.depth_slot = slot = lowering.new_slot();
  capacities.push_back(left);
  return size_of(capacities) - 1;
}

}  // namespace costrisk::scenario
