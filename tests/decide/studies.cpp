// Sweeps, searches, stresses, sensitivities and comparisons of a scenario whose costs are known by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "costrisk/errors.hpp"
#include "costrisk/simulate.hpp"
#include "tests/decide/newsvendor.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;

double figure(const Study& study, const std::string& name) {
  for (const auto& [key, value] : study.figures)
    if (key == name) return value;
  return std::numeric_limits<double>::quiet_NaN();
}

SweepOptions levels(const std::string& range, std::uint64_t paths = 0) {
  SweepOptions options;
  options.vary = {"plan.p.commitment.0.instances=" + range};
  options.paths = paths;
  return options;
}

TEST(Sweeps, EachCaseIsTheRunOfItsScenario) {
  const Study study = sweep(newsvendor(), levels("0..70", 500));
  const Array& mean = study.array("cost_mean");
  ASSERT_EQ(mean.shape, (std::vector<std::size_t>{71, 1}));
  for (const int level : {0, 5, 20, 63, 64, 70}) {  // of both batches
    Scenario one = newsvendor();
    one.set("plan.p.commitment.0.instances", static_cast<double>(level));
    RunOptions options;
    options.paths = 500;
    EXPECT_EQ(mean.values[static_cast<std::size_t>(level)], simulate(one, options).array("cost_mean").values[0])
        << level;
  }
}

TEST(Sweeps, LevelsCostWhatTheClosedFormSays) {
  const Study study = sweep(newsvendor(), levels("10..30"));
  const Array &mean = study.array("cost_mean"), &error = study.array("cost_mean_se");
  for (int level = 10; level <= 30; ++level) {
    const auto i = static_cast<std::size_t>(level - 10);
    EXPECT_NEAR(mean.values[i], mean_cost(level), 4.5 * error.values[i]) << level;
  }
}

TEST(Sweeps, TheBestIsMarkedAndWhatCannotBeToldFromIt) {
  const Study study = sweep(newsvendor(), levels("10..30"));
  // P(N > n) ≤ 0.7 from n = 20 on.
  const Array &best = study.array("best"), &tied = study.array("tied");
  EXPECT_TRUE(best.values[10] == 1.0 || tied.values[10] == 1.0);
  EXPECT_EQ(tied.values[0], 0.0);
  EXPECT_EQ(tied.values[20], 0.0);
}

TEST(Sweeps, OfTheWorldAreRunsOnTheSameSeed) {
  SweepOptions options;
  options.vary = {"market.g.on_demand.price=10,12"};
  options.paths = 500;
  const Study study = sweep(newsvendor(), options);
  Scenario dear = newsvendor();
  dear.set("market.g.on_demand.price", 12.0);
  RunOptions run;
  run.paths = 500;
  EXPECT_EQ(study.array("cost_mean").values[1], simulate(dear, run).array("cost_mean").values[0]);
}

/// Items that only some plans pay name them by their places among all plans.
TEST(Sweeps, PlansWithItemsOfTheirOwn) {
  const std::string two = newsvendor_text() + "[[plan]]\nname = \"q\"\nextends = \"p\"\n" +
                          "[[item]]\nname = \"fee\"\nonce = 1000\nplans = [\"q\"]\n";
  SweepOptions options;
  options.vary = {"plan.q.commitment.0.instances=5,6"};
  options.paths = 200;
  const Study study = sweep(Scenario::from_text(two), options);
  EXPECT_EQ(study.array("cost_mean").shape, (std::vector<std::size_t>{2, 1}));
  RunOptions run;
  run.paths = 200;
  const std::vector<double> means = simulate(Scenario::from_text(two), run).array("cost_mean").values;
  EXPECT_EQ(study.array("cost_mean").values[0], means[1]);
  EXPECT_NEAR(means[1] - means[0], 1000.0, 1e-6);
  OptimizeOptions search;
  search.vary = {"plan.q.commitment.0.instances=20,21"};
  search.paths = 300;
  EXPECT_NE(optimize(Scenario::from_text(two), search).toml.find("[[plan]]"), std::string::npos);
}

