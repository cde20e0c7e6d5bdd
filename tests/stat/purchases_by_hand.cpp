// Purchases in order, moves to better ones, and depths that workloads share, on hand-drawn capacity: worked out by
// hand.
#include <gtest/gtest.h>

#include "tests/stat/measured.hpp"
#include "tests/stat/service_builder.hpp"
#include "tests/stat/subject.hpp"

namespace costrisk::stat {
namespace {

using scenario::JobAssignment;
using Upgrade = JobAssignment::Upgrade;

class PurchasesByHand : public testing::TestWithParam<Subject> {
 protected:
  PlanResults live(const scenario::Scenario& scenario, std::size_t plan = 0) {
    return stat::simulate(GetParam(), scenario, 3, 1).plans.at(plan);
  }
  static double hours(const PlanResults& plan, int market, Purchase buy, std::size_t job = 0) {
    return plan.use_hours[job][static_cast<std::size_t>(market * purchase_count + static_cast<int>(buy))].mean;
  }
};

/// Makes the assignment take these in order.
void take_in_order(JobAssignment& assignment, std::vector<scenario::JobPurchase> purchases) {
  assignment.policy = Policy::in_order;
  assignment.markets.clear();
  for (const scenario::JobPurchase& purchase : purchases) assignment.markets.push_back(purchase.market);
  assignment.purchases = std::move(purchases);
}

/// A block of five hours, then spot at 4 that is there until 7:30 and from 12:15 on, then on-demand at 10 after two
/// hours without anything. Twenty hours of work.
scenario::Scenario block_then_spot_then_on_demand(double egress) {
  scenario::Scenario scenario = one_market(1.0, 60.0);
  scenario.markets[0].egress_per_gb = egress;
  scenario.markets.push_back(plain_market("east"));
  scenario.markets[1].spot->price->mean.mode = 4.0;
  scenario.markets[1].on_demand->price.mode = 10.0;
  scenario.markets[1].spot->capacity_history = measured({0.0, 7.5, 12.25}, {1.0, 0.0, 1.0}, 100.0);
  scenario::Job job = plain_job("j", scenario::Law::constant(20.0));
  job.throughput.push_back({1, at("job.j.throughput.east", scenario::Law::constant(1.0))});
  job.state_gb = 1.0;
  JobAssignment& assignment = add_job(scenario, job, Policy::in_order);
  assignment.checkpoint = scenario::Checkpoint{0.0, 0.0};
  take_in_order(assignment, {{0, Purchase::reserved, 0.0}, {1, Purchase::spot, 0.0}, {1, Purchase::on_demand, 7200.0}});
  scenario.plans[0].commitments.push_back(own_capacity(0, 1, 0.0, 0.0, 5.0));
  return scenario;
}

TEST_P(PurchasesByHand, ABlockThenSpotThenOnDemandWhereNothingElseCame) {
  for (const Upgrade upgrade : {Upgrade::never, Upgrade::always, Upgrade::when_cheaper}) {
    scenario::Scenario scenario = block_then_spot_then_on_demand(0.0);
    scenario.plans[0].jobs[0].upgrade = upgrade;
    const PlanResults plan = live(scenario);
    // Spot is lost at 7:30; at 8 and 9 less than two hours have passed, at 10 on-demand is taken. From 13 on there is
    // spot again.
    const bool stays = upgrade == Upgrade::never;
    EXPECT_NEAR(hours(plan, 0, Purchase::reserved), 5.0, 1e-5);
    EXPECT_NEAR(hours(plan, 1, Purchase::spot), stays ? 2.5 : 12.0, 1e-5);
    EXPECT_NEAR(hours(plan, 1, Purchase::on_demand), stays ? 12.5 : 3.0, 1e-5);
    EXPECT_NEAR(plan.finish[0][0], 22.5, 1e-5);
    EXPECT_NEAR(plan.cost[0], stays ? 135.0 : 78.0, 1e-4);
    EXPECT_EQ(plan.interruptions[0].mean, 1.0) << "where the block ends nothing is interrupted";
  }
}

TEST_P(PurchasesByHand, AMoveIsWorthItsRestartAndItsEgress) {
  for (const double restart_hours : {0.0, 6.0, 7.0}) {
    scenario::Scenario scenario = block_then_spot_then_on_demand(0.0);
    scenario.plans[0].jobs[0].upgrade = Upgrade::when_cheaper;
    scenario.plans[0].jobs[0].restart_seconds = 3600.0 * restart_hours;
    scenario.horizon_seconds = 80.0 * 3600.0;
    // Nothing but on-demand at first, and spot from 30 on, with 25 hours left: 250, or 8 for each and for the restart.
    scenario.markets[1].spot->price->mean.mode = 8.0;
    scenario.plans[0].commitments.clear();
    take_in_order(scenario.plans[0].jobs[0], {{1, Purchase::spot, 0.0}, {1, Purchase::on_demand, 0.0}});
    scenario.markets[1].spot->capacity_history = measured({0.0, 29.25}, {0.0, 1.0}, 100.0);
    scenario.jobs[0].work_instance_hours.mode = 30.0 - restart_hours + 25.0;
    const PlanResults plan = live(scenario);
    const bool moves = 8.0 * (25.0 + restart_hours) < 250.0;
    EXPECT_NEAR(hours(plan, 1, Purchase::spot), moves ? 25.0 + restart_hours : 0.0, 1e-5);
  }
  for (const double egress : {34.0, 35.0}) {
    // Two markets: 1 and 2 an hour after the first, 1.5 and 0.5.
    scenario::Scenario scenario = one_market(1.0, 24.0);
    scenario.markets.push_back(plain_market("b"));
    for (scenario::Market& market : scenario.markets) {
      market.spot->price.reset();
      market.egress_per_gb = egress;
    }
    scenario.markets[0].spot->price_history = measured({0.0, 1.0}, {1.0, 2.0}, 30.0);
    scenario.markets[1].spot->price_history = measured({0.0, 1.0}, {1.5, 0.5}, 30.0);
    scenario::Job job = plain_job("j", scenario::Law::constant(24.0));
    job.throughput.push_back({1, at("job.j.throughput.b", scenario::Law::constant(1.0))});
    job.state_gb = 1.0;
    JobAssignment& assignment = add_job(scenario, job, Policy::spot);
    assignment.markets = {0, 1};
    assignment.choose = Choose::cheapest;
    assignment.checkpoint = scenario::Checkpoint{0.0, 0.0};
    EXPECT_NEAR(live(scenario).cost[0], 47.0, 1e-4);
    scenario.plans[0].jobs[0].upgrade = Upgrade::when_cheaper;
    EXPECT_NEAR(live(scenario).cost[0], egress < 34.5 ? 12.5 + egress : 47.0, 1e-4);
  }
}

TEST_P(PurchasesByHand, GreedyGamblesOnItsBlockAndTakesOnDemandForSure) {
  scenario::Scenario scenario = block_then_spot_then_on_demand(2.0);
  scenario.jobs[0].deadline_seconds = 23.0 * 3600.0;
  JobAssignment& assignment = scenario.plans[0].jobs[0];
  take_in_order(assignment, {{0, Purchase::reserved, 0.0}, {1, Purchase::on_demand, 0.0}});
  assignment.policy = Policy::greedy;
  const PlanResults plan = live(scenario);
  // Fifteen hours are left at 5, and the slack is gone at 8.
  EXPECT_NEAR(hours(plan, 0, Purchase::reserved), 5.0, 1e-5);
  EXPECT_NEAR(hours(plan, 1, Purchase::on_demand), 15.0, 1e-5);
  EXPECT_NEAR(plan.finish[0][0], 23.0, 1e-5);
  EXPECT_NEAR(plan.cost[0], 150.0 + 2.0, 1e-4);
  EXPECT_EQ(plan.interruptions[0].mean, 0.0);
}

/// Spot of so many instances, and jobs of fifty hours on four of them each.
scenario::Scenario gangs_on(double depth, int jobs) {
  scenario::Scenario scenario = one_market(1.0, 240.0);
  scenario::Capacity spot = capacity("market.m.spot.capacity", 1e7, 1.0, 1e-3, 1.0);
  spot.depth = at("market.m.spot.capacity.depth", scenario::Law::constant(depth));
  scenario.markets[0].spot->capacity = spot;
  scenario::Plan plan;
  plan.name = "plan";
  for (int i = 0; i < jobs; ++i) {
    scenario.jobs.push_back(plain_job(i == 0 ? "first" : "second", scenario::Law::constant(200.0)));
    JobAssignment assignment;
    assignment.job = i;
    assignment.markets = {0};
    assignment.policy = Policy::spot;
    assignment.instances = 4;
    assignment.checkpoint = scenario::Checkpoint{0.0, 0.0};
    plan.jobs.push_back(assignment);
  }
  scenario.plans.push_back(plan);
  return scenario;
}

TEST_P(PurchasesByHand, DepthIsAFloor) {
  EXPECT_NEAR(live(gangs_on(3.01, 1)).cost[0], 0.0, 1e-9);
  EXPECT_NEAR(live(gangs_on(3.99, 1)).cost[0], 0.0, 1e-9);
  EXPECT_NEAR(live(gangs_on(4.01, 1)).cost[0], 200.0, 1e-4);
  EXPECT_NEAR(live(gangs_on(4.0 - 1e-7, 1)).cost[0], 200.0, 1e-4) << "rounding is no instance less";
}

TEST_P(PurchasesByHand, WhoStandsFirstTakesFirstFromTheDepth) {
  for (const double release_hours : {0.0, 10.0}) {
    scenario::Scenario scenario = gangs_on(4.0, 2);
    scenario.jobs[0].release_seconds = 3600.0 * release_hours;
    const PlanResults plan = live(scenario);
    EXPECT_NEAR(plan.finish[0][0], 50.0 + release_hours, 1e-4);
    EXPECT_NEAR(plan.finish[1][0], 100.0, 1e-4) << "it waits, or is interrupted and waits";
    EXPECT_EQ(plan.interruptions[1].mean, release_hours > 0.0 ? 1.0 : 0.0);
  }
  EXPECT_NEAR(live(gangs_on(8.0, 2)).finish[1][0], 50.0, 1e-4);
}

TEST_P(PurchasesByHand, ServicesTakeFromTheDepthBeforeJobs) {
  scenario::Scenario scenario = gangs_on(6.0, 1);
  // Three instances in the first day's first thirty hours, then two.
  scenario::Demand demand = flat_demand("d", 3.0);
  scenario::Change change;
  change.at_seconds = 30.0 * 3600.0;
  change.multiplier = at("demand.d.change.0.multiplier", scenario::Law::constant(2.0 / 3.0));
  demand.changes.push_back(change);
  scenario.demands.push_back(demand);
  const int service = define_service(scenario, "s", 1.0);
  run_service(scenario.plans[0], service, {pool(Purchase::spot)});
  EXPECT_NEAR(live(scenario).finish[0][0], 80.0, 1e-4);
}

TEST_P(PurchasesByHand, OneServerlessRateIsSharedInFileOrder) {
  scenario::Scenario scenario = one_market(1.0, 10.0);
  scenario.demands.push_back(flat_demand("d", 8.0));
  const int offer = define_serverless(scenario, "hosted", 0.001);
  scenario.serverless[0].max_rate = 10.0;
  scenario::Plan& plan = add_plan(scenario, "plan");
  for (const char* name : {"a", "b", "c"}) {
    const int service = define_service(scenario, name, 1.0);
    run_service(plan, service, {}).overflow = offer;
  }
  const PlanResults results = live(scenario);
  const double seconds = 36'000.0;
  EXPECT_NEAR(results.services[0].served.mean, 8.0 * seconds, 1.0);
  EXPECT_NEAR(results.services[1].served.mean, 2.0 * seconds, 1.0);
  EXPECT_NEAR(results.services[2].served.mean, 0.0, 1.0);
}

INSTANTIATE_TEST_SUITE_P(Of, PurchasesByHand, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });

}  // namespace
}  // namespace costrisk::stat
