// Erlang's formula against published values; shares within the objective and latencies of services, worked out by hand.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/lane/scalar.hpp"
#include "kernels/model/services/erlang.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"
#include "src/scenario/lower/erlang.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk {
namespace {

using Lane = ScalarLane<0>;

TEST(ErlangC, IsWhatTablesHave) {
  struct Case {
    double servers, offered, chance;
  };
  // Fractions follow from the formula; the others are printed in tables of Erlang C (four digits).
  for (const Case c : {Case{1, 0.5, 0.5}, Case{2, 1.0, 1.0 / 3.0}, Case{2, 1.5, 9.0 / 14.0}, Case{3, 2.0, 4.0 / 9.0},
                       Case{5, 4.0, 0.5541}, Case{10, 8.0, 0.4092}, Case{14, 10.0, 0.1741}, Case{20, 16.0, 0.2561},
                       Case{11, 10.0, 0.6821}})
    EXPECT_NEAR(scenario::chance_to_wait(c.servers, c.offered / c.servers), c.chance, 5.1e-5)
        << c.servers << " servers, offered " << c.offered;
  EXPECT_EQ(scenario::chance_to_wait(4.0, 0.0), 0.0);
}

/// By the formula's sum, in which no recursion and no table has a part.
double by_sum(int servers, double load) {
  const double offered = servers * load;
  double sum = 0.0;
  const auto term = [&](int n) { return std::exp(n * std::log(offered) - std::lgamma(n + 1.0) - offered); };
  for (int n = 0; n < servers; ++n) sum += term(n);
  const double waiting = term(servers) / (1.0 - load);
  return waiting / (sum + waiting);
}

TEST(ErlangC, TableIsAsNearAsItSays) {
  const std::vector<float> table = scenario::chances_to_wait();
  const auto error = [&](double servers, double exact, double load) {
    const float read =
        chance_to_wait<Lane>(table.data(), std::sqrt(static_cast<float>(servers)), static_cast<float>(load));
    return std::abs(static_cast<double>(read) - exact);
  };
  for (const int servers : {1, 2, 3, 4, 5, 7, 10, 16, 25, 40, 64, 100, 250, 1000, 4000}) {
    double worst = 0.0;
    for (int i = 1; i < 400; ++i) worst = std::max(worst, error(servers, by_sum(servers, i / 400.0), i / 400.0));
    EXPECT_LT(worst, servers == 2 ? 1e-3 : 2.1e-4) << servers << " servers";
  }
  for (const double servers : {1.03, 1.2, 1.5, 2.5, 3.5, 12.25}) {
    double worst = 0.0;
    for (int i = 1; i < 400; ++i)
      worst = std::max(worst, error(servers, scenario::chance_to_wait(servers, i / 400.0), i / 400.0));
    EXPECT_LT(worst, servers < 1.5 ? 6e-3 : servers < 3.0 ? 2e-3 : 2e-4) << servers << " servers";
  }
}

TEST(ErlangC, GrowsSteadilyBetweenWholeNumbersOfServers) {
  for (const double load : {0.3, 0.7, 0.95})
    for (double servers = 1.0; servers < 6.0; servers += 0.125) {
      const double here = scenario::chance_to_wait(servers, load),
                   next = scenario::chance_to_wait(servers + 0.125, load);
      EXPECT_LT(next, here) << servers << " at " << load;
      EXPECT_GT(next, 0.8 * here) << servers << " at " << load;
    }
}

struct Setup {
  std::string by_hour;
  std::string latency;
  std::string assignment;
  std::string service = "", more = "";
};

results::Results run(const Setup& setup) {
  const std::string text =
      fmt::format(R"(
name = "latency"
horizon = "24h"
step = "1h"
[simulation]
paths = 3
probabilities = [0.1, 0.5, 0.9]
[[market]]
name = "m"
on_demand.price = 2.0
[[demand]]
name = "d"
base = 1.0
by_hour = [{}]
[[service]]
name = "s"
demand = "d"
rate = {{ m = 1.0 }}
{}
{}
{}
[[plan]]
name = "p"
[plan.service.s]
{}
)",
                  setup.by_hour, setup.latency.empty() ? "" : "latency = { " + setup.latency + " }", setup.service,
                  setup.more, setup.assignment);
  const scenario::Scenario scenario = scenario::load_text(text, "latency").scenario;
  run::Options options;
  options.paths = 3;
  run::Outcome outcome = run::simulate(scenario, options);
  return run::evaluate(scenario, outcome, {});
}

