// The CUDA backend's own source, run on the CPU by the emulator, gives the integers of the scalar backend, however it
// is launched. No test here has seen a GPU: they hold the source, the launches and the memory to account, not nvcc.
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>

#include "tests/cuda/device/engine_results.hpp"
#include "tests/cuda/emulator.hpp"
#include "tests/cuda/scenario_files.hpp"

namespace costrisk::emulation {
namespace {

using device::difference;
using device::on_engine;
using device::on_scalar;
using device::Results;

class EmulatedKernels : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override {
    reset();
    lowered_ = scenario::lower(load_file(GetParam()));
  }
  void TearDown() override { EXPECT_EQ(bytes_taken(), 0u) << "memory was not given back"; }

  const scenario::Lowered& lowered() const { return lowered_; }

  Results run(const cuda::EngineOptions& options, std::uint64_t first_path, int paths, int chunk) const {
    cuda::Engine engine(0, lowered().parameters, lowered().arrays, lowered().shape, options);
    return on_engine(engine, lowered().shape, first_path, paths, chunk);
  }

 private:
  scenario::Lowered lowered_;
};

TEST_P(EmulatedKernels, give_the_integers_of_the_scalar_backend) {
  for (const std::uint64_t first_path : {std::uint64_t{0}, (std::uint64_t{1} << 32) - 13}) {
    const Results expected = on_scalar(lowered(), first_path, 41);
    EXPECT_EQ(difference(expected, run({}, first_path, 41, 41)), "") << "from path " << first_path;
  }
}

TEST_P(EmulatedKernels, do_so_however_they_are_launched) {
  const Results expected = on_scalar(lowered(), 7, 70);
  cuda::EngineOptions in_shared, in_local, in_global;
  in_shared.block_threads = 32;
  in_shared.rows = cuda::RowPlace::shared;
  in_local.block_threads = 64;
  in_local.rows = cuda::RowPlace::workspace;
  in_global.block_threads = 32;
  in_global.workspace = cuda::WorkspacePlace::global;
  EXPECT_EQ(difference(expected, run(in_shared, 7, 70, 33)), "") << "the world in shared memory";
  machine().last_thread_first = true;
  machine().other_streams_first = true;
  EXPECT_EQ(difference(expected, run(in_local, 7, 70, 33)), "") << "the world in the workspace";
  EXPECT_EQ(difference(expected, run(in_global, 7, 70, 70)), "") << "workspaces in global memory";
}

TEST_P(EmulatedKernels, read_nothing_that_is_the_hosts) {
  const Results expected = on_scalar(lowered(), 0, 20);
  for (const auto place : {cuda::WorkspacePlace::automatic, cuda::WorkspacePlace::global}) {
    const scenario::Lowered other = scenario::lower(load_file(GetParam()));
    cuda::EngineOptions options;
    options.workspace = place;
    cuda::Engine engine(0, other.parameters, other.arrays, other.shape, options);
    for (const ParameterArray& array : other.arrays)
      if (array.bytes > 0) std::memset(const_cast<void*>(array.data), 0xFF, array.bytes);
    EXPECT_EQ(difference(expected, on_engine(engine, other.shape, 0, 20, 20)), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, EmulatedKernels, testing::ValuesIn(scenario_files()), file_name);

/// A fixture for what needs no more than one scenario.
class EmulatedEngine : public testing::Test {
 protected:
  void SetUp() override { reset(); }
  void TearDown() override { EXPECT_EQ(bytes_taken(), 0u) << "memory was not given back"; }

  std::unique_ptr<cuda::Engine> engine(const cuda::EngineOptions& options = {}) const {
    return std::make_unique<cuda::Engine>(0, lowered_.parameters, lowered_.arrays, lowered_.shape, options);
  }
  Results run(cuda::Engine& engine, int paths) const { return on_engine(engine, lowered_.shape, 3, paths, paths); }
  Results expected(int paths) const { return on_scalar(lowered_, 3, paths); }

 private:
  scenario::Lowered lowered_ = scenario::lower(quickstart());
};

TEST_F(EmulatedEngine, gives_the_same_in_any_chunks) {
  const Results all = expected(100);
  for (const int block : {32, 64, 128})
    for (const int chunk : {1, 31, 64, 100}) {
      cuda::EngineOptions options;
      options.block_threads = block;
      const auto engine_of_block = engine(options);
      EXPECT_EQ(difference(all, on_engine(*engine_of_block, scenario::lower(quickstart()).shape, 3, 100, chunk)), "")
          << "blocks of " << block << ", chunks of " << chunk;
    }
}

TEST_F(EmulatedEngine, keeps_the_world_in_shared_memory_where_that_leaves_enough_threads) {
  EXPECT_NE(engine()->description().find("world in shared memory"), std::string::npos) << engine()->description();
  machine().devices[0].shared_bytes = 40 * 1024;  // a world of 4 slots takes 548 bytes a thread
  EXPECT_NE(engine()->description().find("world in the workspace"), std::string::npos) << engine()->description();
}

TEST_F(EmulatedEngine, takes_shorter_chunks_when_memory_runs_out) {
  const Results all = expected(300);
  const auto whole = engine();
  (void)run(*whole, 300);
  const int plenty = whole->chunk_paths();
  machine().faults["cudaMalloc"] = {cudaErrorMemoryAllocation, 1, 2};  // the parameters first
  const auto starved = engine();
  EXPECT_EQ(difference(all, run(*starved, 300)), "");
  EXPECT_LT(starved->chunk_paths(), plenty / 2);
  EXPECT_EQ(machine().faults["cudaMalloc"].times, 0);
}

TEST_F(EmulatedEngine, takes_shorter_chunks_when_pinned_memory_runs_out) {
  machine().faults["cudaMallocHost"] = {cudaErrorMemoryAllocation, 0, 1};
  const auto starved = engine();
  EXPECT_EQ(difference(expected(300), run(*starved, 300)), "");
  EXPECT_EQ(machine().faults["cudaMallocHost"].times, 0);
}

TEST_F(EmulatedEngine, fits_chunks_to_the_devices_memory) {
  const int plenty = engine()->chunk_paths();
  machine().devices[0].memory_bytes = 2u << 20u;
  cuda::EngineOptions options;
  options.workspace = cuda::WorkspacePlace::local;  // which the emulator does not count
  const auto small = engine(options);
  EXPECT_LT(small->chunk_paths(), plenty);
  EXPECT_EQ(difference(expected(200), run(*small, 200)), "");
}

TEST_F(EmulatedEngine, gives_up_when_not_even_one_block_fits) {
  machine().faults["cudaMalloc"] = {cudaErrorMemoryAllocation, 1, 1000};
  const auto starved = engine();
  try {
    (void)run(*starved, 10);
    FAIL() << "nothing was thrown";
  } catch (const cuda::Error& error) {
    EXPECT_EQ(error.kind(), cuda::ErrorKind::out_of_memory);
    EXPECT_NE(std::string(error.what()).find("--backend"), std::string::npos) << error.what();
  }
}

TEST_F(EmulatedEngine, moves_to_global_memory_when_local_memory_runs_out) {
  machine().faults["cudaLaunchKernelEx"] = {cudaErrorMemoryAllocation, 0, 1};
  const auto starved = engine();
  EXPECT_EQ(difference(expected(60), run(*starved, 60)), "");
  EXPECT_NE(starved->description().find("global memory"), std::string::npos) << starved->description();
}

TEST_F(EmulatedEngine, tells_the_time_of_its_launches) {
  const auto timed = engine();
  (void)on_engine(*timed, scenario::lower(quickstart()).shape, 0, 90, 30);
  EXPECT_FALSE(timed->launch_times().empty());
  for (const cuda::LaunchTime& time : timed->launch_times()) {
    EXPECT_EQ(time.launches, 3u) << time.name;
    EXPECT_GT(time.seconds, 0.0) << time.name;
  }
}

TEST_F(EmulatedEngine, counts_the_time_in_which_two_chunks_are_computed_once) {
  machine().streams_in_turns = true;  // each event takes a millisecond: 1, 3 and 2, 4 are the ends of the kernels
  const auto timed = engine();
  timed->begin(0, 0, 30);
  timed->begin(1, 30, 30);
  (void)timed->finish(0);
  (void)timed->finish(1);
  const cuda::LaunchTime time = timed->launch_times().front();
  EXPECT_EQ(time.kind, cuda::LaunchKind::simulate);
  EXPECT_DOUBLE_EQ(time.seconds, 3e-3);
}

TEST_F(EmulatedEngine, checks_every_call) {
  // Each call in turn fails where it is first made; whatever is done about it, the run throws or is right.
  (void)run(*engine(), 40);
  const std::map<std::string, int> calls = machine().calls;
  const Results all = expected(40);
  int thrown = 0;
  for (const auto& [name, count] : calls) {
    if (name == "cudaGetLastError" || name.find("Free") != std::string::npos ||
        name.find("Destroy") != std::string::npos || name == "cudaStreamSynchronize")
      continue;  // what gives things back has nobody to tell
    reset();
    machine().faults[name] = {cudaErrorLaunchFailure, 0, 1};
    try {
      const auto failing = engine();
      EXPECT_EQ(difference(all, run(*failing, 40)), "") << name;
      ADD_FAILURE() << name << " failed and nobody noticed";
    } catch (const cuda::Error& error) {
      EXPECT_EQ(error.kind(), cuda::ErrorKind::failed) << name;
      ++thrown;
    }
  }
  EXPECT_GE(thrown, 12);
}

}  // namespace
}  // namespace costrisk::emulation
