// Runs between random instants, as shocks, bursts, capacities and repricings have them.
#pragma once

#include "kernels/model/arithmetic.hpp"
#include "kernels/model/world/world_tile.hpp"

namespace costrisk {

/// Sojourns, in steps.
inline constexpr float shortest_sojourn = 0x1p-12f, longest_sojourn = 0x1p21f;

template <class F>
COSTRISK_FN F bounded_sojourn(F steps) {
  return min(max(steps, F(shortest_sojourn)), F(longest_sojourn));
}

/// An alternation of runs: where the current run ends.
template <class L>
struct RunState {
  typename L::M on;
  Instant<L> end;
  typename L::I ordinal;  ///< of the next event's block
};

/// The first step at or after the instant, in the tile; 0 … tile_steps where it lies within.
template <class L>
COSTRISK_FN typename L::I position_in(const WorldTile<L>& tile, const Instant<L>& instant) {
  using I = typename L::I;
  return subtract(instant.first_step(), I(tile.start));
}

}  // namespace costrisk