std::string hours(std::initializer_list<std::pair<int, double>> stretches) {
  std::string text;
  for (const auto& [count, value] : stretches)
    for (int i = 0; i < count; ++i) text += fmt::format("{}{}", text.empty() ? "" : ", ", value);
  return text;
}

constexpr const char* fixed_fleet = "min = 10\nmax = 10\npools = [{ market = \"m\", buy = \"on-demand\" }]";
constexpr const char* curve = "objective = \"2s\", curve = [[0.4, 1.0], [0.8, 3.0], [1.0, 5.0]]";

TEST(ServiceLatency, CurveGivesTheShareWithinTheObjectiveAndQuantilesOverRequests) {
  // Loads of 0.5 (1.5 s), 0.8 (3 s) and 1.2, which no curve has.
  const results::Results results = run({hours({{12, 5.0}, {6, 8.0}, {6, 12.0}}), curve, fixed_fleet});
  const double all = 12 * 5.0 + 6 * 8.0 + 6 * 12.0;
  EXPECT_NEAR(results.within.at(0), 12 * 5.0 / all, 1e-6);
  EXPECT_NEAR(results.served.at(0), (12 * 5.0 + 6 * 8.0 + 6 * 10.0) / all, 1e-6);
  EXPECT_NEAR(results.latency_quantile.at(0), 1.5, 0.06);
  EXPECT_NEAR(results.latency_quantile.at(1), 3.0, 0.06);
  EXPECT_TRUE(std::isinf(results.latency_quantile.at(2)));
}

TEST(ServiceLatency, LoadsAtTheObjectiveAndAtTheEndOfTheCurveAreWithinIt) {
  EXPECT_NEAR(run({hours({{24, 6.0}}), curve, fixed_fleet}).within.at(0), 1.0, 1e-6);
  EXPECT_EQ(run({hours({{24, 6.001}}), curve, fixed_fleet}).within.at(0), 0.0);
  const char* slow = "objective = \"5s\", curve = [[0.4, 1.0], [0.8, 3.0], [1.0, 5.0]]";
  EXPECT_NEAR(run({hours({{24, 10.0}}), slow, fixed_fleet}).within.at(0), 1.0, 1e-6);
  EXPECT_EQ(run({hours({{24, 10.001}}), slow, fixed_fleet}).within.at(0), 0.0);
  const char* never = "objective = \"500ms\", curve = [[0.4, 1.0], [1.0, 5.0]]";
  EXPECT_EQ(run({hours({{24, 1.0}}), never, fixed_fleet}).within.at(0), 0.0);
}

TEST(ServiceLatency, ServerlessTakesLoadOffTheFleetAndMeetsTheObjectiveUnlessItIsSlower) {
  const std::string overflows = std::string(fixed_fleet) + "\noverflow = \"hosted\"";
  const char* slow = "objective = \"5s\", curve = [[0.4, 1.0], [0.8, 3.0], [1.0, 5.0]]";
  const auto hosted = [](const char* more) {
    return fmt::format("[[serverless]]\nname = \"hosted\"\nper_request = 0.1\n{}", more);
  };
  // Twelve are asked of ten: two overflow, and the fleet is full, which takes five seconds.
  EXPECT_NEAR(run({hours({{24, 12.0}}), slow, overflows, "", hosted("")}).within.at(0), 1.0, 1e-6);
  EXPECT_NEAR(run({hours({{24, 12.0}}), slow, overflows, "", hosted("latency = \"6s\"")}).within.at(0), 10.0 / 12.0,
              1e-6);
  EXPECT_NEAR(run({hours({{24, 12.0}}), curve, overflows, "", hosted("")}).within.at(0), 2.0 / 12.0, 1e-6);
  // One of two overflows; the other overloads the fleet.
  EXPECT_NEAR(run({hours({{24, 12.0}}), slow, overflows, "", hosted("max_rate = 1.0")}).within.at(0), 1.0 / 12.0, 1e-6);
  const results::Results alone =
      run({hours({{24, 12.0}}), slow, "pools = []\noverflow = \"hosted\"", "", hosted("latency = \"5s\"")});
  EXPECT_NEAR(alone.within.at(0), 1.0, 1e-6);
  EXPECT_TRUE(std::isnan(alone.latency_quantile.at(0)));
}

