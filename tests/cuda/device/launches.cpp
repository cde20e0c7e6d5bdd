// All combinations of what the engine's options can say.
#include "tests/cuda/device/launches.hpp"

namespace costrisk::device {

std::vector<NamedLaunch> launches() {
  std::vector<NamedLaunch> all;
  for (const bool global : {false, true})
    for (const bool shared : {true, false})
      for (const int threads : {32, 64, 128}) {
        NamedLaunch launch;
        launch.name = std::string(global ? "global" : "local") + " memory, world in " +
                      (shared ? "shared memory" : "the workspace") + ", blocks of " + std::to_string(threads);
        launch.options.workspace = global ? cuda::WorkspacePlace::global : cuda::WorkspacePlace::automatic;
        launch.options.rows = shared ? cuda::RowPlace::shared : cuda::RowPlace::workspace;
        launch.options.block_threads = threads;
        all.push_back(launch);
      }
  return all;
}

std::string launch_difference(const NamedLaunch& launch, const scenario::Lowered& lowered, const Results& expected,
                              std::uint64_t first_path, int paths) {
  constexpr int chunk = 40;
  cuda::Engine engine(0, lowered.parameters, lowered.arrays, lowered.shape, launch.options);
  return difference(expected, on_engine(engine, lowered.shape, first_path, paths, chunk));
}

}  // namespace costrisk::device
