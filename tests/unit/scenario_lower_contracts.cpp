// What contracts cost by hand, and the instants at which plans are looked at.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/scenario/lower/lower.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::scenario {
namespace {

std::string frame(const std::string& more = "horizon = \"10d\"\nstep = \"6h\"\n") {
  return more + R"([[market]]
name = "east"
on_demand = 2.0
[[job]]
name = "train"
work = { median = 100, spread = 0.1 }
throughput = { east = 1 }
)";
}
std::string plan(const std::string& name, const std::string& more) {
  return "[[plan]]\nname = \"" + name + "\"\n[plan.job.train]\n" + more;
}
std::string commitment(const std::string& from, const std::string& term) {
  return "[[plan.commitment]]\nmarket = \"east\"\ninstances = 2\nprice_per_hour = 0.5\nupfront = 480\nfrom = \"" +
         from + "\"\nterm = \"" + term + "\"\n";
}

Lowered lowered(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return lower(load_text(text, "contracts.toml", overrides).scenario);
}

std::vector<double> committed(const Lowered& found, int of_plan) {
  std::vector<double> costs;
  for (int edge = 0; edge < found.parameters.edge_count; ++edge)
    costs.push_back(
        static_cast<double>(found.parameters.committed_micros[of_plan * found.parameters.edge_count + edge]) / 1e6);
  return costs;
}

TEST(LowerCommittedCost, EffectiveAccountingSpreadsUpfrontOverTheTerm) {
  // Two instances at 0.5 an hour and 480 upfront over 4 days: 24 + 120 a day, from day 1.5 to day 5.5.
  const Lowered found = lowered(frame() + plan("p", commitment("36h", "4d")), {"simulation.bins=1d"});
  EXPECT_EQ(committed(found, 0), (std::vector<double>{0, 72, 216, 360, 504, 576, 576, 576, 576, 576}));
  EXPECT_EQ(found.effective_micros[0], 576'000'000);
  EXPECT_EQ(found.obligation[0], 0.0);
}

TEST(LowerCommittedCost, BilledAccountingPaysUpfrontAtTheStart) {
  const std::string text = frame("horizon = \"10d\"\nstep = \"6h\"\naccounting = \"billed\"\n");
  const Lowered found = lowered(text + plan("p", commitment("36h", "4d")), {"simulation.bins=1d"});
  EXPECT_EQ(committed(found, 0), (std::vector<double>{0, 492, 516, 540, 564, 576, 576, 576, 576, 576}));
  EXPECT_EQ(found.effective_micros[0], 576'000'000);
  // Paid at `from`, which is not before the end of a bin that ends there.
  const Lowered later = lowered(text + plan("p", commitment("2d", "4d")), {"simulation.bins=1d"});
  EXPECT_EQ(committed(later, 0)[1], 0.0);
  EXPECT_EQ(committed(later, 0)[2], 504.0);
}

TEST(LowerCommittedCost, WhatATermOwesBeyondTheHorizonIsObligation) {
  // 20 days from day 5: 480 + 480 upfront in all, of which 5 days have passed.
  const Lowered effective = lowered(frame() + plan("p", commitment("5d", "20d")));
  EXPECT_EQ(committed(effective, 0).back(), 240.0);
  EXPECT_NEAR(effective.obligation[0], 720.0, 1e-9);
  const Lowered billed = lowered(frame("horizon = \"10d\"\nstep = \"6h\"\naccounting = \"billed\"\n") +
                                 plan("p", commitment("5d", "20d")));
  EXPECT_EQ(committed(billed, 0).back(), 600.0);
  EXPECT_EQ(billed.effective_micros[0], 240'000'000);
  EXPECT_NEAR(billed.obligation[0], 360.0, 1e-9);
}

TEST(LowerCommittedCost, SavingsPlansCostTheirSpendInTheirTerm) {
  const Lowered found = lowered(frame() + plan("p", R"([[plan.savings_plan]]
spend_per_hour = 3
discounts = { east = 0.5 }
from = "36h"
term = "1y"
)"),
                                {"simulation.bins=2d"});
  EXPECT_EQ(committed(found, 0), (std::vector<double>{36, 180, 324, 468, 612}));
  EXPECT_NEAR(found.obligation[0], 3.0 * (8760.0 - 204.0), 1e-9);
}

