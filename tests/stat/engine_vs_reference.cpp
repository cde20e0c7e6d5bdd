// The engine against the reference simulator over scenarios that between them use every part of the model, and
// the same comparison against a reference with one part changed, which must fail.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "src/scenario/load.hpp"
#include "tests/stat/comparison.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {
namespace {

constexpr double bound = 4.0;  ///< standard errors; seeds are fixed

std::string file_of(const std::string& name) {
  return std::string(COSTRISK_SOURCE_DIR) + "/tests/stat/scenarios/" + name + ".toml";
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(COSTRISK_SOURCE_DIR) + "/tests/stat/scenarios")) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class EngineVsReference : public testing::TestWithParam<std::string> {};

TEST_P(EngineVsReference, AgreeOverFourWeeks) {
  const scenario::Scenario scenario = scenario::load(file_of(GetParam())).scenario;
  const Results engine = simulate(Subject::engine, scenario, 20'000, 7);
  const Results reference = simulate(Subject::reference, scenario, 2'000, 8);
  EXPECT_EQ(beyond(compare(scenario, engine, reference), bound), "");
}

INSTANTIATE_TEST_SUITE_P(On, EngineVsReference, testing::ValuesIn(scenario_names()),
                         [](const auto& tested) { return tested.param; });

class FullComparison : public testing::TestWithParam<std::string> {};

TEST_P(FullComparison, AgreeOverAQuarter) {
  const scenario::Scenario scenario = scenario::load(file_of(GetParam()), {"horizon=13w"}).scenario;
  const Results engine = simulate(Subject::engine, scenario, 200'000, 11);
  const Results reference = simulate(Subject::reference, scenario, 20'000, 12);
  EXPECT_EQ(beyond(compare(scenario, engine, reference), bound + 0.5), "");
}

INSTANTIATE_TEST_SUITE_P(LongOn, FullComparison, testing::ValuesIn(scenario_names()),
                         [](const auto& tested) { return tested.param; });

using Change = std::function<void(scenario::Scenario&)>;

/// A part of the model changed in one scenario.
struct PlantedBias {
  const char* name;
  const char* scenario;
  Change change;
};

void scale(scenario::Law& law, double factor) {
  law.low *= factor;
  law.mode *= factor;
  law.high *= factor;
  law.median *= factor;
}

void PrintTo(const PlantedBias& bias, std::ostream* out) { *out << bias.name; }

std::vector<PlantedBias> planted_biases() {
  using scenario::Scenario;
  return {
      {"WorkFivePercentMore", "on_demand", [](Scenario& s) { scale(s.jobs[0].work_instance_hours, 1.05); }},
      {"HardwareFailsAQuarterLess", "on_demand", [](Scenario& s) { scale(*s.markets[0].hardware_mtbf_hours, 1.25); }},
      {"PriceWithoutLoading", "on_demand", [](Scenario& s) { s.markets[0].on_demand->price.loading.clear(); }},
      {"NoShocks", "shortage", [](Scenario& s) { s.factors[0].shock.reset(); }},
      {"UnloadedCapacity", "shortage", [](Scenario& s) { s.markets[0].spot->capacity->loading.clear(); }},
      {"ReclaimsAThirdRarer", "spot_depth", [](Scenario& s) { scale(*s.markets[0].spot->reclaim_every_hours, 1.5); }},
      {"UnlimitedDepth", "spot_depth", [](Scenario& s) { s.markets[0].spot->capacity->depth.reset(); }},
      {"DroughtsAFifthLonger", "spot_depth",
       [](Scenario& s) { scale(s.markets[0].spot->capacity->down.mean_hours, 1.2); }},
      {"MemorylessSojourns", "policies", [](Scenario& s) { s.markets[0].spot->capacity->up.cv = 1.0; }},
      {"NoticeTooShort", "checkpoints", [](Scenario& s) { s.markets[0].spot->notice_seconds = 299.0; }},
      {"NoticeAlwaysEnough", "checkpoints", [](Scenario& s) { s.markets[0].spot->notice_seconds = 360.0; }},
      {"RestartTwiceAsLong", "policies",
       [](Scenario& s) {
         for (auto& plan : s.plans) plan.jobs[0].restart_seconds *= 2.0;
       }},
      {"GreedyInsteadOfUniformProgress", "policies", [](Scenario& s) { s.plans[3].jobs[0].policy = Policy::greedy; }},
      {"DeadlineTwelveHoursLater", "policies", [](Scenario& s) { *s.jobs[0].deadline_seconds += 12.0 * 3600.0; }},
      {"FirstInsteadOfCheapest", "failover", [](Scenario& s) { s.plans[1].jobs[0].choose = Choose::first; }},
      {"EgressATenthMore", "failover", [](Scenario& s) { s.jobs[0].state_gb *= 1.1; }},
      {"RepricingAFifthMoreOften", "repricing", [](Scenario& s) { s.markets[0].repricing->every_seconds /= 1.2; }},
      {"NoPriceCap", "repricing", [](Scenario& s) { s.markets[0].spot->price->cap = 1e9; }},
      {"AttemptsPleaseMore", "repeats", [](Scenario& s) { s.jobs[0].attempts->success = 0.75; }},
      {"PenaltyATenthMore", "repeats", [](Scenario& s) { s.jobs[1].late_penalty_per_hour *= 1.1; }},
      {"NoBillingMinimum", "billing", [](Scenario& s) { s.markets[0].billing_minimum_seconds = 0.0; }},
      {"BilledByTheSecond", "billing", [](Scenario& s) { s.markets[0].billing_increment_seconds = 1.0; }},
      {"ItemsByChanceMoreOften", "items", [](Scenario& s) { s.items[1].chance = 0.5; }},
      {"ShareHalfMore", "items", [](Scenario& s) { scale(s.items[3].amount, 1.5); }},
      {"OnDemandAlwaysThere", "launches", [](Scenario& s) { s.markets[0].on_demand->capacity.reset(); }},
      {"ConstantItemHalfAPercentMore", "constant", [](Scenario& s) { scale(s.items[0].amount, 1.005); }},
      {"ConstantPriceHalfAPercentMore", "constant", [](Scenario& s) { scale(s.markets[0].on_demand->price, 1.005); }},
      {"ScalingThreePercentMore", "coarse", [](Scenario& s) { s.jobs[0].scaling += 0.03; }},
      {"LeftInsteadOfBoughtOut", "unfinished",
       [](Scenario& s) { s.jobs[0].unfinished = scenario::Job::Unfinished::ignore; }},
  };
}

class EngineVsChangedReference : public testing::TestWithParam<PlantedBias> {};

TEST_P(EngineVsChangedReference, Disagree) {
  const scenario::Scenario scenario = scenario::load(file_of(GetParam().scenario)).scenario;
  scenario::Scenario changed = scenario;
  GetParam().change(changed);
  const Results engine = simulate(Subject::engine, scenario, 20'000, 7);
  const Results reference = simulate(Subject::reference, changed, 2'000, 8);
  EXPECT_NE(beyond(compare(scenario, engine, reference), bound), "");
}

INSTANTIATE_TEST_SUITE_P(On, EngineVsChangedReference, testing::ValuesIn(planted_biases()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace costrisk::stat
