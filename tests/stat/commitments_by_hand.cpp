// Commitments, savings plans, credit and whom they are charged to, worked out by hand, and on the examples that the
// FOCUS specification publishes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "src/scenario/reader/load.hpp"
#include "tests/stat/path_bills.hpp"
#include "tests/stat/service_builder.hpp"

namespace costrisk::stat {
namespace {

constexpr double hour = 3600.0;
using Hours = std::vector<double>;

class CommitmentsByHand : public testing::TestWithParam<Subject> {
 protected:
  std::vector<PlanBills> bills(const scenario::Scenario& scenario, int paths = 2) {
    return path_bills(GetParam(), scenario, paths);
  }
  PlanBills live(const scenario::Scenario& scenario) {
    const std::vector<PlanBills> plans = bills(scenario);
    EXPECT_EQ(plans.at(0).paths.at(0).cost, plans.at(0).paths.at(1).cost);
    return plans.at(0);
  }
};

#define EXPECT_MONEY(measured, expected) EXPECT_NEAR(measured, expected, std::abs(expected) * 1e-6 + 5e-6)

/// A fleet of so many instances in each hour, on-demand at 2 in the market "m".
scenario::Scenario fleet(const Hours& instances, double step_hours = 1.0) {
  scenario::Scenario scenario = asked_by_hour(instances, step_hours);
  run_service(add_plan(scenario, "p"), define_service(scenario, "s", 1.0), {pool(Purchase::on_demand)});
  return scenario;
}

TEST_P(CommitmentsByHand, CommitmentsOfOneMarketCoverInFileOrderAndTheRestIsPaidAtList) {
  scenario::Scenario scenario = fleet({2, 5, 9});
  scenario.plans[0].commitments = {commitment(0, 3, 1.0), commitment(0, 4, 1.25)};
  const PlanBills plan = live(scenario);
  const PathBill& bill = plan.paths[0];
  // Hour 0: 2 of the first. Hour 1: 3 and 2. Hour 2: 3 and 4, and 2 at list price.
  const double allocated = 8 * 1.0 + 6 * 1.25;
  EXPECT_MONEY(bill.of(Category::commitment), 3 * (3 * 1.0 + 4 * 1.25));
  EXPECT_MONEY(bill.of(Category::on_demand), 2 * 2.0);
  EXPECT_MONEY(bill.covered, 14 * 2.0);
  EXPECT_MONEY(bill.owner.at("s"), allocated + 4.0);
  EXPECT_MONEY(bill.owner.at("unused"), 24.0 - allocated);
  EXPECT_MONEY(bill.unused_commitment, 24.0 - allocated);
  EXPECT_MONEY(bill.services[0].cost, allocated + 4.0);
  EXPECT_MONEY(plan.commitment_cost, 24.0);
  EXPECT_MONEY(plan.obligation, (8760 - 3) * 8.0);
}

TEST_P(CommitmentsByHand, CommitmentsCoverTheirMarketAndWayToBuyAlone) {
  scenario::Scenario scenario = asked_by_hour({6, 6});
  scenario.markets.push_back(plain_market("n"));
  define_service(scenario, "s", 1.0);
  scenario::Plan& plan = add_plan(scenario, "p");
  run_service(plan, 0,
              {pool(Purchase::spot, 0, 1.0, 2), pool(Purchase::on_demand, 0, 1.0, 2), pool(Purchase::on_demand, 1)});
  plan.commitments = {commitment(0, 4, 0.5), own_capacity(1, 4, 0.25)};
  const PathBill bill = live(scenario).paths[0];
  EXPECT_MONEY(bill.of(Category::spot), 2 * 2 * 1.0);
  EXPECT_MONEY(bill.of(Category::on_demand), 2 * 2 * 2.0);
  EXPECT_MONEY(bill.of(Category::commitment), 2 * (4 * 0.5 + 4 * 0.25));
  EXPECT_MONEY(bill.covered, 2 * 2 * 2.0);
  EXPECT_MONEY(bill.unused_commitment, 2 * (2 * 0.5 + 4 * 0.25));
}

TEST_P(CommitmentsByHand, SavingsPlansTakeTheHighestDiscountFirstAndThenTheNextPlan) {
  scenario::Scenario scenario = asked_by_hour({5, 5});
  scenario.markets.push_back(plain_market("n"));
  scenario.markets[1].on_demand->price.mode = 4.0;
  define_service(scenario, "first", 1.0);
  define_service(scenario, "second", 1.0);
  scenario::Plan& plan = add_plan(scenario, "p");
  run_service(plan, 0, {pool(Purchase::on_demand, 0)});  // lists at 10 an hour
  run_service(plan, 1, {pool(Purchase::on_demand, 1)});  // lists at 20 an hour
  plan.savings_plans = {savings_plan(6.0, {{0, 0.3}, {1, 0.6}}), savings_plan(2.5, {{0, 0.5}, {1, 0.2}})};
  const PathBill bill = live(scenario).paths[0];
  // The first plan gives 6 at 60 % to "n": 15 of its 20. The second gives 2.5 at 50 % to "m": 5 of its 10.
  EXPECT_MONEY(bill.of(Category::commitment), 2 * 8.5);
  EXPECT_MONEY(bill.of(Category::on_demand), 2 * (5.0 + 5.0));
  EXPECT_MONEY(bill.covered, 2 * 20.0);
  EXPECT_MONEY(bill.owner.at("first"), 2 * (5.0 + 2.5));
  EXPECT_MONEY(bill.owner.at("second"), 2 * (5.0 + 6.0));
  EXPECT_MONEY(bill.owner.at("unused"), 0.0);
  EXPECT_MONEY(bill.unused_commitment, 0.0);
}

TEST_P(CommitmentsByHand, SavingsPlanGoesOverItsMarketsAndUsesUntilItIsSpent) {
  scenario::Scenario scenario = asked_by_hour({5, 0});
  scenario.markets.push_back(plain_market("n"));
  define_service(scenario, "first", 1.0);
  define_service(scenario, "second", 1.0);
  scenario::Plan& plan = add_plan(scenario, "p");
  run_service(plan, 0, {pool(Purchase::on_demand, 0, 0.4), pool(Purchase::on_demand, 1)});  // 2 in m, 3 in n: 4 and 6
  run_service(plan, 1, {pool(Purchase::on_demand, 0, 0.2), pool(Purchase::on_demand, 1)});  // 1 and 4: 2 and 8
  scenario.allocation.covered = scenario::Allocation::Covered::in_turn;
  plan.savings_plans = {savings_plan(9.0, {{0, 0.5}, {1, 0.25}})};
  const PathBill bill = live(scenario).paths[0];
  // m: 6 at half, 3 of the 9. n: the first's 6 take 4.5; 1.5 is left, which covers 2 of the second's 8.
  EXPECT_MONEY(bill.of(Category::on_demand), 6.0);
  EXPECT_MONEY(bill.owner.at("first"), 2.0 + 4.5);
  EXPECT_MONEY(bill.owner.at("second"), 1.0 + 1.5 + 6.0);
  EXPECT_MONEY(bill.owner.at("unused"), 9.0);
  EXPECT_MONEY(bill.unused_commitment, 9.0);
}

TEST_P(CommitmentsByHand, EqualDiscountsGoByTheNamesOfTheirMarkets) {
  for (const bool swapped : {false, true}) {
    scenario::Scenario scenario = asked_by_hour({2});
    scenario.markets.push_back(plain_market(swapped ? "a" : "n"));
    define_service(scenario, "in m", 1.0);
    define_service(scenario, "in n", 1.0);
    scenario::Plan& plan = add_plan(scenario, "p");
    run_service(plan, 0, {pool(Purchase::on_demand, 0)});
    run_service(plan, 1, {pool(Purchase::on_demand, 1)});
    plan.savings_plans = {savings_plan(1.5, {{0, 0.5}, {1, 0.5}})};
    const PathBill bill = live(scenario).paths[0];
    EXPECT_MONEY(bill.owner.at(swapped ? "in n" : "in m"), 1.5 + 1.0);
    EXPECT_MONEY(bill.owner.at(swapped ? "in m" : "in n"), 4.0);
  }
}

TEST_P(CommitmentsByHand, CommitmentsComeBeforeSavingsPlansAndServicesBeforeJobs) {
  scenario::Scenario scenario = asked_by_hour({2, 2, 2, 2});
  define_service(scenario, "s", 1.0);
  scenario::Job job = plain_job("j", scenario::Law::constant(12.0));
  scenario.jobs.push_back(job);
  scenario::Plan& plan = add_plan(scenario, "p");
  run_service(plan, 0, {pool(Purchase::on_demand)});
  scenario::JobAssignment assignment;
  assignment.job = 0;
  assignment.markets = {0};
  assignment.instances = 3;
  plan.jobs.push_back(assignment);
  plan.commitments = {commitment(0, 3, 1.0)};
  plan.savings_plans = {savings_plan(1.5, {{0, 0.25}})};
  scenario.allocation.covered = scenario::Allocation::Covered::in_turn;
  const PathBill bill = live(scenario).paths[0];
  // Each hour: the service's two and one of the job's three by the commitment; of the other two, which list at 4, the
  // savings plan covers 2.
  EXPECT_MONEY(bill.owner.at("s"), 4 * 2 * 1.0);
  EXPECT_MONEY(bill.owner.at("j"), 4 * (1.0 + 1.5 + 2.0));
  EXPECT_MONEY(bill.owner.at("unused"), 0.0);
  EXPECT_MONEY(bill.of(Category::on_demand), 4 * 2.0);
  EXPECT_MONEY(bill.covered, 4 * (6.0 + 2.0));
}

TEST_P(CommitmentsByHand, TermsCoverThePartOfAStepThatIsInsideThem) {
  scenario::Scenario scenario = fleet({4, 4, 4, 4, 4, 4}, 1.0);
  scenario.plans[0].commitments = {commitment(0, 4, 1.0, 1.5, 2.0)};
  scenario.plans[0].savings_plans = {savings_plan(1.0, {{0, 0.5}}, 4.25, 100.0)};
  const PlanBills plan = live(scenario);
  const PathBill& bill = plan.paths[0];
  // Covered instance-hours: 0, 2, 4, 2, 0, 0; savings plan: 0.75 and 1 in the last two hours, twice that at list.
  EXPECT_MONEY(bill.of(Category::commitment), 8.0 + 1.75);
  EXPECT_MONEY(bill.of(Category::on_demand), 2.0 * (24 - 8) - 3.5);
  EXPECT_MONEY(bill.covered, 16.0 + 3.5);
  EXPECT_MONEY(bill.unused_commitment, 0.0);
  EXPECT_MONEY(plan.obligation, 100.0 - 1.75);
  const Hours cumulative = {8.0, 14.0, 18.0, 24.0, 32.0 - 0.75, 40.0 - 0.75 - 1.0};
  for (std::size_t k = 0; k < cumulative.size(); ++k) EXPECT_MONEY(bill.cumulative[k], cumulative[k]) << "hour " << k;
}

TEST_P(CommitmentsByHand, UseIsSettledByTheClockHourWhereStepsDivideItElseByTheStep) {
  struct Case {
    double step_hours;
    int start_minute;
    double covered_instance_hours;
  };
  // Four instances in the first half of an hour and one in the second; two are committed. The hour as a whole uses two
  // and a half, of which two are covered; each half for itself finds two of four, or one. Where the start is no step of
  // the hour each step is for itself. A start at 0:30 makes the first and the last half hour periods of their own.
  for (const Case& c : {Case{0.5, 0, 4 * 2.0}, Case{0.25, 0, 4 * 2.0}, Case{0.5, 10, 4 * 1.5}, Case{0.25, 10, 4 * 1.5},
                        Case{0.5, 30, 1.0 + 3 * 2.0 + 0.5}, Case{0.25, 30, 1.0 + 3 * 2.0 + 0.5}}) {
    scenario::Scenario scenario = one_market(c.step_hours, 4.0);
    scenario.start = {2026, 1, 5, 0, c.start_minute, 0};
    // A change each half hour, on and off.
    scenario::Demand demand = flat_demand("d", 4.0);
    for (int half = 1; half < 8; ++half) {
      scenario::Change change;
      change.at_seconds = half * hour / 2.0;
      change.multiplier = at("demand.d.change." + std::to_string(half - 1) + ".multiplier",
                             scenario::Law::constant(half % 2 ? 0.0009765625 : 1024.0));
      demand.changes.push_back(change);
    }
    scenario.demands.push_back(demand);
    define_service(scenario, "s", 1.0);
    run_service(add_plan(scenario, "p"), 0, {pool(Purchase::on_demand)});
    scenario.plans[0].commitments = {commitment(0, 2, 1.0)};
    const PathBill bill = live(scenario).paths[0];
    EXPECT_MONEY(bill.covered, 2.0 * c.covered_instance_hours)
        << "steps of " << c.step_hours << " h from minute " << c.start_minute;
    EXPECT_MONEY(bill.of(Category::on_demand), 2.0 * (4 * 2.5 - c.covered_instance_hours));
    EXPECT_MONEY(bill.unused_commitment, 8.0 - c.covered_instance_hours);
  }
}

TEST_P(CommitmentsByHand, UncoveredUseIsPaidAtTheMeanListPriceOfItsPeriod) {
  // The price halves every now and then; a plan without commitments shows what each hour lists at.
  scenario::Scenario scenario = one_market(0.25, 48.0);
  scenario.simulation.bin_seconds = hour;
  scenario.markets[0].repricing =
      scenario::Repricing{12.0 * hour, at("market.m.repricing.multiplier", triangular(0.4, 0.8, 1.3))};
  scenario.demands.push_back(flat_demand("d", 4.0));
  define_service(scenario, "s", 1.0);
  for (const char* name : {"list", "committed", "saving"})
    run_service(add_plan(scenario, name), 0, {pool(Purchase::on_demand)});
  scenario.plans[1].commitments = {commitment(0, 3, 0.5)};
  scenario.plans[2].savings_plans = {savings_plan(1.0, {{0, 0.5}})};
  const int paths = 20;
  const std::vector<PlanBills> plans = bills(scenario, paths);
  double repriced = 0.0;
  for (int path = 0; path < paths; ++path) {
    const PathBill& list = plans[0].paths[path];
    Hours listed(list.cumulative.size());
    std::adjacent_difference(list.cumulative.begin(), list.cumulative.end(), listed.begin());
    double saved = 0.0, spent = 0.0;
    for (const double cost : listed) {
      saved += std::min(cost, 2.0);
      spent += std::min(cost / 2.0, 1.0);
      repriced += std::abs(cost - 8.0) > 0.01 ? 1.0 : 0.0;
    }
    const PathBill& committed = plans[1].paths[path];
    EXPECT_MONEY(committed.of(Category::commitment), 48 * 1.5);
    EXPECT_MONEY(committed.of(Category::on_demand), list.cost / 4.0);
    EXPECT_MONEY(committed.covered, list.cost * 3.0 / 4.0);
    const PathBill& saving = plans[2].paths[path];
    EXPECT_MONEY(saving.of(Category::commitment), 48.0);
    EXPECT_MONEY(saving.of(Category::on_demand), list.cost - saved);
    EXPECT_MONEY(saving.unused_commitment, 48.0 - spent);
  }
  EXPECT_GT(repriced, 100.0);
}

TEST_P(CommitmentsByHand, EffectiveAccountingSpreadsUpfrontAndBilledPaysItWhenDue) {
  for (const scenario::Accounting accounting : {scenario::Accounting::effective, scenario::Accounting::billed}) {
    scenario::Scenario scenario = fleet({2, 2, 2, 2, 2});
    scenario.accounting = accounting;
    scenario.plans[0].commitments = {commitment(0, 3, 0.25, 1.0, 10.0)};
    scenario.plans[0].commitments[0].upfront = 15.0;  // half an instance-hour's unit over 30 instance-hours
    const PlanBills plan = live(scenario);
    const PathBill& bill = plan.paths[0];
    const bool effective = accounting == scenario::Accounting::effective;
    EXPECT_MONEY(bill.of(Category::commitment), 4 * 3 * 0.25 + (effective ? 4 * 1.5 : 15.0));
    EXPECT_MONEY(plan.obligation, 6 * 3 * 0.25 + (effective ? 6 * 1.5 : 0.0));
    EXPECT_MONEY(plan.commitment_cost, 4 * 3 * 0.75);
    EXPECT_MONEY(bill.of(Category::on_demand), 4.0);
    EXPECT_MONEY(bill.services[0].cost, 4.0 + 4 * 2 * 0.75);
    EXPECT_MONEY(bill.owner.at("s"), 4.0 + 4 * 2 * 0.75);
    EXPECT_MONEY(bill.owner.at("unused"), bill.cost - (4.0 + 4 * 2 * 0.75));
    EXPECT_MONEY(bill.unused_commitment, 4 * 0.75);
    EXPECT_MONEY(bill.cumulative[0], 4.0);
    EXPECT_MONEY(bill.cumulative[1], 4.0 + (effective ? 2.25 : 0.75 + 15.0));
  }
}

TEST_P(CommitmentsByHand, CommitmentsThatBeginAfterAllUseAreWasteAndThoseLongerThanTheHorizonAreOwed) {
  scenario::Scenario scenario = fleet({1, 1, 0, 0});
  scenario.plans[0].commitments = {commitment(0, 2, 1.0, 2.0, 1.0), commitment(0, 2, 1.0, 3.5, 10.0)};
  const PlanBills plan = live(scenario);
  EXPECT_MONEY(plan.paths[0].of(Category::on_demand), 4.0);
  EXPECT_MONEY(plan.paths[0].unused_commitment, 2.0 + 1.0);
  EXPECT_MONEY(plan.obligation, 2 * 9.5);
  EXPECT_MONEY(plan.paths[0].covered, 0.0);
}

/// Two services "a" and "b" of so many instances each hour, on-demand at 2 in the market "m"; "b" stands first in the
/// file where `swapped`.
scenario::Scenario two_fleets(int a, int b, double hours, bool swapped = false) {
  scenario::Scenario scenario = one_market(1.0, hours);
  for (const bool is_a : {!swapped, swapped}) {
    scenario.demands.push_back(flat_demand(is_a ? "of a" : "of b", is_a ? a : b));
    define_service(scenario, is_a ? "a" : "b", 1.0, static_cast<int>(scenario.demands.size()) - 1);
  }
  scenario::Plan& plan = add_plan(scenario, "p");
  for (int service : {0, 1}) run_service(plan, service, {pool(Purchase::on_demand)});
  return scenario;
}

TEST_P(CommitmentsByHand, WhatSeveralUseIsCoveredInTheSameProportionWhateverTheirOrder) {
  for (const bool swapped : {false, true}) {
    scenario::Scenario scenario = two_fleets(6, 2, 3, swapped);
    scenario.plans[0].commitments = {commitment(0, 4, 1.0)};
    scenario.plans[0].savings_plans = {savings_plan(1.0, {{0, 0.5}})};
    const PathBill bill = live(scenario).paths[0];
    // The commitment covers half of each: 3 and 1. Of the 3 and 1 left, which list at 6 and 2, the savings plan
    // covers 2.
    EXPECT_MONEY(bill.owner.at("a"), 3 * (3.0 + 0.75 + 6.0 - 1.5)) << swapped;
    EXPECT_MONEY(bill.owner.at("b"), 3 * (1.0 + 0.25 + 2.0 - 0.5)) << swapped;
    EXPECT_MONEY(bill.owner.at("unused"), 0.0);
  }
}

TEST_P(CommitmentsByHand, AnOwnersUsesAreCoveredFirstAndTheOthersShareTheRest) {
  for (const scenario::Allocation::Covered covered :
       {scenario::Allocation::Covered::proportionally, scenario::Allocation::Covered::in_turn}) {
    scenario::Scenario scenario = two_fleets(6, 2, 3);
    scenario.allocation.covered = covered;
    scenario.plans[0].commitments = {commitment(0, 4, 1.0)};
    scenario.plans[0].commitments[0].owner = "b";
    scenario.plans[0].savings_plans = {savings_plan(1.0, {{0, 0.5}})};
    scenario.plans[0].savings_plans[0].owner = "b";
    const PathBill bill = live(scenario).paths[0];
    EXPECT_MONEY(bill.owner.at("b"), 3 * 2.0);
    EXPECT_MONEY(bill.owner.at("a"), 3 * (2.0 + 1.0 + 8.0 - 2.0));
  }
}

TEST_P(CommitmentsByHand, AContractWithAnOwnerCoversBeforeOthersAndTheCheaperBeforeTheMoreExpensive) {
  for (const bool swapped : {false, true}) {
    scenario::Scenario scenario = fleet({5});
    std::vector<scenario::Commitment> commitments = {commitment(0, 3, 1.5), commitment(0, 2, 1.0),
                                                     commitment(0, 2, 1.75)};
    commitments[2].owner = "s";
    if (swapped) std::reverse(commitments.begin(), commitments.end());
    scenario.plans[0].commitments = commitments;
    const PathBill bill = live(scenario).paths[0];
    EXPECT_MONEY(bill.owner.at("s"), 2 * 1.75 + 2 * 1.0 + 1 * 1.5) << swapped;
    EXPECT_MONEY(bill.owner.at("unused"), 2 * 1.5);
  }
}

TEST_P(CommitmentsByHand, WhatIsNotUsedIsPaidByWhomTheContractNames) {
  scenario::Scenario scenario = two_fleets(3, 1, 4);
  scenario.plans[0].commitments = {commitment(0, 8, 1.0), commitment(0, 2, 5.0)};
  const auto owners = [&](const std::string& first, const std::string& second) {
    scenario.plans[0].commitments[0].unused = first;
    scenario.plans[0].commitments[1].unused = second;
    return live(scenario).paths[0].owner;
  };
  // Of the first 4 of 8 are used, 3 by "a"; of the second none.
  EXPECT_MONEY(owners("unused", "unused").at("unused"), 4 * (4.0 + 10.0));
  EXPECT_MONEY(owners("a", "unused").at("a"), 4 * (3.0 + 4.0));
  EXPECT_MONEY(owners("a", "b").at("b"), 4 * (1.0 + 10.0));
  EXPECT_MONEY(owners("a", "b").at("unused"), 0.0);
  EXPECT_MONEY(owners("pro-rata", "pro-rata").at("a"), 4 * (3.0 + 0.75 * 14.0));
  EXPECT_MONEY(owners("pro-rata", "pro-rata").at("b"), 4 * (1.0 + 0.25 * 14.0));
  EXPECT_MONEY(owners("pro-rata", "pro-rata").at("unused"), 0.0);
  EXPECT_MONEY(owners("pro-rata", "unused").at("unused"), 4 * 10.0);
  scenario.plans[0].commitments = {own_capacity(0, 2, 1.0)};
  EXPECT_MONEY(owners("pro-rata", "").at("unused"), 4 * 2.0) << "nobody used anything";
}

TEST_P(CommitmentsByHand, OfWhatIsOwedAfterTheHorizonTheShareThatWasNotUsedLatelyIsStranded) {
  scenario::Scenario scenario = fleet({4, 4, 4, 4, 4, 4, 3, 0});
  scenario.plans[0].commitments = {commitment(0, 4, 1.0, 0.0, 100.0)};
  scenario::Commitment& contract = scenario.plans[0].commitments[0];
  contract.use_after = std::nullopt;
  // In the last two of eight periods 3 of 8 instance-hours were used; 92 hours of 4 are owed.
  const PlanBills plan = live(scenario);
  EXPECT_MONEY(plan.obligation, 368.0);
  EXPECT_DOUBLE_EQ(plan.paths[0].of(Category::stranded), 368.0 * 5 / 8);
  EXPECT_MONEY(plan.paths[0].cost, 32.0 + 230.0);
  EXPECT_MONEY(plan.paths[0].owner.at("unused"), 5.0 + 230.0);
  EXPECT_MONEY(plan.paths[0].cumulative[7], 262.0);
  EXPECT_MONEY(plan.paths[0].cumulative[6], 28.0);
  EXPECT_MONEY(plan.paths[0].unused_commitment, 5.0);
  const auto stranded = [&] { return live(scenario).paths[0].of(Category::stranded); };
  for (const double share : {0.0, 0.25, 1.0}) {
    contract.use_after = scenario::Law::constant(share);
    EXPECT_DOUBLE_EQ(stranded(), 368.0 * (1.0 - share));
  }
  contract.use_after = std::nullopt;
  contract.unused = "s";
  EXPECT_MONEY(live(scenario).paths[0].owner.at("s"), 27.0 + 5.0 + 230.0);
  contract.unused = "unused";
  scenario.accounting = scenario::Accounting::billed;
  EXPECT_EQ(stranded(), 0.0);
  scenario.accounting = scenario::Accounting::effective;
  contract.from_seconds = 7.5 * hour;
  EXPECT_DOUBLE_EQ(stranded(), 4 * 99.5) << "the half hour since it began was not used";
  contract.from_seconds = 6 * hour;
  EXPECT_DOUBLE_EQ(stranded(), 4 * 98.0 * 5 / 8);
  contract.term_seconds = 2 * hour;
  EXPECT_EQ(stranded(), 0.0) << "it ends at the horizon";
  scenario.plans[0].commitments.clear();
  scenario.plans[0].savings_plans = {savings_plan(2.0, {{0, 0.5}}, 0.0, 100.0)};
  scenario.plans[0].savings_plans[0].use_after = std::nullopt;
  EXPECT_DOUBLE_EQ(stranded(), 184.0 / 2) << "the spend of the last but one hour, and none of the last";
}

TEST_P(CommitmentsByHand, CreditPaysTheFirstOfTheBillUntilItRunsOut) {
  scenario::Scenario scenario = fleet({3, 3, 3, 3});
  scenario.plans[0].credit = scenario::Credit{10.0, 4 * hour};
  const PathBill bill = live(scenario).paths[0];
  EXPECT_MONEY(bill.of(Category::credit), -10.0);
  EXPECT_MONEY(bill.owner.at("unused"), -10.0);
  EXPECT_MONEY(bill.owner.at("s"), 24.0);
  const Hours cumulative = {0.0, 2.0, 8.0, 14.0};
  for (std::size_t k = 0; k < cumulative.size(); ++k) EXPECT_MONEY(bill.cumulative[k], cumulative[k]) << "hour " << k;
}

TEST_P(CommitmentsByHand, CreditLapses) {
  scenario::Scenario scenario = fleet({3, 3, 3, 3});
  scenario.plans[0].credit = scenario::Credit{1000.0, 3 * hour};
  const PathBill bill = live(scenario).paths[0];
  EXPECT_MONEY(bill.of(Category::credit), -18.0);
  const Hours cumulative = {0.0, 0.0, 0.0, 6.0};
  for (std::size_t k = 0; k < cumulative.size(); ++k) EXPECT_MONEY(bill.cumulative[k], cumulative[k]) << "hour " << k;
}

TEST_P(CommitmentsByHand, CreditPaysNoPenaltiesNoUnfinishedWorkAndNoShares) {
  scenario::Scenario scenario = asked_by_hour({3, 3});
  define_service(scenario, "s", 1.0);
  scenario.services[0].unserved_penalty = 0.001;
  define_serverless(scenario, "hosted", 0.0005);
  scenario.serverless[0].max_rate = 1.0;
  scenario::Job job = plain_job("j", scenario::Law::constant(10.0));
  job.unfinished = scenario::Job::Unfinished::buy_out;
  job.deadline_seconds = hour;
  job.late_penalty_per_hour = 7.0;
  scenario.jobs.push_back(job);
  scenario::Plan& plan = add_plan(scenario, "p");
  scenario::ServiceAssignment& service = run_service(plan, 0, {pool(Purchase::on_demand, 0, 1.0, 1)});
  service.overflow = 0;
  scenario::JobAssignment assignment;
  assignment.job = 0;
  assignment.markets = {0};
  assignment.policy = Policy::spot;
  plan.jobs.push_back(assignment);
  plan.credit = scenario::Credit{1e6, 2 * hour};
  plan.commitments = {commitment(0, 2, 0.5)};
  scenario::Item once;
  once.name = once.owner = "once";
  once.kind = scenario::Item::Kind::once;
  once.amount = at("item.once.once", scenario::Law::constant(11.0));
  once.until_seconds = scenario.horizon_seconds;
  once.plans = {0};
  scenario::Item monthly = once;
  monthly.name = monthly.owner = "monthly";
  monthly.kind = scenario::Item::Kind::monthly;
  monthly.amount = at("item.monthly.monthly", scenario::Law::constant(7440.0));
  scenario::Item share = once;
  share.name = share.owner = "share";
  share.kind = scenario::Item::Kind::share;
  share.amount = at("item.share.share", scenario::Law::constant(0.5));
  share.of = {Category::serverless, Category::penalty};
  scenario.items = {once, monthly, share};
  const PathBill bill = live(scenario).paths[0];
  const double commitments = 2 * 2 * 0.5, serverless = 2 * hour * 0.0005, penalty = 2 * hour * 0.001 + 7.0;
  const double unfinished = 8.0 * 2.0, spot = 2.0, monthly_cost = 20.0, share_cost = 0.5 * (serverless + penalty);
  EXPECT_MONEY(bill.of(Category::commitment), commitments);
  EXPECT_MONEY(bill.of(Category::serverless), serverless);
  EXPECT_MONEY(bill.of(Category::penalty), penalty);
  EXPECT_MONEY(bill.of(Category::unfinished), unfinished);
  EXPECT_MONEY(bill.of(Category::credit), -(commitments + serverless + spot + 11.0 + monthly_cost));
  EXPECT_MONEY(bill.cost, penalty + unfinished + share_cost);
}

TEST_P(CommitmentsByHand, PlansThatDifferInCommitmentsAloneShareTheirUse) {
  scenario::Scenario scenario = fleet({2, 5, 9, 4});
  const scenario::Plan first = scenario.plans[0];
  for (int n = 1; n <= 8; ++n) {
    scenario.plans.push_back(first);
    scenario.plans.back().name = "with " + std::to_string(n);
    scenario.plans.back().commitments = {commitment(0, n, 1.0)};
  }
  const std::vector<PlanBills> plans = bills(scenario);
  EXPECT_MONEY(plans[0].paths[0].cost, 40.0);
  EXPECT_MONEY(plans[0].paths[0].covered, 0.0);
  for (int n = 1; n <= 8; ++n) {
    double covered = 0.0;
    for (const int used : {2, 5, 9, 4}) covered += std::min(n, used);
    EXPECT_MONEY(plans[static_cast<std::size_t>(n)].paths[0].cost, 40.0 - 2.0 * covered + 4.0 * n) << n;
  }
}

TEST_P(CommitmentsByHand, CategoriesAndOwnersAddUpToTheTotalOnEveryPathOfEveryConfig) {
  // The check is path_bills' own, in integers where there are integers.
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(COSTRISK_SOURCE_DIR) / "configs")) {
    if (file.path().extension() != ".toml") continue;
    const scenario::Scenario scenario = scenario::load(file.path()).scenario;
    SCOPED_TRACE(file.path().filename().string());
    for (const PlanBills& plan : bills(scenario, GetParam() == Subject::engine ? 48 : 4)) {
      double least = plan.paths[0].cost, most = least;
      for (const PathBill& bill : plan.paths) {
        least = std::min(least, bill.cost);
        most = std::max(most, bill.cost);
      }
      EXPECT_GT(most, least);
    }
  }
}

