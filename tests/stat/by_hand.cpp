// Jobs without chance, worked out by hand: costs and times are exact, for the engine and for the reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/stat/builder.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {
namespace {

class ByHand : public testing::TestWithParam<Subject> {
 protected:
  /// Results of the only plan, the same on each of three paths.
  PlanResults live(const scenario::Scenario& scenario) {
    const Results results = stat::simulate(GetParam(), scenario, 3, 1);
    const PlanResults& plan = results.plans.at(0);
    for (const double cost : plan.cost) EXPECT_EQ(cost, plan.cost[0]) << "a plan without chance costs always the same";
    return plan;
  }
  static double category(const PlanResults& plan, Category category) {
    return plan.category[static_cast<int>(category)].mean;
  }
};

constexpr double money_tolerance = 1e-7;  ///< relative
#define EXPECT_MONEY(measured, expected) EXPECT_NEAR(measured, expected, (expected)*money_tolerance + 1e-6)
#define EXPECT_HOURS(measured, expected) EXPECT_NEAR(measured, expected, (expected)*1e-6)

TEST_P(ByHand, OnDemandOnlyCostsWorkTimesPriceOverGangThroughputAndScaling) {
  for (const double step : {1.0 / 60.0, 0.25, 1.0, 24.0}) {
    scenario::Scenario scenario = one_market(step, 2880.0);
    scenario.markets[0].on_demand->price.mode = 21.957642;
    scenario::Job job = plain_job("j", scenario::Law::constant(9600.0));
    job.throughput[0].rate.mode = 1.25;
    job.scaling = std::exp2(-1.0 / 3.0);  // three doublings leave half
    add_job(scenario, job, Policy::on_demand).instances = 8;
    const PlanResults plan = live(scenario);
    const double hours = 9600.0 / (1.25 * 4.0);
    EXPECT_MONEY(plan.cost[0], 8.0 * 21.957642 * hours) << "step " << step;
    EXPECT_HOURS(plan.finish[0][0], hours) << "step " << step;
    EXPECT_MONEY(category(plan, Category::on_demand), plan.cost[0]);
    EXPECT_HOURS(plan.use_hours[0][static_cast<int>(Purchase::on_demand)].mean, 8.0 * hours);
  }
}

TEST_P(ByHand, CheckpointsPauseTheWorkAndTheLastIntervalNeedsNone) {
  struct Case {
    double work, finish;
  };
  for (const Case& c : {Case{10.0, 0.75 + 10.0 + 3 * 0.5}, Case{9.0, 0.75 + 9.0 + 2 * 0.5}, Case{2.0, 0.75 + 2.0}}) {
    scenario::Scenario scenario = one_market(0.5, 40.0);
    scenario::JobAssignment& assignment =
        add_job(scenario, plain_job("j", scenario::Law::constant(c.work)), Policy::spot);
    assignment.checkpoint = scenario::Checkpoint{3.0 * 3600.0, 1800.0};
    assignment.restart_seconds = 2700.0;
    const PlanResults plan = live(scenario);
    EXPECT_HOURS(plan.finish[0][0], c.finish);
    EXPECT_MONEY(plan.cost[0], c.finish);
    EXPECT_MONEY(plan.restart_waste.mean, 0.75);
  }
}

TEST_P(ByHand, EachRunIsRoundedUpToTheIncrementAndTheMinimum) {
  struct Case {
    double work_hours, increment, minimum, billed_hours;
  };
  for (const Case& c : {Case{2.25, 3600.0, 0.0, 3.0}, Case{3.0, 3600.0, 0.0, 3.0},
                        Case{0.25, 60.0, 2400.0, 2400.0 / 3600.0}, Case{0.1, 3600.0, 7200.0, 2.0}}) {
    scenario::Scenario scenario = one_market(1.0, 30.0);
    scenario.markets[0].billing_increment_seconds = c.increment;
    scenario.markets[0].billing_minimum_seconds = c.minimum;
    scenario::Job job = plain_job("j", scenario::Law::constant(4.0 * c.work_hours));
    job.repeat_seconds = 10.0 * 3600.0;
    add_job(scenario, job, Policy::on_demand).instances = 4;
    const PlanResults plan = live(scenario);
    EXPECT_MONEY(plan.cost[0], 3 * 4 * 2.0 * c.billed_hours);
    EXPECT_HOURS(plan.finish[0][0], 20.0 + c.work_hours);
    EXPECT_HOURS(plan.use_hours[0][static_cast<int>(Purchase::on_demand)].mean, 3 * 4 * c.billed_hours);
  }
}

TEST_P(ByHand, BinsThatEndJustAfterAStepsStartEndThere) {
  // Three seconds are within 2^-10 of an hour.
  scenario::Scenario scenario = one_market(1.0, 6.0);
  scenario.simulation.bin_seconds = 2.0 * 3600.0 + 1.5;
  add_job(scenario, plain_job("j", scenario::Law::constant(100.0)), Policy::on_demand);
  const PlanResults plan = live(scenario);
  ASSERT_EQ(plan.cumulative.size(), 3u);
  EXPECT_MONEY(plan.cumulative[0].mean, 4.0);
  EXPECT_MONEY(plan.cumulative[1].mean, 8.0);
  EXPECT_MONEY(plan.cumulative[2].mean, 12.0);
}

TEST_P(ByHand, NothingIsRoundedAtTheHorizon) {
  scenario::Scenario scenario = one_market(0.5, 2.5);
  scenario.markets[0].billing_increment_seconds = 3600.0;
  scenario.markets[0].billing_minimum_seconds = 9.0 * 3600.0;
  add_job(scenario, plain_job("j", scenario::Law::constant(100.0)), Policy::on_demand);
  EXPECT_MONEY(live(scenario).cost[0], 5.0);
}

TEST_P(ByHand, RunsWaitForTheirReleaseForTheOneBeforeAndForAStepStart) {
  scenario::Scenario scenario = one_market(1.0, 24.0);
  scenario::Job job = plain_job("j", scenario::Law::constant(7.25));
  job.release_seconds = 1.5 * 3600.0;
  job.repeat_seconds = 6.0 * 3600.0;
  job.deadline_seconds = 8.0 * 3600.0;
  job.late_penalty_per_hour = 10.0;
  add_job(scenario, job, Policy::on_demand);
  const PlanResults plan = live(scenario);
  // Releases 1.5, 7.5, 13.5, 19.5; the runs last 2–9.25, 10–17.25, 18–24 (unfinished) and never.
  EXPECT_EQ(plan.runs[0].mean, 4.0);
  EXPECT_EQ(plan.late[0].mean, 3.0);
  EXPECT_TRUE(std::isinf(plan.finish[0][0]));
  EXPECT_MONEY(category(plan, Category::on_demand), 2.0 * (7.25 + 7.25 + 6.0));
  EXPECT_MONEY(category(plan, Category::penalty), 10.0 * (1.75 + 2.5));
}

TEST_P(ByHand, UnfinishedWorkIsBoughtOutAtTheFirstOnDemandPriceOfItsMarkets) {
  scenario::Scenario scenario = one_market(1.0, 10.0);
  scenario.markets[0].on_demand.reset();
  scenario.markets.push_back(plain_market("second"));
  scenario.markets[1].on_demand->price.mode = 3.0;
  scenario::Job job = plain_job("j", scenario::Law::constant(1000.0));
  job.throughput.push_back({1, at("job.j.throughput.second", scenario::Law::constant(2.0))});
  job.scaling = 0.9;
  job.unfinished = scenario::Job::Unfinished::buy_out;
  job.deadline_seconds = 4.0 * 3600.0;
  job.late_penalty_per_hour = 5.0;
  scenario::JobAssignment& assignment = add_job(scenario, job, Policy::spot);
  assignment.instances = 4;
  assignment.markets = {0, 1};
  assignment.checkpoint = scenario::Checkpoint{0.75 * 3600.0, 900.0};
  const PlanResults plan = live(scenario);
  // Ten cycles of three quarters of an hour's work and a quarter's write.
  const double scaling = std::pow(4.0, std::log2(0.9));
  const double left = 1000.0 - 7.5 * 4.0 * scaling;
  EXPECT_MONEY(category(plan, Category::spot), 40.0);
  EXPECT_MONEY(category(plan, Category::unfinished), left / (2.0 * scaling) * 3.0);
  EXPECT_MONEY(category(plan, Category::penalty), 30.0);
  EXPECT_EQ(plan.late[0].mean, 1.0);
}

TEST_P(ByHand, SpotTakesTheFirstMarketOrTheCheapestByPriceOverThroughput) {
  for (const Choose choose : {Choose::first, Choose::cheapest}) {
    for (const Policy policy : {Policy::spot, Policy::on_demand}) {
      scenario::Scenario scenario = one_market(1.0, 24.0);
      scenario.markets.push_back(plain_market("second"));
      scenario.markets.push_back(plain_market("third"));
      scenario.markets[1].spot->price->mean.mode = scenario.markets[1].on_demand->price.mode = 3.0;
      scenario.markets[2].spot->price->mean.mode = scenario.markets[2].on_demand->price.mode = 0.5;
      scenario::Job job = plain_job("j", scenario::Law::constant(8.0));
      job.throughput.push_back({1, at("job.j.throughput.second", scenario::Law::constant(4.0))});
      job.throughput.push_back({2, at("job.j.throughput.third", scenario::Law::constant(0.5))});
      scenario::JobAssignment& assignment = add_job(scenario, job, policy);
      assignment.markets = {2, 0, 1};
      assignment.choose = choose;
      const PlanResults plan = live(scenario);
      const bool cheapest = choose == Choose::cheapest;
      EXPECT_MONEY(plan.cost[0], cheapest ? 6.0 : 8.0) << policy_names[static_cast<int>(policy)];
      EXPECT_HOURS(plan.finish[0][0], cheapest ? 2.0 : 16.0);
    }
  }
}

TEST_P(ByHand, SpotPriceIsCappedAlsoWhereItStays) {
  scenario::Scenario scenario = one_market(1.0, 24.0);
  scenario.markets[0].spot->price->mean.mode = 10.0;
  scenario.markets[0].spot->price->cap = 9.0;
  add_job(scenario, plain_job("j", scenario::Law::constant(3.0)), Policy::spot);
  EXPECT_MONEY(live(scenario).cost[0], 27.0);
}

TEST_P(ByHand, ItemsArePaidEvenlyOnceOrAsAShareAndAddUpInTheFan) {
  scenario::Scenario scenario = one_market(1.0, 100.0);
  scenario.simulation.bin_seconds = 40.0 * 3600.0;
  add_job(scenario, plain_job("j", scenario::Law::constant(50.0)), Policy::on_demand);
  scenario::Item monthly;
  monthly.name = monthly.owner = "monthly";
  monthly.amount = at("item.monthly.monthly", scenario::Law::constant(7440.0));
  monthly.from_seconds = 10.5 * 3600.0;
  monthly.until_seconds = 90.0 * 3600.0;
  monthly.plans = {0};
  scenario::Item once = monthly;
  once.name = once.owner = "once";
  once.kind = scenario::Item::Kind::once;
  once.amount = at("item.once.once", scenario::Law::constant(77.0));
  once.from_seconds = 0.0;
  once.until_seconds = scenario.horizon_seconds;
  scenario::Item share = once;
  share.name = share.owner = "share";
  share.kind = scenario::Item::Kind::share;
  share.amount = at("item.share.share", scenario::Law::constant(0.05));
  share.of = {Category::on_demand, Category::spot};
  scenario::Item absent = once;
  absent.name = absent.owner = "absent";
  absent.amount.address = "item.absent.once";
  absent.chance = 0.0;
  scenario.items = {monthly, once, share, absent};
  const PlanResults plan = live(scenario);
  EXPECT_MONEY(plan.cost[0], 100.0 + 795.0 + 77.0 + 5.0);
  EXPECT_MONEY(category(plan, Category::item) + category(plan, Category::one_off), 877.0);
  ASSERT_EQ(plan.cumulative.size(), 3u);
  EXPECT_MONEY(plan.cumulative[0].mean, 80.0 + 295.0 + 77.0);
  EXPECT_MONEY(plan.cumulative[1].mean, 100.0 + 695.0 + 77.0);
  EXPECT_MONEY(plan.cumulative[2].mean, plan.cost[0]);
}

TEST_P(ByHand, AMonthlyItemIsPaidByTheCalendarMonth) {
  scenario::Scenario scenario = one_market(1.0, 24.0);
  scenario.start = {2026, 1, 31, 12, 0, 0};
  scenario.simulation.bin_seconds = 6.0 * 3600.0;
  add_job(scenario, plain_job("j", scenario::Law::constant(1.0)), Policy::spot);
  scenario::Item licence;
  licence.name = licence.owner = "licence";
  licence.amount = at("item.licence.monthly", scenario::Law::constant(1000.0));
  licence.until_seconds = scenario.horizon_seconds;
  licence.plans = {0};
  scenario.items = {licence};
  const PlanResults plan = live(scenario);
  // Half a day of January's 31 and half a day of February's 28.
  const double january = 1000.0 / 62.0, february = 1000.0 / 56.0;
  EXPECT_MONEY(category(plan, Category::item), january + february);
  // Within the term, single precision knows the place in a month to 2^-24 of it, twice.
  const double spot = category(plan, Category::spot), error = 1000.0 * 0x1p-23;
  EXPECT_NEAR(plan.cumulative[0].mean, spot + january / 2.0, error);
  EXPECT_NEAR(plan.cumulative[1].mean, spot + january, error);
  EXPECT_NEAR(plan.cumulative[2].mean, spot + january + february / 2.0, error);
}

TEST_P(ByHand, ABacklogOfLateRunsOwesMoreThanAnyOneOfThem) {
  // Each run takes two hours and the next is released after one: more than 2^32 in all, in currency.
  constexpr double horizon = 8760.0, penalty = 500.0;
  scenario::Scenario scenario = one_market(1.0, horizon);
  scenario::Job job = plain_job("j", scenario::Law::constant(2.0));
  job.repeat_seconds = job.deadline_seconds = 3600.0;
  job.late_penalty_per_hour = penalty;
  job.unfinished = scenario::Job::Unfinished::ignore;
  add_job(scenario, job, Policy::on_demand);
  double hours_late = 0.0;
  for (double run = 0.0; run < horizon; run += 1.0) hours_late += std::min(2.0 * (run + 1.0), horizon) - (run + 1.0);
  const PlanResults plan = live(scenario);
  EXPECT_MONEY(category(plan, Category::penalty), hours_late * penalty);
  EXPECT_GT(plan.cost[0], 0x1p33);
}

INSTANTIATE_TEST_SUITE_P(Of, ByHand, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });

}  // namespace
}  // namespace costrisk::stat
