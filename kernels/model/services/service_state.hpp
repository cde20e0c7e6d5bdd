// What a service component remembers between tiles, and what it adds up.
#pragma once

#include <cstdint>

#include "kernels/math/philox.hpp"
#include "kernels/model/arithmetic.hpp"
#include "kernels/model/services/autoscaler.hpp"
#include "kernels/model/services/binomial.hpp"
#include "kernels/model/services/service_form.hpp"
#include "kernels/model/terms.hpp"
#include "kernels/model/tile_edges.hpp"
#include "kernels/model/world/world_tile.hpp"

namespace costrisk {

/// The category of a service's cost, by ServiceAccount. A function, since device code cannot index a host's table.
COSTRISK_FN Category service_category(int account) {
  constexpr Category categories[] = {Category::on_demand, Category::spot, Category::serverless, Category::penalty,
                                     Category::on_demand};
  return categories[account];
}
inline constexpr int service_category_count = 5;
/// Warm instances are on-demand that no commitment covers.
enum ServiceAccount { service_on_demand, service_spot, service_serverless, service_penalty, service_warm };

/// The part of the cost that an account is at an edge.
COSTRISK_FN EdgePart service_edge_part(int account) {
  constexpr EdgePart parts[] = {edge_on_demand, edge_spot, edge_serverless, edge_uncredited, edge_warm};
  return parts[account];
}

/// One pool of a fleet.
template <class L>
struct PoolState {
  using F = typename L::F;

  // Constants of the path
  F relative, inverse_relative;  ///< its rate over the first pool's, and the reverse
  F price_scale;                 ///< what the world's prices are multiplied by

  typename SlidingExtreme<L, Extreme::least>::State left;  ///< to it, over its wait
  F* left_block;                                           ///< [wait + 1]

  RareBinomials<L> reclaims;
  F reclaim_rate;  ///< an instance and step
  F instances;     ///< held in the last step

  // Since the tile began
  CapacityBits<L> bits;
  F instance_steps;  ///< whole numbers
  F excess;          ///< Σ instances · (price − price in the tile's first step), before price_scale
};

template <class L>
struct ServiceState {
  using F = typename L::F;

  // Constants of the path
  F instance_requests;  ///< requests an instance of the first pool serves in a step
  F serverless_price;   ///< of a request, relative
  F output_tokens;      ///< a request

  // The fleet
  F got;                    ///< instances of the last step, in those of the first pool
  F backlog;                ///< requests that wait
  F peak;                   ///< most instances so far
  std::int32_t calm_steps;  ///< since the last loss that is still felt

  // Since the tile began
  CompensatedSum<L> overflowed, unserved;  ///< requests
  F backlog_before;                        ///< requests that waited as it began
  F waiting;                               ///< requests · steps
  F idle;                                  ///< currency
  F beyond_target;                         ///< of it, what exceeds the utilization that is aimed at
};

/// The totals of a service component, one a lane. What is closed of the accounts is all of it after the last tile.
template <class L>
struct ServiceTotals {
  Account<L> money[service_category_count];
  Account<L> idle, beyond_target;
  // 2^-10 requests
  std::int64_t by_fleet[L::width], by_serverless[L::width], unserved[L::width];
  std::int64_t left_waiting[L::width];  ///< at the horizon
  std::int64_t waiting[L::width];       ///< requests · steps
};

/// What one item costs by the requests that one service serves.
template <class L>
struct ServiceItemState {
  typename L::F amount;  ///< of the path, 0 where the item does not happen
  typename L::F rest;    ///< currency that rounding left
};
template <class L>
struct ServiceItemTotals {
  std::int64_t money[L::width];
};

/// What is known of the steps of a fleet in hand.
template <class L, int count>
struct FleetSteps {
  using F = typename L::F;
  F rest[count];          ///< of the target: instances that no pool has given yet
  F wanted[count];        ///< instances that were asked for long enough
  F wanted_first[count];  ///< likewise in the part that the start-up delay takes beyond whole steps
  F got[count];           ///< instances
  F machines[count];      ///< instances, each counting one; where rates differ
  F lost[count];          ///< instances, to droughts; where that is missed
  F losses[count];        ///< instances to be replaced; where that is missed
  F price[count];         ///< currency
  bool draws = false;     ///< some pool's reclaims, in the one step
};

/// Numbers of each step of a tile, [tile step] each; the services take turns with them.
template <class L>
struct ServiceRows {
  using F = typename L::F;

  // Where somebody asks
  F* served;     ///< requests, of the fleet and of serverless
  F* reclaimed;  ///< instances, one by one; on a lane of one path alone

  // Of steps that wait for their reclaims, which those of a lane of one path do not
  F* got;     ///< instances
  F* losses;  ///< instances to be replaced
  F* price;   ///< currency

  /// [tile step + 1] of a pool: its instance-steps since the tile began.
  COSTRISK_FN F* passed(int pool) const { return passed_ + pool * (tile_steps + 1); }

  /// @param pools of the assignment that has most
  COSTRISK_FN static int length(int pools) {
    return L::width > 1 ? 5 * tile_steps + pools * (tile_steps + 1) : 2 * tile_steps;
  }
  COSTRISK_FN explicit ServiceRows(F* rows)
      : served(rows),
        reclaimed(rows + tile_steps),
        got(rows + 2 * tile_steps),
        losses(rows + 3 * tile_steps),
        price(rows + 4 * tile_steps),
        passed_(rows + 5 * tile_steps) {}

 private:
  F* passed_;
};

/// The arrays of a component that its assignment sizes.
template <class L>
struct ServiceArrays {
  AutoscalerState<L>* autoscaler;
  PoolState<L>* pools;                ///< [pool of the assignment]
  std::int64_t* use;                  ///< [pool of the assignment][lane]: instance-steps
  typename L::F* losses;              ///< [scale_up_delay.whole + 1]: of the last steps, in a ring
  ServiceItemState<L>* items;         ///< [service item of the assignment]
  ServiceItemTotals<L>* item_totals;  ///< likewise
  std::int64_t* edges;                ///< edge_row
  std::int64_t* item_edges;           ///< [service item][edge of the tile][lane]
  typename L::F* rows;                ///< ServiceRows
  typename L::F* use_rows;            ///< [use row][tile step]: instances, on average over the step
  typename L::F* latency_counts;      ///< [latency_counts]: requests since the tile began; with a latency
  std::int64_t* latency_totals;       ///< [latency_counts][lane]: 2^-10 requests; likewise
  ServiceForm form;                   ///< general where the service is watched
};

}  // namespace costrisk
