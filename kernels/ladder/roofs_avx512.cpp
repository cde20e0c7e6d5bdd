// The roofs' loops, compiled for AVX-512.
#include "kernels/lane/simd.hpp"

#include "kernels/ladder/roofs.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX3, "this file is compiled for AVX-512");

namespace costrisk::ladder {

namespace {

using Lane = HWY_NAMESPACE::SimdLane;
float issue(int rounds) { return issue_loop<Lane>(rounds); }
float draw(int blocks) { return draw_loop<Lane>(blocks); }

}  // namespace

const RoofLoops avx512_roofs = {Lane::width, issue, draw};

}  // namespace costrisk::ladder
