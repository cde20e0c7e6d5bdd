// One path through the engine, with someone looking on.
#include "src/run/timeline.hpp"

#include <algorithm>

#include "src/run/chunk.hpp"
#include "src/run/recorder.hpp"
#include "src/run/status.hpp"

namespace costrisk::run {

namespace {

struct NoClock {
  void enter(Stage) const {}
  void leave() const {}
};

/// Calls of(first, end) for each interval.
template <class Of>
void each_interval(std::size_t count, std::size_t steps, Of of) {
  for (std::size_t first = 0; first < count; first += steps) of(first, std::min(first + steps, count));
}

template <class Value>
void sum_up(std::vector<Value>& values, std::size_t steps) {
  std::vector<Value> sums;
  each_interval(values.size(), steps, [&](std::size_t first, std::size_t end) {
    double sum = 0.0;
    for (std::size_t k = first; k < end; ++k) sum += static_cast<double>(values[k]);
    sums.push_back(static_cast<Value>(sum));
  });
  values = std::move(sums);
}

void average(Series& values, std::size_t steps) {
  const std::size_t count = values.size();
  sum_up(values, steps);
  std::size_t interval = 0;
  each_interval(count, steps,
                [&](std::size_t first, std::size_t end) { values[interval++] /= static_cast<float>(end - first); });
}

template <class Value>
void take_last(std::vector<Value>& values, std::size_t steps) {
  std::vector<Value> last;
  each_interval(values.size(), steps, [&](std::size_t, std::size_t end) { last.push_back(values[end - 1]); });
  values = std::move(last);
}

/// 1 where capacity was there in all of the interval.
void take_least(std::vector<std::uint8_t>& values, std::size_t steps) {
  std::vector<std::uint8_t> least;
  each_interval(values.size(), steps, [&](std::size_t first, std::size_t end) {
    least.push_back(*std::min_element(values.begin() + static_cast<std::ptrdiff_t>(first),
                                      values.begin() + static_cast<std::ptrdiff_t>(end)));
  });
  values = std::move(least);
}

}  // namespace

scenario::Scenario with_plan_alone(const scenario::Scenario& scenario, std::size_t plan) {
  scenario::Scenario alone = scenario;
  alone.plans = {scenario.plans[plan]};
  for (scenario::Item& item : alone.items) {
    const bool pays = std::find(item.plans.begin(), item.plans.end(), static_cast<int>(plan)) != item.plans.end();
    item.plans = pays ? std::vector<int>{0} : std::vector<int>{};
  }
  return alone;
}

Timeline in_intervals(Timeline timeline, std::size_t steps) {
  timeline.step_hours *= static_cast<double>(steps);
  take_last(timeline.cost_micros, steps);
  for (MarketTimeline& market : timeline.markets) {
    for (Series* series : {&market.spot_price, &market.on_demand_price, &market.spot_depth}) average(*series, steps);
    for (std::vector<std::uint8_t>* up : {&market.spot_up, &market.on_demand_up}) take_least(*up, steps);
  }
  for (DemandTimeline& demand : timeline.demands) average(demand.requests_per_second, steps);
  for (JobTimeline& job : timeline.jobs) {
    take_last(job.progress, steps);
    take_last(job.run, steps);
    for (Holding& holding : job.holdings) average(holding.instances, steps);
  }
  for (ServiceTimeline& service : timeline.services) {
    for (Series* series : {&service.served, &service.overflowed, &service.unserved}) sum_up(*series, steps);
    take_last(service.waiting, steps);
    for (Holding& pool : service.pools) average(pool.instances, steps);
  }
  return timeline;
}

Timeline trace_path(const scenario::Scenario& scenario, std::size_t plan, std::uint64_t path) {
  // Costs are recorded at the ends of bins, on which no result depends: here a bin is a step.
  scenario::Scenario stepwise = with_plan_alone(scenario, plan);
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

  const std::int64_t stride = out.stride;
  for (int step = 0; step < p.steps; ++step) timeline.cost_micros.push_back(out.plan_bin[step * stride]);
  for (int i = 0; i < category_count; ++i)
    timeline.category_micros[static_cast<std::size_t>(i)] = out.plan_category[i * stride];
  return timeline;
}

}  // namespace costrisk::run
