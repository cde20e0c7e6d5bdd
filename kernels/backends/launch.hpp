// What every CPU backend does: instantiate the model for its lane.
#pragma once

#include <chrono>

#include "kernels/backends/backend.hpp"
#include "kernels/model/engine.hpp"
#include "kernels/model/floor.hpp"

namespace costrisk {

/// Adds the time of each stage to a StageSeconds. A template, so that no two builds share its code.
template <class L>
class StageClock {
 public:
  explicit StageClock(StageSeconds& seconds) : seconds_(seconds) {}
#if defined(__wasm__)
  // In a browser a look at the clock is a call out of the engine, a sixth of the time in all.
  void enter(Stage) {}
  void leave() {}
#else
  void enter(Stage stage) {
    const auto now = std::chrono::steady_clock::now();
    if (running_) slot(stage_) += std::chrono::duration<double>(now - since_).count();
    running_ = true;
    stage_ = stage;
    since_ = now;
  }
  void leave() {
    enter(stage_);
    running_ = false;
  }
#endif
  bool is_abandoned() const { return seconds_.abandon != nullptr && seconds_.abandon->load(std::memory_order_relaxed); }

 private:
  double& slot(Stage stage) {
    return stage == Stage::world      ? seconds_.world
           : stage == Stage::jobs     ? seconds_.jobs
           : stage == Stage::services ? seconds_.services
                                      : seconds_.plans;
  }
  StageSeconds& seconds_;
  Stage stage_ = Stage::world;
  bool running_ = false;
  std::chrono::steady_clock::time_point since_;
};

template <class L>
struct Launcher {
  static std::size_t workspace_bytes(const Parameters& p) { return Workspace<L>(p, nullptr).bytes; }
  static void simulate(const Parameters& p, std::uint64_t first_path, int paths, const Output& out,
                       std::byte* workspace, StageSeconds& stages) {
    StageClock<L> clock(stages);
    simulate_paths<L>(p, first_path, paths, out, workspace, normal_table, clock);
  }
  static float draw_floor(const Parameters& p, std::uint64_t first_path, int paths) {
    float lanes[L::width] = {};
    float sum = 0.0f;
    for (int i = 0; i < paths; i += L::width) {
      L::store(costrisk::draw_floor<L>(p, first_path + static_cast<std::uint64_t>(i), normal_table), lanes);
      sum += lanes[0];
    }
    return sum;
  }
};

}  // namespace costrisk
