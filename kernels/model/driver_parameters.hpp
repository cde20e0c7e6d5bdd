// What may drive a plan's cost: every unknown that is drawn once per future.
#pragma once

#include <cstdint>

#include "kernels/model/world_parameters.hpp"

namespace costrisk {

/// Equiprobable bins in which a driver is told.
inline constexpr int driver_bins = 16;

enum class DriverKind : std::int32_t {
  law,        ///< laws[index]
  first_run,  ///< event_laws[index], its first draw
  factor,     ///< factors[index], where it is one draw per future
  chance,     ///< a uniform of `stream`
};

struct DriverParameters {
  DriverKind kind = DriverKind::law;
  std::int32_t index = 0;
  std::uint32_t stream = 0;
};

}  // namespace costrisk
