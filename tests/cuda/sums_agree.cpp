// What the emulated device adds up of made-up chunks is what the tally adds up of them path by path.
#include <gtest/gtest.h>

#include <cstring>

#include "kernels/backends/cuda_reducer.hpp"
#include "src/run/device_tally.hpp"
#include "tests/cuda/emulator.hpp"
#include "tests/cuda/tallies_equal.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::emulation {
namespace {

constexpr std::size_t enough_bytes = std::size_t{1} << 27;

class EmulatedSums : public testing::Test {
 protected:
  void SetUp() override { reset(); }
  void TearDown() override { EXPECT_EQ(bytes_taken(), 0u) << "memory was not given back"; }
};

/// A chunk of the host, copied to the device.
class DeviceChunk {
 public:
  DeviceChunk(const Shape& shape, const Output& host) : output_(host) {
    each_array(shape, output_, [&](const char*, auto*& array, int rows) {
      const std::size_t bytes = sizeof(*array) * static_cast<std::size_t>(rows) * static_cast<std::size_t>(host.stride);
      cuda::DeviceMemory& memory = memories_.emplace_back(std::max<std::size_t>(bytes, 1), 0);
      if (bytes > 0) cuda::check(cudaMemcpy(memory.data(), array, bytes, cudaMemcpyHostToDevice), "copying", 0);
      array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(memory.data());
    });
  }
  const Output& output() const { return output_; }

 private:
  Output output_;
  std::list<cuda::DeviceMemory> memories_;
};

/// A reducer and the stream that it works on.
class Device {
 public:
  Device(const tally::TallyLayout& layout, std::size_t histogram_bytes)
      : shape_(layout.shape), stream_(0), reducer_(run::reduction_for(layout), layout.shape, histogram_bytes, 0) {}

  const cuda::ChunkSums& sums_of(const Output& host, int paths) {
    const DeviceChunk chunk(shape_, host);
    reducer_.reserve(host.stride, paths);
    reducer_.begin(chunk.output(), paths, stream_.get());
    cuda::check(cudaStreamSynchronize(stream_.get()), "adding up", 0);
    return reducer_.finish();
  }
  std::vector<cuda::HistogramPage> pages() const { return reducer_.pages(); }

 private:
  Shape shape_;
  cuda::Stream stream_;
  cuda::Reducer reducer_;
};

/// Layouts with exact costs, with kept paths, and with neither.
std::vector<tally::TallyLayout> layouts() {
  std::vector<tally::TallyLayout> result = {tests::small_layout(60000), tests::small_layout(60000),
                                            tests::small_layout(std::uint64_t{1} << 40)};
  result[1].keep_paths = true;
  result[2].budget_micros.reset();
  return result;
}

TEST_F(EmulatedSums, are_those_of_the_tally_over_chunks_of_several_slices) {
  for (const bool backwards : {false, true}) {
    machine().last_thread_first = backwards;
    for (const tally::TallyLayout& layout : layouts()) {
      Device device(layout, enough_bytes);
      run::DeviceTally added(layout);
      tally::Tally expected(layout);
      std::uint64_t first = 0;
      for (const int paths : {33, 20000, 128}) {
        tests::SyntheticChunk chunk(layout.shape, first, paths, paths + 7);
        const cuda::ChunkSums& sums = device.sums_of(chunk.output(), paths);
        ASSERT_TRUE(sums.complete);
        added.add(sums, first, paths);
        expected.add(chunk.output(), first, paths);
        first += static_cast<std::uint64_t>(paths);
      }
      const tally::Tally tally = added.take(device.pages());
      EXPECT_EQ(difference(expected.data(), tally.data()), "");
      for (int plan = 0; layout.holds_costs() && plan < layout.shape.plans; ++plan)
        EXPECT_EQ(tally.costs_by_path(plan), expected.costs_by_path(plan));
      for (int component = 0; layout.keep_paths && component < layout.shape.service_components; ++component)
        EXPECT_EQ(tally.served_by_path(component), expected.served_by_path(component));
    }
  }
}

TEST_F(EmulatedSums, of_extreme_values_are_those_of_the_tally) {
  const tally::TallyLayout layout = tests::small_layout(std::uint64_t{1} << 40);
  constexpr int paths = 64;
  tests::SyntheticChunk chunk(layout.shape, 0, paths, paths);
  const Output output = chunk.output();
  const std::int64_t extremes[] = {0, 1, -1, (1ll << 52) + 1, -(1ll << 53) - 3, (1ll << 58) - 1, -(1ll << 58), 255};
  for (int p = 0; p < paths; ++p)
    for (int row = 0; row < layout.shape.plans; ++row)
      output.plan_cost[row * output.stride + p] = extremes[(p + 3 * row) % 8];
  Device device(layout, enough_bytes);
  const cuda::ChunkSums& sums = device.sums_of(output, paths);
  ASSERT_TRUE(sums.complete);
  run::DeviceTally added(layout);
  added.add(sums, 0, paths);
  tally::Tally expected(layout);
  expected.add(output, 0, paths);
  EXPECT_EQ(difference(expected.data(), added.take(device.pages()).data()), "");
}

/// Spoils a chunk, and expects that nothing of it is counted and that the next chunk is.
template <class Spoil>
void expect_refused(Spoil spoil) {
  const tally::TallyLayout layout = tests::small_layout(std::uint64_t{1} << 40);
  constexpr int paths = 200;
  Device device(layout, enough_bytes);
  tests::SyntheticChunk spoiled(layout.shape, 0, paths, paths);
  const Output output = spoiled.output();
  spoil(output);
  EXPECT_FALSE(device.sums_of(output, paths).complete);

  tests::SyntheticChunk good(layout.shape, paths, paths, paths);
  const cuda::ChunkSums& sums = device.sums_of(good.output(), paths);
  ASSERT_TRUE(sums.complete);
  run::DeviceTally added(layout);
  added.add(sums, paths, paths);
  tally::Tally expected(layout);
  expected.add(good.output(), paths, paths);
  EXPECT_EQ(difference(expected.data(), added.take(device.pages()).data()), "");
}

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
  const tally::TallyLayout layout = tests::small_layout(std::uint64_t{1} << 40);
  Device device(layout, 4096);
  tests::SyntheticChunk chunk(layout.shape, 0, 100, 100);
  EXPECT_FALSE(device.sums_of(chunk.output(), 100).complete);
  for (const cuda::HistogramPage& page : device.pages())
    for (const auto& bin : page.bins) EXPECT_EQ(bin.count, 0u);
}

}  // namespace
}  // namespace costrisk::emulation
