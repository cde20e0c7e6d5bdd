// Where each driver of the cost lies on a path: the bin of its own uniform. Drawn again from the counters, so
// nothing is kept along the way.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/driver_parameters.hpp"

namespace costrisk {

/// The bin, 0 … driver_bins − 1, of a driver's own draw on every lane, without the factors that a law loads on; low
/// bins hold low values (or, of a chance, the futures in which it happens).
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
    case DriverKind::first_run:
      share = normal_distribution(path.normal(path.philox.event(p.event_laws[driver.index].stream, I(0)).word[0]));
      break;
    case DriverKind::factor:
      share = normal_distribution(path.factors_at_start[driver.index]);
      break;
    case DriverKind::chance:
      share = uniform(path.philox.event(driver.stream, I(0)).word[0]);
      break;
  }
  const F bin = floor(share * F(static_cast<float>(driver_bins)));
  return to_int(min(bin, F(static_cast<float>(driver_bins - 1))));
}

}  // namespace costrisk