// ---- Examples of FOCUS 1.2 -----------------------------------------------------------------------

/// The published examples, beside the repository; none of them is part of it.
const std::filesystem::path focus_folder =
    std::filesystem::path(COSTRISK_SOURCE_DIR).parent_path() / "shared" / "data" / "focus" / "spec_1.2";

using Row = std::map<std::string, std::string>;

/// The rows of a CSV file without quotes.
std::vector<Row> rows_of(const std::string& stem) {
  std::ifstream file(focus_folder / (stem + ".csv"));
  const auto cells = [](std::string line) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> result;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) result.push_back(cell);
    return result;
  };
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> names = cells(line);
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> values = cells(line);
    Row row;
    for (std::size_t i = 0; i < names.size() && i < values.size(); ++i) row[names[i]] = values[i];
    if (!row.empty()) rows.push_back(row);
  }
  return rows;
}

double number(const Row& row, const std::string& column) { return std::stod(row.at(column)); }

/// Σ of a column over the rows whose `key` has the value.
double sum_where(const std::vector<Row>& rows, const std::string& column, const std::string& key,
                 const std::string& value) {
  double sum = 0.0;
  for (const Row& row : rows)
    if (row.at(key) == value) sum += number(row, column);
  return sum;
}

class FocusExamples : public CommitmentsByHand {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(focus_folder)) GTEST_SKIP() << "the examples of FOCUS 1.2 are not at " << focus_folder;
  }
};

