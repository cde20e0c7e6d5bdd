// The vector lane of AVX2.
#include "kernels/lane/simd.hpp"

#include "tests/kat/lane_probe_of.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX2, "this file is compiled for AVX2");

namespace costrisk::kat {
constinit const LaneProbe avx2_probe = probe_of<HWY_NAMESPACE::SimdLane>("avx2");
}  // namespace costrisk::kat
