// Where each driver of the cost lies on a path: the bin of its own draw. Drawn again from the counters, so nothing is
// kept along the way.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/driver_parameters.hpp"

namespace costrisk {

/// The bin, 0 … driver_bins − 1, of a driver's own draw on every lane, without the factors that a law loads on.
template <class L>
COSTRISK_FN typename L::I driver_bin(const PathContext<L>& path, const DriverParameters& driver) {
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
      return select(happens, I(0), I(driver_bins - 1));
    }
  }
  const F bin = floor(share * F(static_cast<float>(driver_bins)));
  return to_int(min(bin, F(static_cast<float>(driver_bins - 1))));
}

}  // namespace costrisk
