// What a job component remembers between tiles, and what it adds up.
#pragma once

#include <cstdint>

#include "kernels/model/arena.hpp"
#include "kernels/model/arithmetic.hpp"
#include "kernels/model/jobs/job_parameters.hpp"
#include "kernels/model/parameters.hpp"
#include "kernels/model/terms.hpp"
#include "kernels/model/tile_edges.hpp"
#include "kernels/model/world/world_tile.hpp"

namespace costrisk {

/// The category of a job's cost, by JobAccount. A function, since device code cannot index a host's table.
COSTRISK_FN Category job_category(int account) {
  constexpr Category categories[] = {Category::on_demand, Category::spot, Category::egress, Category::penalty,
                                     Category::unfinished};
  return categories[account];
}
inline constexpr int job_category_count = 5;
enum JobAccount { account_on_demand, account_spot, account_egress, account_penalty, account_unfinished };

/// The part of the cost that an account is at an edge.
COSTRISK_FN EdgePart job_edge_part(int account) {
  constexpr EdgePart parts[] = {edge_on_demand, edge_spot, edge_egress, edge_uncredited, edge_uncredited};
  return parts[account];
}

template <class L>
struct JobState {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

  // The gang
  M active;              ///< a run is in progress
  M on_spot, on_demand;  ///< what the gang holds; neither while it waits. On-demand means what job_purchase says
  M latched;             ///< its slack was gone: on-demand is kept to the end of the attempt
  I market;              ///< the market it last ran in, within the assignment's list
  F restart_left;        ///< steps
  F checkpoints;         ///< whole intervals left after the current one
  F tail;                ///< the last piece, steps of run time
  F tail_excess;         ///< by which the tail is too large, of its last rounding
  F position;            ///< in the checkpoint cycle, steps of run time
  F total;               ///< run time of the whole work at the current rate, steps
  F pace;                ///< total over the time from release to deadline
  F clock;               ///< hazard left to the next interruption when the gang last let go
  F hazard;              ///< a step, of what the gang holds
  F until_interruption;  ///< steps, while it holds
  I clock_ordinal;
  I interruptions;
  I attempts_left;

  // Runs of a repeating job
  I runs_begun;
  Instant<L> release, deadline;  ///< of the current run
  Instant<L> next_release;       ///< of the coming one
  I late;
  Instant<L> finish;
  M unfinished;  ///< at the horizon

  // What is held: since when, use and spend not yet closed. Under Policy::in_order, without anything: since when that.
  Instant<L> held_since;
  // The price of step k is base_price + scale·(sums[k+1] − sums[k]), the sums in the world's row.
  I row;           ///< −1: the price does not move
  F scale;         ///< what the sums are multiplied by
  F base_price;    ///< of a step at the tile's start
  F recent_price;  ///< of a step, when it last started or the tile did; values restarts and lost work
  F used;
  CompensatedSum<L> spend;
  F run_spend;                  ///< since held_since, where an early reclaim frees it
  F restart_money, lost_money;  ///< currency since the tile began
  F money_high, money_low;      ///< currency a step at relative price 1
  F rest;                       ///< currency that rounding left

  // Closed
  Amount<L> accounts[job_category_count];
  I lost_steps, lost_ticks;
};

/// The ages of a gang's instances (job_ages.hpp), and when it is struck next as they stood when that was foreseen.
template <class L>
struct JobAges {
  using F = typename L::F;

  // Of what is held
  F rate, shape;               ///< of lifetimes
  typename L::I curve, knots;  ///< of lifetimes: where their curve begins, and its knots; 0: rate and shape
  F most;                      ///< steps that an instance lives
  F failure;                   ///< hazard of the gang, a step
  F multiplier;                ///< of the rate of reclaims

  F age;                           ///< steps, of each instance
  F level;                         ///< reclaims that one of that age has had to expect, without the multiplier
  F since_start;                   ///< steps, of the oldest
  F reclaim_clock, failure_clock;  ///< hazard left
  F until_reclaim, until_failure, until_end;
  F passed;  ///< steps since then
};

/// What a split gang holds of one entry of its list, and the bill of that (job_split.hpp).
template <class L>
struct JobPart {
  using F = typename L::F;
  using I = typename L::I;

  F held;                   ///< instances
  F chosen;                 ///< likewise, of the mix that was last looked for
  I kept;                   ///< the tile's steps at whose start it is not lost, a bit each
  I lost;                   ///< those inside which it is
  F money_high, money_low;  ///< currency of what is held, a step at relative price 1
  F price;                  ///< relative, of the step that is lived through
  F used;                   ///< steps, not yet closed
  CompensatedSum<L> spend;  ///< of relative prices, likewise
  F rest;                   ///< currency that rounding left
};

/// What a split gang is as a whole.
template <class L>
struct JobMix {
  using M = typename L::M;