TEST_P(FocusExamples, UsageScenariosOfASpendCommitment) {
  // Commitments in USD an hour are savings plans here. The published rows give what of the hourly commitment was used
  // and unused, and what was charged at list price besides. A discount of one half makes uses that fit.
  for (int example = 1; example <= 4; ++example) {
    const std::vector<Row> rows = rows_of("commitment_discount_usage_scenario_" + std::to_string(example));
    ASSERT_FALSE(rows.empty());
    const double used = sum_where(rows, "CommitmentDiscountQuantity", "CommitmentDiscountStatus", "Used");
    const double unused = sum_where(rows, "CommitmentDiscountQuantity", "CommitmentDiscountStatus", "Unused");
    const double at_list = sum_where(rows, "BilledCost", "PricingCategory", "Standard");
    scenario::Scenario scenario = fleet({used + at_list > 0.0 ? 1.0 : 0.0});
    if (used + at_list > 0.0) scenario.markets[0].on_demand->price.mode = used / 0.5 + at_list;
    scenario.plans[0].savings_plans = {savings_plan(used + unused, {{0, 0.5}}, 0.0, 1.0)};
    const PathBill bill = live(scenario).paths[0];
    SCOPED_TRACE("scenario " + std::to_string(example));
    EXPECT_MONEY(bill.of(Category::commitment), sum_where(rows, "EffectiveCost", "PricingCategory", "Committed"));
    EXPECT_MONEY(bill.of(Category::on_demand), at_list);
    EXPECT_MONEY(bill.unused_commitment, sum_where(rows, "EffectiveCost", "CommitmentDiscountStatus", "Unused"));
    EXPECT_MONEY(bill.owner.at("s"), sum_where(rows, "EffectiveCost", "CommitmentDiscountStatus", "Used") + at_list);
  }
}

