// The program of the GPU check that compares raw floats, in emulation: it finds none that differ, and would find one.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/lane/scalar.hpp"
#include "tests/cuda/device/float_hashes.hpp"
#include "tests/cuda/emulator.hpp"
#include "tests/cuda/scenario_files.hpp"

namespace costrisk::emulation {
namespace {

class FloatHashes : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(FloatHashes, are_the_same_in_emulation) {
  reset();
  const scenario::Lowered lowered = scenario::lower(load_file(GetParam()));
  const device::FloatHashes expected = device::hashes_on_processor(lowered, 5, 3);
  EXPECT_EQ(device::hashes_on_gpu(lowered, 5, 3), expected);
  EXPECT_EQ(bytes_taken(), 0u) << "memory was not given back";
}

INSTANTIATE_TEST_SUITE_P(Scenarios, FloatHashes, testing::ValuesIn(scenario_files()), file_name);

TEST(FloatHashesDiffer, between_paths_and_where_a_parameter_is_a_bit_off) {
  reset();
  scenario::Lowered lowered = scenario::lower(quickstart());
  const device::FloatHashes all = device::hashes_on_processor(lowered, 0, 2);
  const device::FloatHashes second = device::hashes_on_processor(lowered, 1, 1);
  const auto tiles = static_cast<std::ptrdiff_t>(all.tiles);
  EXPECT_TRUE(std::equal(second.hashes.begin(), second.hashes.end(), all.hashes.begin() + tiles));
  EXPECT_NE(all.hashes[0], second.hashes[0]);
  // The last bit of one price's volatility a step: every tile notices.
  auto& prices = const_cast<PriceParameters&>(lowered.parameters.prices[0]);
  prices.process.b = bits_float(float_bits(prices.process.b) ^ 1);
  const device::FloatHashes off = device::hashes_on_gpu(lowered, 0, 2);
  for (std::size_t i = 0; i < off.hashes.size(); ++i) EXPECT_NE(off.hashes[i], all.hashes[i]) << "tile " << i;
}

TEST(FloatHashesDiffer, where_an_autoscaler_asks_for_less) {
  reset();
  scenario::Lowered lowered =
      scenario::lower(load_file(std::filesystem::path(COSTRISK_SOURCE_DIR) / "configs/llm-chat.toml"));
  ASSERT_GT(lowered.parameters.autoscaler_count, 0);
  const device::FloatHashes all = device::hashes_on_processor(lowered, 0, 2);
  const_cast<AutoscalerParameters&>(lowered.parameters.autoscalers[0]).inverse_utilization *= 0.5f;
  const device::FloatHashes less = device::hashes_on_gpu(lowered, 0, 2);
  for (std::size_t i = 0; i < less.hashes.size(); ++i) EXPECT_NE(less.hashes[i], all.hashes[i]) << "tile " << i;
}

}  // namespace
}  // namespace costrisk::emulation
