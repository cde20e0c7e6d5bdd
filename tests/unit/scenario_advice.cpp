// Warnings, and what a version of the model cannot run.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenario_samples.hpp"
#include "src/scenario/reader/load.hpp"

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
  expect_one(warnings({"market.east.spot.capacity={ up = { mean = \"50h\" }, down = { mean = \"10m\" } }"}),
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

TEST(ScenarioAdvice, NamesBinsThatEndWithinAStep) {
  expect_one(warnings({"simulation.bins=90m"}), "bins of 90m are no whole number of steps of 1h");
  for (const std::string bins : {"2h", "month", "150.5h", "1w"})
    EXPECT_EQ(warnings({"simulation.bins=" + bins}).size(), bins == "150.5h" ? 1u : 0u) << bins;
  EXPECT_TRUE(warnings({"simulation.bins=10.5d"}).empty()) << "one bin";
  EXPECT_TRUE(warnings({"simulation.bins=3.3m", "step=1.1m", "horizon=11h", "job.train.deadline=5h"}).empty());
  EXPECT_TRUE(warnings({"step=5h", "horizon=500h"}).empty()) << "the week by default";
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

TEST(ScenarioAdvice, SaysWhatStaysOnTheGridAndWhoComesFirst) {
  const std::string up = "market.east.spot.capacity={ up = { mean = '2h' }, down = { mean = '5h' } }";
  expect_one(warnings({up}), "is up for 2 steps at a time");
  EXPECT_TRUE(warnings({up, "step=15m"}).empty());
  const std::string deep = "market.east.spot.capacity={ up = { mean = '5d' }, down = { mean = '5h' }, depth = 40 }";
  EXPECT_TRUE(warnings({deep}).empty());
  expect_one(warnings({deep, "plan.spot first.job.again={ instances = 1, policy = 'spot' }"},
                      "[[job]]\nname = \"again\"\nlike = \"train\"\n"),
             "'train' and 'again' share the depth of spot in 'east', and 'train', which stands first, takes first");
}

TEST(ScenarioAdvice, GangsThatSplitNeedSomethingToSplit) {
  const std::string job = "plan.spot first.job.train";
  const std::vector<std::string> split = {
      job + ".policy=in-order", job + ".split=true",
      job + ".purchases=[{ market = 'east', buy = 'spot' }, { market = 'east', buy = 'on-demand' }]"};
  const std::string deep = "market.east.spot.capacity={ up = { mean = '5d' }, down = { mean = '5h' }, depth = 4 }";
  expect_one(warnings(split), "'split' changes nothing");
  EXPECT_TRUE(warnings({split[0], split[1], split[2], deep}).empty());
}

TEST(ScenarioAdvice, WaitsEndWhereStepsBegin) {
  const std::string job = "plan.spot first.job.train";
  const std::string purchases =
      ".purchases=[{ market = 'east', buy = 'spot' }, { market = 'east', buy = 'on-demand', after = '30m' }]";
  expect_one(warnings({job + ".policy=in-order", job + purchases}), "it is 1h where the gang lost what it held");
  EXPECT_TRUE(warnings({job + ".policy=in-order", job + purchases, "step=15m"}).empty());
}

TEST(ScenarioAdvice, DeadlinesMatterToThosePoliciesThatWatchThem) {
  expect_one(warnings({"plan.spot first.job.train.policy=spot", "plan.spot first.job.train.margin=6h"}),
             "'margin' and 'foresight' change nothing");
}

TEST(ScenarioAdvice, UnfinishedWorkThatNothingPricesIsTold) {
  std::string text = small_scenario;
  const std::string on_demand = "on_demand = 2.0\n";
  text.erase(text.find(on_demand), on_demand.size());
  const std::vector<std::string> spot = {"plan.spot first.job.train.policy=spot"};
  expect_one(load_text(text, "small.toml", spot).warnings, "cannot be priced");
  EXPECT_TRUE(load_text(text, "small.toml", {spot[0], "job.train.unfinished=ignore"}).warnings.empty());
}

TEST(ScenarioAdvice, SaysWhenReclaimsNeverCostWork) {
  const std::vector<std::string> long_notice = {"job.train.checkpoint={ interval = '1h', write = '1m' }",
                                                "market.east.spot.notice=2m", "market.east.spot.reclaim_every=100h"};
  const auto with = [&](const std::string& more) {
    std::vector<std::string> all = long_notice;
    all.push_back(more);
    return warnings(all);
  };
  expect_one(warnings(long_notice), "an interruption never costs work");
  EXPECT_TRUE(with("market.east.spot.notice=30s").empty()) << "shorter than a write";
  EXPECT_TRUE(with("market.east.hardware_mtbf=6000h").empty()) << "failures come without notice";
  EXPECT_TRUE(with("plan.spot first.job.train.policy=on-demand").empty()) << "no spot";
}

TEST(ScenarioAdvice, WhatLiesBeyondAShorterHorizonIsToldAndNotRefused) {
  const auto shorter = [](const std::string& more) {
    return load_text(small_scenario + more, "small.toml", {"horizon=2d", "job.train.deadline=1d"});
  };
  const std::string demand = "[[demand]]\nname = \"d\"\nbase = 2\nchange = [{ at = \"3d\", multiplier = 2 }]\n";
  Loaded loaded = shorter(demand);
  ASSERT_EQ(loaded.warnings.size(), 2u);
  EXPECT_NE(loaded.warnings[1].find("the change at 3d comes at or after the horizon, 2d: it changes nothing"),
            std::string::npos)
      << loaded.warnings[1];
  EXPECT_TRUE(loaded.scenario.demands[0].changes.empty());

  loaded = shorter("[[item]]\nname = \"i\"\nmonthly = 5\nfrom = \"3d\"\n");
  expect_one(loaded.warnings, "'from' is 3d, at or after the horizon, 2d: the item costs nothing");
  EXPECT_EQ(loaded.scenario.items[0].from_seconds, loaded.scenario.items[0].until_seconds);

  loaded = shorter(
      "[[plan.commitment]]\nmarket = \"east\"\ninstances = 4\nprice_per_hour = 1\nfrom = \"3d\"\n"
      "term = \"1y\"\n");
  expect_one(loaded.warnings, "what would be signed then is left out");
  EXPECT_TRUE(loaded.scenario.plans[0].commitments.empty());

  expect_one(warnings({"job.train.release=2w"}), "the job is not begun");
  expect_one(warnings({"job.train.deadline=2w"}), "a run that is not done by the horizon counts as late");
}

TEST(ScenarioAdvice, NamesEntitiesThatNothingUses) {
  expect_one(warnings({}, "[[market]]\nname = \"west\"\n"), "no plan uses the market 'west'");
  expect_one(warnings({}, "[[job]]\nname = \"spare\"\nlike = \"train\"\n"), "no plan runs the job 'spare'");
  expect_one(warnings({}, "[[factor]]\nname = \"f\"\nhalf_life = \"1d\"\n"), "nothing loads on the factor 'f'");
  expect_one(warnings({}, "[[optimization]]\nname = \"o\"\nthroughput = 2\n"), "no plan uses the optimization 'o'");
  expect_one(warnings({}, "[[serverless]]\nname = \"s\"\n"), "no plan uses the serverless 's'");
  expect_one(warnings({}, "[[demand]]\nname = \"d\"\nbase = 2\n"), "no service in a plan answers the demand 'd'");
}

/// A service on two markets in one plan, which `plan` ends.
std::vector<std::string> fleet_warnings(const std::vector<std::string>& overrides, const std::string& plan = "") {
  const std::string text = R"(horizon = "1w"
step = "1h"
[[market]]
name = "east"
on_demand = { price = { low = 1, mode = 2, high = 3 } }
spot = { price = 0.8, reclaim_every = "50h", capacity = { up = { mean = "9h" }, down = { mean = "3h" } } }
[[demand]]
name = "chat"
base = 10
[[service]]
name = "api"
demand = "chat"
rate = { east = 1 }
[[plan]]
name = "p"
[plan.service.api]
utilization = 0.5
max = 30
pools = [ { market = "east", buy = "spot", share = 0.5 }, { market = "east", buy = "on-demand" } ]
)";
  return load_text(text + plan, "fleet.toml", overrides).warnings;
}

TEST(ScenarioAdvice, ASoundFleetHasNone) { EXPECT_EQ(fleet_warnings({}), std::vector<std::string>{}); }

TEST(ScenarioAdvice, FleetsReckonInSteps) {
  EXPECT_TRUE(fleet_warnings({"plan.p.service.api.scale_up_delay=2m"}).empty()) << "it acts in its part of the step";
  expect_one(fleet_warnings({"plan.p.service.api.scale_down_window=2m"}), "the scale-down window of 2m is far shorter");
  EXPECT_TRUE(fleet_warnings({"plan.p.service.api.scale_up_delay=30m"}).empty());
  expect_one(fleet_warnings({"market.east.spot.reclaim_every=20m"}), "the mean time to a reclaim in 'east', 20m");
}

TEST(ScenarioAdvice, TargetsBeyondTheLoadOfTheObjectiveAreTold) {
  const std::string latency = "service.api.latency={ objective = \"2s\", curve = [[0.4, 1], [0.6, 3]] }";
  expect_one(fleet_warnings({latency, "plan.p.service.api.utilization=0.7"}),
             "the target of 0.7 is a load at which 'api' takes longer than its objective, which it meets up to 0.5");
  EXPECT_TRUE(fleet_warnings({latency}).empty());
}

TEST(ScenarioAdvice, NamesPoolsThatNeverFill) {
  const auto pools = [](const std::string& first, const std::string& second) {
    return fleet_warnings(
        {"plan.p.service.api.pools=[ { market = \"east\", " + first + " }, { market = \"east\", " + second + " } ]"});
  };
  expect_one(pools("buy = \"on-demand\"", "buy = \"spot\""), "the on-demand pool in 'east' before it takes all");
  expect_one(pools("buy = \"spot\", share = 0", "buy = \"on-demand\""), "a share of 0");
  EXPECT_TRUE(pools("buy = \"on-demand\", max = 29", "buy = \"spot\"").empty());
  EXPECT_TRUE(pools("buy = \"spot\"", "buy = \"on-demand\"").empty()) << "spot may be down";
  expect_one(pools("buy = \"spot\"", "buy = \"on-demand\", share = 0.5"), "the last pool takes 0.5 of what");
}

TEST(ScenarioAdvice, NamesALastPoolOfBigInstances) {
  const auto pools = [](const std::string& rate, const std::string& first, const std::string& last) {
    return fleet_warnings(
        {"service.api.rate={ east = 1, big = " + rate + " }", "plan.p.service.api.pools=[ { market = \"" + first +
                                                                  "\", buy = \"on-demand\", max = 12 }, { market = \"" +
                                                                  last + "\", buy = \"on-demand\" } ]"},
        "[[market]]\nname = \"big\"\non_demand = 9\n");
  };
  expect_one(pools("10", "east", "big"), "does the work of 10 of the first pool's");
  EXPECT_TRUE(pools("1.5", "east", "big").empty());
  EXPECT_TRUE(pools("10", "big", "east").empty());
}

TEST(ScenarioAdvice, AChangeThatIsCertainMakesNothingUncertain) {
  const auto with_change = [](const std::string& change) {
    return load_text(
               "horizon = \"1w\"\nstep = \"1h\"\n[[market]]\nname = \"east\"\non_demand = 2\n[[demand]]\nname = "
               "\"chat\"\nbase = 10\nchange = [ { at = \"1d\", " +
                   change +
                   " } ]\n[[service]]\nname = \"api\"\ndemand = \"chat\"\nrate = { east = 1 }\n[[plan]]\nname = "
                   "\"p\"\n[plan.service.api]\npools = [ { market = \"east\", buy = \"on-demand\" } ]\n",
               "change.toml")
        .warnings;
  };
  expect_one(with_change("multiplier = 2"), "nothing is uncertain");
  EXPECT_TRUE(with_change("multiplier = 2, chance = 0.5").empty());
  EXPECT_TRUE(with_change("multiplier = { low = 1, mode = 2, high = 3 }").empty());
}

TEST(ScenarioAdvice, SaysWhenAFleetIsTooSmallForTheUsualDemand) {
  expect_one(fleet_warnings({"plan.p.service.api.max=19"}), "wants 20 instances, more than 'max', 19");
  EXPECT_TRUE(fleet_warnings({"plan.p.service.api.max=20"}).empty());
  EXPECT_TRUE(fleet_warnings({"plan.p.service.api.max=19", "plan.p.service.api.overflow=s"},
                             "[[serverless]]\nname = \"s\"\nper_request = 0.1\n")
                  .empty());
}

TEST(ScenarioAdvice, NamesCommitmentsThatNothingCanUse) {
  const auto commitment = [](const std::string& more) {
    return "[[plan.commitment]]\nprice_per_hour = 1\nterm = \"1y\"\n" + more;
  };
  EXPECT_TRUE(fleet_warnings({}, commitment("market = \"east\"\ninstances = 30\n")).empty());
  expect_one(fleet_warnings({}, commitment("market = \"east\"\ninstances = 31\n")), "uses at most 30 on-demand");
  expect_one(fleet_warnings({}, commitment("market = \"east\"\nkind = \"capacity\"\ninstances = 3\n")),
             "nothing in the plan uses reserved instances of 'east'");
  const std::string west = "[[market]]\nname = \"west\"\non_demand = 2\n";
  expect_one(fleet_warnings({}, commitment("market = \"west\"\ninstances = 3\n") + west),
             "nothing in the plan uses on-demand instances of 'west'");
  const auto saving = [](const std::string& spend) {
    return "[[plan.savings_plan]]\nterm = \"1y\"\ndiscounts = { east = 0.5 }\nspend_per_hour = " + spend + "\n";
  };
  EXPECT_TRUE(fleet_warnings({}, saving("45")).empty());
  expect_one(fleet_warnings({}, saving("46")), "of which the plan uses at most 45");
}

TEST(ScenarioAdvice, NamesCreditThatNeverPays) {
  expect_one(fleet_warnings({}, "[plan.credit]\namount = 0\n"), "never pays for anything");
  expect_one(fleet_warnings({}, "[plan.credit]\namount = 9\nuntil = \"1s\"\n"), "never pays for anything");
  EXPECT_TRUE(fleet_warnings({}, "[plan.credit]\namount = 9\nuntil = \"1h\"\n").empty());
}

}  // namespace
}  // namespace costrisk::scenario
