// The grain of the simulation: how many steps the stages live through at a time.
#pragma once

namespace costrisk {

/// Steps of the world that are made at once and lived through by every component. Tiles start at absolute
/// multiples, so that no result depends on where a run was split. Money closes at their ends.
inline constexpr int tile_steps = 32;

/// Numbers in a row of the world: the steps, and one more for sums over them.
inline constexpr int row_length = tile_steps + 1;

/// Turns that any loop over events may take before the path is given up.
inline constexpr int event_limit = 1 << 14;

}  // namespace costrisk
