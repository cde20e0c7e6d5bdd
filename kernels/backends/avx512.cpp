// The AVX-512 backend: 16 paths a register.
#include "kernels/lane/simd.hpp"

#include "kernels/backends/launch.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX3, "this file is compiled for AVX-512");

namespace costrisk {

using Lane = HWY_NAMESPACE::SimdLane;
static_assert(Lane::width == 16);
const Backend avx512_backend = {"avx512", Lane::width, Launcher<Lane>::workspace_bytes, Launcher<Lane>::simulate,
                                Launcher<Lane>::draw_floor};

}  // namespace costrisk