TEST_P(FocusExamples, PurchaseScenariosAllPartlyAndNotPaidUpFront) {
  // A year of one unit an hour: all up front, hour by hour, half of each. Billed, a purchase row costs what it says
  // when it is charged; effective, every hour costs one.
  const double hours = 3.0, term = 8760.0;
  for (int example = 1; example <= 3; ++example) {
    const std::vector<Row> rows = rows_of("commitment_discount_purchase_scenario_" + std::to_string(example));
    const double upfront = sum_where(rows, "BilledCost", "ChargeFrequency", "One-Time");
    const double recurring = sum_where(rows, "BilledCost", "ChargeFrequency", "Recurring");
    double hourly = 0.0;
    for (const Row& row : rows)
      if (row.at("ChargeFrequency") == "Recurring") hourly = number(row, "BilledCost");
    EXPECT_EQ(recurring, hours * hourly) << "the example charges three hours";
    for (const scenario::Accounting accounting : {scenario::Accounting::effective, scenario::Accounting::billed}) {
      scenario::Scenario scenario = fleet({1, 1, 1});
      scenario.accounting = accounting;
      scenario.plans[0].commitments = {commitment(0, 1, hourly, 0.0, term)};
      scenario.plans[0].commitments[0].upfront = upfront;
      const PlanBills plan = live(scenario);
      SCOPED_TRACE("scenario " + std::to_string(example));
      const bool effective = accounting == scenario::Accounting::effective;
      EXPECT_MONEY(plan.paths[0].of(Category::commitment), effective ? hours * 1.0 : upfront + recurring);
      EXPECT_MONEY(plan.paths[0].owner.at("s"), hours * 1.0);
      EXPECT_MONEY(plan.paths[0].cost + plan.obligation, term * 1.0);
    }
  }
}

