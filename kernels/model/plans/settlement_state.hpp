// What settlement remembers between tiles, and its memory within one.
#pragma once

#include <cstdint>

#include "kernels/model/arena.hpp"
#include "kernels/model/arithmetic.hpp"
#include "kernels/model/parameters.hpp"
#include "kernels/model/tile.hpp"

namespace costrisk {

/// A use row: the period that is not over yet, and what the plans that pay for it share.
template <class L>
struct UseRowState {
  using F = typename L::F;

  // Since the last settled period
  F open_use;     ///< instances · steps
  F open_price;   ///< relative, in the period's first step
  F open_excess;  ///< Σ use · (price − open_price)

  // Of the periods that end in the tile
  F base_price;                    ///< the mean price of the first of them
  CompensatedSum<L> listed_spend;  ///< all of the use at list price, relative

  CompensatedSum<L> open_listed;  ///< the same, not closed yet
  Account<L> listed;
};

/// What a plan's commitments make of one use.
template <class L>
struct SettledUse {
  CompensatedSum<L> uncovered;  ///< list price of what no commitment covers, relative
  CompensatedSum<L> allocated;  ///< currency: what covered use carries of the commitments' cost
};

/// A use as one plan pays for it.
template <class L>
struct PlanUseState {
  Account<L> uncovered, allocated;
};

/// What a path makes of a contract of which something is asked.
template <class L>
struct ContractState {
  CompensatedSum<L> open_allocated;  ///< currency charged to uses, not closed yet
  Account<L> allocated;
  CompensatedSum<L> used;  ///< of what is offered in the periods looked at
};

/// Settlement's arrays in the arena of a lane group.
template <class L>
struct SettlementState {
  using F = typename L::F;

  Near<UseRowState<L>> rows;         ///< [use row]
  Near<F> use;                       ///< [use row][period of the tile]: instances · steps
  Near<F> excess;                    ///< [use row][period of the tile]: mean price less the base price
  Near<F> inverse_price;             ///< [use row][period of the tile]: of the mean price; for savings plans
  Near<PlanUseState<L>> plan_uses;   ///< [plan use]
  Near<SettledUse<L>> open;          ///< [plan use]: settled, but not closed yet
  Near<ContractState<L>> contracts;  ///< [contract]
  Near<CompensatedSum<L>> charged;   ///< [contract]: currency charged to uses and not closed, up to an edge
  Near<SettledUse<L>> settled;       ///< [use of the plan in hand]: likewise, up to an edge
  Near<std::int32_t> is_covered;     ///< [use of the plan in hand]: a commitment covers of it in the tile
  Near<F> left;                      ///< [use of the plan in hand][period of the tile]: not covered yet
  Near<F> capacity;                  ///< [period of the tile]: what is left of the commitment in hand
  Near<F> share;                     ///< [period of the tile]: of what a group of uses takes, which is covered
  Near<F> zeros;                     ///< [period of the tile]: the excess of a price that does not move

  COSTRISK_FN static void take(Arena& arena, const Parameters& p, SettlementState* state) {
    int most_uses = 0;
    for (int i = 0; i < p.plan_count; ++i)
      if (p.plans[i].uses.count > most_uses) most_uses = p.plans[i].uses.count;
    arena.take(state, &SettlementState::rows, p.use_row_count);
    arena.take(state, &SettlementState::use, p.use_row_count * tile_steps);
    arena.take(state, &SettlementState::excess, p.use_row_count * tile_steps);
    arena.take(state, &SettlementState::inverse_price, p.use_row_count * tile_steps);
    arena.take(state, &SettlementState::plan_uses, p.plan_use_count);
    arena.take(state, &SettlementState::open, p.plan_use_count);
    arena.take(state, &SettlementState::contracts, p.contract_count);
    arena.take(state, &SettlementState::charged, p.budget_mark_count > 0 ? p.contract_count : 0);
    arena.take(state, &SettlementState::settled, most_uses);
    arena.take(state, &SettlementState::is_covered, most_uses);
    arena.take(state, &SettlementState::left, most_uses * tile_steps);
    arena.take(state, &SettlementState::capacity, p.use_row_count > 0 ? tile_steps : 0);
    arena.take(state, &SettlementState::share, p.use_row_count > 0 ? tile_steps : 0);
    arena.take(state, &SettlementState::zeros, p.use_row_count > 0 ? tile_steps : 0);
  }
};

}  // namespace costrisk
