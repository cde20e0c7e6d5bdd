// Gangs on hand-drawn capacity, worked out by hand: what is lost at its instant, on-demand that fails over, deadlines
// that count pauses.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/stat/builder.hpp"
#include "tests/stat/measured.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {
namespace {

/// Capacity that is never up.
scenario::Capacity never(const std::string& address) { return capacity(address, 1e-3, 1.0, 1e9, 1.0); }

class OnDrawnCapacity : public testing::TestWithParam<Subject> {
 protected:
  std::vector<PlanResults> live(const scenario::Scenario& scenario, int paths = 3) {
    return stat::simulate(GetParam(), scenario, paths, 1).plans;
  }
  static double category(const PlanResults& plan, Category category) {
    return plan.category[static_cast<int>(category)].mean;
  }
};

TEST_P(OnDrawnCapacity, ARunItsBillAndItsSafeWorkEndWhereCapacityIsLostInsideAStep) {
  struct Case {
    double interval_hours, write_hours, increment_hours, finish, cost, lost;
  };
  for (const Case& c : {Case{0.0, -1.0, 0.01, 14.0, 13.4, 3.4}, Case{1.0, 0.1, 0.01, 11.6, 11.0, 0.1},
                        Case{1.0, 0.1, 1.0, 11.6, 12.0, 0.1}, Case{0.0, 0.0, 0.01, 10.6, 10.0, 0.0}}) {
    scenario::Scenario scenario = one_market(1.0, 24.0);
    scenario.markets[0].spot->capacity_history = measured({0.0, 3.4, 3.7}, {1.0, 0.0, 1.0}, 40.0);
    scenario.markets[0].billing_increment_seconds = c.increment_hours * 3600.0;
    scenario::JobAssignment& assignment =
        add_job(scenario, plain_job("j", scenario::Law::constant(10.0)), Policy::spot);
    if (c.write_hours >= 0.0)
      assignment.checkpoint = scenario::Checkpoint{3600.0 * c.interval_hours, 3600.0 * c.write_hours};
    const PlanResults plan = live(scenario)[0];
    EXPECT_NEAR(plan.finish[0][0], c.finish, 1e-5);
    EXPECT_NEAR(plan.cost[0], c.cost, 1e-5);
    EXPECT_NEAR(plan.lost_hours[0].mean, c.lost, 1e-5);
    EXPECT_EQ(plan.interruptions[0].mean, 1.0);
  }
}

TEST_P(OnDrawnCapacity, ALossJustAfterAStepsStartIsAtThatStart) {
  // Two seconds are within 2^-10 of an hour, four are not. The gang that is lost at the start takes again there.
  for (const double seconds : {2.0, 4.0}) {
    scenario::Scenario scenario = one_market(1.0, 24.0);
    const double at = 3.0 + seconds / 3600.0;
    scenario.markets[0].spot->capacity_history = measured({0.0, at, at + 0.1 / 3600.0}, {1.0, 0.0, 1.0}, 40.0);
    add_job(scenario, plain_job("j", scenario::Law::constant(10.0)), Policy::spot);
    const PlanResults plan = live(scenario)[0];
    EXPECT_NEAR(plan.finish[0][0], seconds < 3.0 ? 13.0 : 14.0, 1e-5);
    EXPECT_NEAR(plan.lost_hours[0].mean, seconds < 3.0 ? 3.0 : at, 1e-5);
  }
}

TEST_P(OnDrawnCapacity, EachGangLosesWhenTheCountFallsBelowIt) {
  for (const int instances : {4, 2}) {
    scenario::Scenario scenario = one_market(1.0, 10.0);
    scenario.markets[0].spot->capacity_history = measured({0.0, 2.5, 6.25, 7.5}, {4.0, 3.0, 1.0, 4.0}, 40.0);
    scenario::JobAssignment& assignment = add_job(scenario, plain_job("j", scenario::Law::constant(1e6)), Policy::spot);
    assignment.instances = instances;
    assignment.checkpoint = scenario::Checkpoint{0.0, 0.0};
    // From 8 on there are enough again.
    EXPECT_NEAR(live(scenario)[0].cost[0], instances == 4 ? 4 * (2.5 + 2.0) : 2 * (6.25 + 2.0), 1e-5);
  }
}

TEST_P(OnDrawnCapacity, WorkThatEndsWhereCapacityIsLostIsDone) {
  scenario::Scenario scenario = one_market(1.0, 24.0);
  scenario.markets[0].spot->capacity_history = measured({0.0, 3.4}, {1.0, 0.0}, 40.0);
  add_job(scenario, plain_job("j", scenario::Law::constant(3.4)), Policy::spot);
  const PlanResults plan = live(scenario)[0];
  EXPECT_NEAR(plan.finish[0][0], 3.4, 1e-5);
  EXPECT_EQ(plan.interruptions[0].mean, 0.0);
}

TEST_P(OnDrawnCapacity, WorkLostPerInterruptionDoesNotHangOnTheStep) {
  // Checkpoints every hour, with their writes, fall on the steps of an hour and on those of a quarter.
  double lost[2];
  for (const bool fine : {false, true}) {
    scenario::Scenario scenario = one_market(fine ? 0.25 : 1.0, 1440.0);
    scenario.markets[0].spot->capacity = capacity("market.m.spot.capacity", 6.0, 1.0, 2.0, 1.0);
    add_job(scenario, plain_job("j", scenario::Law::constant(400.0)), Policy::spot).checkpoint =
        scenario::Checkpoint{3300.0, 300.0};
    const PlanResults plan = live(scenario, GetParam() == Subject::engine ? 4000 : 400)[0];
    lost[fine] = plan.lost_hours[0].mean / plan.interruptions[0].mean;
  }
  EXPECT_NEAR(lost[0], lost[1], 0.01);
  EXPECT_NEAR(lost[1], 0.49, 0.02);
}

TEST_P(OnDrawnCapacity, OnDemandIsTakenWhereItCanBeLaunched) {
  for (const Choose choose : {Choose::first, Choose::cheapest}) {
    scenario::Scenario scenario = one_market(1.0, 24.0);
    scenario.markets.push_back(plain_market("second"));
    scenario.markets.push_back(plain_market("third"));
    scenario.markets[0].on_demand->price.mode = 1.0;
    scenario.markets[0].on_demand->capacity = never("market.m.on_demand.capacity");
    scenario.markets[1].on_demand->price.mode = 4.0;
    scenario.markets[2].on_demand->price.mode = 3.0;
    scenario::Job job = plain_job("j", scenario::Law::constant(8.0));
    job.throughput.push_back({1, at("job.j.throughput.second", scenario::Law::constant(1.0))});
    job.throughput.push_back({2, at("job.j.throughput.third", scenario::Law::constant(1.0))});
    scenario::JobAssignment& assignment = add_job(scenario, job, Policy::on_demand);
    assignment.markets = {0, 1, 2};
    assignment.choose = choose;
    const PlanResults plan = live(scenario)[0];
    EXPECT_NEAR(plan.finish[0][0], 8.0, 1e-5);
    EXPECT_NEAR(plan.cost[0], choose == Choose::cheapest ? 24.0 : 32.0, 1e-4);
  }
}

TEST_P(OnDrawnCapacity, TheWholeBacklogIsBoughtOutWhereItCouldBeLaunched) {
  for (const bool blocked : {false, true}) {
    scenario::Scenario scenario = one_market(1.0, 10.0);
    scenario.markets.push_back(plain_market("second"));
    if (blocked) scenario.markets[0].on_demand->capacity = never("market.m.on_demand.capacity");
    scenario.markets[1].on_demand->price.mode = 3.0;
    scenario::Job job = plain_job("j", scenario::Law::constant(3.0));
    job.throughput.push_back({1, at("job.j.throughput.second", scenario::Law::constant(2.0))});
    job.repeat_seconds = 3600.0;
    job.unfinished = scenario::Job::Unfinished::buy_out;
    add_job(scenario, job, Policy::spot).markets = {0, 1};
    // Three runs are done, a third of the fourth, and six wait.
    const PlanResults plan = live(scenario)[0];
    EXPECT_NEAR(category(plan, Category::unfinished), blocked ? 20.0 / 2.0 * 3.0 : 20.0 * 2.0, 1e-4);
    EXPECT_EQ(plan.late[0].mean, 7.0);
  }
}

/// Greedy that never finds spot, with checkpoints of an hour and writes of a tenth of one.
scenario::Scenario greedy_without_spot(const scenario::Law& work, double restart_hours) {
  scenario::Scenario scenario = one_market(1.0, 100.0);
  scenario.markets[0].spot->capacity = never("market.m.spot.capacity");
  scenario::Job job = plain_job("j", work);
  job.deadline_seconds = 24.0 * 3600.0;
  scenario::JobAssignment& assignment = add_job(scenario, job, Policy::greedy);
  assignment.restart_seconds = 3600.0 * restart_hours;
  return scenario;
}

TEST_P(OnDrawnCapacity, WorkLeftCountsThePausesForCheckpointsToCome) {
  for (const double write_hours : {0.0, 0.1}) {
    scenario::Scenario scenario = greedy_without_spot(scenario::Law::constant(20.0), 0.0);
    scenario.plans[0].jobs[0].checkpoint = scenario::Checkpoint{3600.0, 3600.0 * write_hours};
    const PlanResults plan = live(scenario)[0];
    // 20 hours begin at 4; with nineteen pauses they are 21.9 and begin at 2.
    EXPECT_NEAR(plan.finish[0][0], write_hours > 0.0 ? 23.9 : 24.0, 1e-4);
    EXPECT_EQ(plan.late[0].mean, 0.0);
  }
}

TEST_P(OnDrawnCapacity, AMarginMovesThePlannedDeadlineAndNotTheLateness) {
  for (const double margin_hours : {0.0, 3.0, 30.0}) {
    scenario::Scenario scenario = greedy_without_spot(scenario::Law::constant(12.0), 1.0);
    scenario.plans[0].jobs[0].margin_hours = scenario::Law::constant(margin_hours);
    const PlanResults plan = live(scenario)[0];
    // Two restarts are allowed for, one is made.
    EXPECT_NEAR(plan.finish[0][0], std::max(13.0, 23.0 - margin_hours), 1e-4);
    EXPECT_EQ(plan.late[0].mean, 0.0);
  }
}

// The reference simulator knows no margins that are drawn.
TEST(DrawnMargins, MoveThePlannedDeadlineOfTheirFuture) {
  scenario::Scenario scenario = greedy_without_spot(scenario::Law::constant(12.0), 1.0);
  scenario.plans[0].jobs[0].margin_hours = at("plan.plan j.job.j.margin", triangular(2.0, 3.0, 4.0));
  constexpr int paths = 4000;
  const PlanResults plan = stat::simulate(Subject::engine, scenario, paths, 1).plans[0];
  // Whole steps to the planned deadline count: 21 of 24 where the margin is below three hours, else 20.
  int early = 0;
  for (const double finish : plan.finish[0]) {
    EXPECT_TRUE(std::abs(finish - 19.0) < 1e-4 || std::abs(finish - 20.0) < 1e-4) << finish;
    early += finish < 19.5;
  }
  EXPECT_NEAR(early, 0.5 * paths, 4.5 * 0.5 * std::sqrt(paths));
  EXPECT_EQ(plan.late[0].mean, 0.0);
}

TEST_P(OnDrawnCapacity, SlackIsCountedAtTheRateOfOnDemand) {
  scenario::Scenario scenario = greedy_without_spot(scenario::Law::constant(40.0), 0.0);
  scenario.markets[0].on_demand.reset();
  scenario.markets.push_back(plain_market("fast"));
  scenario.markets[1].spot.reset();
  scenario.jobs[0].throughput.push_back({1, at("job.j.throughput.fast", scenario::Law::constant(2.0))});
  scenario.plans[0].jobs[0].markets = {0, 1};
  EXPECT_NEAR(live(scenario)[0].finish[0][0], 24.0, 1e-4);
}

TEST_P(OnDrawnCapacity, PlannedForesightStartsForTheMedianAndOverrunsAreLate) {
  // The median is 30 − √200, so that sixteen steps are kept and all begin at 14.
  scenario::Scenario scenario = greedy_without_spot(triangular(10.0, 10.0, 30.0), 0.0);
  scenario.jobs[0].deadline_seconds = 30.0 * 3600.0;
  scenario.plans[0].jobs[0].foresight = scenario::JobAssignment::Foresight::planned;
  const PlanResults plan = live(scenario, 50)[0];
  for (std::size_t path = 0; path < 50; ++path)
    EXPECT_NEAR(plan.finish[0][path] - plan.cost[path] / 2.0, 14.0, 1e-3) << "path " << path;
  EXPECT_GT(plan.late[0].mean, 0.2);
  scenario.plans[0].jobs[0].foresight = scenario::JobAssignment::Foresight::exact;
  EXPECT_EQ(live(scenario, 50)[0].late[0].mean, 0.0) << "work of 30 hours at most";
}

TEST_P(OnDrawnCapacity, OnDemandTakenForWantOfSlackIsKept) {
  // Spot in the fast market, down at first; on-demand is slow there where it is taken, and its slack comes back.
  scenario::Scenario scenario = greedy_without_spot(scenario::Law::constant(40.0), 0.0);
  scenario.markets[0].spot->capacity.reset();
  scenario.markets[0].spot->capacity_history = measured({0.0, 8.0}, {0.0, 1.0}, 200.0);
  scenario.markets[0].on_demand->capacity = never("market.m.on_demand.capacity");
  scenario.markets.push_back(plain_market("fast"));
  scenario.markets[1].spot.reset();
  scenario.jobs[0].throughput.push_back({1, at("job.j.throughput.fast", scenario::Law::constant(4.0))});
  scenario.jobs[0].work_instance_hours.mode = 22.0;
  scenario.plans[0].jobs[0].markets = {0, 1};
  // Counted in the first market, which sells on-demand and cannot launch it, the slack is gone at 2; in the fast one
  // the work takes 5.5 hours, and there would be slack again.
  const PlanResults plan = live(scenario)[0];
  EXPECT_NEAR(plan.finish[0][0], 7.5, 1e-4);
  EXPECT_NEAR(category(plan, Category::spot), 0.0, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Of, OnDrawnCapacity, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });

}  // namespace
}  // namespace costrisk::stat