TEST(Sweeps, WhatIsNoneIsRefused) {
  SweepOptions options;
  EXPECT_THROW(sweep(newsvendor(), options), InputError);
  options.vary = {"plan.p.commitment.0.instances=0.."};
  EXPECT_THROW(sweep(newsvendor(), options), InputError);
  options.vary = {"plan.q.commitment.0.instances=0..2"};
  EXPECT_THROW(sweep(newsvendor(), options), InvalidScenario);
  options = levels("0..2");
  options.minimize = "median";
  EXPECT_THROW(sweep(newsvendor(), options), InputError);
  options = levels("0..2");
  options.plans = {"q"};
  EXPECT_THROW(sweep(newsvendor(), options), InputError);
}

TEST(Sweeps, ResultsDoNotHangOnThreads) {
  SweepOptions one = levels("0..10", 500), two = one;
  one.threads = 1;
  two.threads = 3;
  EXPECT_EQ(sweep(newsvendor(), one).json, sweep(newsvendor(), two).json);
}

TEST(Searches, FindTheNewsvendorsCommitment) {
  OptimizeOptions options;
  options.vary = {"plan.p.commitment.0.instances=0..40"};
  options.paths = 8192;
  const Study study = optimize(newsvendor(), options);
  const Json json = Json::parse(study.json);
  const int level = std::stoi(json["chosen"]["values"]["plan.p.commitment.0.instances"].get<std::string>());
  EXPECT_LE(mean_cost(level), 1.001 * mean_cost(20)) << level;
  EXPECT_EQ(figure(study, "shown"), 1.0);
  // At most a twentieth of all levels at twenty times the futures.
  EXPECT_LE(json["work"].get<double>(), 0.05 * 20.0 * 42.0 * 8192.0);
  EXPECT_NE(study.toml.find("[[plan.commitment]]"), std::string::npos);
}

TEST(Searches, AreTheSameOnEveryRun) {
  OptimizeOptions options;
  options.vary = {"plan.p.commitment.0.instances=0..40"};
  options.paths = 512;
  EXPECT_EQ(optimize(newsvendor(), options).json, optimize(newsvendor(), options).json);
}

TEST(Searches, KeepToTheGoal) {
  Scenario tight = newsvendor();
  // The budget is 672 · 10 · 25: at level n it is broken where 7n + 10·(N − n) > 250, N > 25 + 0.3·n.
  tight.set({{"budget", "168000"}, {"goal.over_budget", "0.15"}});
  OptimizeOptions options;
  options.vary = {"plan.p.commitment.0.instances=0..40"};
  options.paths = 4096;
  const Study study = optimize(tight, options);
  const Json json = Json::parse(study.json);
  ASSERT_EQ(figure(study, "shown"), 1.0);
  const int level = std::stoi(json["chosen"]["values"]["plan.p.commitment.0.instances"].get<std::string>());
  const double over = 1.0 - base_cdf(std::floor(25.0 + 0.3 * level));
  EXPECT_LE(over, 0.15) << level;
}

TEST(Searches, SayWhereNothingMeetsTheGoal) {
  Scenario impossible = newsvendor();
  impossible.set("budget", 1000.0);
  OptimizeOptions options;
  options.vary = {"plan.p.commitment.0.instances=0..10"};
  options.paths = 256;
  const Study study = optimize(impossible, options);
  EXPECT_EQ(figure(study, "shown"), 0.0);
  EXPECT_EQ(study.sentences.front(), "No plan of the space meets the goal.");
}

TEST(Searches, RefuseTheWorld) {
  OptimizeOptions options;
  EXPECT_THROW(optimize(newsvendor(), options), InputError);
  options.vary = {"market.g.on_demand.price=1..3"};
  EXPECT_THROW(optimize(newsvendor(), options), InputError);
}

/// Of a hundred seeds the goal is met in truth wherever that is shown.
TEST(LongSearches, HoldWhatTheyShow) {
  Scenario tight = newsvendor();
  tight.set({{"budget", "168000"}, {"goal.over_budget", "0.155"}});
  OptimizeOptions options;
  options.vary = {"plan.p.commitment.0.instances=0..40"};
  options.paths = 1024;
  int shown = 0, wrong = 0, near = 0;
  double best = std::numeric_limits<double>::infinity();
  for (int level = 0; level <= 40; ++level)
    if (1.0 - base_cdf(std::floor(25.0 + 0.3 * level)) <= 0.155) best = std::min(best, mean_cost(level));
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    options.seed = seed;
    const Study study = optimize(tight, options);
    if (figure(study, "shown") != 1.0) continue;
    ++shown;
    const Json json = Json::parse(study.json);
    const int level = std::stoi(json["chosen"]["values"]["plan.p.commitment.0.instances"].get<std::string>());
    if (1.0 - base_cdf(std::floor(25.0 + 0.3 * level)) > 0.155) ++wrong;
    if (mean_cost(level) <= 1.005 * best) ++near;
  }
  EXPECT_LE(wrong, 5);
  EXPECT_GE(near, 95 * shown / 100);
  EXPECT_GE(shown, 90);
}

