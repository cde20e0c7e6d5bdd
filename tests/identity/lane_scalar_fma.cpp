// The open run of the scalar lane with fused multiply-add in hardware.
#include "kernels/lane/scalar.hpp"

#include "tests/identity/lane_run_of.hpp"

namespace costrisk::identity {
constinit const LaneRun scalar_fma_run = run_of<ScalarLane<1>>("scalar_fma");
}  // namespace costrisk::identity
