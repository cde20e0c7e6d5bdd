// What a service's assignment fixes for the whole run, so that its steps need not ask for it: its form. Every form
// gives the bits of the general one.
#pragma once

#include <cstdint>

#include "kernels/model/parameters.hpp"

namespace costrisk {

/// How the steps of a service are taken: by ServiceFleet, which takes any, or by PlainFleet, which knows its pools.
enum class ServiceForm : std::int32_t { general, on_demand, spot, spot_then_on_demand };

/// Whether a fleet has anything to lose that takes time to replace.
COSTRISK_FN bool may_miss(const ServiceParameters& service, const PoolParameters* pools) {
  const WindowParameters& delay = service.scale_up_delay;
  bool loses = false;
  for (int p = 0; p < service.pools.count; ++p)
    loses = loses || (traits_of(pools[p].buy).limit == CapacityLimit::use && pools[p].capacity >= 0) ||
            pools[p].reclaim_rate >= 0;
  return loses && (delay.whole > 0 || delay.fraction > 0.0f);
}

/// Whether an instance of one pool does as much as one of the other.
COSTRISK_FN bool have_one_rate(const PoolParameters& a, const PoolParameters& b) {
  return a.rate == b.rate && a.input_rate == b.input_rate;
}

/// Spot whose price moves, whose capacity, if it has one, takes any number of instances, and whose reclaims have one
/// rate.
COSTRISK_FN bool is_plain_spot(const Parameters& p, const PoolParameters& pool) {
  switch (pool.buy) {
    case Purchase::spot:
      if (pool.lifetime.multiplier_slot >= 0) return false;
      return pool.price.slot >= 0 && (pool.capacity < 0 || p.capacities[pool.capacity].depth_slot < 0);
    case Purchase::on_demand:
    case Purchase::reserved:
      break;
  }
  return false;
}
/// On-demand that can always be launched, at a price that does not move.
COSTRISK_FN bool is_plain_on_demand(const PoolParameters& pool) {
  switch (pool.buy) {
    case Purchase::on_demand:
      return pool.price.slot < 0 && pool.capacity < 0 && pool.reclaim_rate < 0;
    case Purchase::spot:
    case Purchase::reserved:
      break;
  }
  return false;
}

/// The form of a service: general unless there are one or two plain pools of one rate, of which the last takes all that
/// is left and none waits, instances are whole, nothing waits, serverless is its own, nobody reads its rows or asks for
/// its latency, none are kept warm, and what is lost is replaced within a step.
COSTRISK_FN ServiceForm service_form(const Parameters& p, const ServiceParameters& service) {
  const PoolParameters* pools = p.pools + service.pools.first;
  const int count = service.pools.count;
  if (count < 1 || count > 2 || service.has_queue || service.service_items.count > 0) return ServiceForm::general;
  if (service.overflow_slot >= 0 || service.overflow_left_slot >= 0) return ServiceForm::general;
  if (service.latency.kind != LatencyKind::unknown || service.warm_instances > 0.0f) return ServiceForm::general;
  if (p.autoscalers[service.autoscaler].scale_down_window.fraction > 0.0f) return ServiceForm::general;
  if (pools[0].wait > 0 || pools[count - 1].wait > 0) return ServiceForm::general;
  if (service.scale_up_delay.whole > 0 || pools[count - 1].share < 1.0f) return ServiceForm::general;
  if (count == 1 && is_plain_on_demand(pools[0])) return ServiceForm::on_demand;
  if (!is_plain_spot(p, pools[0])) return ServiceForm::general;
  if (count == 1) return ServiceForm::spot;
  const bool is_plain = have_one_rate(pools[1], pools[0]) && is_plain_on_demand(pools[1]);
  return is_plain ? ServiceForm::spot_then_on_demand : ServiceForm::general;
}

}  // namespace costrisk
