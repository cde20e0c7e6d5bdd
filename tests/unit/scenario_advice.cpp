// Warnings, and what a version of the model cannot run.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenario_samples.hpp"
#include "src/scenario/load.hpp"
#include "src/scenario/unsupported.hpp"

namespace costrisk::scenario {
namespace {

std::vector<std::string> warnings(const std::vector<std::string>& overrides, const std::string& more = "") {
  return load_text(small_scenario + more, "small.toml", overrides).warnings;
}

void expect_one(const std::vector<std::string>& found, const std::string& part) {
  ASSERT_EQ(found.size(), 1u) << part << (found.empty() ? "" : "\n" + found[0] + "\n" + found.back());
  EXPECT_NE(found[0].find(part), std::string::npos) << found[0];
  EXPECT_NE(found[0].find(": warning: "), std::string::npos) << found[0];
}

TEST(ScenarioAdvice, ASoundScenarioHasNone) { EXPECT_EQ(warnings({}), std::vector<std::string>{}); }

TEST(ScenarioAdvice, NamesWhatIsFinerThanTheStep) {
  expect_one(warnings({"market.east.spot.price.half_life=30m"}), "a half-life of 30m is shorter than the step of 1h");
  expect_one(warnings({"market.east.spot.capacity={ up = { mean = \"5h\" }, down = { mean = \"10m\" } }"}),
             "a mean run of 10m is shorter than the step of 1h");
  expect_one(
      warnings({"market.east.spot.price.loading={ f = 0.5 }"}, "[[factor]]\nname = \"f\"\nhalf_life = \"10m\"\n"),
      "a half-life of 10m");
  expect_one(
      warnings({"market.east.spot.price.loading={ f = 0.5 }"},
               "[[factor]]\nname = \"f\"\nhalf_life = \"1d\"\nshock = { every = \"9d\", size = 1, duration = { mean = "
               "\"5m\" } }\n"),
      "a mean duration of 5m");
  expect_one(warnings({"job.train.restart=1m"}), "the restart of 1m is far shorter than the step of 1h");
}

TEST(ScenarioAdvice, CountsInterruptions) {
  expect_one(warnings({"market.east.spot.reclaim_every=1h"}), "a gang of 4 is interrupted 4 times a step");
  EXPECT_TRUE(warnings({"market.east.spot.reclaim_every=10h"}).empty());
}

TEST(ScenarioAdvice, SaysWhenNothingIsUncertain) {
  expect_one(warnings({"market.east.spot.price={ mean = 0.8 }", "job.train.work=100"}), "nothing is uncertain");
}

TEST(ScenarioAdvice, PoliciesThatWatchADeadlineWantOne) {
  std::string text = small_scenario;
  const std::string deadline = "deadline = \"5d\"\n";
  text.erase(text.find(deadline), deadline.size());
  expect_one(load_text(text, "small.toml").warnings, "the horizon counts as its deadline");
  EXPECT_TRUE(load_text(text, "small.toml", {"plan.spot first.job.train.policy=spot"}).warnings.empty());
}

TEST(ScenarioAdvice, UnfinishedWorkThatNothingPricesIsTold) {
  std::string text = small_scenario;
  const std::string on_demand = "on_demand = 2.0\n";
  text.erase(text.find(on_demand), on_demand.size());
  const std::vector<std::string> spot = {"plan.spot first.job.train.policy=spot"};
  expect_one(load_text(text, "small.toml", spot).warnings, "cannot be priced");
  EXPECT_TRUE(load_text(text, "small.toml", {spot[0], "job.train.unfinished=ignore"}).warnings.empty());
}

TEST(ScenarioAdvice, NamesEntitiesThatNothingUses) {
  expect_one(warnings({}, "[[market]]\nname = \"west\"\n"), "no plan uses the market 'west'");
  expect_one(warnings({}, "[[job]]\nname = \"spare\"\nlike = \"train\"\n"), "no plan runs the job 'spare'");
  expect_one(warnings({}, "[[factor]]\nname = \"f\"\nhalf_life = \"1d\"\n"), "nothing loads on the factor 'f'");
  expect_one(warnings({}, "[[optimization]]\nname = \"o\"\nthroughput = 2\n"), "no plan uses the optimization 'o'");
  expect_one(warnings({}, "[[serverless]]\nname = \"s\"\n"), "no plan uses the serverless 's'");
  expect_one(warnings({}, "[[demand]]\nname = \"d\"\nbase = 2\n"), "no service in a plan answers the demand 'd'");
}

TEST(ScenarioUnsupported, NamesExactlyWhatTheModelLacks) {
  EXPECT_TRUE(unsupported(load_text(small_scenario, "small.toml").scenario).empty());
  const std::vector<std::string> expected = {"market.traced.spot.price.history",
                                             "market.traced.spot.capacity.history",
                                             "demand.measured",
                                             "demand.chat",
                                             "service.chat-api",
                                             "serverless.hosted-llm",
                                             "item.moderation.per_1000",
                                             "optimization.int8",
                                             "plan.spot first.credit",
                                             "plan.spot first.service.chat-api",
                                             "plan.spot first.commitment.0",
                                             "plan.spot first.commitment.1",
                                             "plan.spot first.savings_plan.0",
                                             "plan.cheapest.credit",
                                             "plan.cheapest.job.small job.policy",
                                             "plan.cheapest.service.chat-api",
                                             "plan.cheapest.commitment.0",
                                             "plan.cheapest.savings_plan.0"};
  EXPECT_EQ(unsupported(load(good_inputs / "everything.toml").scenario), expected);
}

}  // namespace
}  // namespace costrisk::scenario
