// The quickstart scenario on each backend that this machine has, one thread: steps of a plan a second.
#include <benchmark/benchmark.h>

#include <string>

#include "src/run/run.hpp"
#include "src/scenario/reader/load.hpp"

namespace {

using namespace costrisk;

void simulate(benchmark::State& state, const scenario::Scenario& scenario, const std::string& backend) {
  run::Options options;
  options.backend = backend;
  options.threads = 1;
  options.paths = 512;
  for (auto _ : state) benchmark::DoNotOptimize(run::simulate(scenario, options));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(options.paths * scenario.plans.size()) *
                          scenario.steps());
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const scenario::Loaded loaded = scenario::load(COSTRISK_SOURCE_DIR "/configs/quickstart.toml");
  for (const run::BackendInfo& backend : run::backends())
    if (backend.available)
      benchmark::RegisterBenchmark(backend.name.c_str(), [&loaded, name = backend.name](benchmark::State& state) {
        simulate(state, loaded.scenario, name);
      })->Unit(benchmark::kMillisecond);
  benchmark::RunSpecifiedBenchmarks();
}
