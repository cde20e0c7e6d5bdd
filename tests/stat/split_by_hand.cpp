// Gangs that hold several entries of their list at once, on hand-drawn capacity: worked out by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/stat/measured.hpp"
#include "tests/stat/service_builder.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {
namespace {

using scenario::JobAssignment;
using Upgrade = JobAssignment::Upgrade;

class SplitByHand : public testing::TestWithParam<Subject> {
 protected:
  PlanResults live(const scenario::Scenario& scenario, std::uint64_t paths = 3) {
    return stat::simulate(GetParam(), scenario, paths, 1).plans.at(0);
  }
  static double hours(const PlanResults& plan, int market, Purchase buy, std::size_t job = 0) {
    return plan.use_hours[job][static_cast<std::size_t>(market * purchase_count + static_cast<int>(buy))].mean;
  }
};

/// Makes the assignment take parts of these in order.
void split_over(JobAssignment& assignment, int instances, std::vector<scenario::JobPurchase> purchases) {
  assignment.policy = Policy::in_order;
  assignment.split = true;
  assignment.instances = instances;
  assignment.markets.clear();
  for (const scenario::JobPurchase& purchase : purchases) assignment.markets.push_back(purchase.market);
  assignment.purchases = std::move(purchases);
}

scenario::Scenario two_markets(double horizon_hours) {
  scenario::Scenario scenario = one_market(1.0, horizon_hours);
  scenario.markets.push_back(plain_market("east"));
  scenario.markets[1].spot->price->mean.mode = 4.0;
  scenario.markets[1].on_demand->price.mode = 10.0;
  return scenario;
}

JobAssignment& add_split_job(scenario::Scenario& scenario, double work, double throughput_east = 1.0) {
  scenario::Job job = plain_job("j", scenario::Law::constant(work));
  job.throughput.push_back({1, at("job.j.throughput.east", scenario::Law::constant(throughput_east))});
  job.state_gb = 1.0;
  JobAssignment& assignment = add_job(scenario, job, Policy::in_order);
  assignment.checkpoint = scenario::Checkpoint{0.0, 0.0};
  return assignment;
}

/// Three of four in a block of five hours; spot in the east: three until 7:30, one until 10:15, six from then on;
/// on-demand there after two hours without anything. Twenty hours of work for four, due after 24.
scenario::Scenario block_and_spot_and_on_demand(Upgrade upgrade) {
  scenario::Scenario scenario = two_markets(60.0);
  scenario.markets[0].egress_per_gb = 2.0;
  scenario.markets[1].spot->capacity_history = measured({0.0, 7.5, 10.25}, {3.0, 1.0, 6.0}, 100.0);
  JobAssignment& assignment = add_split_job(scenario, 80.0);
  scenario.jobs[0].deadline_seconds = 24.0 * 3600.0;
  scenario.jobs[0].late_penalty_per_hour = 8.0;
  split_over(assignment, 4, {{0, Purchase::reserved, 0.0}, {1, Purchase::spot, 0.0}, {1, Purchase::on_demand, 7200.0}});
  assignment.upgrade = upgrade;
  scenario.plans[0].commitments.push_back(own_capacity(0, 3, 0.0, 0.0, 5.0));
  return scenario;
}

TEST_P(SplitByHand, ABlockAndSpotAndOnDemand) {
  for (const Upgrade upgrade : {Upgrade::never, Upgrade::always, Upgrade::when_cheaper}) {
    const PlanResults plan = live(block_and_spot_and_on_demand(upgrade));
    // The block and one of spot until 5. Three of spot are too few then, with one on-demand they are not from 7 on.
    // They are lost at 7:30; at 10 two hours have passed, and one of spot and three on-demand are taken. From 11 on
    // there is spot for all.
    const bool stays = upgrade == Upgrade::never;
    EXPECT_NEAR(hours(plan, 0, Purchase::reserved), 15.0, 1e-5);
    EXPECT_NEAR(hours(plan, 1, Purchase::spot), 5.0 + 1.5 + (stays ? 14.5 : 1.0 + 4 * 13.5), 1e-5);
    EXPECT_NEAR(hours(plan, 1, Purchase::on_demand), 0.5 + (stays ? 3 * 14.5 : 3.0), 1e-5);
    EXPECT_NEAR(plan.finish[0][0], 24.5, 1e-5);
    EXPECT_EQ(plan.interruptions[0].mean, 1.0) << "where the block ends nothing is interrupted";
    EXPECT_EQ(plan.late[0].mean, 1.0);
    const double spot = 4.0 * hours(plan, 1, Purchase::spot), on_demand = 10.0 * hours(plan, 1, Purchase::on_demand);
    EXPECT_NEAR(plan.category[static_cast<int>(Category::spot)].mean, spot, 1e-4);
    EXPECT_NEAR(plan.category[static_cast<int>(Category::on_demand)].mean, on_demand, 1e-4);
    EXPECT_NEAR(plan.category[static_cast<int>(Category::egress)].mean, 2.0, 1e-9) << "from the block, at 7";
    EXPECT_NEAR(plan.category[static_cast<int>(Category::penalty)].mean, 4.0, 1e-5);
    EXPECT_NEAR(plan.cost[0], (stays ? 84.0 + 440.0 : 246.0 + 35.0) + 6.0, 1e-4);
  }
}

TEST_P(SplitByHand, LossesInsideAStepComeAtTheirInstant) {
  for (const bool has_notice : {false, true}) {
    scenario::Scenario scenario = two_markets(60.0);
    scenario.markets[1].spot->capacity_history = measured({0.0, 3.6, 6.2}, {2.0, 1.0, 5.0}, 100.0);
    scenario.markets[1].spot->notice_seconds = has_notice ? 360.0 : 0.0;
    JobAssignment& assignment = add_split_job(scenario, 40.0);
    assignment.checkpoint = scenario::Checkpoint{3600.0, 360.0};
    split_over(assignment, 4, {{1, Purchase::spot, 0.0}, {0, Purchase::on_demand, 0.0}});
    scenario.markets[0].billing_increment_seconds = 3600.0;
    scenario.markets[1].billing_minimum_seconds = 4.0 * 3600.0;
    const PlanResults plan = live(scenario);
    // Two of each; three cycles of 1.1 h are done at 3.3, and 0.3 h more at 3.6. At 4 one of spot and three on-demand.
    const double left = has_notice ? 10.0 - 3.3 : 10.0 - 3.0, pauses = 0.1 * (std::ceil(left) - 1.0);
    EXPECT_NEAR(plan.finish[0][0], 4.0 + left + pauses, 1e-4);
    EXPECT_NEAR(plan.lost_hours[0].mean, has_notice ? 0.0 : 0.3, 1e-5);
    EXPECT_EQ(plan.interruptions[0].mean, 1.0);
    EXPECT_NEAR(hours(plan, 0, Purchase::on_demand), 2 * 4.0 + 3 * std::ceil(left + pauses - 1e-6), 1e-4)
        << "by the hour";
    EXPECT_NEAR(hours(plan, 1, Purchase::spot), 2 * 4.0 + left + pauses, 1e-4) << "four hours at least";
  }
}

TEST_P(SplitByHand, TheSlowestPartSetsThePace) {
  scenario::Scenario scenario = two_markets(60.0);
  scenario.markets[0].spot->capacity_history = measured({0.0, 4.0}, {3.0, 4.0}, 100.0);
  JobAssignment& assignment = add_split_job(scenario, 40.0, 0.5);
  split_over(assignment, 4, {{0, Purchase::spot, 0.0}, {1, Purchase::on_demand, 0.0}});
  EXPECT_NEAR(live(scenario).finish[0][0], 20.0, 1e-4);
  assignment.upgrade = Upgrade::always;
  // Two of ten hours are done at 4, when all of it can be fast.
  const PlanResults plan = live(scenario);
  EXPECT_NEAR(plan.finish[0][0], 12.0, 1e-4);
  EXPECT_NEAR(plan.cost[0], 4 * (3 * 1.0 + 10.0) + 8 * 4 * 1.0, 1e-4);
}

TEST_P(SplitByHand, AMoveIsWorthItsRestart) {
  for (const double restart_hours : {1.0, 11.0}) {
    scenario::Scenario scenario = two_markets(80.0);
    scenario.markets[0].spot->capacity_history = measured({0.0, 4.0}, {1.0, 2.0}, 100.0);
    JobAssignment& assignment = add_split_job(scenario, 40.0);
    assignment.restart_seconds = 3600.0 * restart_hours;
    assignment.upgrade = Upgrade::when_cheaper;
    scenario.markets[1].on_demand->price.mode = 2.0;
    split_over(assignment, 2, {{0, Purchase::spot, 0.0}, {1, Purchase::on_demand, 0.0}});
    const PlanResults plan = live(scenario);
    // At 4 what is left costs 3 an hour as it stands; 2 an hour, and the restart, when moved.
    const double left = 20.0 - std::max(0.0, 4.0 - restart_hours);
    const bool moves = 2.0 * (left + restart_hours) < 3.0 * left;
    const double longer = moves ? 4.0 + left + restart_hours : 20.0 + restart_hours;
    EXPECT_EQ(moves, restart_hours == 1.0);
    EXPECT_NEAR(plan.finish[0][0], longer, 1e-4);
    EXPECT_NEAR(plan.cost[0], moves ? 4.0 * 3.0 + 2.0 * (left + restart_hours) : 3.0 * longer, 1e-4);
  }
}

TEST_P(SplitByHand, WhoStandsFirstLeavesARestOfTheDepth) {
  scenario::Scenario scenario = two_markets(240.0);
  scenario::Capacity spot = capacity("market.m.spot.capacity", 1e7, 1.0, 1e-3, 1.0);
  spot.depth = at("market.m.spot.capacity.depth", scenario::Law::constant(6.5));
  scenario.markets[0].spot->capacity = spot;
  JobAssignment first = add_split_job(scenario, 200.0);
  split_over(first, 5, {{0, Purchase::spot, 0.0}, {1, Purchase::on_demand, 0.0}});
  scenario::Job other = scenario.jobs[0];
  other.name = other.owner = "k";
  scenario.jobs.push_back(other);
  JobAssignment second = first;
  second.job = 1;
  second.instances = 4;
  scenario.plans[0].jobs = {first, second};
  PlanResults plan = live(scenario);
  EXPECT_NEAR(hours(plan, 0, Purchase::spot, 0), 200.0, 1e-3);
  EXPECT_NEAR(hours(plan, 0, Purchase::spot, 1), 50.0, 1e-3);
  EXPECT_NEAR(hours(plan, 1, Purchase::on_demand, 1), 150.0, 1e-3);
  EXPECT_NEAR(plan.cost[0], 200.0 + 50.0 + 1500.0, 1e-2);
  // Released after ten hours, the first takes of what the second holds: two of its four parts are lost, and it starts
  // over on one of spot and three on-demand at once.
  scenario.jobs[0].release_seconds = 36'000.0;
  plan = live(scenario);
  EXPECT_EQ(plan.interruptions[1].mean, 1.0);
  EXPECT_NEAR(plan.finish[1][0], 50.0, 1e-4);
  EXPECT_NEAR(hours(plan, 0, Purchase::spot, 1), 4 * 10.0 + 40.0, 1e-3);
  EXPECT_NEAR(hours(plan, 1, Purchase::on_demand, 1), 3 * 40.0, 1e-3);
}

TEST_P(SplitByHand, OnDemandOfADepthIsShared) {
  scenario::Scenario scenario = two_markets(240.0);
  scenario::Capacity launches = capacity("market.m.on_demand.capacity", 1e7, 1.0, 1e-3, 1.0);
  launches.depth = at("market.m.on_demand.capacity.depth", scenario::Law::constant(6.0));
  scenario.markets[0].on_demand->capacity = launches;
  JobAssignment first = add_split_job(scenario, 200.0);
  scenario.markets[0].spot->capacity_history = measured({0.0}, {0.0}, 300.0);
  split_over(first, 4, {{0, Purchase::spot, 0.0}, {0, Purchase::on_demand, 0.0}, {1, Purchase::on_demand, 0.0}});
  scenario::Job other = scenario.jobs[0];
  other.name = other.owner = "k";
  scenario.jobs.push_back(other);
  JobAssignment second = first;
  second.job = 1;
  scenario.plans[0].jobs = {first, second};
  const PlanResults plan = live(scenario);
  EXPECT_NEAR(hours(plan, 0, Purchase::on_demand, 0), 200.0, 1e-3);
  EXPECT_NEAR(hours(plan, 0, Purchase::on_demand, 1), 100.0, 1e-3);
  EXPECT_NEAR(hours(plan, 1, Purchase::on_demand, 1), 100.0, 1e-3);
}

TEST_P(SplitByHand, CommitmentsCoverTheParts) {
  scenario::Scenario scenario = two_markets(30.0);
  scenario.markets[0].spot->capacity_history = measured({0.0, 25.0}, {1.0, 2.0}, 100.0);
  JobAssignment& assignment = add_split_job(scenario, 80.0);
  split_over(assignment, 4, {{0, Purchase::spot, 0.0}, {0, Purchase::on_demand, 0.0}});
  scenario.plans[0].commitments.push_back(commitment(0, 2, 1.0, 0.0, 30.0));
  const PlanResults plan = live(scenario);
  // Two of three on-demand parts are covered for twenty of thirty hours.
  EXPECT_NEAR(plan.covered.mean, 2 * 20.0 * 2.0, 1e-3);
  EXPECT_NEAR(plan.unused_commitment_waste.mean, 2 * 10.0, 1e-3);
  EXPECT_NEAR(plan.cost[0], 20.0 * 1.0 + 20.0 * 2.0 + 2 * 30.0, 1e-3);
}

TEST_P(SplitByHand, TheNextInTheFileFindsWhatASplitGangLeavesOfABlock) {
  scenario::Scenario scenario = two_markets(240.0);
  JobAssignment first = add_split_job(scenario, 200.0);
  split_over(first, 4, {{0, Purchase::reserved, 0.0}, {1, Purchase::on_demand, 0.0}});
  scenario::Job other = scenario.jobs[0];
  other.name = other.owner = "k";
  scenario.jobs.push_back(other);
  JobAssignment second = first;
  second.job = 1;
  scenario.plans[0].jobs = {first, second};
  scenario.plans[0].commitments.push_back(own_capacity(0, 5, 0.0));
  const PlanResults plan = live(scenario);
  EXPECT_NEAR(hours(plan, 0, Purchase::reserved, 0), 200.0, 1e-3);
  EXPECT_NEAR(hours(plan, 0, Purchase::reserved, 1), 50.0, 1e-3);
  EXPECT_NEAR(plan.unused_commitment_waste.mean, 0.0, 1e-9);
  EXPECT_NEAR(plan.cost[0], 1500.0, 1e-2);
}

TEST_P(SplitByHand, EachPartIsStruckAtItsRate) {
  scenario::Scenario scenario = two_markets(1000.0);
  scenario.markets[0].spot->capacity_history = measured({0.0}, {3.0}, 2000.0);
  scenario.markets[0].spot->reclaim_every_hours = at("market.m.spot.reclaim_every", scenario::Law::constant(400.0));
  scenario.markets[1].hardware_mtbf_hours = at("market.east.hardware_mtbf", scenario::Law::constant(1000.0));
  JobAssignment& assignment = add_split_job(scenario, 1e6);
  split_over(assignment, 5, {{0, Purchase::spot, 0.0}, {1, Purchase::on_demand, 0.0}});
  // A cycle of an hour that a reclaim, but no failure, has the notice to save.
  assignment.checkpoint = scenario::Checkpoint{3600.0, 60.0};
  scenario.markets[0].spot->notice_seconds = 60.0;
  constexpr std::uint64_t paths = 4000;
  const PlanResults plan = live(scenario, paths);
  const double rate = 3.0 / 400.0 + 2.0 / 1000.0, error = std::sqrt(rate * 1000.0 / paths);
  EXPECT_NEAR(plan.interruptions[0].mean, 1000.0 * rate, 4.5 * error);
  // Half an hour of work on average, by failures alone.
  const double lost_each = 0.5 * 3600.0 / 3660.0 + 60.0 / 3660.0, failures = 1000.0 * 2.0 / 1000.0;
  EXPECT_NEAR(plan.lost_hours[0].mean, failures * lost_each, 4.5 * std::sqrt(failures * 0.34 / paths) + 0.02);
}

/// What a gang that may split does where there is nothing to split.
TEST_P(SplitByHand, WhereEachEntryTakesAllItIsAsWithoutSplit) {
  scenario::Scenario scenario = two_markets(600.0);
  for (scenario::Market& market : scenario.markets) {
    const std::string spot = "market." + market.name + ".spot";
    market.spot->capacity = capacity(spot + ".capacity", 20.0, 1.0, 9.0, 1.5);
    market.spot->reclaim_every_hours = at(spot + ".reclaim_every", scenario::Law::constant(200.0));
    market.hardware_mtbf_hours = at("market." + market.name + ".hardware_mtbf", scenario::Law::constant(900.0));
    market.spot->price->process = scenario::Process{0.4, 40.0 * 3600.0, {}};
    market.billing_increment_seconds = 600.0;
    market.egress_per_gb = 0.5;
  }
  JobAssignment& assignment = add_split_job(scenario, 900.0, 1.2);
  scenario.jobs[0].restart_seconds = assignment.restart_seconds = 1800.0;
  assignment.checkpoint = scenario::Checkpoint{7200.0, 300.0};
  for (const Upgrade upgrade : {Upgrade::never, Upgrade::always}) {
    split_over(assignment, 4,
               {{0, Purchase::spot, 0.0}, {1, Purchase::spot, 0.0}, {1, Purchase::on_demand, 5.0 * 3600.0}});
    assignment.upgrade = upgrade;
    const PlanResults split = live(scenario, 200);
    assignment.split = false;
    const PlanResults whole = live(scenario, 200);
    for (std::size_t path = 0; path < whole.cost.size(); ++path) {
      EXPECT_NEAR(split.cost[path], whole.cost[path], 1e-6 * whole.cost[path]) << path;
      EXPECT_NEAR(split.finish[0][path], whole.finish[0][path], 1e-4) << path;
    }
    EXPECT_EQ(split.interruptions[0].mean, whole.interruptions[0].mean);
    EXPECT_NEAR(split.restart_waste.mean, whole.restart_waste.mean, 1e-5 * whole.restart_waste.mean);
    EXPECT_NEAR(split.lost_work_waste.mean, whole.lost_work_waste.mean, 1e-5 * whole.lost_work_waste.mean);
    for (std::size_t bin = 0; bin < whole.cumulative.size(); ++bin)
      EXPECT_NEAR(split.cumulative[bin].mean, whole.cumulative[bin].mean, 1e-6 * whole.cost[0]);
  }
}

INSTANTIATE_TEST_SUITE_P(Of, SplitByHand, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });

}  // namespace
}  // namespace costrisk::stat
