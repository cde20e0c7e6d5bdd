// The lowered scenario: plain numbers that the kernels read. Built on the host, shared as bits by every
// backend. Every field is four bytes wide, so that the bytes of a structure are its value.
//
// Units: times in steps, rates per step, prices relative to a reference price of their own market (the
// reference stands in the money factors), shares as such.
#pragma once

#include <cstdint>

#include "kernels/math/philox.hpp"
#include "kernels/model/terms.hpp"

namespace costrisk {

/// A run of entries in one of the arrays of Parameters.
struct Range {
  std::int32_t first = 0, count = 0;
};

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

enum class LawKind : std::int32_t { constant, triangular, log_normal };

/// A quantile function at Φ(z). Triangular: low + … ; log-normal: median·exp(spread·z).
struct LawParameters {
  LawKind kind = LawKind::constant;
  std::uint32_t stream = 0;
  std::int32_t inverted = 0;      ///< the path keeps the reciprocal
  float most = 1e30f;             ///< the path's value is no more than this
  float value = 0.0f;             ///< constant
  float low = 0.0f, high = 0.0f;  ///< triangular
  float mode_share = 0.0f;        ///< probability below the mode
  float rising = 0.0f,
        falling = 0.0f;                ///< (high−low)·(mode−low), (high−low)·(high−mode)
  float median = 0.0f, spread = 0.0f;  ///< log-normal
  MixtureParameters mixture;
};

/// A value of the path: laws[index], drawn once.
using LawIndex = std::int32_t;
inline constexpr LawIndex no_law = -1;

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

struct CapacityParameters {
  std::uint32_t stream = 0;
  LawIndex up_mean = 0, down_mean = 0;       ///< steps
  float up_sigma = 0.0f, down_sigma = 0.0f;  ///< of the logarithms
  float up_shift = 0.0f, down_shift = 0.0f;  ///< exp(−σ²/2): median over mean
  float up_biased = 0.0f,
        down_biased = 0.0f;  ///< exp(+σ²/2): median of the length-biased law over mean
  MixtureParameters mixture;
  std::int32_t depth = -1;       ///< index into event_laws; −1: unlimited
  std::int32_t depth_slot = -1;  ///< world slot of the depth; −1: unlimited
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
  std::int32_t sum_slot = 0;    ///< world slot of the price's sums from the tile's start
};

/// Where a price stands: sums in a world slot times a path value. Without a slot the path value alone.
struct PriceSource {
  std::int32_t sum_slot = -1;
  LawIndex law = no_law;  ///< −1 where the slot holds the whole price
};

/// One market as a job sees it.
struct JobMarketParameters {
  std::int32_t market = 0;
  std::int32_t spot_capacity = -1;    ///< index into capacities; −1: always up
  std::int32_t launch_capacity = -1;  ///< on-demand; −1: always to be had
  PriceSource spot, on_demand;
  Pair spot_money, on_demand_money;  ///< currency for one step of the gang at relative price 1
  float steps_ratio = 1.0f;          ///< run time here over run time in the first market
  LawIndex reclaim_rate = no_law;    ///< reclaims an instance and step
  LawIndex failure_rate = no_law;    ///< hardware failures an instance and step
  std::int32_t has_spot = 0, has_on_demand = 0;
  std::int32_t notice_saves = 0;                      ///< a reclaim loses nothing
  float spot_weight = 0.0f, on_demand_weight = 0.0f;  ///< reference price ÷ throughput
  std::uint32_t increments = 0;                       ///< billing increments a step, their fractional part in 2^-32
  float increments_per_step = 0.0f;
  float increment_tolerance = 0.0f;  ///< increments within which a run ends at one
  float increment = 0.0f;            ///< steps
  float minimum = 0.0f;              ///< steps
  float egress = 0.0f;               ///< currency, for leaving
};

/// A distinct job assignment.
struct JobParameters {
  Policy policy = Policy::on_demand;
  Choose choose = Choose::first;
  Range markets;                       ///< in job_markets
  std::int32_t on_demand_market = -1;  ///< the first of `markets` that sells it; −1: none
  std::int32_t one_rate = 0;           ///< the work runs equally fast in all of the markets
  std::int32_t one_billing = 0;        ///< all of the markets bill by the same rules
  float gang = 1.0f;
  std::int32_t gang_instances = 1;
  std::int32_t work = 0;  ///< index into event_laws: run time in the first market, steps
  std::uint32_t attempt_stream = 0, clock_stream = 0;
  float interval = 0.0f,
        cycle = 0.0f;  ///< steps; the cycle is the interval and its write
  float inverse_interval = 0.0f, inverse_cycle = 0.0f;
  std::int32_t lossless = 0;  ///< an interruption loses nothing
  float restart = 0.0f;       ///< steps
  StepTime release;
  std::int32_t repeats = 1;  ///< runs released before the horizon
  StepTime repeat;
  StepTime deadline;  ///< after each release
  std::int32_t has_deadline = 0;
  float late_penalty = 0.0f;  ///< currency a step
  std::int32_t buy_out = 0;
  std::int32_t max_attempts = 1;
  float inverse_log_failure = 0.0f;  ///< 1 / ln(1 − success)
  std::int32_t owner = 0;
};

enum class ItemKind : std::int32_t { spread, once, share };

struct ItemParameters {
  ItemKind kind = ItemKind::spread;
  LawIndex amount = 0;  ///< relative to `money`; not used by ItemKind::share
  Pair money;           ///< currency in all
  std::uint32_t chance_stream = 0;
  float chance = 1.0f;
  StepTime from, until;
  float inverse_span = 0.0f;                    ///< 1 / (until − from)
  std::uint32_t share_high = 0, share_low = 0;  ///< ItemKind::share: the share in 2^-60, as two words
  std::uint32_t of = 0;                         ///< ItemKind::share: bit i for category i
  std::int32_t owner = 0;
};

struct PlanParameters {
  Range components;  ///< in plan_components
  Range items;       ///< in plan_items
};

/// Everything a kernel reads, by pointers into arrays that the host owns.
struct Parameters {
  PhiloxKey key;
  std::int32_t steps = 0;
  std::int32_t slots = 0;  ///< numbers a step of the world

  const LawParameters* laws = nullptr;
  std::int32_t law_count = 0;
  const LawParameters* event_laws = nullptr;
  const LoadingParameters* loadings = nullptr;
  const RenewalParameters* renewals = nullptr;
  const FactorParameters* factors = nullptr;
  std::int32_t factor_count = 0;
  const CapacityParameters* capacities = nullptr;
  std::int32_t capacity_count = 0;
  const RepricingParameters* repricings = nullptr;
  std::int32_t repricing_count = 0;
  const PriceParameters* prices = nullptr;
  std::int32_t price_count = 0;
  const JobParameters* jobs = nullptr;
  std::int32_t job_count = 0;
  const JobMarketParameters* job_markets = nullptr;
  std::int32_t job_market_count = 0;
  const ItemParameters* items = nullptr;
  std::int32_t item_count = 0;
  const PlanParameters* plans = nullptr;
  std::int32_t plan_count = 0;
  const std::int32_t* plan_components = nullptr;
  const std::int32_t* plan_items = nullptr;
  const std::int32_t* edges = nullptr;  ///< [edge_count]: steps at which a bin ends, the last is the horizon
  std::int32_t edge_count = 0;
  std::int32_t most_edges = 0;  ///< edges in one tile, at most
  std::int32_t owner_count = 0;
  std::int32_t market_count = 0;
};

}  // namespace costrisk
