// Services without chance, worked out by hand: fleets, requests and costs are exact. Where there is chance, every
// path is worked out from what the same path shows elsewhere.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/stat/path_bills.hpp"
#include "tests/stat/service_builder.hpp"

namespace costrisk::stat {
namespace {

constexpr double hour = 3600.0;

class ServicesByHand : public testing::TestWithParam<Subject> {
 protected:
  std::vector<PlanBills> bills(const scenario::Scenario& scenario, int paths = 2) {
    return path_bills(GetParam(), scenario, paths);
  }
  /// The only plan on a path, the same on another.
  PathBill live(const scenario::Scenario& scenario) {
    const std::vector<PlanBills> plans = bills(scenario);
    EXPECT_EQ(plans.at(0).paths.at(0).cost, plans.at(0).paths.at(1).cost);
    return plans.at(0).paths.at(0);
  }
  /// Cost of each bin.
  static std::vector<double> increments(const PathBill& bill) {
    std::vector<double> result(bill.cumulative.size());
    std::adjacent_difference(bill.cumulative.begin(), bill.cumulative.end(), result.begin());
    return result;
  }
};

#define EXPECT_MONEY(measured, expected) EXPECT_NEAR(measured, expected, std::abs(expected) * 1e-7 + 2e-6)
#define EXPECT_REQUESTS(measured, expected) EXPECT_NEAR(measured, expected, std::abs(expected) * 1e-6 + 2e-3)

/// The fleet of each hour, told by what on-demand instances at 2 cost.
#define EXPECT_FLEETS(bill, fleets)                                                      \
  {                                                                                      \
    const std::vector<double> measured_costs = increments(bill);                         \
    const std::vector<double> expected_fleets = fleets;                                  \
    ASSERT_EQ(measured_costs.size(), expected_fleets.size());                            \
    for (std::size_t k = 0; k < expected_fleets.size(); ++k)                             \
      EXPECT_NEAR(measured_costs[k], 2.0 * expected_fleets[k], 1e-5) << "in hour " << k; \
  }

using Hours = std::vector<double>;

TEST_P(ServicesByHand, FleetIsDemandOverRateAndUtilizationRoundedUpWithTiesExactAndWithinItsBounds) {
  // Rate 2 at utilization 0.7: an instance is meant to do 1.4 a second. 7, 9.8 and 14 are exact ties.
  scenario::Scenario scenario = asked_by_hour({0.0, 1.5, 7.0, 7.01, 9.8, 14.0, 100.0});
  run_service(add_plan(scenario, "p"), define_service(scenario, "s", 2.0), {pool(Purchase::on_demand)});
  scenario::ServiceAssignment& assignment = scenario.plans[0].services[0];
  assignment.utilization = 0.7;
  assignment.min = 2;
  assignment.max = 12;
  scenario.services[0].unserved_penalty = 0.001;
  const PathBill bill = live(scenario);
  const double unserved = (100.0 - 24.0) * hour;
  EXPECT_MONEY(bill.of(Category::on_demand), 2.0 * (2 + 2 + 5 + 6 + 7 + 10 + 12));
  EXPECT_MONEY(bill.of(Category::penalty), 0.001 * unserved);
  EXPECT_MONEY(bill.services[0].cost, bill.cost);
  EXPECT_REQUESTS(bill.services[0].unserved, unserved);
  EXPECT_REQUESTS(bill.services[0].served, (1.5 + 7.0 + 7.01 + 9.8 + 14.0 + 24.0) * hour);
  EXPECT_REQUESTS(bill.services[0].queued, bill.services[0].served);
  EXPECT_EQ(bill.services[0].peak, 12.0);
  EXPECT_NEAR(bill.services[0].use_hours[static_cast<int>(Purchase::on_demand)], 44.0, 1e-6);
  double idle = 0.0;
  for (const auto& [fleet, served] : std::vector<std::pair<double, double>>{
           {2, 0.0}, {2, 1.5}, {5, 7.0}, {6, 7.01}, {7, 9.8}, {10, 14.0}, {12, 24.0}})
    idle += 2.0 * fleet * (1.0 - served / (2.0 * fleet));
  EXPECT_NEAR(bill.idle_headroom, idle, 1e-4);
}

TEST_P(ServicesByHand, SnapHoldsTiesOfManyRatesAndUtilizations) {
  for (const double utilization : {0.1, 0.3, 0.6, 0.7, 0.9}) {
    for (const double rate : {0.3, 1.1, 3.7, 41.0}) {
      Hours asked, fleets;
      for (int n = 1; n <= 24; ++n) {
        fleets.push_back(n * 37);
        asked.push_back(n * 37 * rate * utilization);
      }
      scenario::Scenario scenario = asked_by_hour(asked);
      run_service(add_plan(scenario, "p"), define_service(scenario, "s", rate), {pool(Purchase::on_demand)})
          .utilization = utilization;
      SCOPED_TRACE("rate " + std::to_string(rate) + ", utilization " + std::to_string(utilization));
      EXPECT_FLEETS(live(scenario), fleets);
    }
  }
}

/// Twelve hours with a rise and a fall, and another.
scenario::Scenario up_and_down(double delay_hours, double window_hours) {
  scenario::Scenario scenario = asked_by_hour({4, 4, 10, 10, 2, 2, 2, 2, 8, 8, 2, 2});
  run_service(add_plan(scenario, "p"), define_service(scenario, "s", 1.0), {pool(Purchase::on_demand)});
  scenario.plans[0].services[0].scale_up_delay_seconds = delay_hours * hour;
  scenario.plans[0].services[0].scale_down_window_seconds = window_hours * hour;
  return scenario;
}

TEST_P(ServicesByHand, ScaleDownWindowKeepsTheMostThatWasDesiredInIt) {
  const PathBill bill = live(up_and_down(0.0, 2.0));
  EXPECT_FLEETS(bill, (Hours{4, 4, 10, 10, 10, 10, 2, 2, 8, 8, 8, 8}));
  EXPECT_EQ(bill.services[0].unserved, 0.0);
}

TEST_P(ServicesByHand, ScaleDownWindowOfAFractionLiesBetweenWholeWindows) {
  EXPECT_FLEETS(live(up_and_down(0.0, 1.5)), (Hours{4, 4, 10, 10, 10, 6, 2, 2, 8, 8, 8, 5}));
  // Three and a half of the last hour's instances are rounded up, as shares of pools are.
  EXPECT_FLEETS(live(up_and_down(0.0, 1.25)), (Hours{4, 4, 10, 10, 10, 4, 2, 2, 8, 8, 8, 4}));
  EXPECT_FLEETS(live(up_and_down(0.0, 0.5)), (Hours{4, 4, 10, 10, 6, 2, 2, 2, 8, 8, 5, 2}));
}

TEST_P(ServicesByHand, ScaleUpDelayPaysForWhatDoesNotServeYet) {
  struct Case {
    double delay_hours, window_hours, unserved;
  };
  for (const Case& c : {Case{1.0, 0.0, 6.0 + 6.0}, Case{1.5, 0.0, 6.0 + 3.0 + 6.0 + 3.0}, Case{0.5, 0.0, 3.0 + 3.0},
                        Case{0.25, 0.0, 1.5 + 1.5}, Case{2.0, 0.0, 6.0 + 6.0 + 6.0 + 6.0}, Case{1.0, 2.0, 6.0 + 6.0},
                        Case{3.0, 2.0, 24.0}}) {
    const PathBill bill = live(up_and_down(c.delay_hours, c.window_hours));
    EXPECT_REQUESTS(bill.services[0].unserved, c.unserved * hour)
        << "delay " << c.delay_hours << ", window " << c.window_hours;
    EXPECT_REQUESTS(bill.services[0].served, (56.0 - c.unserved) * hour);
    if (c.window_hours == 0.0) EXPECT_FLEETS(bill, (Hours{4, 4, 10, 10, 2, 2, 2, 2, 8, 8, 2, 2}));
  }
}

TEST_P(ServicesByHand, StartUpThatIsShorterThanAStepActsInProportionThoughThereAreInstancesToSpareAfterwards) {
  // Twice as many instances as are busy: 8, then 32 of which 8 serve from the first moment.
  for (const bool has_queue : {false, true}) {
    for (const double delay_hours : {0.0, 0.1, 0.25, 0.5, 1.0}) {
      scenario::Scenario scenario = asked_by_hour({4, 4, 16, 16, 4, 4});
      define_service(scenario, "s", 1.0);
      if (has_queue) scenario.services[0].queue = scenario::Queue{1000.0 * hour, 1e9};
      scenario::ServiceAssignment& run = run_service(add_plan(scenario, "p"), 0, {pool(Purchase::on_demand)});
      run.utilization = 0.5;
      run.scale_up_delay_seconds = delay_hours * hour;
      const PathBill bill = live(scenario);
      SCOPED_TRACE("delay " + std::to_string(delay_hours));
      if (!has_queue) {
        EXPECT_REQUESTS(bill.services[0].unserved, (16.0 - 8.0) * delay_hours * hour);
      }
      // What waits for the first part of an hour is done in the second, but where there is none.
      if (has_queue && delay_hours == 1.0) continue;
      if (has_queue) {
        EXPECT_EQ(bill.services[0].waiting, 0.0);
      }
      EXPECT_MONEY(bill.of(Category::on_demand), 2.0 * (4 * 8 + 2 * 32));
    }
  }
  // What a drought takes of a fleet with instances to spare is missed until replacements have started.
  const int hours = 240;
  scenario::Scenario scenario = one_market(1.0, hours);
  scenario.simulation.bin_seconds = hour;
  scenario.markets[0].spot->capacity = capacity("market.m.spot.capacity", 12.0, 0.1, 5.0, 0.1);
  scenario.demands.push_back(flat_demand("d", 6.0));
  define_service(scenario, "s", 1.0);
  run_service(add_plan(scenario, "probe"), 0, {pool(Purchase::spot)}).max = 1;
  scenario::ServiceAssignment& spare =
      run_service(add_plan(scenario, "spare"), 0,
                  {pool(Purchase::on_demand, 0, 1.0, 3), pool(Purchase::spot), pool(Purchase::on_demand)});
  spare.utilization = 0.5;
  spare.scale_up_delay_seconds = 0.4 * hour;
  const std::vector<PlanBills> plans = bills(scenario, 10);
  int droughts = 0;
  for (int path = 0; path < 10; ++path) {
    const std::vector<double> probe = increments(plans[0].paths[path]);
    int hits = 0;
    for (int k = 1; k < hours; ++k) hits += probe[k] < 0.5 && probe[k - 1] > 0.5;
    droughts += hits;
    // Three of twelve are left for 0.4 hours, where six are asked.
    EXPECT_REQUESTS(plans[1].paths[path].services[0].unserved, hour * 3.0 * 0.4 * hits) << "path " << path;
  }
  EXPECT_GT(droughts, 50);
}

TEST_P(ServicesByHand, WindowsReachOverTheTilesOfTheEngine) {
  // A day of 2-minute steps: an hour of demand, then windows of 64 steps behind it.
  scenario::Scenario scenario = asked_by_hour(Hours(24, 0.0), 1.0 / 30.0);
  scenario.simulation.bin_seconds = hour;
  scenario.demands[0].by_hour[3] = 5.0;
  run_service(add_plan(scenario, "p"), define_service(scenario, "s", 1.0), {pool(Purchase::on_demand)})
      .scale_down_window_seconds = 64.0 * 120.0;
  const std::vector<double> measured = increments(live(scenario));
  for (std::size_t h = 0; h < measured.size(); ++h) {
    // On from 3:00 to the last window that holds a step before 4:00, which begins 64 steps after that step.
    const double fleet = h < 3 ? 0.0 : h < 6 ? 5.0 : h == 6 ? 5.0 * 4.0 / 30.0 : 0.0;
    EXPECT_NEAR(measured[h], 2.0 * fleet, 1e-5) << "in hour " << h;
  }
}

TEST_P(ServicesByHand, PoolsAreFilledInOrderByShareMostAndRate) {
  scenario::Scenario scenario = asked_by_hour({10.0, 4.0, 0.0});
  scenario.markets.push_back(plain_market("fast"));
  scenario.markets.push_back(plain_market("slow"));
  define_service(scenario, "s", 1.0);
  scenario.services[0].rate[1].rate.mode = 2.0;
  scenario.services[0].rate[2].rate.mode = 0.8;
  scenario.markets[2].on_demand->price.mode = 3.0;
  scenario::Plan& plan = add_plan(scenario, "p");
  plan.commitments.push_back(own_capacity(0, 5, 0.25));
  run_service(plan, 0,
              {pool(Purchase::reserved, 0, 1.0, 3), pool(Purchase::spot, 1, 0.5), pool(Purchase::on_demand, 2)});
  const PathBill bill = live(scenario);
  // 10: 3 of one's own; ⌊0.5·7/2 + ½⌋ = 2 fast ones leave 3, ⌊3/0.8 + ½⌋ = 4 slow ones: 10.2 in all.
  // 4: 3; ⌊0.5·1/2 + ½⌋ = 0; ⌊1/0.8 + ½⌋ = 1 slow one: 3.8 in all.
  EXPECT_MONEY(bill.of(Category::spot), 2 * 1.0);
  EXPECT_MONEY(bill.of(Category::on_demand), (4 + 1) * 3.0);
  EXPECT_MONEY(bill.of(Category::commitment), 3 * 5 * 0.25);
  EXPECT_REQUESTS(bill.services[0].unserved, 0.2 * hour);
  EXPECT_REQUESTS(bill.services[0].served, 13.8 * hour);
  EXPECT_EQ(bill.services[0].peak, 9.0);
  const auto use = [&](int market, Purchase buy) {
    return bill.services[0].use_hours[static_cast<std::size_t>(market * purchase_count + static_cast<int>(buy))];
  };
  EXPECT_NEAR(use(0, Purchase::reserved), 6.0, 1e-6);
  EXPECT_NEAR(use(1, Purchase::spot), 2.0, 1e-6);
  EXPECT_NEAR(use(2, Purchase::on_demand), 5.0, 1e-6);
  EXPECT_MONEY(bill.unused_commitment, 3 * 5 * 0.25 - 6 * 0.25);
  EXPECT_MONEY(bill.services[0].cost, 2.0 + 15.0 + 6 * 0.25);
  // Idle: of 10.2, 0.2 in the first hour, at 2 + 12 a full hour; nothing in the second.
  EXPECT_NEAR(bill.idle_headroom, 14.0 * 0.2 / 10.2, 1e-5);
}

TEST_P(ServicesByHand, ReservedPoolsTakeWhatIsAvailableInFileOrderServicesBeforeJobs) {
  scenario::Scenario scenario = asked_by_hour({4, 4, 4, 4, 4, 4});
  define_service(scenario, "first", 1.0);
  define_service(scenario, "second", 1.0);
  scenario.jobs.push_back(plain_job("j", scenario::Law::constant(4.0)));
  scenario::Plan& plan = add_plan(scenario, "p");
  // Three instances for two hours, six from then on.
  plan.commitments.push_back(own_capacity(0, 3, 0.0, 0.0));
  plan.commitments.push_back(own_capacity(0, 3, 0.0, 2.0));
  run_service(plan, 0, {pool(Purchase::reserved, 0, 1.0, 2), pool(Purchase::on_demand)});
  run_service(plan, 1, {pool(Purchase::reserved, 0, 1.0, 2), pool(Purchase::on_demand)});
  scenario::JobAssignment assignment;
  assignment.job = 0;
  assignment.markets = {0};
  assignment.instances = 2;
  assignment.policy = Policy::reserved;
  plan.jobs.push_back(assignment);
  const PathBill bill = live(scenario);
  // First: always 2 of its own. Second: 1 in the first two hours, then 2. The job waits for two instances till hour 2.
  EXPECT_NEAR(bill.services[0].use_hours[static_cast<int>(Purchase::on_demand)], 6 * 2.0, 1e-6);
  EXPECT_NEAR(bill.services[1].use_hours[static_cast<int>(Purchase::on_demand)], 2 * 3.0 + 4 * 2.0, 1e-6);
  EXPECT_MONEY(bill.cost, 2.0 * (12.0 + 14.0));
  EXPECT_EQ(bill.services[0].unserved + bill.services[1].unserved, 0.0);
  EXPECT_NEAR(bill.job_finish_hours[0], 4.0, 1e-5);
}

TEST_P(ServicesByHand, ReservedJobStopsWhereItsCapacityEndsAndSavesFirst) {
  scenario::Scenario scenario = one_market(1.0, 12.0);
  scenario.jobs.push_back(plain_job("j", scenario::Law::constant(5.0)));
  scenario::Plan& plan = add_plan(scenario, "p");
  plan.commitments.push_back(own_capacity(0, 1, 1.0, 0.0, 3.0));
  plan.commitments.push_back(own_capacity(0, 1, 2.0, 6.0, 5.0));
  scenario::JobAssignment assignment;
  assignment.job = 0;
  assignment.markets = {0};
  assignment.policy = Policy::reserved;
  assignment.restart_seconds = 0.5 * hour;
  plan.jobs.push_back(assignment);
  const PathBill bill = live(scenario);
  // 2.5 h of work in the first block; half an hour and the other 2.5 h in the second.
  EXPECT_NEAR(bill.job_finish_hours[0], 9.0, 1e-5);
  EXPECT_MONEY(bill.cost, 3 * 1.0 + 5 * 2.0);
  EXPECT_MONEY(bill.owner.at("j"), 3 * 1.0 + 3 * 2.0);
  EXPECT_MONEY(bill.owner.at("unused"), 2 * 2.0);
}

TEST_P(ServicesByHand, SpotGivesAtMostItsDepthAndTheRestFallsThrough) {
  scenario::Scenario scenario = asked_by_hour({10, 2, 10});
  scenario::Capacity limited = capacity("market.m.spot.capacity", 1e7, 1.0, 0.1, 1.0);
  limited.depth = at("market.m.spot.capacity.depth", scenario::Law::constant(2.5));
  scenario.markets[0].spot->capacity = limited;
  define_service(scenario, "s", 1.0);
  run_service(add_plan(scenario, "falls through"), 0, {pool(Purchase::spot), pool(Purchase::on_demand)});
  run_service(add_plan(scenario, "is missing"), 0, {pool(Purchase::spot)});
  const std::vector<PlanBills> plans = bills(scenario);
  // Two and a half hold two.
  EXPECT_MONEY(plans[0].paths[0].cost, 1.0 * (2 + 2 + 2) + 2.0 * (8 + 0 + 8));
  EXPECT_EQ(plans[0].paths[0].services[0].unserved, 0.0);
  EXPECT_MONEY(plans[1].paths[0].cost, 1.0 * (2 + 2 + 2));
  EXPECT_REQUESTS(plans[1].paths[0].services[0].unserved, 16.0 * hour);
}

TEST_P(ServicesByHand, DroughtTakesWhatIsReplacedOutOfServiceForTheDelay) {
  // Sojourns are far longer than a step, so a probe that holds one spot instance shows every one of them.
  const int hours = 240;
  scenario::Scenario scenario = one_market(1.0, hours);
  scenario.simulation.bin_seconds = hour;
  scenario.markets[0].spot->capacity = capacity("market.m.spot.capacity", 12.0, 0.1, 5.0, 0.1);
  scenario.demands.push_back(flat_demand("d", 6.0));
  define_service(scenario, "s", 1.0);
  run_service(add_plan(scenario, "probe"), 0, {pool(Purchase::spot)}).max = 1;
  const std::vector<std::pair<double, double>> delays = {{0.0, 0.0}, {1.0, 6.0}, {1.5, 6.0 + 3.0}, {0.25, 1.5}};
  for (const auto& [delay, out] : delays)
    run_service(add_plan(scenario, "replaced, delay " + std::to_string(delay)), 0,
                {pool(Purchase::spot), pool(Purchase::on_demand)})
        .scale_up_delay_seconds = delay * hour;
  run_service(add_plan(scenario, "half of it"), 0, {pool(Purchase::spot, 0, 0.5), pool(Purchase::on_demand)})
      .scale_up_delay_seconds = 1.5 * hour;
  // Four of six are replaced: six are wanted, but no more than four can be had elsewhere.
  run_service(add_plan(scenario, "in part"), 0, {pool(Purchase::spot), pool(Purchase::on_demand, 0, 1.0, 4)})
      .scale_up_delay_seconds = 1.0 * hour;
  const int paths = 20;
  const std::vector<PlanBills> plans = bills(scenario, paths);
  int droughts = 0;
  for (int path = 0; path < paths; ++path) {
    const std::vector<double> probe = increments(plans[0].paths[path]);
    double up_hours = 0.0, full_hits = 0.0, cut_hits = 0.0;
    for (int k = 0; k < hours; ++k) {
      const bool up = probe[k] > 0.5;
      up_hours += up ? 1.0 : 0.0;
      if (k > 0 && !up && probe[k - 1] > 0.5) (k < hours - 1 ? full_hits : cut_hits) += 1.0;
    }
    droughts += static_cast<int>(full_hits + cut_hits);
    const double hits = full_hits + cut_hits;
    for (std::size_t i = 0; i < delays.size(); ++i) {
      const auto& [delay, out] = delays[i];
      const double in_first_hour = 6.0 * std::min(delay, 1.0);
      const PathBill& bill = plans[1 + i].paths[path];
      EXPECT_MONEY(bill.of(Category::spot), 6.0 * up_hours);
      EXPECT_MONEY(bill.of(Category::on_demand), 2.0 * 6.0 * (hours - up_hours));
      EXPECT_REQUESTS(bill.services[0].unserved, hour * (out * full_hits + in_first_hour * cut_hits))
          << "delay " << delay << ", path " << path;
    }
    EXPECT_REQUESTS(plans[5].paths[path].services[0].unserved, hour * (4.5 * full_hits + 3.0 * cut_hits));
    EXPECT_MONEY(plans[5].paths[path].of(Category::spot), 3.0 * up_hours);
    EXPECT_REQUESTS(plans[6].paths[path].services[0].unserved, hour * (2.0 * (hours - up_hours) + 4.0 * hits));
  }
  EXPECT_GT(droughts, 100);
}

TEST_P(ServicesByHand, OnDemandThatCannotLaunchKeepsAtMostWhatItHad) {
  // Two probes ask for one instance every other hour, so that each hour of blocked launches shows in one of them.
  const int hours = 240;
  scenario::Scenario scenario = one_market(1.0, hours);
  scenario.simulation.bin_seconds = hour;
  scenario.markets[0].on_demand->capacity = capacity("market.m.on_demand.capacity", 9.0, 0.1, 7.0, 0.1);
  Hours even(24, 0.0), odd(24, 0.0), asked(24, 0.0);
  for (int h = 0; h < 24; ++h) {
    (h % 2 ? odd : even)[h] = 1.0;
    asked[h] = 1.0 + (h * 7) % 5;
  }
  scenario.demands = {hourly_demand("even", even), hourly_demand("odd", odd), hourly_demand("asked", asked)};
  for (int d = 0; d < 3; ++d) {
    define_service(scenario, scenario.demands[d].name + " service", 1.0, d);
    run_service(add_plan(scenario, scenario.demands[d].name), d, {pool(Purchase::on_demand)});
  }
  const int paths = 20;
  const std::vector<PlanBills> plans = bills(scenario, paths);
  int blocked_hours = 0;
  for (int path = 0; path < paths; ++path) {
    const Hours even_costs = increments(plans[0].paths[path]), odd_costs = increments(plans[1].paths[path]);
    const Hours fleet_costs = increments(plans[2].paths[path]);
    double missing = 0.0, had = fleet_costs[0] / 2.0;
    for (int k = 1; k < hours; ++k) {
      const bool blocked = (k % 2 ? odd_costs : even_costs)[k] < 1.0;
      blocked_hours += blocked ? 1 : 0;
      const double wanted = asked[k % 24], got = blocked ? std::min(wanted, had) : wanted;
      EXPECT_NEAR(fleet_costs[k], 2.0 * got, 1e-5) << "hour " << k << " of path " << path;
      missing += wanted - got;
      had = got;
    }
    EXPECT_REQUESTS(plans[2].paths[path].services[0].unserved, hour * (missing + asked[0] - fleet_costs[0] / 2.0));
  }
  EXPECT_GT(blocked_hours, 1000);
}

/// Ten requests a second for an hour, then none; four instances at most; drained in two hours.
scenario::Scenario one_busy_hour(std::size_t hours) {
  Hours asked(hours, 0.0);
  asked[0] = 10.0;
  scenario::Scenario scenario = asked_by_hour(asked);
  define_service(scenario, "s", 1.0);
  scenario.services[0].queue = scenario::Queue{2.0 * hour, 5.0 * hour};
  scenario.services[0].unserved_penalty = 0.01;
  define_serverless(scenario, "hosted", 0.001);
  scenario.serverless[0].max_rate = 0.5;
  scenario::ServiceAssignment& assignment = run_service(add_plan(scenario, "p"), 0, {pool(Purchase::on_demand)});
  assignment.max = 4;
  assignment.overflow = 0;
  return scenario;
}

TEST_P(ServicesByHand, QueueWaitsUpToItsLimitThenOverflowsThenTurnsAway) {
  const PathBill bill = live(one_busy_hour(6));
  // Left over in the first hour: 6·3600, of which 5·3600 wait, half of the rest overflows.
  EXPECT_FLEETS(bill, (Hours{4.0 + (1.8 + 18.0) / 2.0, 3, 1, 1, 0, 0}));
  EXPECT_MONEY(bill.of(Category::on_demand), 2.0 * 9.0);
  EXPECT_MONEY(bill.of(Category::serverless), 0.001 * 1800.0);
  EXPECT_MONEY(bill.of(Category::penalty), 0.01 * 1800.0);
  const ServiceBill& service = bill.services[0];
  EXPECT_REQUESTS(service.served, 9 * hour + 1800.0);
  EXPECT_REQUESTS(service.unserved, 1800.0);
  EXPECT_REQUESTS(service.queued, 9 * hour);
  EXPECT_REQUESTS(service.waiting, (0 + 18000) / 2.0 + (18000 + 7200) / 2.0 + (7200 + 3600) / 2.0 + 3600 / 2.0);
  EXPECT_EQ(service.peak, 4.0);
}

TEST_P(ServicesByHand, WhatWaitsAtTheHorizonIsUnserved) {
  const PathBill bill = live(one_busy_hour(2));
  const ServiceBill& service = bill.services[0];
  EXPECT_REQUESTS(service.unserved, 1800.0 + 7200.0);
  EXPECT_REQUESTS(service.served, 7 * hour + 1800.0);
  EXPECT_REQUESTS(service.queued, 7 * hour + 7200.0);
  EXPECT_REQUESTS(service.waiting, (0 + 18000) / 2.0 + (18000 + 7200) / 2.0);
  EXPECT_MONEY(bill.of(Category::penalty), 0.01 * 9000.0);
}

TEST_P(ServicesByHand, WhatIsNeverServedLeavesNoRequestsBehind) {
  // Capacity that comes after the horizon. Rates that no float holds are rounded in every step.
  scenario::Scenario scenario = asked_by_hour(Hours(24, 103.1));
  scenario.horizon_seconds = 40 * 24 * hour;
  scenario.demands[0].tokens = scenario::Tokens{scenario::Law::constant(1.0), scenario::Law::constant(7.3), {}};
  for (const bool waits : {false, true}) {
    scenario.plans.clear();
    scenario.services.clear();
    run_service(add_plan(scenario, "p"), define_service(scenario, "s", 34.91), {pool(Purchase::reserved, 0, 1.0, 9)});
    scenario.plans[0].commitments.push_back(own_capacity(0, 9, 1.0, 8000.0, 24.0));
    if (waits) scenario.services[0].queue = scenario::Queue{7 * hour, 2'979'001.0};
    const PathBill bill = live(scenario);
    EXPECT_EQ(bill.services[0].served, 0.0);
    EXPECT_EQ(bill.services[0].tokens, 0.0);
    EXPECT_EQ(bill.services[0].cost, 0.0);
    EXPECT_NEAR(bill.services[0].queued, waits ? 2'979'001.0 : 0.0, waits ? 1e-7 * bill.services[0].unserved : 0.0);
    EXPECT_REQUESTS(bill.services[0].unserved, 103.1 * scenario.horizon_seconds);
  }
}

TEST_P(ServicesByHand, TokensOfARequestNeedNotBeWhole) {
  scenario::Scenario scenario = asked_by_hour({10.0});
  run_service(add_plan(scenario, "p"), define_service(scenario, "s", 20.0), {pool(Purchase::on_demand)});
  for (const double tokens : {0.01, 0.3, 23.47, 1500.7}) {
    scenario.demands[0].tokens = scenario::Tokens{scenario::Law::constant(1.0), scenario::Law::constant(tokens), {}};
    EXPECT_NEAR(live(scenario).services[0].tokens, 36'000.0 * tokens, 36'000.0 * tokens * 1e-7 + 0.5);
  }
}

TEST_P(ServicesByHand, ServerlessAloneIsPaidByRequestAndToken) {
  scenario::Scenario scenario = asked_by_hour({1, 5, 0, 2});
  scenario.demands[0].tokens = scenario::Tokens{at("demand.d.tokens.input", scenario::Law::constant(900.0)),
                                                at("demand.d.tokens.output", scenario::Law::constant(250.0)),
                                                {}};
  define_service(scenario, "s", 1.0);
  scenario.services[0].unserved_penalty = 0.125;
  define_serverless(scenario, "hosted", 0.0001);
  scenario.serverless[0].input_per_million.mode = 0.5;
  scenario.serverless[0].output_per_million.mode = 1.5;
  scenario.serverless[0].max_rate = 3.0;
  run_service(add_plan(scenario, "p"), 0, {}).overflow = 0;
  const PathBill bill = live(scenario);
  EXPECT_MONEY(bill.of(Category::serverless), 6 * hour * (0.0001 + (900.0 * 0.5 + 250.0 * 1.5) / 1e6));
  EXPECT_MONEY(bill.of(Category::penalty), 2 * hour * 0.125);
  EXPECT_REQUESTS(bill.services[0].served, 6 * hour);
  EXPECT_REQUESTS(bill.services[0].unserved, 2 * hour);
  EXPECT_NEAR(bill.services[0].tokens, 6 * hour * 250.0, 2.0);
  EXPECT_EQ(bill.services[0].peak, 0.0);
  EXPECT_EQ(bill.services[0].queued, 0.0);
  EXPECT_MONEY(bill.services[0].cost, bill.cost);
}

TEST_P(ServicesByHand, WithoutPoolsNothingWaitsAlsoWhereTheServiceHasAQueue) {
  scenario::Scenario scenario = asked_by_hour({1, 5, 0, 2});
  define_service(scenario, "s", 1.0);
  scenario.services[0].queue = scenario::Queue{2.0 * hour, 5.0 * hour};
  define_serverless(scenario, "hosted", 0.0001);
  scenario.serverless[0].max_rate = 3.0;
  run_service(add_plan(scenario, "p"), 0, {}).overflow = 0;
  const ServiceBill service = live(scenario).services[0];
  EXPECT_REQUESTS(service.served, 6 * hour);
  EXPECT_REQUESTS(service.unserved, 2 * hour);
  EXPECT_EQ(service.queued, 0.0);
  EXPECT_EQ(service.waiting, 0.0);
}

TEST_P(ServicesByHand, RateInOutputTokensIsDividedByTheTokensOfARequest) {
  scenario::Scenario scenario = asked_by_hour({10, 20});
  scenario.demands[0].tokens = scenario::Tokens{at("demand.d.tokens.input", scenario::Law::constant(1.0)),
                                                at("demand.d.tokens.output", scenario::Law::constant(250.0)),
                                                {}};
  define_service(scenario, "s", 1000.0);
  scenario.services[0].rate_is_output_tokens = true;
  run_service(add_plan(scenario, "p"), 0, {pool(Purchase::on_demand)});
  EXPECT_FLEETS(live(scenario), (Hours{3, 5}));
}

TEST_P(ServicesByHand, OptimizationsMultiplyRatesAndWorkAndArePaidOncePerPlanByTheFirstWorkload) {
  scenario::Scenario scenario = asked_by_hour({12, 12, 12, 12});
  define_service(scenario, "plain", 1.0);
  define_service(scenario, "tuned", 1.0);
  scenario.jobs.push_back(plain_job("j", scenario::Law::constant(6.0)));
  for (const auto& [name, factor, once] :
       std::vector<std::tuple<std::string, double, double>>{{"twice", 2.0, 100.0}, {"half as much more", 1.5, 10.0}}) {
    scenario::Optimization optimization;
    optimization.name = name;
    optimization.throughput = at("optimization." + name + ".throughput", scenario::Law::constant(factor));
    optimization.once = at("optimization." + name + ".once", scenario::Law::constant(once));
    scenario.optimizations.push_back(optimization);
  }
  scenario::Plan& plan = add_plan(scenario, "p");
  run_service(plan, 0, {pool(Purchase::on_demand)});
  run_service(plan, 1, {pool(Purchase::on_demand)}).optimizations = {0, 1};
  scenario::JobAssignment assignment;
  assignment.job = 0;
  assignment.markets = {0};
  assignment.optimizations = {0};
  plan.jobs.push_back(assignment);
  run_service(add_plan(scenario, "none"), 0, {pool(Purchase::on_demand)});
  const std::vector<PlanBills> plans = bills(scenario);
  const PathBill& bill = plans[0].paths[0];
  EXPECT_MONEY(bill.of(Category::on_demand), 2.0 * 4 * (12 + 4) + 2.0 * 3.0);
  EXPECT_MONEY(bill.of(Category::one_off), 110.0);
  EXPECT_MONEY(bill.owner.at("tuned"), 2.0 * 4 * 4 + 110.0);
  EXPECT_MONEY(bill.owner.at("j"), 6.0);
  EXPECT_NEAR(bill.job_finish_hours[0], 3.0, 1e-5);
  EXPECT_MONEY(bill.cumulative[0], 110.0 + 2.0 * (12 + 4 + 1));
  EXPECT_MONEY(plans[1].paths[0].cost, 2.0 * 4 * 12);
}

TEST_P(ServicesByHand, ItemsPerThousandArePaidOnWhatIsServedWhileTheyHold) {
  scenario::Scenario scenario = asked_by_hour({1, 5, 2, 4});
  define_service(scenario, "s", 1.0);
  define_serverless(scenario, "hosted", 0.0);
  scenario.serverless[0].max_rate = 1.0;
  scenario::Plan& plan = add_plan(scenario, "p");
  scenario::ServiceAssignment& assignment = run_service(plan, 0, {pool(Purchase::on_demand)});
  assignment.max = 3;
  assignment.overflow = 0;
  scenario::Item item;
  item.name = item.owner = "moderation";
  item.kind = scenario::Item::Kind::per_1000;
  item.amount = at("item.moderation.per_1000", scenario::Law::constant(0.5));
  item.demand = 0;
  item.from_seconds = 1.0 * hour;
  item.until_seconds = 3.0 * hour;
  item.plans = {0};
  scenario.items = {item};
  const PathBill bill = live(scenario);
  // Of 5 a second, 3 by the fleet and 1 by the overflow; then 2.
  EXPECT_MONEY(bill.of(Category::item), 0.5 * (4 + 2) * hour / 1000.0);
  EXPECT_MONEY(bill.owner.at("moderation"), 0.5 * (4 + 2) * hour / 1000.0);
  EXPECT_MONEY(bill.services[0].cost, bill.of(Category::on_demand));
}

/// Requests asked in each step, by a serverless service at 1 a request.
Hours asked_by_step(const std::vector<PlanBills>& plans) {
  Hours result(plans[0].paths[0].cumulative.size());
  std::adjacent_difference(plans[0].paths[0].cumulative.begin(), plans[0].paths[0].cumulative.end(), result.begin());
  return result;
}

scenario::Scenario only_asked(const scenario::Demand& demand, double step_hours, double horizon_hours) {
  scenario::Scenario scenario = one_market(step_hours, horizon_hours);
  scenario.simulation.bin_seconds = scenario.step_seconds;
  scenario.demands.push_back(demand);
  define_service(scenario, "s", 1.0);
  define_serverless(scenario, "hosted", 1.0);
  run_service(add_plan(scenario, "p"), 0, {}).overflow = 0;
  return scenario;
}

TEST_P(ServicesByHand, DemandGrowsWithCompoundInterestFromStepToStep) {
  for (const double growth : {0.08, -0.3}) {
    scenario::Demand demand = flat_demand("d", 0.01);
    demand.growth_per_month.mode = growth;
    const Hours asked = asked_by_step(bills(only_asked(demand, 24.0, 24.0 * 365)));
    for (std::size_t k = 0; k < asked.size(); ++k)
      EXPECT_NEAR(asked[k] / (864.0 * std::pow(1.0 + growth, static_cast<double>(k) * 24.0 / 730.0)), 1.0, 3e-6)
          << "day " << k;
  }
}

TEST_P(ServicesByHand, ChangesHoldFromTheFirstStepThatStartsAtOrAfterThem) {
  scenario::Demand demand = flat_demand("d", 0.5);
  const auto change = [](int index, double at_hours, double multiplier, double chance) {
    scenario::Change result;
    result.at_seconds = at_hours * hour;
    result.multiplier =
        at("demand.d.change." + std::to_string(index) + ".multiplier", scenario::Law::constant(multiplier));
    result.chance = chance;
    return result;
  };
  demand.changes = {change(0, 2.0, 2.0, 1.0), change(1, 3.5, 3.0, 1.0), change(2, 1.0, 100.0, 0.0),
                    change(3, 5.0, 0.25, 1.0), change(4, 0.0, 1.5, 1.0)};
  const Hours asked = asked_by_step(bills(only_asked(demand, 1.0, 7.0)));
  const Hours expected = {0.75, 0.75, 1.5, 1.5, 4.5, 1.125, 1.125};
  for (std::size_t k = 0; k < expected.size(); ++k) EXPECT_REQUESTS(asked[k], expected[k] * hour) << "hour " << k;
}

TEST_P(ServicesByHand, ProfileIsAveragedOverTheStepInLocalTime) {
  scenario::Demand demand = flat_demand("d", 1.0);
  for (std::size_t h = 0; h < 24; ++h) demand.by_hour[h] = 0.25 * static_cast<double>(h + 1);
  demand.by_weekday = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.5};
  scenario::Scenario scenario = only_asked(demand, 1.5, 9.0);
  scenario.start = {2026, 1, 10, 20, 40, 0};  // a Saturday, 20:40
  const Hours asked = asked_by_step(bills(scenario));
  const auto at_minute = [&](int minute) {  // since Saturday's midnight
    const int day = minute / (24 * 60);
    return demand.by_hour[static_cast<std::size_t>(minute / 60 % 24)] * demand.by_weekday[day == 0 ? 5 : 6];
  };
  for (std::size_t k = 0; k < asked.size(); ++k) {
    double sum = 0.0;
    for (int minute = 0; minute < 90; ++minute) sum += at_minute(20 * 60 + 40 + static_cast<int>(k) * 90 + minute);
    EXPECT_REQUESTS(asked[k], sum * 60.0) << "step " << k;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, ServicesByHand, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });

}  // namespace
}  // namespace costrisk::stat
