// The scalar lane without fused multiply-add in hardware.
#include "kernels/lane/scalar.hpp"

#include "tests/kat/lane_probe_of.hpp"

namespace costrisk::kat {
constinit const LaneProbe scalar_probe = probe_of<ScalarLane<0>>("scalar");
}  // namespace costrisk::kat
