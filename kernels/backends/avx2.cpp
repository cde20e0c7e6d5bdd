// The AVX2 backend: 8 paths a register.
#include "kernels/lane/simd.hpp"

#include "kernels/backends/launch.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX2, "this file is compiled for AVX2");

namespace costrisk {

using Lane = HWY_NAMESPACE::SimdLane;
static_assert(Lane::width == 8);
const Backend avx2_backend = {"avx2", Lane::width, Launcher<Lane>::workspace_bytes, Launcher<Lane>::simulate,
                              Launcher<Lane>::draw_floor};

}  // namespace costrisk