TEST(Stresses, ScaleWhatTheySay) {
  Scenario with_own = Scenario::from_text(
      newsvendor_text() + "[[stress]]\nname = \"half demand\"\nscale = [\"demand.d.base=0.5\"]\n", "own");
  StressOptions options;
  options.paths = 500;
  const Json json = Json::parse(stress(with_own, options).json);
  std::vector<std::string> names;
  for (const Json& one : json["stresses"]) names.push_back(one["stress"].get<std::string>());
  EXPECT_EQ(names, (std::vector<std::string>{"as it is", "prices +20 %", "list prices cut by 45 %", "demand twice",
                                             "half demand"}));
  // Prices of on-demand are all that moves: what is committed stays.
  const double standing = json["stresses"][0]["plans"][0]["mean"], dear = json["stresses"][1]["plans"][0]["mean"];
  EXPECT_NEAR(dear - standing, 0.2 * (standing - hours * 35.0), 1e-3 * standing);
}

TEST(Stresses, ReverseFindsTheBreakingMove) {
  // One unknown: the base. At level 5 the budget of 168000 is broken where N > 26.5, so that the base breaks it from 26
  // on.
  Scenario tight = newsvendor();
  tight.set({{"budget", "168000"}, {"goal.over_budget", "0.5"}});
  StudyOptions options;
  options.paths = 64;
  const Json json = Json::parse(reverse_stress(tight, "p", options).json);
  ASSERT_EQ(json["moves"].size(), 1u);
  EXPECT_EQ(json["moves"][0]["unknown"], "demand.d.base");
  EXPECT_NEAR(json["moves"][0]["value"].get<double>(), 26.0, 0.1);
  EXPECT_NEAR(json["moves"][0]["chance"].get<double>(), 1.0 - base_cdf(26.0), 0.01);
}

TEST(Sensitivities, AreTheDerivativesKnownByHand) {
  Scenario known = newsvendor();
  known.set("demand.d.base", 20.0);
  // 5 committed at 7 and 15 at 10 an hour: of 185, 35 hang on the price of the commitment and 150 on that of the
  // market.
  SensitivityOptions options;
  options.paths = 16;
  options.only = {"market.g.on_demand.price", "plan.p.commitment.0.price_per_hour", "budget"};
  const Study study = sensitivity(known, options);
  const Json json = Json::parse(study.json);
  std::map<std::string, double> elasticity;
  for (const Json& number : json["numbers"]) elasticity[number["address"]] = number["plans"][0]["mean"]["value"];
  EXPECT_NEAR(elasticity.at("market.g.on_demand.price"), 150.0 / 185.0, 1e-6);
  EXPECT_NEAR(elasticity.at("plan.p.commitment.0.price_per_hour"), 35.0 / 185.0, 1e-6);
  EXPECT_EQ(elasticity.at("budget"), 0.0);
  EXPECT_EQ(figure(study, "evpi"), 0.0);
}

/// To know the base before choosing between 5 and 25 committed saves what the closed form says.
TEST(Sensitivities, ValueTheDemandBeforeCommitting) {
  SensitivityOptions options;
  options.paths = 4000;
  options.only = {"budget"};
  options.vary = "plan.p.commitment.0.instances=25";
  Scenario free = newsvendor();
  free.set({{"goal.over_budget", "1"}});
  const Json json = Json::parse(sensitivity(free, options).json);
  // Cost an hour at N: 7n + 10·max(N − n, 0).
  double low = 0.0, high = 0.0, least = 0.0;
  for (int need = 11; need <= 40; ++need) {
    const double chance = base_cdf(need) - base_cdf(need - 1);
    const double few = 35.0 + 10.0 * (need - 5), many = 175.0 + 10.0 * std::max(need - 25, 0);
    low += chance * few;
    high += chance * many;
    least += chance * std::min(few, many);
  }
  const double evpi = hours * (std::min(low, high) - least);
  EXPECT_NEAR(json["evpi"]["value"].get<double>(), evpi, 4.0 * json["evpi"]["se"].get<double>());
  ASSERT_EQ(json["drivers"].size(), 1u);
  EXPECT_NEAR(json["drivers"][0]["evppi"].get<double>(), evpi,
              4.0 * json["drivers"][0]["se"].get<double>() + 0.03 * evpi);
}

