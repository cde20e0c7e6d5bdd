// What may drive a plan's cost: every unknown that is drawn once per future.
#pragma once

#include <cstdint>

#include "kernels/model/world/world_parameters.hpp"

namespace costrisk {

/// Bins in which a driver is told: equiprobable, from low values to high ones. A chance has two of them, the first for
/// the futures in which it happens and the last for the others; those between stay empty.
inline constexpr int driver_bins = 16;

/// Cells in which paths are added up: the bins, of which the first and the last are split at each halving of their tail
/// down to 2^-12. A law with a heavy tail, or a penalty beyond a threshold, has most of its variance there.
inline constexpr int driver_tail_cells = 9;
inline constexpr int driver_cells = driver_bins - 2 + 2 * driver_tail_cells;

enum class DriverKind : std::int32_t {
  law,       ///< laws[index]
  only_run,  ///< event_laws[index], its first draw, where there is one draw per future
  factor,    ///< factors[index], where it is one draw per future
  uniform,   ///< a uniform of `stream`
  chance,    ///< whether a uniform of `stream` lies below `chance`
};

struct DriverParameters {
  DriverKind kind = DriverKind::law;
  std::int32_t index = 0;
  std::uint32_t stream = 0;
  float chance = 0.0f;  ///< of the kind `chance`, in (0, 1)
};

}  // namespace costrisk
