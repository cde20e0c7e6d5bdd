// Predictions from a rolling origin: they see nothing of what comes, and what comes is what happened.
#include "src/backtest/rolling.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include <cmath>
#include <memory>

#include "calibrate_samples.hpp"
#include "src/backtest/published_cases.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::backtest {
namespace {

constexpr double gap_seconds = 600.0;

trace::History planted_trace(std::size_t samples, std::uint64_t seed) {
  return calibrate::history_of(
      calibrate::simulated_trace(calibrate::log_normal(30.0, 1.5), calibrate::log_normal(15.0, 1.2), samples, seed),
      gap_seconds, "planted.csv");
}

/// A job of six hours within nine on a market with the published rules' conditions, its capacity given by the trace.
scenario::Scenario rules_scenario(const trace::History& trace) {
  scenario::Scenario scenario = scenario::load_text(R"(
horizon = "10h"
step = "10m"
[[market]]
name = "zone"
billing = { increment = "10m" }
on_demand = 3.0
[market.spot]
price = 1.0
[[job]]
name = "train"
work = 6
throughput = { zone = 1.0 }
checkpoint = { interval = "0s", write = "0s" }
restart = "12m"
deadline = "9h"
[[plan]]
name = "greedy"
[plan.job.train]
policy = "greedy"
[[plan]]
name = "uniform"
[plan.job.train]
policy = "uniform-progress"
)",
                                                    "rules.toml")
                                    .scenario;
  scenario::History history;
  history.path = "planted.csv";
  history.trace = std::make_shared<const trace::History>(trace);
  scenario.markets[0].spot->capacity_history = history;
  return scenario;
}

RollingOptions quick() {
  RollingOptions options;
  options.training_seconds = 15 * 86'400.0;
  options.every_seconds = 6 * 3600.0;
  options.paths = 400;
  return options;
}

TEST(Rolling, WhatCameIsWhatTheRulesMakeOfTheTrace) {
  const trace::History trace = planted_trace(3000, 3);
  const RollingScores scores = score_rolling(rules_scenario(trace), quick());
  const std::vector<char> up = flags_of(trace);
  ASSERT_GT(scores.origin_seconds.size(), 10u);
  for (std::size_t i = 0; i < scores.origin_seconds.size(); ++i) {
    const auto start = static_cast<std::size_t>(std::lround(scores.origin_seconds[i] / gap_seconds));
    for (const auto& [plan, policy] :
         {std::pair(0, PublishedPolicy::strawman), std::pair(1, PublishedPolicy::rc_cr_threshold)}) {
      const PublishedCase job = {policy, gap_seconds, 6 * 3600.0, 9 * 3600.0, 720.0, 1.0, 3.0};
      EXPECT_NEAR(scores.plans[static_cast<std::size_t>(plan)].origins[i].came,
                  replay(job, std::span(up).subspan(start)).cost, 2e-6)
          << "origin " << i;
    }
  }
}

