// The GPU rungs of the ladder in the emulator: the engine's costs, bit for bit, where they draw its words.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/backends/cuda.hpp"
#include "src/course/ladder_rungs.hpp"
#include "tests/cuda/emulator.hpp"
#include "tests/cuda/ladder_costs.hpp"

namespace costrisk::emulation {
namespace {

using ladder::Count;
using ladder::DeviceLadder;
using ladder::plan_count;
using ladder::Tally;

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
};

class CountedDeviceRung : public DeviceRung {};
class ReducingDeviceRung : public DeviceRung {};
class LibraryDeviceRung : public DeviceRung {};

TEST_P(CountedDeviceRung, costs_what_the_engine_says_on_every_path) {
  ASSERT_TRUE(course::ladder_rungs()[static_cast<std::size_t>(GetParam() - 1)].engine_bits);
  for (const bool last_first : {false, true}) {
    machine().last_thread_first = last_first;
    EXPECT_EQ(rung_costs(GetParam(), ladder_model(), 5, 70), engine_costs(5, 70));
  }
  const std::uint64_t beyond = (std::uint64_t{1} << 32) - 3;
  EXPECT_EQ(rung_costs(GetParam(), ladder_model(), beyond, 9), engine_costs(beyond, 9));
}

TEST_P(ReducingDeviceRung, adds_up_what_the_engine_says) {
  ASSERT_TRUE(course::ladder_rungs()[static_cast<std::size_t>(GetParam() - 1)].engine_bits);
  for (const bool last_first : {false, true}) {
    machine().last_thread_first = last_first;
    DeviceLadder device(ladder_model());
    expect_equal(device.run(GetParam(), 5, 70, Count::all), tally_of(engine_costs(5, 70), 5));
    expect_equal(device.run(GetParam(), 90, 33, Count::all), tally_of(engine_costs(90, 33), 90));
  }
}

TEST_P(LibraryDeviceRung, costs_on_average_what_the_engine_says) {
  ASSERT_FALSE(course::ladder_rungs()[static_cast<std::size_t>(GetParam() - 1)].engine_bits);
  constexpr int paths = 2000;
  constexpr double most_z = 4.6;  // eight plans, two rungs: beyond it by chance in one of 10,000
  const Micros engine = engine_costs(0, paths);
  EXPECT_LT(largest_z(rung_costs(GetParam(), ladder_model(), 0, paths), engine, paths), most_z);
  ladder::Model biased = ladder_model();
  biased.demand.base *= 1.02f;
  EXPECT_GT(largest_z(rung_costs(GetParam(), biased, 0, paths), engine, paths), most_z) << "a bias of 2 % is not found";
}

INSTANTIATE_TEST_SUITE_P(Rungs, CountedDeviceRung, testing::Range(11, 15));
INSTANTIATE_TEST_SUITE_P(Rungs, ReducingDeviceRung, testing::Values(15, 16));
INSTANTIATE_TEST_SUITE_P(Rungs, LibraryDeviceRung, testing::Values(9, 10));

class DeviceLadderTest : public DeviceRung {};

TEST_F(DeviceLadderTest, layout_of_traces_changes_no_cost) {
  EXPECT_EQ(rung_costs(9, ladder_model(), 0, 50), rung_costs(10, ladder_model(), 0, 50));
}

TEST_F(DeviceLadderTest, every_launch_shape_adds_up_the_same) {
  ASSERT_GE(DeviceLadder::launch_shapes(), 2);
  machine().devices[0].multiprocessors = 1;
  constexpr int paths = 100;  // more than the blocks that one multiprocessor holds have columns
  const Tally expected = tally_of(engine_costs(0, paths), 0);
  for (int shape = 0; shape < DeviceLadder::launch_shapes(); ++shape) {
    DeviceLadder device(ladder_model());
    device.keep_launch_shape(shape);
    expect_equal(device.run(16, 0, paths, Count::all), expected);
  }
}

TEST_F(DeviceLadderTest, measures_its_roofs) {
  machine().devices[0].multiprocessors = 1;
  machine().devices[0].memory_bytes = 1u << 24u;
  DeviceLadder device(ladder_model());
  EXPECT_GT(device.issue_rate(), 0.0);
  EXPECT_GT(device.memory_rate(), 0.0);
  EXPECT_GT(device.draw_rate(), 0.0);
}

TEST_F(DeviceLadderTest, says_why_it_cannot_run) {
  EXPECT_EQ(ladder::device_ladder_problem(), "");
  machine().driver_version = 0;
  EXPECT_NE(ladder::device_ladder_problem(), "");
  EXPECT_THROW(DeviceLadder device(ladder_model()), cuda::Error);
}

TEST_F(DeviceLadderTest, checks_every_call) {
  (void)DeviceLadder(ladder_model()).run(9, 0, 10, Count::all);
  const std::map<std::string, int> calls = machine().calls;
  int thrown = 0;
  for (const auto& [name, count] : calls) {
    if (name == "cudaGetLastError" || name.find("Free") != std::string::npos ||
        name.find("Destroy") != std::string::npos)
      continue;  // what gives things back has nobody to tell
    reset();
    machine().faults[name] = {cudaErrorLaunchFailure, 0, 1};
    EXPECT_THROW((void)DeviceLadder(ladder_model()).run(9, 0, 10, Count::all), cuda::Error) << name;
    ++thrown;
  }
  EXPECT_GE(thrown, 8);
}

}  // namespace
}  // namespace costrisk::emulation
