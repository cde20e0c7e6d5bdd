// The grain of the simulation: how many steps the stages live through at a time.
#pragma once

#include "kernels/lane/function.hpp"

namespace costrisk {

/// Steps of the world that are made at once and lived through by every component. Tiles start at absolute
/// multiples, so that no result depends on where a run was split. Money closes at their ends.
inline constexpr int tile_steps = 32;
static_assert(tile_steps == 32, "a tile's steps are the bits of an int32");

/// Steps of a service that are lived through at once, so that a vector's operations have others to overlap with. A lane
/// of one path has those of other threads, or leaves it to the processor.
template <class L>
inline constexpr int steps_at_once = L::width > 1 ? 4 : 1;

/// Steps [first, end) in groups of steps_at_once: body<size>(step), the last of them one by one.
template <class L, class Body>
COSTRISK_FN void in_groups(int first, int end, const Body& body) {
  constexpr int group = steps_at_once<L>;
  if constexpr (group > 1)
    for (; first + group <= end; first += group) body.template operator()<group>(first);
  for (; first < end; ++first) body.template operator()<1>(first);
}

/// Numbers in a row of the world. A price's row holds sums[k] = Σ over i < k of (price i − price 0) at
/// k = 0 … tile_steps, and price 0 itself at base_place; a constant price so has sums of exact zeros.
/// A demand's row holds its tile_steps numbers, then their sum and what rounding dropped of that.
inline constexpr int row_length = tile_steps + 2;
inline constexpr int base_place = tile_steps + 1;
inline constexpr int demand_sum_place = tile_steps, demand_rest_place = tile_steps + 1;

/// Steps between closes of a job's money, and of the money that commitments settle: whole tiles.
inline constexpr int job_close_steps = 4 * tile_steps;
inline constexpr int settlement_close_steps = 4 * tile_steps;

/// Events of one process in a tile, after which the path is given up.
inline constexpr int event_limit = 1 << 14;

}  // namespace costrisk
