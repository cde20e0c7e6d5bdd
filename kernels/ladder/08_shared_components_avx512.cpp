// Rung 8, compiled for AVX-512.
#include "kernels/lane/simd.hpp"

#include "kernels/ladder/08_shared_components.hpp"

static_assert(HWY_STATIC_TARGET == HWY_AVX3, "this file is compiled for AVX-512");

namespace costrisk::ladder {

void simulate_shared_avx512(const Model& model, std::uint64_t first_path, int paths, Costs costs) {
  simulate_shared<HWY_NAMESPACE::SimdLane>(model, first_path, paths, costs);
}

}  // namespace costrisk::ladder
