// Whole runs on emulated devices: equal to runs on the processor, and honest about what fails.
#include <gtest/gtest.h>

#include "src/run/device_run.hpp"
#include "src/run/run.hpp"
#include "tests/cuda/emulator.hpp"
#include "tests/cuda/scenario_files.hpp"
#include "tests/cuda/tallies_equal.hpp"

namespace costrisk::emulation {
namespace {

class EmulatedRuns : public testing::Test {
 protected:
  void SetUp() override { reset(); }
  void TearDown() override { EXPECT_EQ(bytes_taken(), 0u) << "memory was not given back"; }
};

run::Options options_for(const std::string& backend, std::uint64_t paths = 300, int chunk_paths = 32) {
  run::Options options;
  options.backend = backend;
  options.threads = 3;
  options.paths = paths;
  options.chunk_paths = chunk_paths;
  options.keep_paths = true;
  return options;
}

void expect_equal(const results::Tally& a, const results::Tally& b) {
  const results::TallyLayout& layout = a.layout();
  EXPECT_EQ(difference(a.data(), b.data()), "");
  for (int plan = 0; layout.holds_costs() && plan < layout.shape.plans; ++plan)
    EXPECT_EQ(a.costs_by_path(plan), b.costs_by_path(plan));
  if (!layout.keep_paths) return;
  for (int component = 0; component < layout.shape.job_components; ++component)
    EXPECT_EQ(a.finish_by_path(component), b.finish_by_path(component));
  for (int component = 0; component < layout.shape.service_components; ++component)
    EXPECT_EQ(a.served_by_path(component), b.served_by_path(component));
}

TEST_F(EmulatedRuns, equal_those_on_the_processor) {
  const scenario::Scenario scenario = quickstart();
  const run::Outcome expected = run::simulate(scenario, options_for("scalar"));
  for (const int chunk : {0, 32, 96}) {
    const run::Outcome outcome = run::simulate(scenario, options_for("cuda", 300, chunk));
    EXPECT_EQ(outcome.backend, "cuda");
    EXPECT_TRUE(outcome.complete);
    EXPECT_EQ(outcome.parameters_sha256, expected.parameters_sha256);
    EXPECT_EQ(outcome.timings.launches.size(), 2u);
    expect_equal(expected.tally, outcome.tally);
  }
}

TEST_F(EmulatedRuns, tell_the_start_up_apart) {
  machine().start_up_seconds = 0.25;
  const run::Timings first = run::simulate(quickstart(), options_for("cuda", 64)).timings;
  EXPECT_GE(first.start_up_seconds, 0.25);
  EXPECT_LT(first.start_up_seconds, first.wall_seconds);
  const run::Timings next = run::simulate(quickstart(), options_for("cuda", 64)).timings;
  EXPECT_GT(next.start_up_seconds, 0.0);
  EXPECT_LT(next.start_up_seconds, next.wall_seconds);
  EXPECT_LT(next.start_up_seconds, 0.25) << "the device had been started";
  EXPECT_EQ(run::simulate(quickstart(), options_for("scalar", 64)).timings.start_up_seconds, 0.0);
}

class EmulatedRunsOf : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override { reset(); }
  void TearDown() override { EXPECT_EQ(bytes_taken(), 0u) << "memory was not given back"; }
};

TEST_P(EmulatedRunsOf, every_scenario_leave_the_sums_of_the_processor) {
  const scenario::Scenario scenario = load_file(GetParam());
  for (const bool exact : {true, false}) {
    run::Options options = options_for("scalar", 40);
    options.keep_paths = exact;
    if (!exact) options.whole_run = results::PathRange{0, std::uint64_t{1} << 40};
    const run::Outcome expected = run::simulate(scenario, options);
    options.backend = "cuda";
    expect_equal(expected.tally, run::simulate(scenario, options).tally);
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, EmulatedRunsOf, testing::ValuesIn(scenario_files()), file_name);

TEST_F(EmulatedRuns, without_room_for_histograms_equal_those_with_it) {
  const scenario::Scenario scenario = quickstart();
  const run::Outcome expected = run::simulate(scenario, options_for("scalar"));
  machine().devices[0].memory_bytes = std::size_t{24} << 20;
  const run::Outcome outcome = run::simulate(scenario, options_for("cuda"));
  EXPECT_GT(machine().calls["cudaMallocHost"], 0);
  expect_equal(expected.tally, outcome.tally);
}

TEST_F(EmulatedRuns, share_the_paths_among_all_devices) {
  machine().devices = {Device{}, Device{}, Device{}};
  const scenario::Scenario scenario = quickstart();
  const run::Outcome expected = run::simulate(scenario, options_for("scalar"));
  const run::Outcome all = run::simulate(scenario, options_for("cuda"));
  EXPECT_EQ(all.devices.size(), 3u);
  expect_equal(expected.tally, all.tally);
  run::Options two = options_for("auto");
  two.devices = {2, 0};
  const run::Outcome some = run::simulate(scenario, two);
  EXPECT_EQ(some.backend, "cuda");
  EXPECT_EQ(some.devices.size(), 2u);
  expect_equal(expected.tally, some.tally);
}

TEST_F(EmulatedRuns, take_a_gpu_by_themselves_where_there_is_one) {
  EXPECT_EQ(run::simulate(quickstart(), options_for("auto", 20)).backend, "cuda");
}

TEST_F(EmulatedRuns, that_are_stopped_leave_the_first_paths) {
  machine().devices = {Device{}, Device{}};
  const scenario::Scenario scenario = quickstart();
  std::atomic<bool> stop = false;
  run::Options options = options_for("cuda", 2000);
  options.stop = &stop;
  options.progress = [&stop](std::uint64_t done, std::uint64_t) { stop = done >= 100; };
  const run::Outcome outcome = run::simulate(scenario, options);
  EXPECT_FALSE(outcome.complete);
  EXPECT_TRUE(outcome.tally.contiguous());
  EXPECT_EQ(outcome.tally.first_path(), 0u);
  EXPECT_GE(outcome.tally.paths(), 100u);
  EXPECT_LT(outcome.tally.paths(), 2000u);
}

/// The message of what a run throws.
template <class Exception>
std::string failure_of(const run::Options& options) {
  try {
    (void)run::simulate(quickstart(), options);
  } catch (const Exception& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing of the kind was thrown";
  return "";
}

void expect_fallback(const std::string& why) {
  std::vector<std::string> notices;
  run::Options options = options_for("auto", 20);
  options.notice = [&notices](const std::string& line) { notices.push_back(line); };
  const run::Outcome outcome = run::simulate(quickstart(), options);
  EXPECT_NE(outcome.backend, "cuda");
  EXPECT_TRUE(outcome.complete);
  EXPECT_EQ(outcome.tally.paths(), 20u);
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_NE(notices[0].find(why), std::string::npos) << notices[0];
}

TEST_F(EmulatedRuns, say_that_there_is_no_driver) {
  machine().driver_version = 0;
  EXPECT_NE(failure_of<run::BackendUnavailable>(options_for("cuda")).find("no NVIDIA driver"), std::string::npos);
  expect_fallback("no NVIDIA driver");
}

TEST_F(EmulatedRuns, say_that_the_driver_is_too_old) {
  machine().driver_version = 11040;
  const std::string message = failure_of<run::BackendUnavailable>(options_for("cuda"));
  EXPECT_NE(
      message.find("speaks CUDA 11.4 and this build needs 13.0; update the driver, or put the libcuda of NVIDIA's "
                   "package cuda-compat on LD_LIBRARY_PATH"),
      std::string::npos)
      << message;
  expect_fallback("update the driver");
  machine().driver_version = 12040;
  expect_fallback("update the driver, or build with the CUDA toolkit 12.4, or put the libcuda");
}

TEST_F(EmulatedRuns, say_that_there_is_no_device) {
  machine().devices.clear();
  EXPECT_NE(failure_of<run::BackendUnavailable>(options_for("cuda")).find("CUDA_VISIBLE_DEVICES"), std::string::npos);
  expect_fallback("shows no GPU");
}

TEST_F(EmulatedRuns, say_what_a_driver_lacks) {
  const std::pair<cudaError_t, const char*> cases[] = {{cudaErrorStubLibrary, "LD_LIBRARY_PATH"},
                                                       {cudaErrorSystemDriverMismatch, "restart"},
                                                       {cudaErrorSystemNotReady, "nvidia-fabricmanager"},
                                                       {cudaErrorJitCompilerNotFound, "libnvidia-ptxjitcompiler"},
                                                       {cudaErrorJitCompilationDisabled, "CUDA_DISABLE_PTX_JIT"},
                                                       {cudaErrorUnsupportedPtxVersion, "cannot compile its PTX"},
                                                       {cudaErrorInvalidDeviceFunction, "COSTRISK_GPU_ARCHITECTURES"}};
  for (const auto& [code, remedy] : cases)
    for (const char* call : {"cudaGetDeviceCount", "cudaMemcpyToSymbol"}) {
      reset();
      machine().faults[call] = {code, 0, 2};
      const std::string message = failure_of<run::BackendUnavailable>(options_for("cuda"));
      EXPECT_NE(message.find(remedy), std::string::npos) << call << ": " << message;
      expect_fallback(remedy);
    }
}

TEST_F(EmulatedRuns, say_that_a_device_is_too_old) {
  machine().devices[0].major = 6;
  EXPECT_NE(failure_of<run::BackendUnavailable>(options_for("cuda")).find("older than 7.5"), std::string::npos);
  machine().devices.push_back(Device{});
  const run::Outcome outcome = run::simulate(quickstart(), options_for("cuda", 20));
  EXPECT_EQ(outcome.devices.size(), 1u);
}

TEST_F(EmulatedRuns, refuse_devices_that_are_not_there) {
  for (const std::vector<int>& devices : {std::vector<int>{1}, {0, 0}, {-1}}) {
    run::Options options = options_for("auto");
    options.devices = devices;
    EXPECT_NE(failure_of<run::BackendUnavailable>(options).find("GPU"), std::string::npos);
  }
}

TEST_F(EmulatedRuns, say_that_a_device_was_lost) {
  machine().faults["cudaEventSynchronize"] = {cudaErrorLaunchFailure, 1, 1};
  const std::string message = failure_of<run::DeviceFailed>(options_for("cuda"));
  EXPECT_NE(message.find("GPU 0: simulating failed: unspecified launch failure (cudaErrorLaunchFailure)"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("nvidia-smi"), std::string::npos);
  reset();
  machine().faults["cudaEventSynchronize"] = {cudaErrorLaunchFailure, 0, 1};
  expect_fallback("may have been lost");
}

TEST_F(EmulatedRuns, fail_as_a_whole_where_one_of_their_devices_does) {
  machine().devices = {Device{}, Device{}};
  machine().faults["cudaEventSynchronize"] = {cudaErrorLaunchFailure, 2, 1};
  EXPECT_NE(failure_of<run::DeviceFailed>(options_for("cuda", 2000)).find("failed"), std::string::npos);
}

TEST_F(EmulatedRuns, report_a_path_that_cannot_be_simulated) {
  // More money than a step can hold: the status word of the kernel is an error of the run.
  scenario::Scenario scenario = quickstart();
  for (auto& market : scenario.markets)
    if (market.on_demand) market.on_demand->price.mode = 1e12;
  EXPECT_THROW((void)run::simulate(scenario, options_for("cuda", 20)), std::runtime_error);
}

TEST_F(EmulatedRuns, list_devices_that_are_there) {
  machine().devices = {Device{}, Device{}};
  machine().devices[1].name = "old one";
  machine().devices[1].major = 5;
  const cuda::DeviceList list = cuda::find_devices();
  ASSERT_EQ(list.devices.size(), 2u);
  EXPECT_EQ(list.problem, "");
  EXPECT_EQ(list.devices[0].problem, "");
  EXPECT_NE(list.devices[1].problem, "");
  const run::BackendInfo info = run::backends().front();
  EXPECT_TRUE(info.available);
  EXPECT_NE(info.detail.find("emulated GPU"), std::string::npos);
  EXPECT_NE(info.detail.find("old one"), std::string::npos);
}

}  // namespace
}  // namespace costrisk::emulation