TEST(ServiceLatency, PartOfAStepThatWaitsForAStartHasALoadOfItsOwn) {
  // Half of what is in service is busy, but for the first quarter of the hour in which demand has doubled.
  const results::Results results =
      run({hours({{12, 4.0}, {12, 8.0}}), "objective = \"2s\", curve = [[0.5, 1.0], [1.0, 3.0]]",
           "utilization = 0.5\nscale_up_delay = \"15m\"\npools = [{ market = \"m\", buy = \"on-demand\" }]"});
  EXPECT_EQ(results.unserved_mean.at(0), 0.0);
  EXPECT_NEAR(results.within.at(0), 1.0 - 0.25 * 8.0 / (12 * 4.0 + 12 * 8.0), 1e-6);
}

TEST(ServiceLatency, RequestsThatWaitInTheQueueMeetNoObjective) {
  // Twelve of ten for an hour: two wait, and are done in the next hour. Those two hours' requests have waited.
  const results::Results results = run(
      {hours({{12, 5.0}, {1, 12.0}, {11, 5.0}}), curve, fixed_fleet, "queue = { drain = \"1h\", limit = 1_000_000 }"});
  EXPECT_NEAR(results.within.at(0), 22 * 5.0 / (23 * 5.0 + 12.0), 1e-6);
  EXPECT_TRUE(std::isinf(results.latency_quantile.at(2)));
}

TEST(ServiceLatency, OfAServiceThatNoPlanRunsIsNobodys) {
  const std::string spare =
      fmt::format("[[service]]\nname = \"spare\"\ndemand = \"d\"\nrate = {{ m = 1.0 }}\nlatency = {{ {} }}", curve);
  EXPECT_TRUE(run({hours({{24, 5.0}}), "", fixed_fleet, "", spare}).within.empty());
}

TEST(ServiceLatency, MmcIsErlangsFormula) {
  // Five instances of one request a second, each for two seconds: ten servers, of which eight are busy.
  const results::Results results =
      run({hours({{24, 4.0}}), "model = \"mmc\", service_time = \"2s\", objective = \"3s\"",
           "min = 5\nmax = 5\npools = [{ market = \"m\", buy = \"on-demand\" }]"});
  const double chance = by_sum(10, 0.8);
  EXPECT_NEAR(chance, 0.4092, 5e-5);
  // Waits end at a rate of ten servers · 0.2 / 2 s.
  EXPECT_NEAR(results.within.at(0), 1.0 - chance * std::exp(-1.0), 2e-4);
  EXPECT_NEAR(results.latency_quantile.at(1), 2.0, 0.01);
  EXPECT_NEAR(results.latency_quantile.at(2), 2.0 - std::log(0.1 / chance), 0.03);
}

TEST(ServiceLatency, MmcNeedsTimeForTheServiceItselfAndHasNoLoadOfOne) {
  const char* too_short = "model = \"mmc\", service_time = \"2s\", objective = \"1900ms\"";
  EXPECT_EQ(run({hours({{24, 1.0}}), too_short, fixed_fleet}).within.at(0), 0.0);
  const char* long_enough = "model = \"mmc\", service_time = \"2s\", objective = \"1h\"";
  EXPECT_NEAR(run({hours({{24, 9.9}}), long_enough, fixed_fleet}).within.at(0), 1.0, 1e-6);
  EXPECT_EQ(run({hours({{24, 10.0}}), long_enough, fixed_fleet}).within.at(0), 0.0);
}

}  // namespace
}  // namespace costrisk
