// What varies: ranges, lists, durations, and what is refused.
#include <gtest/gtest.h>

#include "src/scenario/reader/variation.hpp"

namespace costrisk::scenario {
namespace {

using Texts = std::vector<std::string>;

TEST(Variations, RangesHoldBothEnds) {
  EXPECT_EQ(parse_variation("plan.a.commitment.0.instances=0..4").values, (Texts{"0", "1", "2", "3", "4"}));
  EXPECT_EQ(parse_variation("a.b = 0.5..0.7:0.1").values, (Texts{"0.5", "0.6", "0.7"}));
  EXPECT_EQ(parse_variation("a.b=0..1").values, (Texts{"0", "1"}));
  EXPECT_EQ(parse_variation("a.b=0.0..1.5").values.size(), 11u);
  EXPECT_EQ(parse_variation("budget=1M..2M:500k").values, (Texts{"1000000", "1500000", "2000000"}));
  EXPECT_EQ(parse_variation("a.b=3..3").values, (Texts{"3"}));
}

TEST(Variations, RangesOfDurations) {
  const Variation variation = parse_variation("plan.a.job.t.margin=6h..1d:6h");
  EXPECT_EQ(variation.values, (Texts{"6h", "12h", "18h", "1d"}));
  EXPECT_EQ(variation.numbers, (std::vector<double>{6, 12, 18, 24}));
  EXPECT_TRUE(variation.of_durations);
}

TEST(Variations, ListsKeepWhatStandsInBracketsTogether) {
  EXPECT_EQ(parse_variation("plan.a.job.t.markets=[\"x\", \"y\"],[\"z\"]").values,
            (Texts{"[\"x\", \"y\"]", "[\"z\"]"}));
  EXPECT_EQ(parse_variation("plan.a.job.t.policy=spot, greedy").values, (Texts{"spot", "greedy"}));
}

TEST(Variations, FactorsAreWrittenAsInSetting) {
  const Variation variation = parse_variation("market.*.price *= 0.8,1.2");
  EXPECT_TRUE(variation.scales);
  EXPECT_EQ(variation.assignment(1).text, "market.*.price *= 1.2");
  EXPECT_FALSE(variation.of_plan());
}

TEST(Variations, WhatIsNoneIsRefused) {
  for (const char* text :
       {"", "a", "a=", "=3", "a=3..1", "a=1..x", "a=1..2:0", "a=1..2:-1", "a=0..1e9", "a=1,,2", "a=1,1"})
    EXPECT_THROW(parse_variation(text), BadVariation) << text;
}

TEST(Variations, StatisticsOfCost) {
  EXPECT_EQ(parse_cost_statistic("mean")->kind, CostStatistic::Kind::mean);
  EXPECT_EQ(parse_cost_statistic("p90")->probability, 0.9);
  EXPECT_DOUBLE_EQ(parse_cost_statistic("cvar99.9")->probability, 0.999);
  for (const char* text : {"", "median", "p", "p0", "p100", "cvar", "late"})
    EXPECT_FALSE(parse_cost_statistic(text)) << text;
}

}  // namespace
}  // namespace costrisk::scenario
