// The open run of the vector lane of AVX-512.
#include "kernels/lane/simd.hpp"

#include "tests/identity/lane_run_of.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX3, "this file is compiled for AVX-512");

namespace costrisk::identity {
constinit const LaneRun avx512_run = run_of<HWY_NAMESPACE::SimdLane>("avx512");
}  // namespace costrisk::identity