TEST(Comparisons, AddUpToTheMicroUnit) {
  RunOptions run;
  run.paths = 700;
  Scenario changed = newsvendor();
  changed.set(
      {{"market.g.on_demand.price", "11"}, {"plan.p.commitment.0.instances", "12"}, {"demand.d.base.high", "35"}});
  const Study study = compare(simulate(newsvendor(), run), simulate(changed, run));
  const Json plan = Json::parse(study.json)["plans"][0];
  std::int64_t total = plan["before"]["micros"];
  std::map<std::string, std::int64_t> categories = plan["before"]["categories"];
  ASSERT_EQ(plan["steps"].size(), 3u);
  for (const Json& step : plan["steps"]) {
    total += step["micros"].get<std::int64_t>();
    std::int64_t of_step = 0;
    for (const auto& [category, micros] : step["categories"].items()) {
      categories[category] += micros.get<std::int64_t>();
      of_step += micros.get<std::int64_t>();
    }
    EXPECT_EQ(of_step, step["micros"].get<std::int64_t>());
  }
  EXPECT_EQ(total, plan["after"]["micros"].get<std::int64_t>());
  for (const auto& [category, micros] : plan["after"]["categories"].items())
    EXPECT_EQ(categories[category], micros.get<std::int64_t>());
  EXPECT_TRUE(Json::parse(study.json)["paired"]);
}

TEST(Comparisons, OfOtherFuturesSaySo) {
  RunOptions run, other;
  run.paths = other.paths = 300;
  other.seed = 7;
  const Study study = compare(simulate(newsvendor(), run), simulate(newsvendor(), other));
  const Json json = Json::parse(study.json);
  EXPECT_FALSE(json["paired"]);
  EXPECT_EQ(json["plans"][0]["steps"][0]["change"], "other futures");
}

TEST(Studies, AreJudgedByGates) {
  const Study study = sweep(newsvendor(), levels("10..12", 100));
  EXPECT_TRUE(study.failed_gates({"cases>=3", "best<1M"}).empty());
  EXPECT_EQ(study.failed_gates({"cases>3"}).size(), 1u);
  EXPECT_THROW(study.failed_gates({"cheapest<3"}), InputError);
  EXPECT_THROW(study.failed_gates({"cases"}), InputError);
}

TEST(Studies, StopAndKeepWhatIsDone) {
  SweepOptions options;
  options.vary = {"market.g.on_demand.price=10..19"};
  options.paths = 200;
  CancellationToken stop = options.cancellation;
  options.progress = [&](std::uint64_t done, std::uint64_t total, const std::string&) {
    if (done > total / 2) stop.cancel();
  };
  const Study study = sweep(newsvendor(), options);
  EXPECT_FALSE(study.complete);
  EXPECT_GE(study.array("cost_mean").shape[0], 4u);
  EXPECT_LT(study.array("cost_mean").shape[0], 10u);
}

TEST(Drafts, AreValidScenarios) {
  Draft draft;
  draft.on_demand_price = 98.0;
  draft.spot_price = 40.0;
  draft.job = "pretrain";
  draft.instance_hours = 20'000;
  draft.instances = 32;
  draft.deadline_hours = 9 * 168;
  draft.budget = 2.5e6;
  EXPECT_TRUE(Scenario::from_text(draft_scenario(draft)).check().valid());
  draft.service = "chat";
  draft.requests_per_second = 60;
  draft.rate = 7;
  draft.growth = 0.06;
  EXPECT_TRUE(Scenario::from_text(draft_scenario(draft)).check().valid());
  draft.job.clear();
  EXPECT_TRUE(Scenario::from_text(draft_scenario(draft)).check().valid());
  draft.service.clear();
  EXPECT_THROW(draft_scenario(draft), InputError);
}

}  // namespace
}  // namespace costrisk::tests
