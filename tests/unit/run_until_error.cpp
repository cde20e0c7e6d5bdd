// Runs until a statistic is precise: the number of paths depends on the scenario alone, and the results are those of a
// run of as many.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "src/results/store/results_file.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/until_error.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::tests {
namespace {

using run::Precision;

constexpr const char* small = R"(
name = "small"
start = 2026-01-05T00:00:00
horizon = "2d"
step = "1h"
budget = 130
[[market]]
name = "m"
on_demand = { median = 2.0, spread = 0.3 }
[[job]]
name = "j"
work = { median = 24, spread = 0.3 }
throughput = { m = 1.0 }
[[item]]
name = "rent"
once = { low = 10, mode = 20, high = 60 }
plans = ["dear"]
[[plan]]
name = "plain"
[plan.job.j]
markets = ["m"]
policy = "on-demand"
[[plan]]
name = "dear"
extends = "plain"
)";

class UntilError : public testing::Test {
 protected:
  UntilError() : scenario_(scenario::load_text(small, "small").scenario) { options_.backend = "scalar"; }

  run::Outcome until(const Precision& precision, std::uint64_t most = 1 << 20) {
    looks_.clear();
    return simulate_until(scenario_, options_, precision, most, [&](const run::Look& look) { looks_.push_back(look); });
  }

  /// The bytes of the result file.
  std::string bytes(const run::Outcome& outcome) {
    std::string pattern = (std::filesystem::temp_directory_path() / "costrisk-until-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    const std::filesystem::path file = std::filesystem::path(pattern) / "a.h5";
    scenario_.simulation.paths = outcome.tally.layout().paths;
    results::write_results(file, evaluate(outcome.tally, run::results_context(scenario_, outcome)), outcome.tally);
    std::ifstream stream(file, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(stream), {}};
    std::filesystem::remove_all(pattern);
    return content;
  }

  Precision wanted(const std::string& statistic, double error) const {
    Precision precision;
    precision.statistic = results::parse_address(statistic, run::scope_of(scenario_)).value();
    precision.error = error;
    return precision;
  }

  scenario::Scenario scenario_;
  run::Options options_;
  std::vector<run::Look> looks_;
};

TEST_F(UntilError, EndsAtTheFirstLookThatIsPreciseEnough) {
  const run::Outcome outcome = until(wanted("cvar95", 0.02));
  ASSERT_GE(looks_.size(), 2u) << "the error is to be one that the first look does not reach";
  for (std::size_t j = 0; j < looks_.size(); ++j) {
    EXPECT_EQ(looks_[j].paths, std::uint64_t{4096} << j);
    EXPECT_EQ(looks_[j].precise, j + 1 == looks_.size());
    EXPECT_EQ(looks_[j].precise, looks_[j].error <= 0.02);
  }
  EXPECT_EQ(outcome.tally.paths(), looks_.back().paths);
  EXPECT_TRUE(outcome.complete);
}

TEST_F(UntilError, TheFileIsThatOfARunOfAsManyPathsHoweverItIsComputed) {
  const Precision precision = wanted("p95", 0.02);
  options_.threads = 1;
  const run::Outcome outcome = until(precision);
  ASSERT_GE(looks_.size(), 2u);
  const std::string content = bytes(outcome);
  options_.threads = 3;
  options_.chunk_paths = 100;
  EXPECT_TRUE(bytes(until(precision)) == content);
  options_.paths = outcome.tally.paths();
  EXPECT_TRUE(bytes(run::simulate(scenario_, options_)) == content);
}

TEST_F(UntilError, EndsAtTheMostPathsAllowed) {
  const run::Outcome outcome = until(wanted("mean", 1e-6), 10'000);
  ASSERT_EQ(looks_.size(), 3u);
  EXPECT_EQ(looks_.back().paths, 10'000u);
  EXPECT_FALSE(looks_.back().precise);
  EXPECT_EQ(outcome.tally.layout().paths, 10'000u);
}

TEST_F(UntilError, CanBeOfOnePlanAndOfTheChanceToBreakTheBudget) {
  Precision precision = wanted("over_budget", 0.02);
  until(precision);
  EXPECT_EQ(looks_.back().plan, 1u) << "the dear plan breaks it half the time, which is hardest to know";
  precision.plan = 0;
  until(precision);
  EXPECT_EQ(looks_.back().plan, 0u);
}

TEST_F(UntilError, KnowsADifferenceFromItsPairs) {
  options_.paths = 4096;
  const run::Outcome outcome = run::simulate(scenario_, options_);
  const results::Results results = evaluate(outcome.tally, run::results_context(scenario_, outcome));
  Precision precision = wanted("difference_mean.plain", 0.01);
  precision.other_plan = 0;
  const double first_look_z = 2.241402727605;
  EXPECT_NEAR(run::error_of(outcome.tally, 1, precision, 1),
              first_look_z * results.difference_mean_se[2] / results.difference_mean[2], 1e-12);
  EXPECT_LT(run::error_of(outcome.tally, 1, precision, 1), 0.1);
}

TEST_F(UntilError, LaterLooksAskForMore) {
  options_.paths = 4096;
  const run::Outcome outcome = run::simulate(scenario_, options_);
  for (const char* statistic : {"mean", "p95", "cvar95", "over_budget", "difference_mean.plain"}) {
    const Precision precision = wanted(statistic, 0.01);
    for (int look = 1; look < 10; ++look)
      EXPECT_LE(run::error_of(outcome.tally, 1, precision, look), run::error_of(outcome.tally, 1, precision, look + 1));
    EXPECT_LT(run::error_of(outcome.tally, 1, precision, 1), run::error_of(outcome.tally, 1, precision, 10));
  }
}

TEST_F(UntilError, AStopLeavesWhatWasDone) {
  std::atomic<bool> stop{false};
  options_.stop = &stop;
  options_.progress = [&](std::uint64_t done, std::uint64_t) {
    if (done > 5000) stop = true;
  };
  options_.chunk_paths = 256;
  const run::Outcome outcome = until(wanted("mean", 1e-6));
  EXPECT_FALSE(outcome.complete);
  EXPECT_TRUE(outcome.tally.contiguous());
  EXPECT_GT(outcome.tally.paths(), 5000u);
  EXPECT_LT(outcome.tally.paths(), 8192u);
}

}  // namespace
}  // namespace costrisk::tests
