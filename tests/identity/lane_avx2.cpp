// The open run of the vector lane of AVX2.
#include "kernels/lane/simd.hpp"

#include "tests/identity/lane_run_of.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX2, "this file is compiled for AVX2");

namespace costrisk::identity {
constinit const LaneRun avx2_run = run_of<HWY_NAMESPACE::SimdLane>("avx2");
}  // namespace costrisk::identity
