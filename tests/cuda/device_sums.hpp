// What the tests of sums on an emulated device share: made-up chunks, the device that adds them up, and what the tally
// makes of them path by path.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <vector>

#include "kernels/backends/cuda_reducer.hpp"
#include "src/run/device_tally.hpp"
#include "tests/cuda/tallies_equal.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::emulation {

inline constexpr std::size_t enough_bytes = std::size_t{1} << 27;

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
class SummingDevice {
 public:
  SummingDevice(const results::TallyLayout& layout, std::size_t histogram_bytes)
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
inline std::vector<results::TallyLayout> sums_layouts() {
  std::vector<results::TallyLayout> result = {tests::small_layout(60000), tests::small_layout(60000),
                                              tests::small_layout(std::uint64_t{1} << 40)};
  result[1].keep_paths = true;
  result[2].budget_micros.reset();
  return result;
}

/// Expects that a device adds up chunks of so many paths as the tally does.
inline void expect_sums_of_tally(const std::vector<int>& chunks,
                                 const std::vector<results::TallyLayout>& layouts = sums_layouts()) {
  for (const results::TallyLayout& layout : layouts) {
    SummingDevice device(layout, enough_bytes);
    run::DeviceTally added(layout);
    results::Tally expected(layout);
    std::uint64_t first = 0;
    for (const int paths : chunks) {
      tests::SyntheticChunk chunk(layout.shape, first, paths, paths + 7);
      const cuda::ChunkSums& sums = device.sums_of(chunk.output(), paths);
      ASSERT_TRUE(sums.complete);
      added.add(sums, first, paths);
      expected.add(chunk.output(), first, paths);
      first += static_cast<std::uint64_t>(paths);
    }
    const results::Tally tally = added.take(device.pages());
    EXPECT_EQ(difference(expected.data(), tally.data()), "");
    for (int plan = 0; layout.holds_costs() && plan < layout.shape.plans; ++plan)
      EXPECT_EQ(tally.costs_by_path(plan), expected.costs_by_path(plan));
    for (int component = 0; layout.keep_paths && component < layout.shape.service_components; ++component)
      EXPECT_EQ(tally.served_by_path(component), expected.served_by_path(component));
  }
}

inline void expect_sums_of_tally_at_extremes() {
  const results::TallyLayout layout = tests::small_layout(std::uint64_t{1} << 40);
  constexpr int paths = 64;
  tests::SyntheticChunk chunk(layout.shape, 0, paths, paths);
  const Output output = chunk.output();
  const std::int64_t extremes[] = {0, 1, -1, (1ll << 52) + 1, -(1ll << 53) - 3, (1ll << 58) - 1, -(1ll << 58), 255};
  for (int p = 0; p < paths; ++p)
    for (int row = 0; row < layout.shape.plans; ++row)
      output.plan_cost[row * output.stride + p] = extremes[(p + 3 * row) % 8];
  SummingDevice device(layout, enough_bytes);
  const cuda::ChunkSums& sums = device.sums_of(output, paths);
  ASSERT_TRUE(sums.complete);
  run::DeviceTally added(layout);
  added.add(sums, 0, paths);
  results::Tally expected(layout);
  expected.add(output, 0, paths);
  EXPECT_EQ(difference(expected.data(), added.take(device.pages()).data()), "");
}

/// Spoils a chunk, and expects that nothing of it is counted and that the next chunk is.
template <class Spoil>
void expect_refused(Spoil spoil) {
  const results::TallyLayout layout = tests::small_layout(std::uint64_t{1} << 40);
  constexpr int paths = 200;
  SummingDevice device(layout, enough_bytes);
  tests::SyntheticChunk spoiled(layout.shape, 0, paths, paths);
  const Output output = spoiled.output();
  spoil(output);
  EXPECT_FALSE(device.sums_of(output, paths).complete);

  tests::SyntheticChunk good(layout.shape, paths, paths, paths);
  const cuda::ChunkSums& sums = device.sums_of(good.output(), paths);
  ASSERT_TRUE(sums.complete);
  run::DeviceTally added(layout);
  added.add(sums, paths, paths);
  results::Tally expected(layout);
  expected.add(good.output(), paths, paths);
  EXPECT_EQ(difference(expected.data(), added.take(device.pages()).data()), "");
}

}  // namespace costrisk::emulation
