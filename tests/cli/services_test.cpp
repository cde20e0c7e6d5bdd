// Services and commitments as a user sees them: tables, JSON, gates, the goal, the result file.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;

/// Ten requests a second for two weeks; an instance sustains five at two dollars an hour. Nothing is uncertain, so that
/// every figure follows by hand: three instances run all the time, or one that serves half of the requests, or two of
/// the three are committed to for 1.20 an hour each.
std::string known_scenario() {
  return R"(name = "Known"
horizon = "2w"
step = "1h"
[simulation]
paths = 20
[goal]
served = { chat = 0.99 }
[[market]]
name = "zone"
on_demand = 2.0
[[demand]]
name = "users"
base = 10.0
tokens = { input = 100, output = 50 }
[[service]]
name = "chat"
owner = "product"
demand = "users"
rate = { zone = 5.0 }
[[item]]
name = "licence"
owner = "platform"
once = 168.0
[[plan]]
name = "enough"
[plan.service.chat]
utilization = 0.7
pools = [{ market = "zone", buy = "on-demand" }]
[[plan]]
name = "short"
[plan.service.chat]
max = 1
pools = [{ market = "zone", buy = "on-demand" }]
[[plan]]
name = "committed"
[plan.service.chat]
utilization = 0.7
pools = [{ market = "zone", buy = "on-demand" }]
[[plan.commitment]]
market = "zone"
kind = "discount"
instances = 2
price_per_hour = 1.2
term = "4w"
)";
}

constexpr double hours = 336.0, asked = 10.0 * 3600.0 * hours;

class ServicesCommandLine : public testing::Test {
 protected:
  Ended run(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"run", "known.toml", "--quiet"});
    return costrisk(more, folder);
  }
  Json json() const { return Json::parse(run({"--json"}).out); }

  ScratchFolder folder;
  std::string file = folder.write("known.toml", known_scenario());
};

TEST_F(ServicesCommandLine, JsonHasServicesAndCommitmentsAsByHand) {
  const Json plans = json()["plans"];
  const Json &enough = plans[0], &poor = plans[1], &committed = plans[2];
  EXPECT_EQ(enough["served"]["chat"], 1.0);
  EXPECT_EQ(enough["peak_instances_mean"]["chat"], 3.0);
  EXPECT_NEAR(enough["service_cost_mean"]["chat"].get<double>(), 3 * 2.0 * hours, 1e-3);
  EXPECT_NEAR(enough["unit_cost_quantile"]["chat"]["0.5"].get<double>(), 3 * 2.0 * hours / asked * 1e3, 1e-6);
  EXPECT_NEAR(enough["token_cost_quantile"]["chat"]["0.95"].get<double>(), 3 * 2.0 * hours / (50.0 * asked) * 1e6,
              1e-6);
  EXPECT_NEAR(poor["served"]["chat"].get<double>(), 0.5, 1e-6);
  EXPECT_NEAR(poor["unserved_mean"]["chat"].get<double>(), 0.5 * asked, 1.0);
  EXPECT_NEAR(committed["service_cost_mean"]["chat"].get<double>(), (2 * 1.2 + 2.0) * hours, 1e-3);

  EXPECT_TRUE(enough["utilization"].is_null());
  EXPECT_EQ(enough["commitment_cost"], 0.0);
  EXPECT_NEAR(committed["coverage"].get<double>(), 2.0 / 3.0, 1e-6);
  EXPECT_NEAR(committed["utilization"].get<double>(), 1.0, 1e-6);
  EXPECT_NEAR(committed["commitment_cost"].get<double>(), 2 * 1.2 * hours, 1e-3);
  EXPECT_NEAR(committed["commitment_savings_mean"].get<double>(), 2 * 0.8 * hours, 1e-3);
  EXPECT_NEAR(committed["obligation"].get<double>(), 2 * 1.2 * hours, 1e-3);
}

TEST_F(ServicesCommandLine, JsonDividesTheCostByCategoryAndOwner) {
  const Json results = json();
  for (const Json& plan : results["plans"])
    for (const char* parts : {"category_mean", "owner_mean"}) {
      double mean = 0.0;
      for (const Json& part : plan[parts]) mean += part.get<double>();
      EXPECT_NEAR(mean, plan["cost_mean"].get<double>(), 1e-6) << parts;
    }
}

