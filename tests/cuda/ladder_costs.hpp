// What the tests of the ladder's GPU rungs share: its model, what the engine says that its paths cost, and what a rung
// says.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/ladder/device_ladder.hpp"
#include "kernels/ladder/rungs.hpp"

namespace costrisk::emulation {

using Micros = std::vector<std::int64_t>;  // [plan][path]

ladder::Model ladder_model();
Micros engine_costs(std::uint64_t first_path, int paths);
/// Of a rung that stores costs; expects that it adds up what it stores.
Micros rung_costs(int rung, const ladder::Model& of, std::uint64_t first_path, int paths);

ladder::Tally tally_of(const Micros& micros, std::uint64_t first_path);
void expect_equal(const ladder::Tally& a, const ladder::Tally& b);

}  // namespace costrisk::emulation