TEST(LowerCommittedCost, ContractsAreOfTheirPlanAlone) {
  const Lowered found =
      lowered(frame() + plan("none", "") + plan("two", commitment("0h", "10d") + commitment("0h", "5d")));
  EXPECT_EQ(committed(found, 0), (std::vector<double>{0, 0}));
  EXPECT_EQ(committed(found, 1).back(), 240.0 + 480.0 + 120.0 + 480.0);
}

TEST(LowerEdges, CreditsEndAtEdgesOfTheirOwnOrOfBins) {
  const std::string text = frame() + plan("none", "") +
                           plan("between", "[plan.credit]\namount = 100\nuntil = \"31h\"\n") +
                           plan("at a bin", "[plan.credit]\namount = 50.5\nuntil = \"2d\"\n") +
                           plan("to the end", "[plan.credit]\namount = 1\n");
  const Lowered found = lowered(text, {"simulation.bins=1d"});
  const ParameterStorage& s = *found.storage;
  EXPECT_EQ(s.edges, (std::vector<std::int32_t>{4, 6, 8, 12, 16, 20, 24, 28, 32, 36, 40}));
  EXPECT_EQ(s.edge_bins, (std::vector<std::int32_t>{0, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(found.shape.bins, 10);
  EXPECT_EQ(s.plans[0].credit_edge, none);
  EXPECT_EQ(s.plans[1].credit_edge, 1) << "the first step at or after 31 hours";
  EXPECT_EQ(s.plans[2].credit_edge, 2);
  EXPECT_EQ(s.plans[3].credit_edge, 10);
  EXPECT_EQ(s.credit_micros, (std::vector<std::int64_t>{0, 100'000'000, 50'500'000, 1'000'000}));
  EXPECT_EQ(found.parameters.most_edges, 9) << "of the steps 1 to 32";
}

TEST(LowerEdges, ACreditOfNothingHasNoEdge) {
  const Lowered found = lowered(frame() + plan("p", "[plan.credit]\namount = 0\nuntil = \"31h\"\n"));
  EXPECT_EQ(found.storage->plans[0].credit_edge, none);
  EXPECT_EQ(found.parameters.edge_count, found.parameters.bin_count);
}

TEST(LowerSettlement, PeriodsAreClockHoursWhereStepsDivideThem) {
  const auto periods = [](const std::string& start, const std::string& step) {
    const Lowered found =
        lowered(frame("start = 2026-01-05T" + start + "\nhorizon = \"2d\"\nstep = \"" + step + "\"\n") + plan("p", ""));
    return std::pair(found.parameters.settlement_steps, found.parameters.first_settlement);
  };
  EXPECT_EQ(periods("00:00:00", "15m"), std::pair(4, 4));
  EXPECT_EQ(periods("00:45:00", "15m"), std::pair(4, 1));
  EXPECT_EQ(periods("00:50:00", "15m"), std::pair(1, 1)) << "the start is not on the grid of the hour";
  EXPECT_EQ(periods("00:00:01", "1m"), std::pair(1, 1));
  EXPECT_EQ(periods("00:00:00", "1h"), std::pair(1, 1));
  EXPECT_EQ(periods("00:00:00", "40m"), std::pair(1, 1));
  EXPECT_EQ(periods("00:00:00", "2h"), std::pair(1, 1));
}

TEST(LowerHash, CoversContractsAndNotBinsOrSeed) {
  const std::string text =
      frame() + plan("p", commitment("0h", "20d") + "[plan.credit]\namount = 100\nuntil = \"31h\"\n");
  const std::string hash = lowered(text).sha256;
  EXPECT_EQ(lowered(text, {"simulation.bins=1d"}).sha256, hash);
  EXPECT_EQ(lowered(text, {"simulation.seed=7"}).sha256, hash);
  for (const std::string change :
       {"plan.p.credit.amount=101", "plan.p.credit.until=40h", "plan.p.commitment.0.instances=3",
        "plan.p.commitment.0.price_per_hour=0.6", "plan.p.commitment.0.upfront=481", "plan.p.commitment.0.from=1h",
        "plan.p.commitment.0.term=21d", "accounting=billed"})
    EXPECT_NE(lowered(text, {change}).sha256, hash) << change;
}

}  // namespace
}  // namespace costrisk::scenario
