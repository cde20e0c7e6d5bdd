// The roofs' loops, compiled for AVX2.
#include "kernels/lane/simd.hpp"

#include "kernels/ladder/roofs.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX2, "this file is compiled for AVX2");

namespace costrisk::ladder {

namespace {

using Lane = HWY_NAMESPACE::SimdLane;
float issue(int rounds) { return issue_loop<Lane>(rounds); }
float draw(int blocks) { return draw_loop<Lane>(blocks); }

}  // namespace

const RoofLoops avx2_roofs = {Lane::width, issue, draw};

}  // namespace costrisk::ladder
