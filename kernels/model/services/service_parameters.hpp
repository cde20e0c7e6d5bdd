// A lowered service assignment: a fleet over pools, its autoscaler, its queue and its overflow. Units as in
// world_parameters.hpp; requests a second where a field says so.
#pragma once

#include "kernels/model/world/world_parameters.hpp"

namespace costrisk {

/// Instances of a fleet at most.
inline constexpr int most_fleet = 4096;

/// One pool of a fleet. The target and all sums over pools count in instances of the first pool.
struct PoolParameters {
  std::int32_t market = 0;
  Purchase buy = Purchase::on_demand;
  float share = 1.0f;
  float most_instances = 0.0f;
  LawIndex rate = 0;               ///< requests, or output tokens, a second of an instance
  LawIndex input_rate = no_law;    ///< input tokens a second of an instance; −1: they take no time
  std::int32_t wait = 0;           ///< steps over which what is left to it counts as the least of it
  PriceSource price;               ///< of on-demand and spot
  Pair money;                      ///< currency for one instance and step at relative price 1; 0 for reserved instances
  std::int32_t capacity = none;    ///< index into capacities: of spot, or of on-demand launches; −1: always up
  std::int32_t left_slot = none;   ///< world slot: the depth left to those after it
  LawIndex reclaim_rate = no_law;  ///< reclaims an instance and step, without the limit of its life
  LifetimeParameters lifetime;     ///< of spot
  std::uint32_t reclaim_stream = 0, further_reclaims_stream = 0;
  Range availability;           ///< in availabilities: what a reserved pool may take
  std::int32_t use_row = none;  ///< where on-demand or reserved use is told step by step; −1: nobody asks
};

/// per_request + input·input_price + output·output_price, relative to `money`.
struct ServerlessPriceParameters {
  Pair money;                                                   ///< currency for one request at relative price 1
  std::int32_t is_constant = 0;                                 ///< the relative price is 1
  LawIndex per_request = 0, input_price = 0, output_price = 0;  ///< currency: a request, a million tokens
  LawIndex input_tokens = no_law, output_tokens = no_law;       ///< a request
  LawIndex cached_share = no_law, cached_price = no_law;        ///< of the input tokens; −1: all cost the same
  float per_request_weight = 0.0f;                              ///< 1 / money
  float token_weight = 0.0f;                                    ///< 1e-6 / money
};

/// A window of steps: `whole` steps back, and a fraction of a step more.
struct WindowParameters {
  std::int32_t whole = 0;
  float fraction = 0.0f;
};

/// A distinct autoscaler.
struct AutoscalerParameters {
  std::int32_t demand_slot = 0;  ///< world slot: requests a second
  LawIndex rate = no_law;        ///< requests, or output tokens, a second of the first pool's instances; −1: no pools
  Range speedups;                ///< in law_lists: laws whose values multiply the rate
  LawIndex output_tokens = no_law;  ///< a request, where the rate counts them; −1: it counts requests
  LawIndex input_rate = no_law, input_tokens = no_law;  ///< likewise, where they take time; −1: they take none
  float step_seconds = 0.0f;
  float inverse_utilization = 1.0f;
  float least_instances = 0.0f, most_instances = 0.0f;
  WindowParameters scale_up_delay, scale_down_window;
  std::int32_t asked_slot = none;  ///< world slot: instances; −1: with a queue its service sizes the fleet step by step
  std::int32_t wanted_slot = none;  ///< likewise, those asked for whole steps of the delay; without any the same slot
  std::int32_t wanted_first_slot = none;  ///< likewise, for one step more; where the delay has no fraction wanted_slot
};

/// How the latency of a fleet's requests follows from its load: a curve that was measured, or M/M/c.
enum class LatencyKind : std::int32_t { unknown, curve, mmc };

struct LatencyParameters {
  LatencyKind kind = LatencyKind::unknown;
  float most_load = 0.0f;            ///< nothing meets the objective beyond it
  float load_within = 0.0f;          ///< curve: the objective is met up to it
  float ranges_per_load = 0.0f;      ///< curve
  float servers_per_request = 0.0f;  ///< mmc: servers for each request that the fleet can serve in a step
  float wait_within = -1.0f;         ///< mmc: longest wait that meets the objective, in service times; −1: none does
  std::int32_t overflow_meets_it = 0;  ///< the objective
};

/// Requests are counted by ranges of load, each as wide as the others, or of waits, four to an octave that are a
/// quarter of its beginning each. The last range is that of what meets no objective. Behind it stands what meets it.
inline constexpr int latency_ranges = 64;
inline constexpr int latency_beyond = latency_ranges - 1, latency_within = latency_ranges;
inline constexpr int latency_counts = latency_ranges + 1;
/// Where the first range of waits ends, in service times.
inline constexpr float first_wait_range_end = 0x1p-8f;

/// A distinct service assignment.
struct ServiceParameters {
  std::int32_t owner = 0;
  std::int32_t demand_slot = 0;  ///< world slot: requests a second
  float step_seconds = 0.0f;
  Range pools;                      ///< in pools; none: serverless alone
  std::int32_t autoscaler = 0;      ///< in autoscalers; with a queue or without pools, nobody else's
  WindowParameters scale_up_delay;  ///< the autoscaler's: how long what replaces lost instances takes
  LawIndex output_tokens = no_law;  ///< a request; −1: the demand tells no tokens
  LawIndex input_tokens = no_law;   ///< a request, where they take time; −1: they take none
  float inverse_utilization = 1.0f;
  std::int32_t has_queue = 0;
  float inverse_drain_seconds = 0.0f;
  float queue_limit = 0.0f;  ///< requests
  std::int32_t overflows = 0;
  float most_overflow = 0.0f;              ///< requests a step
  std::int32_t overflow_slot = none;       ///< world slot: what those before it leave of them; −1: all
  std::int32_t overflow_left_slot = none;  ///< likewise, what it leaves to those after it
  ServerlessPriceParameters serverless;
  Pair unserved_penalty;  ///< currency a request
  Range service_items;    ///< in service_items: what is paid by the request
  LatencyParameters latency;
  float warm_instances = 0.0f;  ///< started and idle: they stand in for what has not started, or is lost
  PriceSource warm_price;       ///< of on-demand
  Pair warm_money;              ///< currency for all of them and a step at relative price 1
};

/// An item paid by the requests that one service serves.
struct ServiceItemParameters {
  std::int32_t item = 0;  ///< index into items; its `amount` and `money` are of one request
};

}  // namespace costrisk
