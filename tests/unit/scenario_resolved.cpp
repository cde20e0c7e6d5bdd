// The resolved text is a scenario file that means the same, and the fingerprint follows what matters.
#include "src/scenario/reader/resolved.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "scenario_samples.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::scenario {
namespace {

namespace fs = std::filesystem;

Scenario small_with(const std::vector<std::string>& overrides) {
  return load_text(small_scenario, "small.toml", overrides).scenario;
}

TEST(ScenarioResolved, ReadsBackAsItself) {
  for (const char* name : {"everything.toml", "including.toml"}) {
    const Scenario scenario = load(good_inputs / name).scenario;
    const std::string text = resolved_toml(scenario);
    // Paths of histories stand as they were written, relative to the scenario's folder.
    const Scenario again = load_text(text, "resolved.toml", {}, good_inputs).scenario;
    EXPECT_EQ(resolved_toml(again), text) << name;
    EXPECT_EQ(scenario_sha256(again), scenario_sha256(scenario)) << name;
  }
}

TEST(ScenarioResolved, KeepsAwkwardNumbersBitByBit) {
  const std::vector<std::string> overrides = {
      "budget=0.1", "market.east.on_demand.price=1234.0000001",
      "job.train.work={ low = 1e-7, mode = 0.30000000000000004, high = 123456.789012345 }", "job.train.restart=1.1s",
      "market.east.hardware_mtbf={ low = \"100.1h\", mode = \"7777m\", high = \"1y\" }"};
  const Scenario first = small_with(overrides);
  const Scenario second = load_text(resolved_toml(first), "resolved.toml").scenario;
  EXPECT_EQ(second.budget, first.budget);
  EXPECT_EQ(second.markets.at(0).on_demand->price.mode, first.markets.at(0).on_demand->price.mode);
  EXPECT_EQ(second.jobs.at(0).work_instance_hours.low, 1e-7);
  EXPECT_EQ(second.jobs.at(0).work_instance_hours.mode, 0.30000000000000004);
  EXPECT_EQ(second.jobs.at(0).work_instance_hours.high, 123456.789012345);
  EXPECT_EQ(second.jobs.at(0).restart_seconds, first.jobs.at(0).restart_seconds);
  EXPECT_EQ(second.markets.at(0).hardware_mtbf_hours->mode, first.markets.at(0).hardware_mtbf_hours->mode);
  EXPECT_EQ(second.markets.at(0).hardware_mtbf_hours->low, first.markets.at(0).hardware_mtbf_hours->low);
}

TEST(ScenarioResolved, SpellsOutDefaults) {
  const std::string text = resolved_toml(small_with({}));
  for (const char* line : {"currency = \"USD\"\n", "accounting = \"effective\"\n", "paths = 100000\n", "seed = 42\n",
                           "bins = \"1w\"\n", "billing = { increment = \"1s\", minimum = \"0s\" }\n", "scaling = 1\n",
                           "unfinished = \"buy-out\"\n", "choose = \"first\"\n", "markets = [\"east\"]\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

TEST(ScenarioFingerprint, IgnoresTheSimulationTableAndNothingElse) {
  const std::string fingerprint = scenario_sha256(small_with({}));
  EXPECT_EQ(fingerprint.size(), 64u);
  EXPECT_EQ(scenario_sha256(small_with({"simulation.paths=5", "simulation.seed=6", "simulation.bins=1d"})),
            fingerprint);
  for (const char* override : {"name=other", "horizon=2w", "step=30m", "budget=5", "market.east.on_demand.price=2.5",
                               "job.train.restart=1m", "plan.spot first.job.train.instances=5", "currency=EUR"})
    EXPECT_NE(scenario_sha256(small_with({override})), fingerprint) << override;
}

TEST(ScenarioFingerprint, FollowsTheBytesOfHistoriesAndNotWhereTheyLie) {
  const fs::path folder = fs::path(testing::TempDir()) / "costrisk_fingerprint";
  fs::create_directories(folder / "elsewhere");
  const std::string text =
      std::string(small_scenario) + "[[market]]\nname = \"traced\"\nspot = { price = { history = \"t.csv\" } }\n";
  const auto fingerprint = [&](const fs::path& where, const std::string& bytes) {
    std::ofstream(where / "t.csv") << bytes;
    return scenario_sha256(load_text(text, "traced.toml", {}, where).scenario);
  };
  const std::string prices = "time,price\n0,2\n6000000,3\n";
  const std::string first = fingerprint(folder, prices);
  EXPECT_EQ(fingerprint(folder / "elsewhere", prices), first);
  EXPECT_NE(fingerprint(folder, "time,price\n0,2\n6000000,4\n"), first);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace costrisk::scenario
