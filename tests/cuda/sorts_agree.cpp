// Sorting on emulated devices, by Thrust itself: as the processor sorts, and left to it where a device fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kernels/backends/cuda_sort.hpp"
#include "src/results/quantities/quantities.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/until_error.hpp"
#include "tests/cuda/emulator.hpp"
#include "tests/cuda/scenario_files.hpp"

namespace costrisk::emulation {
namespace {

using Values = std::vector<std::int64_t>;

constexpr const char* sort_name = "sort of costs and its copies";

class EmulatedSorts : public testing::Test {
 protected:
  void SetUp() override {
    reset();
    if (!cuda::can_sort()) GTEST_SKIP() << "Thrust's headers were not found";
  }
  void TearDown() override {
    reset();
    EXPECT_EQ(bytes_taken(), 0u) << "memory was not given back";
  }
};

Values sorted(Values values) {
  std::sort(values.begin(), values.end());
  return values;
}

Values random_values(std::size_t count) {
  std::mt19937_64 words(11);
  Values values(count);
  for (std::int64_t& value : values) value = static_cast<std::int64_t>(words()) >> (words() % 60);
  return values;
}

Values ascending(std::size_t count) {
  Values values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<std::int64_t>(i) - 500;
  return values;
}

TEST_F(EmulatedSorts, are_those_of_the_processor) {
  Values reversed = ascending(1000);
  std::reverse(reversed.begin(), reversed.end());
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                         most = std::numeric_limits<std::int64_t>::max();
  // A short sort after a long one finds what the long one left in memory.
  cuda::Sorter sorter(0);
  for (const Values& values :
       {random_values(5000), Values(1000, 7), reversed, ascending(1000), Values{}, Values{-3}, Values{2, 1},
        Values{-1, 0, -5, 5, -1}, Values{most, -1, least, 0, least, most}, random_values(31)}) {
    Values found = values;
    sorter.sort(found);
    EXPECT_EQ(found, sorted(values)) << values.size() << " values";
  }
}

TEST_F(EmulatedSorts, sort_the_part_that_they_are_given) {
  const Values values = random_values(100);
  Values found = values;
  cuda::Sorter(0).sort(std::span(found).subspan(20, 50));
  Values expected = values;
  std::sort(expected.begin() + 20, expected.begin() + 70);
  EXPECT_EQ(found, expected);
}

TEST_F(EmulatedSorts, count_and_time_what_they_launch) {
  cuda::Sorter sorter(0);
  EXPECT_EQ(sorter.launch_time().launches, 0u);
  Values values = random_values(100), one = {1};
  sorter.sort(values);
  sorter.sort(one);  // nothing to do
  sorter.sort(values);
  EXPECT_EQ(sorter.launch_time().launches, 2u);
  EXPECT_GT(sorter.launch_time().seconds, 0.0);
  EXPECT_EQ(sorter.launch_time().name, sort_name);
}

TEST_F(EmulatedSorts, leave_the_values_alone_and_say_so_whichever_call_fails) {
  const Values values = random_values(100);
  for (const char* call : {"cudaSetDevice", "cudaMalloc", "cudaMallocHost", "cudaMemcpyAsync", "cudaStreamSynchronize",
                           "cudaEventRecord", "cudaEventSynchronize", "cudaEventElapsedTime"}) {
    int failures = 0;
    for (bool reached = true; reached && failures < 100;) {
      reset();
      machine().faults[call] = {cudaErrorMemoryAllocation, failures, 1};
      Values found = values;
      bool failed = false;
      try {
        cuda::Sorter sorter(0);
        sorter.sort(found);
        reached = machine().faults[call].times == 0;
      } catch (const cuda::Error& error) {
        failed = true;
        EXPECT_EQ(error.kind(), cuda::ErrorKind::out_of_memory) << call;
        EXPECT_EQ(found, values) << call << ", after " << failures;
      }
      EXPECT_EQ(failed, reached) << call << ", after " << failures << ": it failed, and nobody said so";
      EXPECT_EQ(bytes_taken(), 0u) << call << ", after " << failures;
      failures += reached ? 1 : 0;
    }
    EXPECT_GT(failures, 0) << call;
  }
}

run::Options options_for(const std::string& backend, std::uint64_t paths) {
  run::Options options;
  options.backend = backend;
  options.threads = 2;
  options.paths = paths;
  return options;
}

/// Every number of the results, as bits.
std::vector<std::uint64_t> bits_of(const results::Results& results) {
  std::vector<std::uint64_t> bits;
  for (const results::Quantity& quantity : results::quantities())
    for (const double value : results.*quantity.values) bits.push_back(std::bit_cast<std::uint64_t>(value));
  return bits;
}

/// A scenario of few steps.
scenario::Scenario coarse() {
  return load_file(std::filesystem::path(COSTRISK_SOURCE_DIR) / "tests/stat/scenarios/coarse.toml");
}

/// Below the first checkpoint there is one sort a plan.
TEST_F(EmulatedSorts, of_a_whole_run_give_the_results_of_the_processor) {
  const scenario::Scenario scenario = quickstart();
  run::Outcome expected = run::simulate(scenario, options_for("scalar", 300));
  EXPECT_FALSE(expected.sort_device.has_value());
  const std::vector<std::uint64_t> bits = bits_of(run::evaluate(scenario, expected));
  EXPECT_TRUE(expected.timings.launches.empty());
  ASSERT_FALSE(bits.empty());

  machine().devices = {Device{}, Device{}};
  run::Options options = options_for("cuda", 300);
  options.devices = {1};
  run::Outcome outcome = run::simulate(scenario, options);
  EXPECT_EQ(bits_of(run::evaluate(scenario, outcome, [](const std::string& line) { ADD_FAILURE() << line; })), bits);
  ASSERT_EQ(outcome.timings.launches.size(), 3u);
  const cuda::LaunchTime& time = outcome.timings.launches.back();
  EXPECT_EQ(time.name, sort_name);
  EXPECT_EQ(time.device, 1);
  EXPECT_EQ(time.launches, scenario.plans.size());
}

TEST_F(EmulatedSorts, are_left_to_the_processor_where_the_device_fails) {
  const scenario::Scenario scenario = quickstart();
  run::Outcome on_processor = run::simulate(scenario, options_for("scalar", 100));
  const std::vector<std::uint64_t> bits = bits_of(run::evaluate(scenario, on_processor));
  struct Case {
    const char* call;
    cudaError_t code;
    const char* why;
  };
  for (const Case& failing :
       {Case{"cudaMalloc", cudaErrorMemoryAllocation, "taking device memory failed: out of memory"},
        Case{"cudaMallocHost", cudaErrorMemoryAllocation, "taking pinned host memory failed: out of memory"},
        Case{"cudaEventSynchronize", cudaErrorLaunchFailure, "sorting failed: unspecified launch failure"}}) {
    run::Outcome outcome = run::simulate(scenario, options_for("cuda", 100));
    ASSERT_TRUE(outcome.sort_device.has_value());
    machine().faults[failing.call] = {failing.code, 0, 1};
    std::vector<std::string> notices;
    const results::Results results =
        run::evaluate(scenario, outcome, [&](const std::string& line) { notices.push_back(line); });
    EXPECT_EQ(machine().faults[failing.call].times, 0);
    EXPECT_EQ(bits_of(results), bits);
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_NE(notices[0].find("sorting costs on the processor, not on a GPU: GPU 0: "), std::string::npos);
    EXPECT_NE(notices[0].find(failing.why), std::string::npos) << notices[0];
    EXPECT_FALSE(outcome.sort_device.has_value());
    EXPECT_EQ(outcome.timings.launches.size(), 2u) << "a sort is told that did not come to its end";
  }
}

/// A run that looks twice at a statistic of every plan.
struct Looks {
  std::vector<double> errors;
  std::vector<std::string> notices;
  run::Outcome outcome;
};

/// @param before_look called when the paths of a look are done
Looks look_twice(
    const std::string& backend, const std::function<void()>& before_look = [] {}) {
  Looks looks;
  run::Precision precision;
  precision.statistic = results::parse_address("cvar95", run::scope_of(coarse())).value();
  precision.error = 1e-9;
  run::Options options = options_for(backend, 0);
  options.notice = [&](const std::string& line) { looks.notices.push_back(line); };
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    if (done == total) before_look();
  };
  looks.outcome = run::simulate_until(coarse(), options, precision, 2 * results::first_checkpoint,
                                      [&](const run::Look& look) { looks.errors.push_back(look.error); });
  return looks;
}

std::size_t sorts_told(const run::Outcome& outcome) {
  return static_cast<std::size_t>(std::count_if(outcome.timings.launches.begin(), outcome.timings.launches.end(),
                                                [](const auto& time) { return time.name == sort_name; }));
}

TEST_F(EmulatedSorts, serve_runs_that_go_on_until_a_statistic_is_precise) {
  Looks expected = look_twice("scalar"), found = look_twice("cuda");
  ASSERT_EQ(expected.errors.size(), 2u);
  EXPECT_EQ(found.errors, expected.errors);
  EXPECT_TRUE(found.notices.empty());
  EXPECT_EQ(sorts_told(found.outcome), 2u);
  EXPECT_EQ(bits_of(run::evaluate(coarse(), found.outcome)), bits_of(run::evaluate(coarse(), expected.outcome)));
  EXPECT_EQ(sorts_told(found.outcome), 3u);
}

TEST_F(EmulatedSorts, that_failed_once_are_not_asked_of_the_device_again) {
  const Looks expected = look_twice("scalar");
  bool first = true;
  // When the paths are done, the next stream is the sort's.
  Looks found = look_twice("cuda", [&first] {
    if (std::exchange(first, false)) machine().faults["cudaStreamCreateWithFlags"] = {cudaErrorMemoryAllocation, 0, 1};
  });
  EXPECT_EQ(found.errors, expected.errors);
  EXPECT_EQ(found.notices.size(), 1u);
  EXPECT_FALSE(found.outcome.sort_device.has_value());
  (void)run::evaluate(coarse(), found.outcome, [](const std::string& line) { ADD_FAILURE() << line; });
  EXPECT_EQ(sorts_told(found.outcome), 0u);
}

}  // namespace
}  // namespace costrisk::emulation
