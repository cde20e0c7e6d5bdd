// The open run of the scalar lane without fused multiply-add in hardware.
#include "kernels/lane/scalar.hpp"

#include "tests/identity/lane_run_of.hpp"

namespace costrisk::identity {
constinit const LaneRun scalar_run = run_of<ScalarLane<0>>("scalar");
}  // namespace costrisk::identity
