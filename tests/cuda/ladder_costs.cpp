// Runs the engine and the rungs on the ladder's own scenario.
#include "tests/cuda/ladder_costs.hpp"

#include <gtest/gtest.h>

#include "kernels/ladder/sources.hpp"
#include "src/course/ladder_model.hpp"
#include "src/run/backends.hpp"
#include "src/run/chunk.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::emulation {

using ladder::plan_count;

namespace {

const scenario::Lowered& lowered() {
  static const scenario::Lowered instance =
      scenario::lower(scenario::load_text(ladder::scenario_text(), "ladder.toml").scenario);
  return instance;
}
}  // namespace

ladder::Model ladder_model() { return course::ladder_model(lowered()); }

Micros engine_costs(std::uint64_t first_path, int paths) {
  run::ChunkBuffers buffers(scalar_backend, lowered().parameters, lowered().shape, paths);
  StageSeconds stages;
  scalar_backend.simulate(lowered().parameters, first_path, paths, buffers.output(), buffers.workspace(), stages);
  const std::int64_t* costs = buffers.output().plan_cost;
  return {costs, costs + plan_count * paths};
}

ladder::Tally tally_of(const Micros& micros, std::uint64_t first_path) {
  const int paths = static_cast<int>(micros.size()) / plan_count;
  ladder::Tally tally;
  for (int plan = 0; plan < plan_count; ++plan)
    for (int path = 0; path < paths; ++path)
      ladder::add_to(tally, first_path + static_cast<std::uint64_t>(path), plan,
                     micros[static_cast<std::size_t>(plan * paths + path)]);
  return tally;
}

void expect_equal(const ladder::Tally& a, const ladder::Tally& b) {
  EXPECT_EQ(a.checksum, b.checksum);
  for (int plan = 0; plan < plan_count; ++plan) EXPECT_EQ(a.sum_micros[plan], b.sum_micros[plan]) << "plan " << plan;
}

Micros rung_costs(int rung, const ladder::Model& of, std::uint64_t first_path, int paths) {
  Micros micros(static_cast<std::size_t>(plan_count * paths));
  ladder::DeviceLadder device(of);
  const ladder::Tally tally = device.run(rung, first_path, paths, ladder::Count::all, micros.data());
  expect_equal(tally, tally_of(micros, first_path));
  return micros;
}

}  // namespace costrisk::emulation
