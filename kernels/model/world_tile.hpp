// The world as the components see it: a tile of steps.
#pragma once

#include "kernels/lane/function.hpp"
#include "kernels/model/tile.hpp"

namespace costrisk {

/// A capacity over one tile, a bit a step.
template <class L>
struct CapacityBits {
  typename L::I up;        ///< up at the step's start
  typename L::I unbroken;  ///< up, and not down since the start of the step before
};

/// The world over one tile, and what shared autoscalers ask for: a row of `row_length` numbers a slot; and the
/// capacities' bits.
template <class L>
struct WorldTile {
  typename L::F* rows;
  CapacityBits<L>* capacities;
  int start = 0,
      end = 0;  ///< absolute steps; the start is a multiple of tile_steps

  COSTRISK_FN typename L::F* row(int slot) const { return rows + slot * row_length; }
};

}  // namespace costrisk
