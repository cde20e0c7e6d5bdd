// The grain of the simulation: how many steps the stages live through at a time.
#pragma once

namespace costrisk {

/// Steps of the world that are made at once and lived through by every component. Tiles start at absolute
/// multiples, so that no result depends on where a run was split. Money closes at their ends.
inline constexpr int tile_steps = 32;

/// Numbers in a row of the world: a price's row holds the sums, from the tile's start to each step's, of
/// what exceeds the price of the first step, and last that price itself. What does not move costs no digits.
inline constexpr int row_length = tile_steps + 2;
inline constexpr int base_place = tile_steps + 1;

/// Turns that any loop over events may take before the path is given up.
inline constexpr int event_limit = 1 << 14;

}  // namespace costrisk