TEST_F(ServicesCommandLine, TheTablesSayWhatIsServedPaidAndOwed) {
  const std::string out = run({"--by", "category", "--by", "owner"}).out;
  EXPECT_TRUE(contains(out, "  served  still owed  cheapest\n")) << out;
  EXPECT_TRUE(contains(out, "short      chat     50.0 %   1.0")) << out;
  EXPECT_TRUE(contains(out, "committed    66.7 %        100 %  806.4     0.0  537.6       806.4")) << out;
  EXPECT_TRUE(contains(out, "Mean cost by category in $")) << out;
  EXPECT_TRUE(contains(out, "Mean cost by owner in $")) << out;
  EXPECT_TRUE(
      contains(out, "Goal: chat served to at least 99 %.\nMet by enough, committed; lowest mean cost: committed"))
      << out;
  EXPECT_LT(out.find("by category"), out.find("by owner"));
}

TEST_F(ServicesCommandLine, ShowPrintsTheSameTablesAsRun) {
  const std::string first = run({"--by", "owner"}).out;
  const std::string second = costrisk({"show", "results/known.h5", "--by", "owner"}, folder).out;
  ASSERT_TRUE(contains(second, "Mean cost by owner")) << second;
  EXPECT_EQ(first.substr(0, first.find("\nwritten to")), second);
  EXPECT_FALSE(contains(costrisk({"show", "results/known.h5"}, folder).out, "Mean cost by"));
}

TEST_F(ServicesCommandLine, ADivisionThatThereIsNotIsRefused) {
  const Ended ended = run({"--by", "colour"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "colour") && contains(ended.err, "category")) << ended.err;
}

TEST_F(ServicesCommandLine, GatesJudgeServicesAndCommitments) {
  EXPECT_EQ(run({"--require", "enough:served>=100%", "--require", "utilization>99%"}).code, 0);
  const Ended ended = run({"--require", "served.chat>=99%"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_TRUE(contains(ended.err, "short: served.chat is 50.0 %, below 99.0 %")) << ended.err;
  EXPECT_EQ(run({"--paths", "80", "--require", "enough:unit_cost_p95.chat<=0.167"}).code, 0);
  EXPECT_EQ(run({"--paths", "80", "--require", "enough:unit_cost_p95.chat<=0.166"}).code, 3);
  EXPECT_EQ(run({"--require", "served.chatter>=99%"}).code, 2);
  EXPECT_EQ(run({"--require", "committed:waste_mean.unused commitment<=0", "--require", "category_mean.spot<=0"}).code,
            0);
  EXPECT_EQ(run({"--require", "enough:service_cost_mean.chat<1"}).code, 3);
  EXPECT_EQ(run({"--require", "short:utilization>99%"}).code, 3) << "it has no commitments";
}

/// At two thirds of their load three instances take 1.56 s; one is overloaded.
const std::vector<std::string> with_latency = {
    "--set", "service.chat.latency={ objective = \"2s\", curve = [[0.5, 1], [0.8, 2], [1, 4]] }"};

std::vector<std::string> with_latency_and(std::vector<std::string> more) {
  more.insert(more.begin(), with_latency.begin(), with_latency.end());
  return more;
}

TEST_F(ServicesCommandLine, LatencyStandsInJsonAndTables) {
  EXPECT_FALSE(json()["plans"][0].contains("within")) << "no service has a latency";
  const Json plans = Json::parse(run(with_latency_and({"--json"})).out)["plans"];
  EXPECT_NEAR(plans[0]["within"]["chat"].get<double>(), 1.0, 1e-6);
  EXPECT_EQ(plans[1]["within"]["chat"].get<double>(), 0.0);
  EXPECT_NEAR(plans[0]["latency_quantile"]["chat"]["0.5"].get<double>(), 1.556, 0.03);
  EXPECT_EQ(run().out.find("within"), std::string::npos);
  const std::string table = run(with_latency).out;
  EXPECT_NE(table.find("within"), std::string::npos) << table;
  EXPECT_NE(table.find("latency P50"), std::string::npos) << table;
  EXPECT_NE(table.find("beyond"), std::string::npos) << table;
}

TEST_F(ServicesCommandLine, LatencyCanBeAGateAndAGoal) {
  EXPECT_EQ(run(with_latency_and({"--require", "enough:within.chat>=99%"})).code, 0);
  EXPECT_EQ(run(with_latency_and({"--require", "enough:latency_p50.chat<1.7"})).code, 0);
  EXPECT_EQ(run(with_latency_and({"--require", "within.chat>=50%"})).code, 3);
  const Ended goal = run(with_latency_and({"--set", "goal.within={ chat = 0.95 }"}));
  std::string on_one_line = goal.out;
  std::replace(on_one_line.begin(), on_one_line.end(), '\n', ' ');
  EXPECT_NE(on_one_line.find("chat answered within the objective to at least 95 %"), std::string::npos) << goal.out;
  EXPECT_NE(run({"--set", "goal.within={ chat = 0.95 }"}).code, 0) << "without a latency there is no objective";
}

}  // namespace
}  // namespace costrisk::tests
