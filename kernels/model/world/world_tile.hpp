// The world as the components see it: a tile of steps.
#pragma once

#include "kernels/lane/function.hpp"
#include "kernels/model/tile.hpp"

namespace costrisk {

/// The bit of a tile's step, 0 … tile_steps − 1.
template <class I>
COSTRISK_FN I bit_of(int step) {
  return I(static_cast<std::int32_t>(1u << step));
}

/// The bits of the steps from `first` on, 0 … tile_steps.
template <class I>
COSTRISK_FN I bits_from(I first) {
  return low_bits(first) ^ I(-1);
}

/// A capacity over one tile, a bit a step.
template <class L>
struct CapacityBits {
  typename L::I up;        ///< up at the step's start
  typename L::I unbroken;  ///< up, and not down since the start of the step before
  typename L::I lost;      ///< up at the step's start, and down inside the step: at the instant in its row of losses
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
