// A lowered job assignment: a gang, its policy, the markets it may run in. Units as in world_parameters.hpp.
#pragma once

#include "kernels/model/world/world_parameters.hpp"

namespace costrisk {

/// When spot is lost inside steps by parts of at most so many instances, and of more than the entry before has.
struct PartLossParameters {
  float most = 0.0f;
  std::int32_t slot = none;  ///< world slot of the instants; −1: never
};

/// One market as a job sees it.
struct JobMarketParameters {
  std::int32_t market = 0;
  std::int32_t spot_capacity = -1;    ///< index into capacities; −1: always up
  std::int32_t loss_slot = none;      ///< world slot of the instants at which it is lost inside a step; −1: never
  Range part_losses;                  ///< in part_losses: likewise by the size of a split gang's part
  std::int32_t launch_capacity = -1;  ///< on-demand; −1: always to be had
  std::int32_t spot_left_slot = none, launch_left_slot = none;  ///< world slots: the depth left to those after it
  Range availability;           ///< in availabilities: capacity of one's own; Policy::reserved
  std::int32_t use_row = none;  ///< where on-demand or reserved use is told step by step; −1: nobody asks
  PriceSource spot, on_demand;
  Pair spot_money, on_demand_money;                   ///< currency for one step of the gang at relative price 1
  float steps_ratio = 1.0f;                           ///< run time here over run time in the first market
  LawIndex reclaim_rate = no_law;                     ///< reclaims an instance and step
  LawIndex failure_rate = no_law;                     ///< hardware failures an instance and step
  std::int32_t has_spot = 0, has_on_demand = 0;       ///< the gang may hold it here
  std::int32_t has_own = 0;                           ///< it may hold capacity of its own here, as it does spot
  std::int32_t sells_on_demand = 0;                   ///< to buy out what is left
  LifetimeParameters lifetime;                        ///< of spot
  float free_within = 0.0f;                           ///< steps: a run that a reclaim ends by then is not billed
  float after = 0.0f;                                 ///< steps without anything before it is taken; Policy::in_order
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
  Upgrade upgrade = Upgrade::never;    ///< Policy::in_order
  std::int32_t on_demand_market = -1;  ///< the first of `markets` in which it may hold it; −1: none
  std::int32_t buy_out_market = -1;    ///< the first of `markets` that sells it; −1: none
  std::int32_t repeats_market = 0;     ///< some of `markets` are the same
  std::int32_t one_rate = 0;           ///< the work runs equally fast in all of the markets
  std::int32_t one_billing = 0;        ///< all of the markets bill by the same rules
  float gang = 1.0f, inverse_gang = 1.0f;
  std::int32_t gang_instances = 1;
  std::int32_t work = 0;  ///< index into event_laws: run time in the first market, steps
  Range speedups;         ///< in law_lists: laws whose values multiply the run time
  std::uint32_t attempt_stream = 0, clock_stream = 0;
  float interval = 0.0f,
        cycle = 0.0f;  ///< steps; the cycle is the interval and its write
  float inverse_interval = 0.0f, inverse_cycle = 0.0f;
  float write = 0.0f;         ///< of the cycle, steps
  std::int32_t lossless = 0;  ///< an interruption loses nothing
  float restart = 0.0f;       ///< steps
  StepTime release;
  std::int32_t repeats = 1;  ///< runs released before the horizon
  StepTime repeat;
  StepTime deadline;  ///< after each release
  std::int32_t has_deadline = 0;
  StepTime margin;                ///< before the deadline, by which the policy wants to be done
  LawIndex margin_law = no_law;   ///< of the margin, steps; −1: `margin` is it
  std::int32_t plans_median = 0;  ///< the policy takes `planned` for the work until more is done
  float planned = 0.0f;           ///< median run time in the first market, steps
  std::int32_t plain_view = 0;    ///< the policy sees the run time left and the deadline as they are
  float late_penalty = 0.0f;      ///< currency a step
  std::int32_t buy_out = 0;
  std::int32_t max_attempts = 1;
  float inverse_log_failure = 0.0f;  ///< 1 / ln(1 − success)
  std::int32_t owner = 0;
  std::int32_t ages = none;          ///< which of the jobs whose instances age; −1: none of them
  std::int32_t has_multipliers = 0;  ///< of rates of reclaims, step by step
  std::int32_t most_knots = 0;       ///< of the curves of lifetimes of its markets
  std::int32_t split = none;    ///< which of the jobs that may hold several of `markets` at once; −1: none of them
  std::int32_t first_part = 0;  ///< where its parts stand among those of all of these
  std::int32_t frees = 0;       ///< in some market early reclaims free what they end
};

}  // namespace costrisk
