// The launches that the GPU check tries are those they are called, in emulation: none differs, and a difference would
// be found.
#include <gtest/gtest.h>

#include <set>

#include "kernels/lane/scalar.hpp"
#include "tests/cuda/device/launches.hpp"
#include "tests/cuda/emulator.hpp"
#include "tests/cuda/scenario_files.hpp"

namespace costrisk::emulation {
namespace {

constexpr std::uint64_t first_path = (std::uint64_t{1} << 32) - 13;
constexpr int paths = 72;

TEST(Launches, leave_what_the_scalar_backend_does) {
  reset();
  const scenario::Lowered lowered = scenario::lower(quickstart());
  const device::Results expected = device::on_scalar(lowered, first_path, paths);
  for (const device::NamedLaunch& launch : device::launches())
    EXPECT_EQ(device::launch_difference(launch, lowered, expected, first_path, paths), "") << launch.name;
  EXPECT_EQ(bytes_taken(), 0u) << "memory was not given back";
}

TEST(Launches, take_the_form_that_they_are_called) {
  reset();
  const scenario::Lowered lowered = scenario::lower(quickstart());
  std::set<std::string> names;
  for (const device::NamedLaunch& launch : device::launches()) {
    const cuda::Engine engine(0, lowered.parameters, lowered.arrays, lowered.shape, launch.options);
    const std::string text = engine.description();
    const auto tells = [&text](const std::string& part) { return text.find(part) != std::string::npos; };
    const auto called = [&launch](const std::string& part) { return launch.name.find(part) != std::string::npos; };
    EXPECT_EQ(tells("simulate from global memory"), called("global memory")) << text;
    EXPECT_EQ(tells("world in shared memory"), called("world in shared memory")) << text;
    EXPECT_TRUE(tells("blocks of " + std::to_string(launch.options.block_threads) + ",")) << text;
    names.insert(launch.name);
  }
  EXPECT_EQ(names.size(), 12u);
}

TEST(Launches, differ_where_a_parameter_is_a_bit_off) {
  reset();
  scenario::Lowered lowered = scenario::lower(quickstart());
  const device::Results expected = device::on_scalar(lowered, first_path, paths);
  auto& prices = const_cast<PriceParameters&>(lowered.parameters.prices[0]);
  prices.process.b = bits_float(float_bits(prices.process.b) ^ 0x1000);
  for (const device::NamedLaunch& launch : device::launches())
    EXPECT_NE(device::launch_difference(launch, lowered, expected, first_path, paths), "") << launch.name;
}

}  // namespace
}  // namespace costrisk::emulation
