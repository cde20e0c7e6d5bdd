// Lowered demands and laws: profiles by the step, growth, changes, laws told once.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "src/scenario/lower/lower.hpp"
#include "src/scenario/lower/lower_world.hpp"
#include "src/scenario/lower/streams.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::scenario {
namespace {

/// One service on one demand, serverless alone.
std::string with_demand(const std::string& demand, const std::string& frame = "horizon = \"2w\"\nstep = \"1h\"\n") {
  return frame + "[[demand]]\nname = \"chat\"\n" + demand + R"(
[[serverless]]
name = "hosted"
per_request = { low = 0.001, mode = 0.002, high = 0.003 }
[[market]]
name = "east"
on_demand = 2.0
[[service]]
name = "api"
demand = "chat"
rate = { east = { p10 = 3, p90 = 5 } }
[[plan]]
name = "plain"
[plan.service.api]
pools = [ { market = "east", buy = "on-demand" } ]
overflow = "hosted"
)";
}

Scenario loaded(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return load_text(text, "demand.toml", overrides).scenario;
}

/// Hours that differ, and days of which one has nothing.
const char* const varied = R"(base = 1
by_hour = [ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24 ]
by_weekday = [ 1, 1, 1, 1, 1, 1, 0.5 ])";

std::vector<double> averages(const std::string& frame, const std::string& demand = varied) {
  const Scenario scenario = loaded(with_demand(demand, frame));
  return profile_averages(scenario, scenario.demands[0]);
}

TEST(LowerDemand, ProfileOfHourlyStepsIsTheProfileFromTheStartsHourOn) {
  // 2026-01-04 is a Sunday.
  const std::vector<double> found = averages("start = 2026-01-04T22:00:00\nhorizon = \"3w\"\nstep = \"1h\"\n");
  ASSERT_EQ(found.size(), 168u);
  EXPECT_DOUBLE_EQ(found[0], 0.5 * 23.0);
  EXPECT_DOUBLE_EQ(found[1], 0.5 * 24.0);
  EXPECT_DOUBLE_EQ(found[2], 1.0);
  EXPECT_DOUBLE_EQ(found[167], 0.5 * 22.0);
}

TEST(LowerDemand, StepsThatCutHoursAreAveragedExactly) {
  // Steps of 45 minutes from 0:30 on Monday: the first has half an hour of 1 and a quarter of 2.
  const std::vector<double> found = averages("start = 2026-01-05T00:30:00\nhorizon = \"2w\"\nstep = \"45m\"\n");
  ASSERT_EQ(found.size(), 224u);
  EXPECT_NEAR(found[0], (30.0 * 1.0 + 15.0 * 2.0) / 45.0, 1e-13);
  EXPECT_NEAR(found[1], 2.0, 1e-13);
  EXPECT_NEAR(found[2], 3.0, 1e-13);
  EXPECT_NEAR(found[3], (15.0 * 3.0 + 30.0 * 4.0) / 45.0, 1e-13);
  // The last half hour of Sunday has its own weight, and then Monday begins again.
  EXPECT_NEAR(found[223], (15.0 * 0.5 * 24.0 + 30.0 * 1.0) / 45.0, 1e-13);
}

TEST(LowerDemand, ProfileAveragesKeepTheWeeksTotal) {
  const double mean = 12.5 * (6.0 + 0.5) / 7.0;
  for (const std::string step : {"1m", "15m", "45m", "3h", "8h", "24h"}) {
    const std::vector<double> found =
        averages("start = 2026-01-07T13:45:30\nhorizon = \"1w\"\nstep = \"" + step + "\"\n");
    EXPECT_NEAR(std::accumulate(found.begin(), found.end(), 0.0) / static_cast<double>(found.size()), mean, 1e-11)
        << step;
  }
}

TEST(LowerDemand, StepsThatDoNotDivideAWeekAreToldOverTheWholeHorizon) {
  // 11 hours divide 77 days, not a week.
  const std::vector<double> found = averages("horizon = \"77d\"\nstep = \"11h\"\n");
  EXPECT_EQ(found.size(), 168u);
  // 2026-01-01 is a Thursday: hours 1 to 11, then 12 to 22.
  EXPECT_NEAR(found[0], 6.0, 1e-13);
  EXPECT_NEAR(found[1], 17.0, 1e-13);
  EXPECT_NEAR(found[2], (23.0 + 24.0 + 45.0) / 11.0, 1e-13);
}

TEST(LowerDemand, AFlatProfileIsOneStep) {
  EXPECT_EQ(averages("horizon = \"2w\"\nstep = \"15m\"\n", "base = 1"), std::vector<double>{1.0});
}

TEST(LowerDemand, AHorizonUnderAWeekHasNoMoreStepsThanItself) {
  EXPECT_EQ(averages("horizon = \"2d\"\nstep = \"1h\"\n").size(), 48u);
}

