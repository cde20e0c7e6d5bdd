// The engine's kernel as PTX of nvcc gives the integers of the scalar backend, in both of its forms, over every
// scenario. No machine has run it: this holds nvcc's code to account, not ptxas and not a device.
#include <gtest/gtest.h>

#include "src/scenario/reader/load.hpp"
#include "tests/arbitrary/generator.hpp"
#include "tests/arbitrary/seeds.hpp"
#include "tests/cuda/device/engine_results.hpp"
#include "tests/cuda/ptx/fixture.hpp"
#include "tests/cuda/scenario_files.hpp"
#include "tests/scenarios/simple_services.hpp"

namespace costrisk::ptx {
namespace {

using device::difference;
using device::on_engine;
using device::on_scalar;

const char* const from_constant = "simulate, ";
const char* const from_global = "simulate from global memory, ";

cuda::EngineOptions options_of(const char* form) {
  cuda::EngineOptions options;
  options.block_threads = 32;
  options.rows = form == from_constant ? cuda::RowPlace::shared : cuda::RowPlace::workspace;
  options.workspace = form == from_constant ? cuda::WorkspacePlace::local : cuda::WorkspacePlace::global;
  return options;
}

void expect_scalar(const scenario::Scenario& scenario, const char* form, std::uint64_t first_path, int paths) {
  const scenario::Lowered lowered = scenario::lower(scenario);
  cuda::Engine engine(0, lowered.parameters, lowered.arrays, lowered.shape, options_of(form));
  EXPECT_NE(engine.description().find(form), std::string::npos) << engine.description();
  EXPECT_EQ(difference(on_scalar(lowered, first_path, paths),
                       on_engine(engine, lowered.shape, first_path, paths, (paths + 1) / 2)),
            "");
}

/// Whether the kernel that has its parameters in constant memory takes a scenario.
bool fits_constant(const scenario::Scenario& scenario) {
  const scenario::Lowered lowered = scenario::lower(scenario);
  const cuda::Engine engine(0, lowered.parameters, lowered.arrays, lowered.shape, options_of(from_constant));
  return engine.description().find(from_constant) != std::string::npos;
}

class PtxKernels : public OnPtx<testing::TestWithParam<std::filesystem::path>> {
 protected:
  PtxKernels() : OnPtx("cuda_engine") {}
};

TEST_P(PtxKernels, from_constant_memory_give_the_integers_of_the_scalar_backend) {
  expect_scalar(emulation::load_file(GetParam()), from_constant, (std::uint64_t{1} << 32) - 2, 7);
}

TEST_P(PtxKernels, from_global_memory_give_the_integers_of_the_scalar_backend) {
  emulation::machine().last_thread_first = true;
  expect_scalar(emulation::load_file(GetParam()), from_global, 7, 7);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, PtxKernels, testing::ValuesIn(emulation::scenario_files()), emulation::file_name);

class PtxArbitrary : public OnPtx<testing::Test> {
 protected:
  PtxArbitrary() : OnPtx("cuda_engine") {}

  static void expect_scalar_of(std::uint64_t first, std::uint64_t count) {
    std::uint64_t too_large = 0;  // for a thread's local memory
    for (std::uint64_t seed = first; seed < first + count && !HasFailure(); ++seed) {
      const auto chance = seed % 4 ? arbitrary::Chance::some : arbitrary::Chance::none;
      const arbitrary::Folder folder(seed, chance, testing::TempDir());
      const scenario::Scenario scenario = emulation::load_file(folder.scenario());
      for (const scenario::Scenario& each : {scenario, tests::with_simple_services(scenario, seed)})
        for (const char* form : {from_constant, from_global}) {
          const bool fits = form == from_global || fits_constant(each);
          if (fits) expect_scalar(each, form, 0, 4);
          too_large += fits ? 0 : 1;
        }
      if (HasFailure())
        ADD_FAILURE() << "first in " << folder.scenario();
      else
        folder.remove();
    }
    EXPECT_LE(20 * too_large, count) << "few scenarios are so large";
  }
};
using LongPtxArbitrary = PtxArbitrary;

TEST_F(PtxArbitrary, scenarios_give_the_integers_of_the_scalar_backend) {
  expect_scalar_of(0, 200);
  // What is tested is seen by what was reached, with the scenarios that are kept for what these seldom have. The rest
  // stands for what is rare, and for what no scenario may ask: the form of jobs that split is made of the same source
  // as that of whole gangs, with lifetimes, free reclaims and policies that do not go with it.
  for (const std::filesystem::path& file : emulation::scenario_files())
    for (const char* form : {from_constant, from_global}) expect_scalar(emulation::load_file(file), form, 0, 2);
  for (const char* form : {"Placement)0", "Placement)1"})
    EXPECT_GT(part_reached(interpreter("cuda_engine"), form), 0.82) << form;
}

TEST_F(LongPtxArbitrary, scenarios_give_the_integers_of_the_scalar_backend) {
  const arbitrary::Seeds seeds = arbitrary::seeds(1000, 300);
  expect_scalar_of(seeds.first, seeds.count);
}

}  // namespace
}  // namespace costrisk::ptx
