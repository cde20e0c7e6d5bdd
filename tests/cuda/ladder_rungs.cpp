// The GPU rungs of the ladder in the emulator: the engine's costs, bit for bit, where they draw its words.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/backends/cuda.hpp"
#include "kernels/ladder/device_ladder.hpp"
#include "kernels/ladder/rungs.hpp"
#include "kernels/ladder/sources.hpp"
#include "src/run/backends.hpp"
#include "src/run/chunk.hpp"
#include "src/run/ladder_model.hpp"
#include "src/run/ladder_rungs.hpp"
#include "src/scenario/load.hpp"
#include "tests/cuda/emulator.hpp"

namespace costrisk::emulation {
namespace {

using ladder::Count;
using ladder::DeviceLadder;
using ladder::plan_count;
using ladder::Tally;
using Micros = std::vector<std::int64_t>;  // [plan][path]

const scenario::Lowered& lowered() {
  static const scenario::Lowered instance =
      scenario::lower(scenario::load_text(ladder::scenario_text(), "ladder.toml").scenario);
  return instance;
}
ladder::Model model() { return run::ladder_model(lowered()); }

Micros engine_costs(std::uint64_t first_path, int paths) {
  run::ChunkBuffers buffers(scalar_backend, lowered().parameters, lowered().shape, paths);
  StageSeconds stages;
  scalar_backend.simulate(lowered().parameters, first_path, paths, buffers.output(), buffers.workspace(), stages);
  const std::int64_t* costs = buffers.output().plan_cost;
  return {costs, costs + plan_count * paths};
}

Tally tally_of(const Micros& micros, std::uint64_t first_path) {
  const int paths = static_cast<int>(micros.size()) / plan_count;
  Tally tally;
  for (int plan = 0; plan < plan_count; ++plan)
    for (int path = 0; path < paths; ++path)
      ladder::add_to(tally, first_path + static_cast<std::uint64_t>(path), plan,
                     micros[static_cast<std::size_t>(plan * paths + path)]);
  return tally;
}

void expect_equal(const Tally& a, const Tally& b) {
  EXPECT_EQ(a.checksum, b.checksum);
  for (int plan = 0; plan < plan_count; ++plan) EXPECT_EQ(a.sum_micros[plan], b.sum_micros[plan]) << "plan " << plan;
}

double mean_of(const Micros& micros, int plan, int paths) {
  double sum = 0.0;
  for (int path = 0; path < paths; ++path)
    sum += static_cast<double>(micros[static_cast<std::size_t>(plan * paths + path)]);
  return sum / paths;
}
double variance_of(const Micros& micros, int plan, int paths) {
  const double mean = mean_of(micros, plan, paths);
  double sum = 0.0;
  for (int path = 0; path < paths; ++path)
    sum += std::pow(static_cast<double>(micros[static_cast<std::size_t>(plan * paths + path)]) - mean, 2);
  return sum / (paths - 1);
}
double largest_z(const Micros& a, const Micros& b, int paths) {
  double largest = 0.0;
  for (int plan = 0; plan < plan_count; ++plan)
    largest = std::max(largest, std::abs(mean_of(a, plan, paths) - mean_of(b, plan, paths)) /
                                    std::sqrt((variance_of(a, plan, paths) + variance_of(b, plan, paths)) / paths));
  return largest;
}

class DeviceRung : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { reset(); }
  void TearDown() override {
    EXPECT_EQ(bytes_taken(), 0u) << "memory was not given back";
    reset();
  }
  static Micros costs_of(int rung, const ladder::Model& of, std::uint64_t first_path, int paths) {
    Micros micros(static_cast<std::size_t>(plan_count * paths));
    DeviceLadder device(of);
    const Tally tally = device.run(rung, first_path, paths, Count::all, micros.data());
    expect_equal(tally, tally_of(micros, first_path));
    return micros;
  }
};

class CountedDeviceRung : public DeviceRung {};
class ReducingDeviceRung : public DeviceRung {};
class LibraryDeviceRung : public DeviceRung {};

TEST_P(CountedDeviceRung, costs_what_the_engine_says_on_every_path) {
  ASSERT_TRUE(run::ladder_rungs()[static_cast<std::size_t>(GetParam() - 1)].engine_bits);
  for (const bool last_first : {false, true}) {
    machine().last_thread_first = last_first;
    EXPECT_EQ(costs_of(GetParam(), model(), 5, 70), engine_costs(5, 70));
  }
  const std::uint64_t beyond = (std::uint64_t{1} << 32) - 3;
  EXPECT_EQ(costs_of(GetParam(), model(), beyond, 9), engine_costs(beyond, 9));
}

TEST_P(ReducingDeviceRung, adds_up_what_the_engine_says) {
  ASSERT_TRUE(run::ladder_rungs()[static_cast<std::size_t>(GetParam() - 1)].engine_bits);
  for (const bool last_first : {false, true}) {
    machine().last_thread_first = last_first;
    DeviceLadder device(model());
    expect_equal(device.run(GetParam(), 5, 70, Count::all), tally_of(engine_costs(5, 70), 5));
    expect_equal(device.run(GetParam(), 90, 33, Count::all), tally_of(engine_costs(90, 33), 90));
  }
}

TEST_P(LibraryDeviceRung, costs_on_average_what_the_engine_says) {
  ASSERT_FALSE(run::ladder_rungs()[static_cast<std::size_t>(GetParam() - 1)].engine_bits);
  constexpr int paths = 2000;
  constexpr double most_z = 4.6;  // eight plans, two rungs: beyond it by chance in one of 10,000
  const Micros engine = engine_costs(0, paths);
  EXPECT_LT(largest_z(costs_of(GetParam(), model(), 0, paths), engine, paths), most_z);
  ladder::Model biased = model();
  biased.demand.base *= 1.02f;
  EXPECT_GT(largest_z(costs_of(GetParam(), biased, 0, paths), engine, paths), most_z) << "a bias of 2 % is not found";
}

INSTANTIATE_TEST_SUITE_P(Rungs, CountedDeviceRung, testing::Range(11, 15));
INSTANTIATE_TEST_SUITE_P(Rungs, ReducingDeviceRung, testing::Values(15, 16));
INSTANTIATE_TEST_SUITE_P(Rungs, LibraryDeviceRung, testing::Values(9, 10));

class DeviceLadderTest : public DeviceRung {};

TEST_F(DeviceLadderTest, layout_of_traces_changes_no_cost) {
  EXPECT_EQ(costs_of(9, model(), 0, 50), costs_of(10, model(), 0, 50));
}

TEST_F(DeviceLadderTest, every_launch_shape_adds_up_the_same) {
  ASSERT_GE(DeviceLadder::launch_shapes(), 2);
  machine().devices[0].multiprocessors = 1;
  constexpr int paths = 100;  // more than the blocks that one multiprocessor holds have columns
  const Tally expected = tally_of(engine_costs(0, paths), 0);
  for (int shape = 0; shape < DeviceLadder::launch_shapes(); ++shape) {
    DeviceLadder device(model());
    device.keep_launch_shape(shape);
    expect_equal(device.run(16, 0, paths, Count::all), expected);
  }
}

TEST_F(DeviceLadderTest, measures_its_roofs) {
  machine().devices[0].multiprocessors = 1;
  machine().devices[0].memory_bytes = 1u << 24u;
  DeviceLadder device(model());
  EXPECT_GT(device.issue_rate(), 0.0);
  EXPECT_GT(device.memory_rate(), 0.0);
  EXPECT_GT(device.draw_rate(), 0.0);
}

TEST_F(DeviceLadderTest, says_why_it_cannot_run) {
  EXPECT_EQ(ladder::device_ladder_problem(), "");
  machine().driver_version = 0;
  EXPECT_NE(ladder::device_ladder_problem(), "");
  EXPECT_THROW(DeviceLadder device(model()), cuda::Error);
}

TEST_F(DeviceLadderTest, checks_every_call) {
  (void)DeviceLadder(model()).run(9, 0, 10, Count::all);
  const std::map<std::string, int> calls = machine().calls;
  int thrown = 0;
  for (const auto& [name, count] : calls) {
    if (name == "cudaGetLastError" || name.find("Free") != std::string::npos ||
        name.find("Destroy") != std::string::npos)
      continue;  // what gives things back has nobody to tell
    reset();
    machine().faults[name] = {cudaErrorLaunchFailure, 0, 1};
    EXPECT_THROW((void)DeviceLadder(model()).run(9, 0, 10, Count::all), cuda::Error) << name;
    ++thrown;
  }
  EXPECT_GE(thrown, 8);
}

}  // namespace
}  // namespace costrisk::emulation
