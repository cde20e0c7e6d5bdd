// Time does not drift and money does not leak: jobs of fixed work whose finish and cost are known by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/identity/engine_runs.hpp"
#include "tests/stat/builder.hpp"

namespace costrisk::identity {
namespace {

constexpr double minute = 60.0;

struct Fixed {
  double step_minutes;
  std::int64_t steps;
  double work_minutes;
  double restart_minutes = 0.0;
  double interval_minutes = 0.0, write_minutes = 0.0;  ///< no checkpoints where the interval is 0
  double price = 21.957642;
};

scenario::Scenario scenario_of(const Fixed& c) {
  scenario::Scenario scenario =
      stat::one_market(c.step_minutes / 60.0, c.step_minutes / 60.0 * static_cast<double>(c.steps));
  scenario.markets[0].on_demand->price.mode = c.price;
  scenario.simulation.bin_seconds = scenario.horizon_seconds / 50.0;
  const scenario::Job job = stat::plain_job("j", scenario::Law::constant(c.work_minutes / 60.0));
  scenario::JobAssignment& assignment = stat::add_job(scenario, job, Policy::on_demand);
  assignment.restart_seconds = c.restart_minutes * minute;
  if (c.interval_minutes > 0.0)
    assignment.checkpoint = scenario::Checkpoint{c.interval_minutes * minute, c.write_minutes * minute};
  return scenario;
}

/// Run time with the writes that stand before the last piece of work.
double minutes_held(const Fixed& c) {
  const double writes =
      c.interval_minutes > 0.0 ? (std::ceil(c.work_minutes / c.interval_minutes - 1e-9) - 1.0) * c.write_minutes : 0.0;
  return c.restart_minutes + c.work_minutes + writes;
}

void expect_exact(const Fixed& c, bool representable) {
  const scenario::Scenario scenario = scenario_of(c);
  const scenario::Lowered lowered = scenario::lower(scenario);
  for (const Build& build : {builds().front(), builds().back()}) {
    const Results results = simulate(*build.backend, lowered, 0, 2);
    const double held_steps = minutes_held(c) / c.step_minutes;
    const auto ticks = static_cast<double>(array(results, "job_finish").rows[0][0]);
    const double exact_ticks = held_steps * static_cast<double>(ticks_per_step);
    const std::string where = std::string(build.name) + ", work of " + std::to_string(c.work_minutes) +
                              " min in steps of " + std::to_string(c.step_minutes);
    // What float cannot represent may be a tick and 1e-7 of the whole off; a cycle of checkpoints is added up
    // cycle by cycle, to twice that.
    const double share = c.interval_minutes > 0.0 ? 2e-7 : 1e-7;
    EXPECT_NEAR(ticks, exact_ticks, representable ? 0.0 : 1.0 + share * exact_ticks) << where;
    // Billed to the second, up: what is not representable may fall on either side of one.
    const double seconds = std::ceil(minutes_held(c) * 60.0 - 1e-3);
    const double second = representable || c.interval_minutes == 0.0 ? 0.0 : c.price / 3600.0;
    const double cost = seconds / 3600.0 * c.price;
    // Instants within a step stand to 2^-24 of it.
    const double instant = representable ? 0.0 : c.price * c.step_minutes / 60.0 * 0x1p-22;
    EXPECT_NEAR(static_cast<double>(array(results, "plan_cost").rows[0][0]) * 1e-6, cost,
                share * cost + 1e-6 + instant + second)
        << where;
    EXPECT_EQ(first_failed_path(results), -1);
  }
}

constexpr std::int64_t most_steps = std::int64_t{1} << 20;

TEST(LongHorizon, a_million_one_minute_steps_do_not_drift) {
  expect_exact({1.0, most_steps, 1048575.0}, true);
  expect_exact({1.0, most_steps, 1048576.0}, true);
  expect_exact({1.0, most_steps, 300'000.0}, true);
  expect_exact({1.0, most_steps, 524'288.5}, true);
  expect_exact({1.0, most_steps, 1'000'000.0, 12.5}, true);
  expect_exact({1.0, most_steps, 999'999.4}, false);
  expect_exact({1.0, most_steps, 777'777.7, 10.3}, false);
}

TEST(LongHorizon, checkpoints_do_not_drift) {
  expect_exact({1.0, most_steps, 960'000.0, 0.0, 60.0, 3.0}, true);
  expect_exact({1.0, most_steps, 960'017.0, 10.0, 60.0, 3.0}, true);
  expect_exact({1.0, most_steps, 900'000.0, 10.0, 7.0, 0.5}, true);
  expect_exact({1.0, most_steps, 900'000.0, 10.3, 29.7, 1.1}, false);
  expect_exact({1.0, most_steps, 700'000.0, 0.0, 0.3, 0.1}, false);
}

TEST(LongHorizon, a_cycle_a_little_longer_than_whole_steps_keeps_what_it_is_longer_by) {
  expect_exact({1.0, most_steps, 900'000.0, 0.0, 30.0, 2.0 + 1.0 / 60.0}, false);  // than a tile of steps
  expect_exact({60.0, 20'000, 600'000.0, 0.0, 60.0, 2.0 / 60.0}, false);           // than a step
  expect_exact({60.0, 20'000, 600'000.0, 0.0, 960.0, 0.2}, false);
}

TEST(LongHorizon, small_prices_leak_nothing) {
  expect_exact({1.0, most_steps, 1'000'000.0, 0.0, 0.0, 0.0, 0.1}, true);
  expect_exact({1.0, most_steps, 1'000'000.0, 0.0, 0.0, 0.0, 0.0123}, true);
  expect_exact({1.0, most_steps, 1'000'000.0, 0.0, 0.0, 0.0, 98.765}, true);
}

TEST(Steps, of_any_length_give_the_same_finish_and_cost) {
  for (const double step : {1.0, 5.0, 15.0, 60.0, 180.0, 360.0, 720.0, 1440.0}) {
    const auto steps = static_cast<std::int64_t>(91.0 * 1440.0 / step);
    expect_exact({step, steps, 100'000.0}, false);
    expect_exact({step, steps, 90'000.0, 10.0, 30.0, 3.0}, false);
    expect_exact({step, steps, 12'345.0, 7.0, 60.0, 1.0}, false);
    expect_exact({step, steps, 0.5}, false);
  }
}

TEST(Steps, one_is_a_horizon) {
  for (const double step : {1.0, 60.0, 1440.0}) {
    expect_exact({step, 1, 0.5 * step}, true);
    expect_exact({step, 1, step}, true);
  }
  // What is not done is not finished, and costs the horizon.
  const Results results = simulate(scenario_of({60.0, 1, 90.0}), 3);
  for (int path = 0; path < 3; ++path) {
    EXPECT_EQ(array(results, "job_finish").rows[0][path], never_ticks);
    EXPECT_EQ(array(results, "plan_cost").rows[0][path], 21'957'642);
    EXPECT_EQ(array(results, "job_late").rows[0][path], 1);
  }
}

TEST(LongHorizon, costs_stand_in_the_bins_they_were_paid_in) {
  const Fixed c{1.0, most_steps, 1'000'000.0};
  const scenario::Scenario scenario = scenario_of(c);
  const std::vector<std::int32_t> edges = scenario::bin_edges(scenario);
  const Results results = simulate(scenario, 1);
  for (std::size_t edge = 0; edge < edges.size(); ++edge) {
    const double minutes = std::min(static_cast<double>(edges[edge]), c.work_minutes);
    EXPECT_NEAR(static_cast<double>(array(results, "plan_bin").rows[edge][0]) * 1e-6 / (minutes / 60.0 * c.price), 1.0,
                1e-7)
        << "at step " << edges[edge];
  }
}

}  // namespace
}  // namespace costrisk::identity
