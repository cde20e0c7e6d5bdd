// The WebAssembly backend: 4 paths a register. Compiled for browsers alone.
#include "kernels/lane/simd.hpp"

#include "kernels/backends/launch.hpp"

static_assert(HWY_STATIC_TARGET == HWY_WASM, "this file is compiled for WebAssembly with -msimd128");

namespace costrisk {

using Lane = HWY_NAMESPACE::SimdLane;
static_assert(Lane::width == 4);
const Backend wasm_backend = {"wasm", Lane::width, Launcher<Lane>::workspace_bytes, Launcher<Lane>::simulate,
                              Launcher<Lane>::draw_floor};

}  // namespace costrisk
