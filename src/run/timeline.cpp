// One path through the engine, with someone looking on.
#include "src/run/timeline.hpp"

#include "src/run/recorder.hpp"

#include "src/run/chunk.hpp"
#include "src/run/status.hpp"

namespace costrisk::run {

namespace {

struct NoClock {
  void enter(Stage) const {}
  void leave() const {}
};

}  // namespace

Timeline trace_path(const scenario::Scenario& scenario, std::size_t plan, std::uint64_t path) {
  // Costs are recorded at the ends of bins, on which no result depends: here a bin is a step.
  scenario::Scenario stepwise = scenario;
  stepwise.simulation.calendar_months = 0;
  stepwise.simulation.bin_seconds = scenario.step_seconds;
  const scenario::Lowered lowered = scenario::lower(stepwise);
  const Parameters& p = lowered.parameters;

  Timeline timeline;
  timeline.path = path;
  timeline.plan = static_cast<int>(plan);
  timeline.step_hours = scenario.step_hours();
  timeline.parameters_sha256 = lowered.sha256;
  Recorder recorder(stepwise, lowered, timeline);
  ChunkBuffers buffers(scalar_backend, p, lowered.shape, 1);
  NoClock clock;
  const Output& out = buffers.output();
  simulate_group<Lane>(p, path, 0, 1, 0, out, buffers.workspace(), normal_table, clock, nullptr,
                       Recorder::Watch{&recorder});
  check_status(out, path, 1);

  const auto index = static_cast<std::int64_t>(plan);
  const std::int64_t stride = out.stride;
  for (int step = 0; step < p.steps; ++step)
    timeline.cost_micros.push_back(out.plan_bin[(index * p.bin_count + step) * stride]);
  for (int i = 0; i < category_count; ++i)
    timeline.category_micros[static_cast<std::size_t>(i)] = out.plan_category[(index * category_count + i) * stride];
  for (int i = 0; i < p.plan_count; ++i) timeline.plan_cost_micros.push_back(out.plan_cost[i * stride]);
  return timeline;
}

}  // namespace costrisk::run
