// The scalar lane with fused multiply-add in hardware.
#include "kernels/lane/scalar.hpp"

#include "tests/kat/lane_probe_of.hpp"

namespace costrisk::kat {
constinit const LaneProbe scalar_fma_probe = probe_of<ScalarLane<1>>("scalar_fma");
}  // namespace costrisk::kat