TEST_P(FocusExamples, CommitmentWithoutSizeFlexibilityIsUsedWholeOrNotAtAll) {
  for (const bool used : {true, false}) {
    const std::vector<Row> rows =
        rows_of(used ? "one_hundred_percent_utilization_without_commitment_discount_flexibility"
                     : "zero_percent_utilization_without_commitment_discount_flexibility");
    ASSERT_FALSE(rows.empty());
    const double price = sum_where(rows, "BilledCost", "ChargeCategory", "Purchase");
    double large = 0.0, medium = 2.0, medium_hours = 0.0;
    for (const Row& row : rows) {
      if (row.at("ChargeCategory") == "Purchase") large = number(row, "ListUnitPrice");
      if (row.at("PricingCategory") != "Standard" || row.at("ChargeCategory") != "Usage") continue;
      medium = number(row, "ListUnitPrice");
      medium_hours += number(row, "ConsumedQuantity");
    }
    scenario::Scenario scenario = asked_by_hour({1});
    scenario.markets[0].on_demand->price.mode = large;
    scenario.markets.push_back(plain_market("medium"));
    scenario.markets[1].on_demand->price.mode = medium;
    define_service(scenario, "s", 1.0);
    scenario::Plan& plan = add_plan(scenario, "p");
    run_service(plan, 0, {pool(Purchase::on_demand, used ? 0 : 1)});
    plan.commitments = {commitment(0, 1, price, 0.0, 1.0)};
    const PathBill bill = live(scenario).paths[0];
    double billed = 0.0;
    for (const Row& row : rows) billed += number(row, "BilledCost");
    EXPECT_MONEY(bill.of(Category::commitment), price);
    EXPECT_MONEY(bill.of(Category::on_demand), medium * medium_hours);
    EXPECT_MONEY(bill.cost, billed);
    EXPECT_MONEY(bill.unused_commitment, sum_where(rows, "EffectiveCost", "CommitmentDiscountStatus", "Unused"));
    EXPECT_MONEY(bill.covered, used ? large : 0.0);
  }
}

