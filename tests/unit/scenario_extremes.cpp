// How far products of laws reach, and the highest demand.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "src/scenario/lower/extremes.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/reader/load.hpp"
#include "src/scenario/reader/resolved.hpp"

namespace costrisk::scenario {
namespace {

Law log_normal(double spread, const Loadings& loading = {}) {
  Law law;
  law.kind = Law::Kind::log_normal;
  law.median = 2.0;
  law.spread = spread;
  law.loading = loading;
  return law;
}
Law triangular(double high) {
  Law law;
  law.kind = Law::Kind::triangular;
  law.low = 0.0;
  law.mode = 1.0;
  law.high = high;
  return law;
}

TEST(Extremes, BoundedLawsStandAtTheirEnds) {
  EXPECT_EQ(Extreme().times(3.0).times(triangular(4.0)).times(triangular(5.0)).value(6.5), 60.0);
  EXPECT_EQ(lowest(triangular(4.0)), 0.0);
  EXPECT_EQ(highest(Law::constant(7.0)), 7.0);
}

TEST(Extremes, IndependentLawsAreNotAtTheirExtremesAtOnce) {
  EXPECT_DOUBLE_EQ(Extreme().times(log_normal(0.3)).value(6.5), highest(log_normal(0.3)));
  EXPECT_DOUBLE_EQ(Extreme().times(log_normal(0.3)).times(log_normal(0.4)).value(6.5), 4.0 * std::exp(6.5 * 0.5));
}

TEST(Extremes, LawsThatLoadOnOneFactorMoveTogetherOrAgainstOneAnother) {
  const Loadings up = {{0, 1.0}}, down = {{0, -1.0}}, other = {{1, 1.0}}, partly = {{0, 0.6}};
  const auto both = [](const Loadings& a, const Loadings& b) {
    return std::log(Extreme().times(log_normal(0.3, a)).times(log_normal(0.4, b)).value(1.0) / 4.0);
  };
  EXPECT_NEAR(both(up, up), 0.7, 1e-12);
  EXPECT_NEAR(both(up, down), 0.1, 1e-12);
  EXPECT_NEAR(both(up, other), 0.5, 1e-12);
  EXPECT_NEAR(both(up, partly), std::sqrt(0.54 * 0.54 + 0.32 * 0.32), 1e-12);
}

const char* const world = R"(horizon = "730h"
step = "1h"
[[demand]]
name = "chat"
base = 10
[[serverless]]
name = "hosted"
per_request = 0.001
[[service]]
name = "api"
demand = "chat"
unserved_penalty = 0.002
[[plan]]
name = "hosted"
[plan.service.api]
overflow = "hosted"
)";
Scenario loaded(const std::vector<std::string>& overrides) { return load_text(world, "s.toml", overrides).scenario; }
double highest_rate(const std::vector<std::string>& overrides) {
  const Scenario scenario = loaded(overrides);
  return highest_demand(scenario, scenario.demands[0]).value(6.5);
}

TEST(Extremes, TheHighestDemandHasEveryRiseAndNoFall) {
  EXPECT_DOUBLE_EQ(highest_rate({}), 10.0);
  EXPECT_DOUBLE_EQ(highest_rate({"demand.chat.growth={ low = -0.5, mode = 0, high = 0.5 }"}), 15.0);
  EXPECT_DOUBLE_EQ(highest_rate({"demand.chat.growth=-0.5"}), 10.0);
  EXPECT_DOUBLE_EQ(highest_rate({"demand.chat.by_weekday=[1, 1, 3, 1, 1, 1, 1]"}), 30.0);
  EXPECT_DOUBLE_EQ(
      highest_rate({"demand.chat.change=[{ at = \"1h\", multiplier = 0.5 }, { at = \"2h\", multiplier = 4 }]"}), 40.0);
  EXPECT_DOUBLE_EQ(
      highest_rate({"demand.chat.bursts={ every = \"9h\", multiplier = 3, duration = { mean = \"2h\" } }"}), 30.0);
  EXPECT_NEAR(highest_rate({"demand.chat.noise={ volatility = 0.2, half_life = \"5h\" }"}), 10.0 * std::exp(1.3), 1e-9);
  EXPECT_NEAR(highest_rate({"demand.chat.growth={ median = 0.1, spread = 0.5 }"}),
              10.0 * (1.0 + 0.1 * std::exp(0.5 * 6.5)), 1e-9);
}

TEST(Extremes, UncertainAdoptionOverAYearIsNotRefused) {
  EXPECT_NO_THROW(
      loaded({"horizon=1y", "demand.chat.base={ p10 = 20, p90 = 60 }", "demand.chat.growth={ p10 = 0.02, p90 = 0.08 }",
              "demand.chat.noise={ volatility = 0.2, half_life = \"6h\" }",
              "demand.chat.bursts={ every = \"10d\", multiplier = 3, duration = { mean = \"5h\" } }"}));
}

TEST(Serverless, AServiceWithoutPoolsNeedsNeitherRateNorMarket) {
  const Lowered lowered = lower(load_text(resolved_toml(loaded({})), "resolved.toml").scenario);
  EXPECT_EQ(lowered.storage->services[0].pools.count, 0);
  EXPECT_EQ(lowered.storage->services[0].overflows, 1);
}

}  // namespace
}  // namespace costrisk::scenario