TEST(LowerDemand, GrowthIsTheLogarithmAStep) {
  const Lowered constant = lower(loaded(with_demand("base = 8\ngrowth = 0.25")));
  const LawParameters& law = constant.storage->laws[constant.storage->demands[0].log_growth];
  EXPECT_EQ(law.kind, LawKind::constant);
  EXPECT_FLOAT_EQ(law.value, static_cast<float>(std::log(1.25) / 730.0));

  const Lowered drawn = lower(loaded(with_demand("base = 8\ngrowth = { low = -0.1, mode = 0, high = 0.2 }")));
  const LawParameters& triangular = drawn.storage->laws[drawn.storage->demands[0].log_growth];
  EXPECT_EQ(triangular.transform, Transform::log_one_plus);
  EXPECT_FLOAT_EQ(triangular.factor, static_cast<float>(1.0 / 730.0));
  EXPECT_FLOAT_EQ(triangular.low, -0.1f);
  EXPECT_FLOAT_EQ(triangular.high, 0.2f);

  EXPECT_EQ(lower(loaded(with_demand("base = 8"))).storage->demands[0].log_growth, no_law);
}

TEST(LowerDemand, ChangesHoldFromTheFirstStepThatStartsAtOrAfterThem) {
  const std::string changes =
      "base = 8\nchange = [ { at = \"5h\", multiplier = 2 }, { at = \"5h1m\", multiplier = 2, chance = 0.5 },\n"
      "{ at = \"5h2s\", multiplier = 2 } ]";
  const Lowered lowered = lower(loaded(with_demand(changes)));
  const std::vector<ChangeParameters>& found = lowered.storage->changes;
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].step, 5);
  EXPECT_EQ(found[1].step, 6);
  EXPECT_EQ(found[2].step, 5) << "within 2^-10 step of its start";
  EXPECT_EQ(found[1].chance, 0.5f);
  EXPECT_EQ(found[1].chance_stream, stream_of("demand/chat/change/1/chance"));
  EXPECT_EQ(lowered.storage->demands[0].changes.count, 3);
}

TEST(LowerDemand, NoiseAndBurstsHaveStreamsOfTheirOwn) {
  const Lowered lowered =
      lower(loaded(with_demand("base = 8\nnoise = { volatility = 0.2, half_life = \"6h\" }\n"
                               "bursts = { every = \"10d\", multiplier = 3, duration = { mean = \"5h\", cv = 1 } }")));
  const DemandParameters& demand = lowered.storage->demands[0];
  EXPECT_EQ(demand.has_noise, 1);
  EXPECT_EQ(demand.noise.stream, stream_of("demand/chat/noise"));
  EXPECT_FLOAT_EQ(demand.noise.c, static_cast<float>(1.0 - std::exp2(-1.0 / 6.0)));
  ASSERT_EQ(demand.bursts, 0);
  EXPECT_EQ(lowered.storage->renewals[0].stream, stream_of("demand/chat/bursts"));
  EXPECT_FLOAT_EQ(lowered.storage->renewals[0].on_share, 5.0f / 245.0f);
  EXPECT_EQ(demand.burst_multiplier, 3.0f);
  EXPECT_EQ(lowered.parameters.slots, 2) << "the demand's, and what its service's autoscaler asks for";
  EXPECT_EQ(demand.slot, 0);
}

TEST(LowerLaws, OneLawOfOneAddressIsToldOnceHoweverManyUseIt) {
  const std::string text = with_demand("base = 8\ntokens = { input = 100, output = { low = 1, mode = 2, high = 4 } }");
  const Lowered one = lower(loaded(text));
  const Lowered two =
      lower(loaded(text + "[[plan]]\nname = \"other\"\nextends = \"plain\"\n[plan.service.api]\nmin = 2\n"));
  EXPECT_EQ(two.shape.service_components, 2);
  EXPECT_EQ(two.storage->laws.size(), one.storage->laws.size());
  EXPECT_EQ(two.storage->pools[0].rate, two.storage->pools[1].rate);
  EXPECT_EQ(two.storage->services[0].serverless.per_request, two.storage->services[1].serverless.per_request);
  EXPECT_EQ(one.storage->services[0].output_tokens, one.storage->services[0].serverless.output_tokens);
}

TEST(LowerLaws, AnUncertainServerlessPriceIsRelativeToItsUsualValue) {
  const std::string text = with_demand("base = 8\ntokens = { input = 1000, output = 500 }");
  const std::vector<std::string> tokens = {"serverless.hosted.per_million={ input = 2, output = 4 }"};
  const Lowered drawn = lower(loaded(text, tokens));
  const ServerlessPriceParameters& price = drawn.storage->services[0].serverless;
  const double usual = 0.002 + (1000.0 * 2.0 + 500.0 * 4.0) / 1e6;
  EXPECT_EQ(price.is_constant, 0);
  EXPECT_FLOAT_EQ(price.money.high, static_cast<float>(usual));
  EXPECT_FLOAT_EQ(price.per_request_weight, static_cast<float>(1.0 / usual));
  EXPECT_FLOAT_EQ(price.token_weight, static_cast<float>(1e-6 / usual));

  const Lowered known = lower(loaded(text, {tokens[0], "serverless.hosted.per_request=0.001"}));
  EXPECT_EQ(known.storage->services[0].serverless.is_constant, 1);
  EXPECT_FLOAT_EQ(known.storage->services[0].serverless.money.high, 0.005f);

  // What is not paid for does not make a price uncertain.
  const Lowered free_tokens =
      lower(loaded(text, {"serverless.hosted.per_request=0.001", "demand.chat.tokens.input={ p10 = 1, p90 = 2 }"}));
  EXPECT_EQ(free_tokens.storage->services[0].serverless.is_constant, 1);
}

}  // namespace
}  // namespace costrisk::scenario
