// `backtest` as a user sees it: tables, JSON, pages, exit codes.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "src/present/text/text_table.hpp"
#include "tests/cli/page_parts.hpp"
#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;

/// Runs of one to twenty samples of ten minutes, up and down by turns.
std::string trace(int runs) {
  std::string values;
  for (int run = 0; run < runs; ++run)
    for (int i = 0; i < 1 + (run * run * 7 + run) % 20; ++i) values += run % 2 == 0 ? "1, " : "0, ";
  return R"({"metadata": {"gap_seconds": 600}, "data": [)" + values + "1]}";
}

std::string history_scenario() {
  return R"(
horizon = "10h"
step = "10m"
[[market]]
name = "zone"
billing = { increment = "10m" }
on_demand = 3.0
[market.spot]
price = 1.0
capacity = { history = "zone.json" }
[[job]]
name = "train"
work = 6
throughput = { zone = 1.0 }
checkpoint = { interval = "0s", write = "0s" }
restart = "12m"
deadline = "9h"
[[plan]]
name = "careful"
[plan.job.train]
policy = "uniform-progress"
)";
}

class Backtest : public testing::Test {
 protected:
  Ended run(const std::vector<std::string>& arguments) const { return costrisk(arguments, folder); }

  ScratchFolder folder;
};

TEST_F(Backtest, ReplayPrintsEveryPolicy) {
  folder.write("zone.json", trace(60));
  const std::vector<std::string> command = {
      "backtest",          "replay", "--trace",   "zone.json", "--task",  "6h", "--deadline",   "9h",
      "--on-demand-price", "3",      "--restart", "12m",       "--start", "5h", "--spot-price", "1"};
  const Ended ended = run(command);
  ASSERT_EQ(ended.code, 0) << ended.err;
  for (const char* policy : {"strawman", "rc_threshold", "rc_cr_threshold", "only_spot"})
    EXPECT_TRUE(contains(ended.out, policy)) << ended.out;
  std::vector<std::string> json = command;
  json.insert(json.end(), {"--json", "--policy", "greedy", "--every", "3h"});
  const Json document = Json::parse(run(json).out);
  EXPECT_EQ(document["start_index"][0], 30);
  EXPECT_EQ(document["start_index"].size(), document["policies"]["strawman"].size());
  EXPECT_TRUE(document["policies"]["strawman"][0]["finished"]);
}

TEST_F(Backtest, CasesThatDifferAreExitCodeThree) {
  folder.write("zone.json", R"({"gap_seconds": 3600, "data": [1, 1, 1, 1, 1, 1]})");
  const auto cases = [](const char* cost) {
    return std::string(R"({"cases": [{"trace": "zone.json", "start_index": 0, "policy": "strawman", "task_hours": 2,
      "deadline_hours": 5, "restart_overhead_hours": 0, "gap_seconds": 3600, "price_spot": 1, "price_ondemand": 3,
      "finish_hours": 2, "spot_hours": 2, "ondemand_hours": 0, "idle_hours": 0, "preemptions": 0, "cost": )") +
           cost + "}]}";
  };
  folder.write("right.json", cases("2"));
  folder.write("wrong.json", cases("2.5"));
  const Ended right = run({"backtest", "replay", "--cases", "right.json", "--traces", "."});
  EXPECT_EQ(right.code, 0) << right.err;
  EXPECT_TRUE(contains(right.out, "1 of 1 cases equal"));
  EXPECT_EQ(run({"backtest", "replay", "--cases", "wrong.json", "--traces", "."}).code, 3);
}

TEST_F(Backtest, PlansAreHeldAgainstWhatCame) {
  folder.write("zone.json", trace(160));
  folder.write("my.toml", history_scenario());
  const std::vector<std::string> command = {"backtest", "my.toml", "--every", "5h", "--paths", "200"};
  const Ended ended = run(command);
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(contains(ended.out, "within P5–P95") && contains(ended.out, "careful")) << ended.out;
  std::string explained = ended.err;
  std::replace(explained.begin(), explained.end(), '\n', ' ');
  EXPECT_TRUE(contains(explained, "intervals are by blocks")) << ended.err;
  std::istringstream lines(ended.err + ended.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(present::display_width(line), 80) << line;
  std::vector<std::string> more = command;
  more.insert(more.end(), {"--json", "--html", "page.html", "--model", "log-normal"});
  const Ended json = run(more);
  ASSERT_EQ(json.code, 0) << json.err;
  const Json document = Json::parse(json.out);
  EXPECT_EQ(document["plans"][0]["windows"].size(), document["origins"]);
  EXPECT_EQ(document["status"], "complete");
  EXPECT_EQ(document["planned_origins"], document["origins"]);
  const std::string page = read_text(folder / "page.html");
  EXPECT_TRUE(contains(page, "default-src 'none'") && contains(page, "<table")) << page.substr(0, 500);
  if (page_has_script(page)) {
    EXPECT_GT(data_of(page)["page"]["plots"].size(), 0u);
  }
}

TEST_F(Backtest, WhatIsWrongIsExitCodeTwo) {
  folder.write("zone.json", trace(60));
  folder.write("my.toml", history_scenario());
  folder.write("none.toml", small_scenario());
  EXPECT_EQ(run({"backtest"}).code, 2);
  EXPECT_EQ(run({"backtest", "replay"}).code, 2);
  Ended ended = run({"backtest", "none.toml"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "no history")) << ended.err;
  ended = run({"backtest", "my.toml", "--training", "90d"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "take a shorter horizon")) << ended.err;
  ended = run({"backtest", "my.toml", "--every", "0s"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "--every is 0s; expected a positive duration")) << ended.err;
  ended = run({"backtest", "replay", "--trace", "zone.json", "--task", "6h", "--deadline", "9h", "--policy", "clever",
               "--spot-price", "1", "--on-demand-price", "3"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "rc_threshold")) << ended.err;
}

TEST_F(Backtest, HelpHasExamples) {
  EXPECT_TRUE(contains(run({"backtest", "--help"}).out, "Examples:\n  costrisk backtest my.toml"));
  EXPECT_TRUE(contains(run({"backtest", "replay", "--help"}).out, "Examples:\n  costrisk backtest replay"));
}

}  // namespace
}  // namespace costrisk::tests
