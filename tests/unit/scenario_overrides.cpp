// Overrides by address: what they reach, how their values are read, how bad ones are told.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "scenario_samples.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::scenario {
namespace {

Scenario with(const std::vector<std::string>& overrides) {
  return load(good_inputs / "everything.toml", overrides).scenario;
}

Diagnostic refusal(const std::string& override) {
  try {
    with({override});
  } catch (const InvalidScenario& invalid) {
    EXPECT_EQ(invalid.diagnostics.size(), 1u) << invalid.what();
    return invalid.diagnostics.at(0);
  }
  ADD_FAILURE() << override << " was accepted";
  return {};
}

TEST(ScenarioOverrides, ReachValuesOfEveryDepth) {
  const Scenario scenario =
      with({"simulation.paths=77", "horizon=26w", "market.p4d-use1.spot.price.mean=9.5",
            "plan.spot first.job.pretrain.instances=16", "job.pretrain.work.median=5000",
            "plan.spot first.service.chat-api.pools.1.share=0.25", "plan.spot first.commitment.0.instances=3",
            "demand.chat.change.0.chance=0.9", "job.pretrain.throughput.p4d-usw2=0.5", "goal.late.pretrain=0.2",
            "market.p4d-use1.spot.capacity.loading.gpu-shortage=0.1", "demand.chat.by_weekday.6=0.25"});
  EXPECT_EQ(scenario.simulation.paths, 77u);
  EXPECT_EQ(scenario.horizon_seconds, 26 * 604800.0);
  EXPECT_EQ(scenario.markets.at(3).spot->price->mean.mode, 9.5);
  EXPECT_EQ(scenario.plans.at(0).jobs.at(0).instances, 16);
  EXPECT_EQ(scenario.jobs.at(0).work_instance_hours.median, 5000.0);
  EXPECT_EQ(scenario.jobs.at(0).work_instance_hours.spread, 0.2);
  EXPECT_EQ(scenario.plans.at(0).services.at(0).pools.at(1).share, 0.25);
  EXPECT_EQ(scenario.plans.at(0).commitments.at(0).instances, 3);
  EXPECT_EQ(scenario.demands.at(1).changes.at(0).chance, 0.9);
  EXPECT_EQ(scenario.jobs.at(0).throughput.at(1).rate.mode, 0.5);
  EXPECT_EQ(scenario.goal.late.at(0).second, 0.2);
  EXPECT_EQ(scenario.markets.at(3).spot->capacity->loading.at(0).beta, 0.1);
  EXPECT_EQ(scenario.demands.at(1).by_weekday[6], 0.25);
}

TEST(ScenarioOverrides, AnAddressAloneReachesWhatAnEntityWasLike) {
  const Scenario scenario = with({"market.p4d-use1.egress_per_gb=0.5"});
  EXPECT_EQ(scenario.markets.at(3).egress_per_gb, 0.5);
  EXPECT_EQ(scenario.markets.at(2).egress_per_gb, 0.09) << "only the addressed market changes";
}

TEST(ScenarioOverrides, MayCreateWhatIsAbsent) {
  const Scenario scenario =
      with({"market.rack.on_demand.price=5", "job.small job.checkpoint.interval=2h",
            "market.g5-use1.hardware_mtbf=900h", "job.small job.attempts={ success = 0.5, max = 2 }"});
  EXPECT_EQ(scenario.markets.at(1).on_demand->price.mode, 5.0);
  EXPECT_EQ(scenario.jobs.at(1).checkpoint->interval_seconds, 7200.0);
  EXPECT_EQ(scenario.markets.at(0).hardware_mtbf_hours->mode, 900.0);
  EXPECT_EQ(scenario.jobs.at(1).attempts->max, 2);
}

TEST(ScenarioOverrides, ShortSpellingsSetOnlyWhatTheyAreShortFor) {
  const Scenario scenario =
      with({"market.p4d-use1.on_demand=30", "market.p4d-use1.spot.price={ low = 1, mode = 2, high = 4 }"});
  EXPECT_EQ(scenario.markets.at(3).on_demand->price.mode, 30.0);
  EXPECT_TRUE(scenario.markets.at(3).on_demand->capacity);
  EXPECT_EQ(scenario.markets.at(3).spot->price->mean.high, 4.0);
  EXPECT_TRUE(scenario.markets.at(3).spot->price->process);
}

TEST(ScenarioOverrides, ValuesAreTomlAndBareWordsAreTexts) {
  const Scenario scenario = with({"name=\"a = b\"", "accounting=billed", "start=2027-02-03T04:05:06", "budget = 1_000",
                                  "job.pretrain.work={ p10 = 10, p90 = 20 }", "simulation.probabilities=[0.5, 0.6]"});
  EXPECT_EQ(scenario.name, "a = b");
  EXPECT_EQ(scenario.accounting, Accounting::billed);
  EXPECT_EQ(scenario.start.month, 2);
  EXPECT_EQ(scenario.start.second, 6);
  EXPECT_EQ(scenario.budget, 1000.0);
  EXPECT_NEAR(scenario.jobs.at(0).work_instance_hours.median, 14.142135623730951, 1e-12);
  EXPECT_EQ(scenario.simulation.probabilities, (std::vector<double>{0.5, 0.6}));
  EXPECT_EQ(with({"currency=\u20ac"}).currency, "\u20ac");
  EXPECT_EQ(with({"name=Größe und Güte"}).name, "Größe und Güte");
  EXPECT_NE(refusal("currency=\xE2\x82").message.find("no valid TOML"), std::string::npos) << "half a character";
}

TEST(ScenarioOverrides, WholeNumbersMayBeWrittenAsReals) {
  const Scenario scenario = with({"simulation.paths=2e3", "plan.spot first.job.pretrain.instances=16.0"});
  EXPECT_EQ(scenario.simulation.paths, 2000u);
  EXPECT_EQ(scenario.plans.at(0).jobs.at(0).instances, 16);
  for (const std::string value : {"2.5", "1e300", "nan", "-inf"})
    EXPECT_NE(refusal("simulation.paths=" + value).message.find("expected a whole number"), std::string::npos) << value;
  EXPECT_NE(refusal("simulation.paths=-1e3").message.find("'paths' is -1000"), std::string::npos);
}

TEST(ScenarioOverrides, WhatIsRefusedLeavesNothingBehind) {
  for (const auto& [override, part] : std::vector<std::pair<std::string, std::string>>{
           {"plan.spot first.job.small job.markets.0=rack", "'plan.spot first.job.small job.markets' has 0 entries"},
           {"market.rack.spot.price.meen=1", "did you mean 'mean'?"},
           {"job.small job.attempts.sucess=0.5", "did you mean 'success'?"}})
    EXPECT_NE(refusal(override).message.find(part), std::string::npos) << override << refusal(override).message;
}

TEST(ScenarioOverrides, AnErrorInAMarketBringsNoneInThePlansThatBuyThere) {
  for (const std::string override :
       {"market.g5-use1.spot=2", "market.p4d-use1.spot.price=no", "market.p4d-use1.on_demand=[]"})
    EXPECT_NE(refusal(override).message.find("expected"), std::string::npos) << override;
}

TEST(ScenarioOverrides, TheLastOfTwoCounts) {
  EXPECT_EQ(with({"simulation.paths=5", "simulation.paths=6"}).simulation.paths, 6u);
}

TEST(ScenarioOverrides, AStarStandsForAnyTextAndReachesWhatIsThere) {
  const Scenario all = with({"market.*.on_demand.price=3"});
  for (const Market& market : all.markets) {
    if (!market.on_demand) continue;
    EXPECT_EQ(market.on_demand->price.mode, 3.0) << market.name;
  }
  EXPECT_FALSE(all.markets.at(1).on_demand) << "the rack sells none";
  const Scenario some = with({"market.p4d-*.egress_per_gb=0.01"});
  EXPECT_EQ(some.markets.at(2).egress_per_gb, 0.01);
  EXPECT_EQ(some.markets.at(3).egress_per_gb, 0.01);
  EXPECT_EQ(some.markets.at(4).egress_per_gb, 0.0) << "though the key may be created, the name does not fit";
  EXPECT_EQ(with({"plan.*.job.pretrain.instances=5"}).plans.at(0).jobs.at(0).instances, 5);
  EXPECT_EQ(with({"job.pretrain.throughput.*=0.5"}).jobs.at(0).throughput.at(1).rate.mode, 0.5);
}

TEST(ScenarioOverrides, AFactorMultipliesNumbersLawsAndDurations) {
  const Scenario scaled = with({"market.*.price *= 2", "job.pretrain.work *= 0.5", "job.pretrain.deadline *= 1.5",
                                "job.pretrain.throughput.p4d-usw2 *= 3", "demand.chat.by_weekday.6 *= 0.5"});
  EXPECT_EQ(scaled.markets.at(0).on_demand->price.mode, 2.0);
  EXPECT_EQ(scaled.markets.at(0).spot->price->mean.mode, 0.8);
  EXPECT_EQ(scaled.markets.at(3).on_demand->price.mode, 2 * 21.957642);
  EXPECT_EQ(scaled.markets.at(3).spot->price->mean.mode, 2 * 8.90);
  EXPECT_EQ(scaled.markets.at(3).spot->price->cap, 21.957642) << "which has an address of its own";
  EXPECT_EQ(scaled.markets.at(2).spot->price->mean.high, 6.0);
  EXPECT_NEAR(scaled.markets.at(4).on_demand->price.median, 2 * std::sqrt(15.0), 1e-9);
  EXPECT_EQ(scaled.markets.at(4).on_demand->price.loading.at(0).beta, -0.25);
  EXPECT_EQ(scaled.jobs.at(0).work_instance_hours.median, 4800.0);
  EXPECT_EQ(scaled.jobs.at(0).work_instance_hours.spread, 0.2);
  EXPECT_EQ(*scaled.jobs.at(0).deadline_seconds, 30 * 86400.0);
  EXPECT_EQ(scaled.jobs.at(0).throughput.at(1).rate.mode, 3.0);
  EXPECT_EQ(scaled.demands.at(1).by_weekday[6], 0.4);
  EXPECT_EQ(with({"simulation.paths *= 0.5"}).simulation.paths, 100'000u);
}

TEST(ScenarioOverrides, WhatACopyKeepsIsNamed) {
  const std::string file = (good_inputs / "everything.toml").string();
  const auto warning = [&](const std::vector<std::string>& overrides) {
    std::string text;
    for (const std::string& one : load(file, overrides).warnings)
      if (one.find("--set") != std::string::npos) text += one;
    return text;
  };
  EXPECT_NE(warning({"market.p4d-use1.egress_per_gb=0.5"}).find("market.p4d-usw2.egress_per_gb copies the value"),
            std::string::npos);
  EXPECT_NE(warning({"market.p4d-use1.egress_per_gb *= 2"}).find("market.p4d-usw2.egress_per_gb"), std::string::npos);
  EXPECT_EQ(warning({"market.p4d-*.egress_per_gb=0.5"}), "");
  EXPECT_EQ(warning({"market.p4d-*.egress_per_gb=0.5", "market.p4d-use1.egress_per_gb=0.25"}), "");
  EXPECT_EQ(warning({"market.p4d-usw2.on_demand.price.p90=26"}), "") << "of which there is no copy";
}

TEST(ScenarioOverrides, ANumberMayBeWrittenAsMoneyIs) {
  EXPECT_EQ(with({"budget=1.8M"}).budget, 1.8e6);
  EXPECT_EQ(with({"budget=750k"}).budget, 750e3);
  EXPECT_EQ(with({"item.launch.once=2.5k"}).items.at(3).amount.mode, 2500.0);
  EXPECT_NE(refusal("budget=1.8X").message.find("expected a positive number"), std::string::npos);
  EXPECT_NE(refusal("budget=M").message.find("expected a positive number"), std::string::npos);
}

TEST(ScenarioOverrides, UnknownAddressesAreToldWithTheNearest) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"simulation.path=5", "nothing has the address 'simulation.path'; did you mean 'paths'?"},
      {"horizn=5", "did you mean 'horizon'?"},
      {"market.p4d-use.gpus=1", "no market is named 'p4d-use'; did you mean 'p4d-use1'?"},
      {"market.p4d-use1.spot.prise=1", "did you mean 'price'?"},
      {"job.pretrain.work.mediam=1", "did you mean 'median'?"},
      {"plan.spot first.job.pretrian.instances=1", "no job is named 'pretrian'; did you mean 'pretrain'?"},
      {"plan.spot first.commitment.7.instances=1", "has 2 entries, counted from 0"},
      {"demand.chat.change.x.chance=1", "has 1 entries, counted from 0"},
      {"horizon.x=1", "'horizon' has no parts"},
      {"market.p4d-use1=5", "'market.p4d-use1' is a whole market; expected one of its values"},
      {"market=5", "'market' names no market; expected market.NAME.KEY"},
      {"market.p4d-use1.name=x", "'name' cannot be set"},
      {"market.p4d-use1.like=x", "'like' cannot be set"},
      {"plan.cheapest.extends=x", "'extends' cannot be set"},
      {"include=[]", "'include' cannot be set"},
      {"market.x*.gpus=1", "nothing has an address like 'market.x*.gpus'"},
      {"job.pretrain.owner *= 2", "'job.pretrain.owner' is no number, duration or law"},
      {"market.rack.egress_per_gb *= 2", "'market.rack.egress_per_gb' is not given, and has nothing to multiply"},
      {"horizon *= x", "no number; expected a factor"},
      {"=5", "expected ADDRESS=VALUE"},
      {"horizon", "expected ADDRESS=VALUE"},
      {"horizon=", "no value"},
      {"simulation.paths={", "no valid TOML"},
      {"simulation.paths=1\nseed=2", "no valid TOML"},
      {"horizon=13x", "'13x' is no duration"},
      {"simulation.paths=0", "'paths' is 0"},
      {"plan.cheapest.job.pretrain.policy=spott", "did you mean 'spot'?"},
  };
  for (const auto& [override, part] : cases) {
    const Diagnostic problem = refusal(override);
    EXPECT_NE(problem.message.find(part), std::string::npos) << override << ": " << problem.message;
    EXPECT_EQ(problem.file, "--set") << override;
    EXPECT_EQ(problem.line, 1) << override;
  }
}

TEST(ScenarioOverrides, AProblemPointsIntoTheOverride) {
  EXPECT_EQ(refusal("simulation.path=5").column, 12);
  EXPECT_EQ(refusal("simulation.paths=0").column, 18);
  EXPECT_EQ(refusal("horizon=13x").column, 9);
  EXPECT_EQ(refusal("horizon=13x").rendered,
            "--set:1:9: error: '13x' is no duration; expected a duration such as \"36h\"\n  horizon=13x\n          ^");
}

}  // namespace
}  // namespace costrisk::scenario