  typename L::F ratio;   ///< run time on what it last held over run time in the first market
  typename L::I struck;  ///< the entry whose part was struck or lost last
  M reclaimed;           ///< the strike was a reclaim
  M saves;               ///< it came with a notice that saves
};

/// The 64-bit totals of a component, one a lane.
template <class L>
struct JobTotals {
  std::int64_t money[job_category_count][L::width];
  std::int64_t waste_restart[L::width], waste_lost[L::width];
};

/// Adds a time to a count of whole steps and 2^-20 steps.
template <class L>
COSTRISK_FN void add_ticks(typename L::I& steps, typename L::I& ticks, typename L::F time) {
  using F = typename L::F;
  const F whole = floor(time);
  const auto sum = add(ticks, to_int((time - whole) * F(0x1p20f)));
  steps = add(add(steps, to_int(whole)), shift_right<tick_bits>(sum));
  ticks = sum & typename L::I((1 << tick_bits) - 1);
}

/// What a job holds, by how it was bought.
enum JobHolding { holding_steady, holding_spot };
inline constexpr int job_holding_count = 2;
/// Steady are on-demand instances, or those of one's own where the policy takes nothing else.
COSTRISK_FN Purchase job_purchase(Policy policy, const JobMarketParameters& market, int holding) {
  if (holding == holding_spot) return market.has_own ? Purchase::reserved : Purchase::spot;
  return traits_of(policy).takes_own ? Purchase::reserved : Purchase::on_demand;
}

COSTRISK_FN bool takes_spot(Policy policy) { return traits_of(policy).takes_spot; }
COSTRISK_FN bool takes_on_demand(Policy policy) { return traits_of(policy).takes_on_demand; }
COSTRISK_FN bool takes_own(Policy policy) { return traits_of(policy).takes_own; }
/// Whether it takes what is lost where capacity ends, and so waits for capacity.
COSTRISK_FN bool waits_for_capacity(Policy policy) { return takes_spot(policy) || takes_own(policy); }
COSTRISK_FN bool holds_steadily(Policy policy) { return takes_on_demand(policy) || takes_own(policy); }

/// Use by market of the assignment and JobHolding: whole steps and 2^-20 steps, and what the current tile has
/// added.
template <class L>
struct JobUse {
  typename L::I steps[job_holding_count], ticks[job_holding_count];
  typename L::F fresh[job_holding_count];
  typename L::I held;                      ///< the tile's steps that were held steadily from end to end, a bit each
  typename L::I taken[job_holding_count];  ///< the tile's steps at whose start it was held, a bit each

  COSTRISK_FN void clear(int holding) {
    steps[holding] = ticks[holding] = typename L::I(0);
    fresh[holding] = typename L::F(0.0f);
  }
  COSTRISK_FN void settle(int holding) {
    add_ticks<L>(steps[holding], ticks[holding], fresh[holding]);
    fresh[holding] = typename L::F(0.0f);
  }
};

/// The arrays of all jobs in the arena of a lane group.
template <class L>
struct JobMemory {
  Near<JobUse<L>> use;         ///< [job market]
  Near<CapacityBits<L>> spot;  ///< [job market]
  Near<typename L::I> launch;  ///< [job market]
  Near<JobAges<L>> ages;       ///< [job whose instances age]
  Near<JobPart<L>> parts;      ///< [entry of a job that splits]
  Near<JobMix<L>> mixes;       ///< [job that splits]
  Near<std::int64_t> edges;    ///< [job] edge_row

  COSTRISK_FN static void take(Arena& arena, const Parameters& p, JobMemory* memory) {
    arena.take(memory, &JobMemory::use, p.job_market_count);
    arena.take(memory, &JobMemory::spot, p.job_market_count);
    arena.take(memory, &JobMemory::launch, p.job_market_count);
    arena.take(memory, &JobMemory::ages, p.aging_jobs);
    arena.take(memory, &JobMemory::parts, p.part_count);
    arena.take(memory, &JobMemory::mixes, p.split_jobs);
    arena.take(memory, &JobMemory::edges, p.job_count * p.most_edges * edge_part_count * L::width);
  }
};

/// The arrays of a component that its assignment sizes.
template <class L>
struct JobArrays {
  JobUse<L>* use;           ///< [market of the assignment]
  CapacityBits<L>* spot;    ///< [market of the assignment]: spot that takes the whole gang
  typename L::I* launch;    ///< [market of the assignment]: likewise on-demand, for new launches
  std::int64_t* edges;      ///< edge_row
  typename L::F* use_rows;  ///< [use row][tile step]: instances, on average over the step
  JobAges<L>* ages;         ///< null where instances do not age
  JobPart<L>* parts;        ///< [market of the assignment] of a split gang
  JobMix<L>* mix;           ///< likewise
};

}  // namespace costrisk
