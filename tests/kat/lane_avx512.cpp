// The vector lane of AVX-512.
#include "kernels/lane/simd.hpp"

#include "tests/kat/lane_probe_of.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX3, "this file is compiled for AVX-512");

namespace costrisk::kat {
constinit const LaneProbe avx512_probe = probe_of<HWY_NAMESPACE::SimdLane>("avx512");
}  // namespace costrisk::kat
