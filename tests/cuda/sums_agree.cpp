// What the emulated device adds up of made-up chunks is what the tally adds up of them path by path.
#include <gtest/gtest.h>

#include "tests/cuda/device_sums.hpp"
#include "tests/cuda/emulator.hpp"

namespace costrisk::emulation {
namespace {

class EmulatedSums : public testing::Test {
 protected:
  void SetUp() override { reset(); }
  void TearDown() override { EXPECT_EQ(bytes_taken(), 0u) << "memory was not given back"; }
};

TEST_F(EmulatedSums, are_those_of_the_tally_over_chunks_of_several_slices) {
  for (const bool backwards : {false, true}) {
    machine().last_thread_first = backwards;
    expect_sums_of_tally({33, 20000, 128});
  }
}

TEST_F(EmulatedSums, of_extreme_values_are_those_of_the_tally) { expect_sums_of_tally_at_extremes(); }

TEST_F(EmulatedSums, are_refused_where_a_path_failed) {
  expect_refused([](const Output& output) { output.status[150] = status_money_overflow; });
}

TEST_F(EmulatedSums, are_refused_where_a_cost_is_beyond_two_to_the_62) {
  expect_refused([](const Output& output) { output.plan_cost[150] = std::int64_t{1} << 62; });
  expect_refused([](const Output& output) { output.plan_cost[150] = -(std::int64_t{1} << 62); });
}

TEST_F(EmulatedSums, are_refused_where_squares_leave_their_bits) {
  expect_refused([](const Output& output) {
    for (int p = 0; p < 200; ++p) output.plan_cost[p] = (std::int64_t{1} << 62) - 1;
  });
}

TEST_F(EmulatedSums, are_refused_where_the_histograms_have_no_room) {
  const results::TallyLayout layout = tests::small_layout(std::uint64_t{1} << 40);
  SummingDevice device(layout, 4096);
  tests::SyntheticChunk chunk(layout.shape, 0, 100, 100);
  EXPECT_FALSE(device.sums_of(chunk.output(), 100).complete);
  for (const cuda::HistogramPage& page : device.pages())
    for (const auto& bin : page.bins) EXPECT_EQ(bin.count, 0u);
}

}  // namespace
}  // namespace costrisk::emulation
