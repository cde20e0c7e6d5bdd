// The plan stage as a plain function on arrays: no world and no components, but use and prices given step by step.
#pragma once

#include <cstddef>

#include "kernels/model/output.hpp"
#include "kernels/model/parameters.hpp"

namespace costrisk::kat {

/// What the world and the components would have left. The number of paths is a multiple of `block`.
struct PlanInputs {
  const Parameters* parameters;
  const float* prices;  ///< [world slot][step][path]
  const float* laws;    ///< [law][path]
  const float* use;     ///< [use row][step][path]: instances
  int paths;
};

struct PlanProbe {
  /// Memory that `simulate` works in.
  std::size_t (*bytes)(const Parameters& parameters);
  void (*simulate)(const PlanInputs& inputs, const Output& out, std::byte* memory);
};

}  // namespace costrisk::kat
