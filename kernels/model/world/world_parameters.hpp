// The lowered world: laws, processes, capacities, prices, demands. Plain numbers that the kernels read, built on
// the host and shared as bits by every backend. Every field is four bytes wide, so that the bytes of a structure
// are its value.
//
// Units: times in steps, rates per step, prices relative to a reference price of their own market (the
// reference stands in the money factors), shares as such.
#pragma once

#include <cstdint>

#include "kernels/model/terms.hpp"

namespace costrisk {

/// A run of entries in one of the arrays of Parameters.
struct Range {
  std::int32_t first = 0, count = 0;
};

/// No such thing: no slot, capacity, row, process.
inline constexpr std::int32_t none = -1;

/// A float as the sum of two, for products that must not drift.
struct Pair {
  float high = 0.0f, low = 0.0f;
};

/// An instant, or a span: whole steps and a fraction in [0, 1).
struct StepTime {
  std::int32_t step = 0;
  float offset = 0.0f;
};

struct LoadingParameters {
  std::int32_t factor = 0;
  float beta = 0.0f;
};

/// Σ β·F + residual·X
struct MixtureParameters {
  Range loadings;
  float residual = 1.0f;
};

/// What a path keeps of a drawn value x. Of a constant the host has made it already.
enum class Transform : std::int32_t { identity, reciprocal, log_one_plus };

/// Of a law that is told by a table: its quantiles at z from −table_deviations to table_deviations, linear between.
inline constexpr int table_intervals = 512;
inline constexpr float table_deviations = 6.0f;

/// A quantile function at Φ(z). Triangular: low + … ; log-normal: median·exp(spread·z); uniform: low + (high−low)·Φ(z);
/// normal: median + spread·z, or where it is cut off its table, as PERT has one.
struct LawParameters {
  LawKind kind = LawKind::constant;
  std::uint32_t stream = 0;
  Transform transform = Transform::identity;
  float factor = 1.0f;            ///< of the transformed value
  float most = 1e30f;             ///< the path's value is no more than this
  float value = 0.0f;             ///< constant
  float low = 0.0f, high = 0.0f;  ///< triangular, uniform
  float mode_share = 0.0f;        ///< probability below the mode
  float rising = 0.0f,
        falling = 0.0f;                ///< (high−low)·(mode−low), (high−low)·(high−mode)
  float median = 0.0f, spread = 0.0f;  ///< log-normal, normal
  Range numbers;  ///< in law_numbers: a table of table_intervals + 1, or of a discrete law a pair each: the value, and
                  ///< the probability up to and with it
  MixtureParameters mixture;
};

/// Whether the host has made the value.
COSTRISK_FN constexpr bool is_constant(const LawParameters& law) { return law.kind == LawKind::constant; }

/// A value of the path: laws[index], drawn once.
using LawIndex = std::int32_t;
inline constexpr LawIndex no_law = none;

/// On/off renewal of shocks and bursts.
struct RenewalParameters {
  std::uint32_t stream = 0;
  float mean_gap = 0.0f;       ///< steps
  float median_length = 0.0f;  ///< steps
  float sigma = 0.0f;          ///< of the logarithm of the length
  float biased_median = 0.0f;  ///< median of the length-biased length
  float on_share = 0.0f;       ///< stationary
};

/// x ← fma(b, ε, fma(−c, x, x)): an Ornstein–Uhlenbeck process, exact on the grid.
struct ProcessParameters {
  std::uint32_t stream = 0;
  float c = 0.0f, b = 0.0f;
  float volatility = 0.0f;
  float drift = 0.0f;  ///< −volatility²/2
  MixtureParameters mixture;
};

struct FactorParameters {
  ProcessParameters process;
  std::int32_t shock = -1;  ///< index into renewals
  float shock_size = 0.0f;
};

/// Log-normal lengths of runs.
struct SojournParameters {
  LawIndex mean = 0;     ///< steps
  float sigma = 0.0f;    ///< of the logarithm
  float shift = 0.0f;    ///< exp(−σ²/2): median over mean
  float biased = 0.0f;   ///< exp(+σ²/2): median of the length-biased law over mean
  float loading = 0.0f;  ///< by which the loadings count: 1, or −1 where factors shorten runs
};

/// A capacity of the world, or what a component leaves of one to those after it: then only `source`, the slots and
/// `losses` count, and the component fills the depth's row.
struct CapacityParameters {
  std::int32_t source = none;  ///< index into capacities, of the world's that this is a part of; −1: it is the world's
  std::uint32_t stream = 0;
  SojournParameters up, down;
  MixtureParameters mixture;     ///< of the normals that draw them
  std::int32_t depth = -1;       ///< index into event_laws; −1: unlimited
  std::int32_t depth_slot = -1;  ///< world slot of the depth; −1: unlimited
  std::int32_t history = -1;     ///< index into histories, in place of the laws; −1: none
  std::int32_t least_slot = -1;  ///< world slot of the least depth since the start of the step before; −1: the depth
  std::int32_t loss_slot = -1;   ///< drawn: world slot of the losses' instants within their steps; −1: nobody asks
  Range losses;                  ///< measured: in history_losses
};

/// When a measured capacity is lost to gangs of one size: a row of the instants within the steps, 0 where it is not.
struct HistoryLossParameters {
  std::int32_t first_value = 0;  ///< of the history's step 0, in history_values
  std::int32_t slot = 0;         ///< world slot
};

/// How long spot instances live: e^(−(age · rate)^shape) of them longer than an age, or as a curve says, and none
/// longer than `most`.
struct LifetimeParameters {
  LawIndex rate = no_law;  ///< a step: 1 / scale; −1: no reclaims
  float shape = 1.0f;
  Range curve;                          ///< in lifetime_curves, three numbers a knot; none: the law above
  float most = 1e30f;                   ///< steps
  std::int32_t multiplier_slot = none;  ///< world slot of what the rate is multiplied by; −1: 1
};
/// Whether the chance of a reclaim is not always the same.
COSTRISK_FN constexpr bool ages(const LifetimeParameters& lifetime) {
  return lifetime.shape != 1.0f || lifetime.most < 1e30f || lifetime.multiplier_slot >= 0 || lifetime.curve.count > 0;
}

/// exp(Σβ·F + drift) in each step.
struct MultiplierParameters {
  Range loadings;
  float drift = 0.0f;     ///< −Σβ²/2
  std::int32_t slot = 0;  ///< world slot
};

/// A stretch of time with a market's list prices multiplied.
struct RepricingParameters {
  std::uint32_t stream = 0;
  float mean_gap = 0.0f;        ///< steps
  std::int32_t multiplier = 0;  ///< index into event_laws
  std::int32_t slot = 0;        ///< world slot of the multiplier
  std::int32_t sum_slot = 0;    ///< world slot of its sums; an on-demand price is these times the path's law
};

/// A spot price that moves: min(cap, mean·exp(v·z − v²/2)) · repricing.
struct PriceParameters {
  ProcessParameters process;
  LawIndex mean = 0;            ///< relative to the market's reference
  float cap = 0.0f;             ///< relative to the market's reference; a huge number: none
  std::int32_t repricing = -1;  ///< index into repricings
  std::int32_t slot = 0;        ///< world slot of the price
  std::int32_t sum_slot = 0;    ///< world slot of the price's sums from the tile's start
  std::int32_t history = -1;    ///< index into histories, in place of the process; −1: none
};

/// Where a price stands: a world slot's steps, or the sums over them, times a path value. Without a slot the
/// path value alone.
struct PriceSource {
  std::int32_t slot = -1;      ///< of the steps' prices
  std::int32_t sum_slot = -1;  ///< of their sums
  LawIndex law = no_law;       ///< −1 where the slot holds the whole price
};

/// Instances of one's own: so many from this step on, to the next entry of the range.
struct AvailabilityParameters {
  std::int32_t step = 0;
  float instances = 0.0f;
};

/// A multiplier that comes at a step of its own, in some futures.
struct ChangeParameters {
  std::int32_t step = 0;  ///< the first step it holds in
  LawIndex multiplier = 0;
  std::uint32_t chance_stream = 0;
  float chance = 1.0f;
};

/// base · exp(log_growth·k) · profile · changes · exp(v·z − v²/2) · bursts, requests a second in step k.
struct DemandParameters {
  LawIndex base = 0;             ///< requests a second
  LawIndex log_growth = no_law;  ///< ln(1 + growth), a step; −1: none
  Range profile;                 ///< in profiles: one period, from step 0 on
  std::int32_t has_noise = 0;
  ProcessParameters noise;
  std::int32_t bursts = -1;  ///< index into renewals
  float burst_multiplier = 1.0f;
  Range changes;
  std::int32_t slot = 0;      ///< world slot of the demand
  std::int32_t history = -1;  ///< index into histories: what was measured is a factor too; −1: none
};

}  // namespace costrisk