TEST(Rolling, PredictionsSeeNothingOfWhatComes) {
  const trace::History trace = planted_trace(3000, 4);
  trace::History other = trace;
  const std::size_t cut = 15 * 144;
  for (std::size_t i = cut; i < other.size(); ++i) other.value[i] = 0.0;
  for (const Model model : {Model::bootstrap, Model::log_normal, Model::exponential}) {
    RollingOptions options = quick();
    options.model = model;
    options.every_seconds = 100 * 86'400.0;
    const RollingScores a = score_rolling(rules_scenario(trace), options),
                        b = score_rolling(rules_scenario(other), options);
    ASSERT_EQ(a.origin_seconds, (std::vector<double>{15 * 86'400.0}));
    for (std::size_t plan = 0; plan < 2; ++plan) {
      EXPECT_EQ(a.plans[plan].origins[0].mean, b.plans[plan].origins[0].mean);
      EXPECT_EQ(a.plans[plan].origins[0].p95, b.plans[plan].origins[0].p95);
      EXPECT_NE(a.plans[plan].origins[0].came, b.plans[plan].origins[0].came);
    }
  }
}

TEST(Rolling, TracesAreCutWhereTheOriginIs) {
  const trace::History even = planted_trace(100, 5);
  EXPECT_EQ(before(even, 10 * gap_seconds).size(), 10u);
  EXPECT_EQ(before(even, 10.5 * gap_seconds).size(), 10u) << "a gap that is not over is not known";
  trace::History changes = even;
  changes.gap_seconds = 0.0;
  changes.time_seconds = {0.0, 100.0, 350.0, 1000.0};
  changes.value = {1.0, 2.0, 3.0, 4.0};
  const trace::History cut = before(changes, 600.0);
  EXPECT_EQ(cut.time_seconds, (std::vector<double>{0.0, 100.0, 350.0, 600.0}));
  EXPECT_EQ(cut.value.back(), 3.0);
}

TEST(Rolling, StationaryHistoriesAreForetoldAndChangedOnesAreNot) {
  // Five months of one law: what came lies where it was said. Where droughts are five times as long after the
  // training, it does not.
  RollingOptions options = quick();
  options.training_seconds = 60 * 86'400.0;
  options.every_seconds = 20 * 3600.0;
  const RollingScores right = score_rolling(rules_scenario(planted_trace(150 * 144, 6)), options);
  trace::History worse = planted_trace(150 * 144, 6);
  const auto droughts =
      calibrate::simulated_trace(calibrate::log_normal(15.0, 1.0), calibrate::log_normal(120.0, 1.0), 90 * 144, 7);
  for (std::size_t i = 0; i < droughts.size(); ++i) worse.value[60 * 144 + i] = droughts[i] ? 1.0 : 0.0;
  const RollingScores wrong = score_rolling(rules_scenario(worse), options);
  for (std::size_t plan = 0; plan < 2; ++plan) {
    const double n = static_cast<double>(right.plans[plan].origins.size());
    // Windows do not overlap: transforms are independent, uniform but for what 60 days do not tell.
    EXPECT_NEAR(right.plans[plan].transform.value, 0.5, 4.0 * std::sqrt(1.0 / 12.0 / n) + 0.05);
    EXPECT_GT(right.plans[plan].coverage90.value, 0.8);
    EXPECT_GT(wrong.plans[plan].transform.value, 0.7);
    EXPECT_LT(right.plans[plan].crps.value, wrong.plans[plan].crps.value);
  }
}

TEST(Rolling, BelowThreeBlocksThereAreNoIntervals) {
  RollingOptions options = quick();
  options.training_seconds = 15 * 86'400.0;
  options.every_seconds = 5 * 3600.0;
  const auto bounded = [](const PlanScores& plan) {
    return std::isfinite(plan.coverage90.low) || std::isfinite(plan.coverage80.high) ||
           std::isfinite(plan.below_p95.low) || std::isfinite(plan.transform.low) || std::isfinite(plan.crps.low);
  };
  // From day 15 on: room for windows of ten hours that begin within twenty hours, and within thirty.
  const RollingScores two = score_rolling(rules_scenario(planted_trace(15 * 144 + 60 + 90, 9)), options),
                      three = score_rolling(rules_scenario(planted_trace(15 * 144 + 60 + 120, 9)), options);
  ASSERT_EQ(two.blocks, 2u);
  ASSERT_EQ(three.blocks, 3u);
  for (std::size_t plan = 0; plan < two.plans.size(); ++plan) {
    EXPECT_FALSE(bounded(two.plans[plan]));
    EXPECT_TRUE(bounded(three.plans[plan]));
  }
}

TEST(Rolling, DistancesThatAreNoWholeStepsAreRefused) {
  const scenario::Scenario scenario = rules_scenario(planted_trace(3000, 3));
  for (const bool training : {true, false}) {
    RollingOptions options = quick();
    (training ? options.training_seconds : options.every_seconds) += 60.0;
    EXPECT_THROW(score_rolling(scenario, options), std::invalid_argument);
  }
}

TEST(Rolling, StoppedOnesSayHowManyWindowsThereWouldBe) {
  const scenario::Scenario scenario = rules_scenario(planted_trace(3000, 3));
  std::atomic<bool> stop = false;
  RollingOptions options = quick();
  options.run.stop = &stop;
  options.progress = [&](std::uint64_t done, std::uint64_t) { stop = done == 3; };
  const RollingScores some = score_rolling(scenario, options);
  EXPECT_EQ(some.origin_seconds.size(), 3u);
  EXPECT_GT(some.planned, 3u);
  EXPECT_FALSE(some.complete());
  stop = true;
  const RollingScores none = score_rolling(scenario, options);
  EXPECT_TRUE(none.origin_seconds.empty());
  EXPECT_EQ(none.planned, some.planned);
  stop = false;
  options.progress = nullptr;
  EXPECT_TRUE(score_rolling(scenario, options).complete());
}

TEST(Rolling, HistoriesTooShortAreSaid) {
  const scenario::Scenario scenario = rules_scenario(planted_trace(200, 8));
  RollingOptions options = quick();
  EXPECT_THROW(score_rolling(scenario, options), std::invalid_argument);
  scenario::Scenario without = scenario;
  without.markets[0].spot->capacity_history.reset();
  EXPECT_THROW(score_rolling(without, options), std::invalid_argument);
}

}  // namespace
}  // namespace costrisk::backtest
