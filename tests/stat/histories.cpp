// What futures read from measured histories, seen through what they pay step by step: a job that never ends pays the
// spot price wherever there is capacity, and a service without a fleet pays for every request.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "tests/stat/path_bills.hpp"
#include "tests/stat/service_builder.hpp"

namespace costrisk::stat {
namespace {

using scenario::History;
using Sampling = scenario::History::Sampling;

/// A trace of values an hour apart; traces of one `content` count as the same file.
History hourly(const std::string& content, std::vector<double> values, Sampling sampling) {
  trace::History trace;
  trace.gap_seconds = 3600.0;
  for (std::size_t i = 0; i < values.size(); ++i) trace.time_seconds.push_back(3600.0 * static_cast<double>(i));
  trace.value = std::move(values);
  History history;
  history.path = history.content_sha256 = content;
  history.sampling = sampling;
  history.trace = std::make_shared<const trace::History>(std::move(trace));
  return history;
}

/// 1, 1 + 1/1024, …: a value tells its place.
std::vector<double> telling(int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(1.0 + i / 1024.0);
  return values;
}
int place_told(double value) { return static_cast<int>(std::lround((value - 1.0) * 1024.0)); }

/// Steps of an hour, told apart in what is kept.
scenario::Scenario hours(int count) {
  scenario::Scenario scenario = one_market(1.0, count);
  scenario.markets.clear();
  scenario.simulation.bin_seconds = 3600.0;
  return scenario;
}

/// A market and a plan whose `instances` run there on spot for good. Returns the market's spot.
scenario::Spot& add_spot(scenario::Scenario& scenario, const std::string& name, int instances = 1) {
  scenario.markets.push_back(plain_market(name));
  const int market = static_cast<int>(scenario.markets.size()) - 1;
  scenario::Job job = plain_job("job on " + name, scenario::Law::constant(1e6));
  job.throughput = {{market, at("job." + name + ".throughput", scenario::Law::constant(1.0))}};
  scenario::JobAssignment& assignment = add_job(scenario, job, Policy::spot);
  assignment.markets = {market};
  assignment.instances = instances;
  assignment.checkpoint = scenario::Checkpoint{0.0, 0.0};
  return *scenario.markets.back().spot;
}

void add_price(scenario::Scenario& scenario, const std::string& name, const History& history) {
  scenario::Spot& spot = add_spot(scenario, name);
  spot.price.reset();
  spot.price_history = history;
}

/// A demand, and a plan that pays the requests a second in each step of an hour.
void add_requests(scenario::Scenario& scenario, const History& history) {
  if (scenario.markets.empty()) scenario.markets.push_back(plain_market("m"));
  scenario::Demand demand = flat_demand("d", 0.0);
  demand.history = history;
  scenario.demands.push_back(demand);
  const int service = define_service(scenario, "s", 1.0);
  const int offer = define_serverless(scenario, "hosted", 1.0 / 3600.0);
  scenario::ServiceAssignment& assignment =
      run_service(add_plan(scenario, "requests"), service, {pool(Purchase::on_demand)});
  assignment.max = 0;
  assignment.overflow = offer;
}

/// What a path paid in each step.
std::vector<double> by_step(const PathBill& path) {
  std::vector<double> paid;
  double before = 0.0;
  for (const double cumulative : path.cumulative) {
    paid.push_back(cumulative - before);
    before = cumulative;
  }
  return paid;
}

class MeasuredHistories : public testing::TestWithParam<Subject> {
 protected:
  static std::vector<PlanBills> bills(const scenario::Scenario& scenario, int paths) {
    return path_bills(GetParam(), scenario, paths, 5);
  }
};

TEST(MeasuredPrices, RestartsAreWastedAtThePriceOfTheirStart) {
  // A restart of an hour and a half that begins at 1 and ends at 3, in the step in which the work is done.
  for (const Subject subject : {Subject::engine, Subject::reference}) {
    scenario::Scenario scenario = hours(4);
    add_price(scenario, "a", hourly("prices", {1.0, 3.0, 5.0, 7.0}, Sampling::replay));
    scenario.jobs[0].work_instance_hours.mode = 0.25;
    scenario.plans[0].jobs[0].restart_seconds = 5400.0;
    const PlanResults plan = simulate(subject, scenario, 2, 1).plans.at(0);
    EXPECT_NEAR(plan.cost[0], 1.0 + 0.75 * 3.0, 1e-6) << subject_name(subject);
    EXPECT_NEAR(plan.restart_waste.mean, 1.5, 1e-6) << subject_name(subject);
  }
}

TEST(MeasuredCapacity, ThatEndsWithinAWriteLosesTheIntervalHoweverShortTheWrite) {
  // A minute is less than 2^-10 of the cycle, and more than 2^-10 of a step.
  for (const Subject subject : {Subject::engine, Subject::reference}) {
    scenario::Scenario scenario = hours(80);
    std::vector<double> instances(80, 1.0);
    instances[24] = instances[60] = 0.0;
    add_spot(scenario, "a").capacity_history = hourly("zone", instances, Sampling::replay);
    scenario.plans[0].jobs[0].checkpoint = scenario::Checkpoint{24.0 * 3600.0, 60.0};
    const PlanResults plan = simulate(subject, scenario, 2, 1).plans.at(0);
    EXPECT_NEAR(plan.lost_hours[0].mean, 24.0 + (35.0 - 24.0 - 1.0 / 60.0), 1e-5) << subject_name(subject);
  }
}

TEST(MeasuredPrices, MeasurementsJustAfterAStepsStartHoldFromItOn) {
  // Within 2^-10 step; the value before them is no part of the step, and nothing is missing of it.
  for (const Subject subject : {Subject::engine, Subject::reference}) {
    scenario::Scenario scenario = hours(3);
    History history = hourly("prices", {1.0, 2.0, 4.0, 8.0}, Sampling::replay);
    auto trace = std::make_shared<trace::History>(*history.trace);
    trace->time_seconds[1] += 3.0;
    trace->time_seconds[2] -= 3.0;
    history.trace = trace;
    add_price(scenario, "a", history);
    EXPECT_NEAR(simulate(subject, scenario, 2, 1).plans.at(0).cost[0], 7.0, 1e-6) << subject_name(subject);
  }
}

TEST_P(MeasuredHistories, AReplayPaysWhatTheTraceSaysFromItsOffsetOn) {
  History prices = hourly("prices", telling(100), Sampling::replay), requests = prices;
  prices.offset_seconds = 7 * 3600.0;
  scenario::Scenario scenario = hours(50);
  add_price(scenario, "m", prices);
  add_requests(scenario, requests);
  const std::vector<PlanBills> plans = bills(scenario, 3);
  for (int path = 0; path < 3; ++path)
    for (int k = 0; k < 50; ++k) {
      const auto step = static_cast<std::size_t>(k), number = static_cast<std::size_t>(path);
      EXPECT_NEAR(by_step(plans[0].paths[number])[step], 1.0 + (k + 7) / 1024.0, 1e-5) << "step " << k;
      EXPECT_NEAR(by_step(plans[1].paths[number])[step], 1.0 + k / 1024.0, 1e-5) << "step " << k;
    }
}

TEST_P(MeasuredHistories, EachPathReplaysSoMuchLaterAndAroundAgain) {
  History prices = hourly("prices", telling(100), Sampling::replay);
  prices.offset_seconds = 7 * 3600.0;
  prices.every_seconds = 6 * 3600.0;
  scenario::Scenario scenario = hours(50);
  add_price(scenario, "m", prices);
  const std::vector<PathBill> paths = bills(scenario, 30)[0].paths;
  for (int path = 0; path < 30; ++path)  // (100 − 7 − 50) / 6: starts 0 … 7
    EXPECT_EQ(place_told(by_step(paths[static_cast<std::size_t>(path)])[0]), 7 + path % 8 * 6) << "path " << path;
}

TEST_P(MeasuredHistories, PricesBetweenTheStepsAreWeightedByTheirTime) {
  History prices = hourly("prices", {1, 2, 4, 8, 16, 32}, Sampling::replay);
  auto trace = std::make_shared<trace::History>(*prices.trace);
  trace->gap_seconds = 0.0;
  trace->time_seconds = {0, 1800, 4500, 5400, 14400, 18000};
  prices.trace = trace;
  scenario::Scenario scenario = hours(5);
  add_price(scenario, "m", prices);
  const std::vector<double> paid = by_step(bills(scenario, 1)[0].paths[0]);
  const std::vector<double> expected = {1.5, 0.25 * 2 + 0.25 * 4 + 0.5 * 8, 8, 8, 16};
  for (std::size_t k = 0; k < 5; ++k) EXPECT_NEAR(paid[k], expected[k], 1e-5) << "step " << k;
}

TEST_P(MeasuredHistories, AGangRunsWhereTheCountedInstancesSuffice) {
  const std::vector<double> instances = {3, 4, 2, 0, 1, 1, 4, 4, 3, 0, 0, 5};
  for (const int gang : {1, 2, 4}) {
    scenario::Scenario scenario = hours(12);
    add_spot(scenario, "m", gang).capacity_history = hourly("counts", instances, Sampling::replay);
    const std::vector<double> paid = by_step(bills(scenario, 1)[0].paths[0]);
    for (std::size_t k = 0; k < 12; ++k)
      EXPECT_NEAR(paid[k], instances[k] >= gang ? gang : 0, 1e-5) << "gang of " << gang << ", step " << k;
  }
}

TEST_P(MeasuredHistories, WhatIsLostBetweenTheStepsInterruptsAndNothingElse) {
  // Half-hours: within hour 1 capacity falls to 1, within hour 3 to 0.
  History counts = hourly("counts", {3, 3, 3, 1, 3, 3, 3, 0, 3, 3}, Sampling::replay);
  auto trace = std::make_shared<trace::History>(*counts.trace);
  trace->gap_seconds = 1800.0;
  for (double& time : trace->time_seconds) time /= 2.0;
  counts.trace = trace;
  for (const auto& [gang, interruptions] : {std::pair{1, 1}, {2, 2}, {3, 2}}) {
    scenario::Scenario scenario = hours(5);
    add_spot(scenario, "m", gang).capacity_history = counts;
    const Results results = simulate(GetParam(), scenario, 4, 1);
    EXPECT_EQ(results.plans[0].interruptions[0].mean, interruptions) << "gang of " << gang;
    // Each loss takes the second half of its hour.
    EXPECT_NEAR(results.plans[0].cost[0], (5.0 - 0.5 * interruptions) * gang, 1e-5);
  }
}

TEST_P(MeasuredHistories, CountsThatNeverComeToNothingAreDrawnInRunsAtTheGangsSize) {
  // Whole runs with four instances last 3 hours, those with fewer 2 or 3.
  const std::vector<double> instances = {3, 4, 4, 4, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4, 3, 3};
  scenario::Scenario scenario = hours(40);
  add_spot(scenario, "m", 4).capacity_history = hourly("counts", instances, Sampling::bootstrap);
  const auto plans = bills(scenario, 40);
  for (const auto& path : plans[0].paths) {
    std::vector<std::pair<bool, int>> runs;
    for (const double paid : by_step(path)) {
      const bool up = paid > 0.0;
      if (runs.empty() || runs.back().first != up) runs.emplace_back(up, 0);
      ++runs.back().second;
    }
    ASSERT_GE(runs.size(), 10u);
    for (std::size_t i = 1; i + 1 < runs.size(); ++i) {
      EXPECT_GE(runs[i].second, runs[i].first ? 3 : 2);
      EXPECT_LE(runs[i].second, 3);
    }
  }
}

/// Shares of the values, equally likely all of them.
void expect_equally_often(Checks& checks, const std::string& what, const std::map<int, int>& seen,
                          const std::vector<int>& possible, int trials) {
  int known = 0;
  for (const int value : possible) {
    const auto found = seen.find(value);
    const int times = found == seen.end() ? 0 : found->second;
    known += times;
    checks.share(what + " " + std::to_string(value), times / static_cast<double>(trials), trials,
                 1.0 / static_cast<double>(possible.size()), 0.5);
  }
  EXPECT_EQ(known, trials) << what << ": values that cannot be";
}

std::vector<int> numbers(int count, int apart = 1) {
  std::vector<int> result;
  for (int i = 0; i < count; ++i) result.push_back(i * apart);
  return result;
}

TEST_P(MeasuredHistories, WindowsBeginAnywhereAndThoseOfDemandsAtWholeDays) {
  constexpr int paths = 10'000;
  scenario::Scenario scenario = hours(10);
  add_price(scenario, "m", hourly("prices", telling(30), Sampling::window));
  add_requests(scenario, hourly("requests", telling(24 * 5 + 12), Sampling::window));
  const std::vector<PlanBills> plans = bills(scenario, paths);
  std::map<int, int> prices, days;
  for (int path = 0; path < paths; ++path) {
    const std::vector<double> paid = by_step(plans[0].paths[static_cast<std::size_t>(path)]);
    const int start = place_told(paid[0]);
    ++prices[start];
    for (int k = 0; k < 10; ++k) ASSERT_EQ(place_told(paid[static_cast<std::size_t>(k)]), start + k);
    ++days[place_told(by_step(plans[1].paths[static_cast<std::size_t>(path)])[0])];
  }
  Checks checks;
  expect_equally_often(checks, "window from", prices, numbers(21), paths);
  expect_equally_often(checks, "day from", days, numbers(6, 24), paths);
  EXPECT_EQ(checks.failures(), "");
  EXPECT_EQ(checks.undetected_biases(), "");
}

/// Where each path begins in each of the markets' traces.
std::vector<std::vector<int>> begins(const std::vector<PlanBills>& plans, std::size_t step = 0) {
  std::vector<std::vector<int>> places;
  for (const PlanBills& plan : plans) {
    places.emplace_back();
    for (const PathBill& path : plan.paths) places.back().push_back(place_told(by_step(path)[step]));
  }
  return places;
}

TEST_P(MeasuredHistories, WindowsAreSharedByTheSameFileOrTheSameName) {
  constexpr int paths = 4'000;
  scenario::Scenario scenario = hours(8);
  History named = hourly("third", telling(39), Sampling::window),
          also_named = hourly("fourth", telling(60), Sampling::window);
  named.joint = also_named.joint = "together";
  add_price(scenario, "a", hourly("one", telling(39), Sampling::window));
  add_price(scenario, "b", hourly("one", telling(39), Sampling::window));
  add_price(scenario, "c", hourly("other", telling(39), Sampling::window));
  add_price(scenario, "d", named);
  add_price(scenario, "e", also_named);
  const std::vector<std::vector<int>> places = begins(bills(scenario, paths));
  EXPECT_EQ(places[0], places[1]) << "the same file";
  EXPECT_EQ(places[3], places[4]) << "the same name: windows of the shorter";
  Checks checks;
  for (const auto& [first, second] : {std::pair{0, 2}, {0, 3}, {2, 3}}) {
    int same = 0;
    for (std::size_t path = 0; path < paths; ++path)
      same += places[static_cast<std::size_t>(first)][path] == places[static_cast<std::size_t>(second)][path];
    checks.share("alike", same / static_cast<double>(paths), paths, 1.0 / 32, 1.0);
  }
  EXPECT_EQ(checks.failures(), "");
  EXPECT_EQ(checks.undetected_biases(), "");
}

TEST_P(MeasuredHistories, BlocksAreWholeAndBeginAnywhereIndependently) {
  constexpr int paths = 4'000, block = 5, blocks = 8;
  History first = hourly("first", telling(20), Sampling::bootstrap),
          second = hourly("second", telling(33), Sampling::bootstrap);
  History requests = hourly("requests", telling(24 * 7 + 9), Sampling::bootstrap);
  first.block_seconds = second.block_seconds = block * 3600.0;
  first.joint = second.joint = "together";
  requests.block_seconds = 24 * 3600.0;
  scenario::Scenario scenario = hours(block * blocks);
  add_price(scenario, "a", first);
  add_price(scenario, "b", second);
  add_requests(scenario, requests);
  const std::vector<PlanBills> plans = bills(scenario, paths);
  std::map<int, int> starts, days;
  int repeated = 0;
  for (std::size_t path = 0; path < paths; ++path) {
    const std::vector<double> one = by_step(plans[0].paths[path]), other = by_step(plans[1].paths[path]);
    const std::vector<double> asked = by_step(plans[2].paths[path]);
    int before = -1;
    for (std::size_t k = 0; k < block * blocks; ++k) {
      const int place = place_told(one[k]);
      ASSERT_EQ(place_told(other[k]), place) << "drawn together";
      if (k % block == 0) {
        ++starts[place];
        repeated += place == before;
        before = place;
      } else {
        ASSERT_EQ(place, place_told(one[k - 1]) + 1) << "within a block";
      }
      if (k % 24 == 0) ++days[place_told(asked[k])];
    }
  }
  Checks checks;
  expect_equally_often(checks, "block from", starts, numbers(16), paths * blocks);
  expect_equally_often(checks, "day from", days, numbers(7, 24), paths * 2);
  checks.share("the same block again", repeated / static_cast<double>(paths * (blocks - 1)), paths * (blocks - 1),
               1.0 / 16, 0.5);
  EXPECT_EQ(checks.failures(), "");
  EXPECT_EQ(checks.undetected_biases(), "");
}

TEST_P(MeasuredHistories, RunsComeAsOftenAsInTheTraceAndFillAsMuchTime) {
  constexpr int paths = 2'000, horizon = 400;
  const std::vector<int> ups = {3, 1, 7, 2, 3, 12}, downs = {1, 4, 2, 1, 1, 6};
  std::vector<double> trace(4, 0.0);  // cut off, as is the end
  for (std::size_t i = 0; i < ups.size(); ++i) {
    trace.insert(trace.end(), static_cast<std::size_t>(ups[i]), 1.0);
    trace.insert(trace.end(), static_cast<std::size_t>(downs[i]), 0.0);
  }
  trace.insert(trace.end(), 9, 1.0);
  scenario::Scenario scenario = hours(horizon);
  add_spot(scenario, "m").capacity_history = hourly("up", trace, Sampling::bootstrap);
  const std::vector<PathBill> bills_by_path = bills(scenario, paths)[0].paths;

  std::vector<double> share, at_start;
  std::map<int, int> up_lengths, down_lengths;
  constexpr int counted = 30;  // runs of a path, the first of which began before it; so many always end in time
  for (const PathBill& bill : bills_by_path) {
    const std::vector<double> paid = by_step(bill);
    const auto up = [&](std::size_t k) { return paid[k] > 0.5; };
    double hours_up = 0.0;
    int run = 0, length = 0;
    for (std::size_t k = 0; k < horizon; ++k) {
      hours_up += up(k) ? 1.0 : 0.0;
      if (k > 0 && up(k) != up(k - 1)) {
        if (run > 0 && run <= counted) ++(up(k - 1) ? up_lengths : down_lengths)[length];
        ++run;
        length = 0;
      }
      ++length;
    }
    share.push_back(hours_up / horizon);
    at_start.push_back(up(0) ? 1.0 : 0.0);
    ASSERT_GT(run, counted);
  }
  Checks checks;
  checks.mean("share of time up", sample_mean(share), 28.0 / 43.0, 0.03);
  checks.mean("up at the start", sample_mean(at_start), 28.0 / 43.0, 0.15);
  const auto compare = [&](const char* what, std::map<int, int>& seen, const std::vector<int>& drawn_from) {
    for (const int length : {1, 2, 3, 4, 6, 7, 12}) {
      const auto times = std::count(drawn_from.begin(), drawn_from.end(), length);
      if (times == 0) {
        EXPECT_EQ(seen[length], 0) << what << length;
        continue;
      }
      checks.share(what + std::to_string(length), seen[length] / (paths * counted / 2.0), paths * counted / 2.0,
                   static_cast<double>(times) / static_cast<double>(drawn_from.size()), 0.1);
    }
  };
  compare("up-runs of ", up_lengths, ups);
  compare("down-runs of ", down_lengths, downs);
  EXPECT_EQ(checks.failures(), "");
  EXPECT_EQ(checks.undetected_biases(), "");
}

TEST_P(MeasuredHistories, RunsOfMarketsAreDrawnEachForItself) {
  constexpr int paths = 4'000;
  std::vector<double> trace = {0};
  for (int i = 0; i < 20; ++i) trace.insert(trace.end(), {1, 1, 1, 0, 0});
  trace.push_back(1);
  scenario::Scenario scenario = hours(20);
  add_spot(scenario, "a").capacity_history = hourly("up", trace, Sampling::bootstrap);
  add_spot(scenario, "b").capacity_history = hourly("up", trace, Sampling::bootstrap);
  const std::vector<PlanBills> plans = bills(scenario, paths);
  int both = 0;
  for (std::size_t path = 0; path < paths; ++path)
    both += by_step(plans[0].paths[path])[9] > 0.5 && by_step(plans[1].paths[path])[9] > 0.5;
  Checks checks;
  checks.share("both up", both / static_cast<double>(paths), paths, 0.36, 0.3);
  EXPECT_EQ(checks.failures(), "");
  EXPECT_EQ(checks.undetected_biases(), "");
}

INSTANTIATE_TEST_SUITE_P(Of, MeasuredHistories, testing::Values(Subject::reference, Subject::engine),
                         [](const auto& tested) { return subject_name(tested.param); });

}  // namespace
}  // namespace costrisk::stat
