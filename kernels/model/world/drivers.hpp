// Where each driver of the cost lies on a path: the cell of its own draw. Drawn again from the counters, so nothing is
// kept along the way.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/world/driver_parameters.hpp"

namespace costrisk {

/// The cell of a share of a distribution, in (0, 1).
template <class F>
COSTRISK_FN auto driver_cell_of(F share) {
  using I = decltype(float_bits(share));
  constexpr float bins = driver_bins;
  constexpr int last_of_tail = driver_tail_cells - 1;
  // The octave of the tail: 2^-5 … 2^-4 is the innermost cell of the outermost bin.
  const I octave =
      subtract(shift_right_logical<23>(float_bits(min(share, F(1.0f) - share))), I(127 - 5 - last_of_tail));
  const I from_end = select(octave < I(0), I(0), select(octave > I(last_of_tail), I(last_of_tail), octave));
  const I inner = add(to_int(floor(share * F(bins))), I(last_of_tail));
  return select(share < F(1.0f / bins), from_end,
                select(share >= F(1.0f - 1.0f / bins), subtract(I(driver_cells - 1), from_end), inner));
}

/// The cell, 0 … driver_cells − 1, of a driver's own draw on every lane, without the factors that a law loads on.
template <class L>
COSTRISK_FN typename L::I driver_cell(const PathContext<L>& path, const DriverParameters& driver) {
  using F = typename L::F;
  using I = typename L::I;
  const Parameters& p = path.parameters;
  F share(0.0f);
  switch (driver.kind) {
    case DriverKind::law:
      share = normal_distribution(path.normal(path.philox.event(p.laws[driver.index].stream, I(0)).word[0]));
      break;
    case DriverKind::only_run:
      share = normal_distribution(path.normal(path.philox.event(p.event_laws[driver.index].stream, I(0)).word[0]));
      break;
    case DriverKind::factor:
      share = normal_distribution(path.factors_at_start[driver.index]);
      break;
    case DriverKind::uniform:
      share = uniform(path.philox.event(driver.stream, I(0)).word[0]);
      break;
    case DriverKind::chance: {
      // It happens, as where the model asks.
      const auto happens = uniform(path.philox.event(driver.stream, I(0)).word[0]) < F(driver.chance);
      return select(happens, I(0), I(driver_cells - 1));
    }
  }
  return driver_cell_of(share);
}

}  // namespace costrisk