TEST_P(FocusExamples, SizeFlexibilityIsASavingsPlanOverTheSizes) {
  // A commitment here is for one market, so a commitment for a large size that covers two of half its size is none; it
  // is a savings plan of its hourly price. The example with one resource is left out: it charges a third and three
  // quarters of one hour.
  const std::vector<Row> rows =
      rows_of("one_hundred_percent_utilization_with_commitment_discount_flexibility_with_2_resources");
  ASSERT_FALSE(rows.empty());
  const double spend = sum_where(rows, "BilledCost", "ChargeCategory", "Purchase");
  double price = 0.0, discounted = 0.0, instances = 0.0;
  for (const Row& row : rows) {
    if (row.at("ChargeCategory") != "Usage") continue;
    price = number(row, "ListUnitPrice");
    discounted = number(row, "x_CommitmentDiscountUnitPrice");
    instances += number(row, "ConsumedQuantity");
  }
  scenario::Scenario scenario = fleet({instances});
  scenario.markets[0].on_demand->price.mode = price;
  scenario.plans[0].savings_plans = {savings_plan(spend, {{0, 1.0 - discounted / price}}, 0.0, 1.0)};
  const PathBill bill = live(scenario).paths[0];
  EXPECT_MONEY(bill.of(Category::on_demand), 0.0);
  EXPECT_MONEY(bill.unused_commitment, 0.0);
  EXPECT_MONEY(bill.owner.at("s"), sum_where(rows, "EffectiveCost", "ChargeCategory", "Usage"));
}

INSTANTIATE_TEST_SUITE_P(Of, CommitmentsByHand, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });
INSTANTIATE_TEST_SUITE_P(Of, FocusExamples, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });

}  // namespace
}  // namespace costrisk::stat
