// The ladder's GPU rungs as PTX of nvcc: the engine's costs, bit for bit, where they draw its words; those of the same
// source as C++ where they draw a library's.
#include <gtest/gtest.h>

#include "src/course/ladder_rungs.hpp"
#include "tests/cuda/ladder_costs.hpp"
#include "tests/cuda/ptx/fixture.hpp"

namespace costrisk::ptx {
namespace {

using emulation::engine_costs;
using emulation::expect_equal;
using emulation::ladder_model;
using emulation::machine;
using emulation::rung_costs;
using emulation::tally_of;
using ladder::Count;
using ladder::DeviceLadder;

class PtxRung : public OnPtx<testing::TestWithParam<int>> {
 protected:
  PtxRung() : OnPtx("device_ladder") {}
  static bool engine_bits() { return course::ladder_rungs()[static_cast<std::size_t>(GetParam() - 1)].engine_bits; }
};
class PtxCountedRung : public PtxRung {};
class PtxReducingRung : public PtxRung {};
class PtxLibraryRung : public PtxRung {};

TEST_P(PtxCountedRung, costs_what_the_engine_says_on_every_path) {
  ASSERT_TRUE(engine_bits());
  EXPECT_EQ(rung_costs(GetParam(), ladder_model(), 5, 37), engine_costs(5, 37));
  machine().last_thread_first = true;
  const std::uint64_t beyond = (std::uint64_t{1} << 32) - 3;
  EXPECT_EQ(rung_costs(GetParam(), ladder_model(), beyond, 9), engine_costs(beyond, 9));
}

TEST_P(PtxReducingRung, adds_up_what_the_engine_says) {
  ASSERT_TRUE(engine_bits());
  for (const bool last_first : {false, true}) {
    machine().last_thread_first = last_first;
    DeviceLadder device(ladder_model());
    if (GetParam() == 16) device.keep_launch_shape(0);
    expect_equal(device.run(GetParam(), 5, 37, Count::all), tally_of(engine_costs(5, 37), 5));
  }
}

TEST_P(PtxLibraryRung, costs_what_the_same_source_says_as_cpp) {
  ASSERT_FALSE(engine_bits());
  const emulation::Micros by_ptx = rung_costs(GetParam(), ladder_model(), 5, 37);
  machine().run_kernel = nullptr;
  EXPECT_EQ(by_ptx, rung_costs(GetParam(), ladder_model(), 5, 37));
}

INSTANTIATE_TEST_SUITE_P(Rungs, PtxCountedRung, testing::Range(11, 15));
INSTANTIATE_TEST_SUITE_P(Rungs, PtxReducingRung, testing::Values(15, 16));
INSTANTIATE_TEST_SUITE_P(Rungs, PtxLibraryRung, testing::Values(9, 10));

class PtxLadder : public OnPtx<testing::Test> {
 protected:
  PtxLadder() : OnPtx("device_ladder") {}
};

TEST_F(PtxLadder, every_launch_shape_adds_up_the_same) {
  machine().devices[0].multiprocessors = 1;
  constexpr int paths = 40;
  const ladder::Tally expected = tally_of(engine_costs(0, paths), 0);
  for (int shape = 0; shape < DeviceLadder::launch_shapes(); ++shape) {
    DeviceLadder device(ladder_model());
    device.keep_launch_shape(shape);
    expect_equal(device.run(16, 0, paths, Count::all), expected);
  }
}

}  // namespace
}  // namespace costrisk::ptx
