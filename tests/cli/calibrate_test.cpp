// `calibrate` and `prices` as a user sees them: fragments on stdout, the rest on stderr, pages, exit codes.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/cli/page_parts.hpp"
#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;

/// Runs of two to nine samples, up and down by turns.
std::string trace() {
  std::string values;
  for (int run = 0; run < 60; ++run)
    for (int i = 0; i < 2 + (run * run * 7 + run) % 8; ++i) values += run % 2 == 0 ? "1, " : "0, ";
  return R"({"metadata": {"gap_seconds": 1800}, "data": [)" + values + "1]}";
}

std::string prices() {
  std::string text = "t_seconds,usd_per_hour\n";
  for (int i = 0; i < 200; ++i)
    text += std::to_string(i * 3600) + "," + std::to_string(0.9 + 0.1 * std::sin(i * i * 0.37)) + "\n";
  return text;
}

class Calibrate : public testing::Test {
 protected:
  Ended run(const std::vector<std::string>& arguments) const { return costrisk(arguments, folder); }

  ScratchFolder folder;
};

TEST_F(Calibrate, TheFragmentAloneGoesToStdout) {
  folder.write("zone.json", trace());
  const Ended ended = run({"calibrate", "capacity", "zone.json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(contains(ended.out, "[market.spot.capacity]\nup = { mean = "));
  EXPECT_FALSE(contains(ended.out, "Hazard by age"));
  EXPECT_TRUE(contains(ended.err, "Laws of the runs"));
  EXPECT_TRUE(contains(ended.err, "Hazard by age, zone"));
  const Ended quiet = run({"calibrate", "capacity", "zone.json", "--quiet"});
  EXPECT_EQ(quiet.out, ended.out);
  EXPECT_EQ(quiet.err, "");
}

TEST_F(Calibrate, FragmentsPassTheCheckOfAScenario) {
  folder.write("zone.json", trace());
  folder.write("prices.csv", prices());
  const std::string capacity = run({"calibrate", "capacity", "zone.json", "--laws", "--quiet"}).out;
  std::string price = run({"calibrate", "price", "prices.csv", "--cap", "3.06", "--quiet"}).out;
  folder.write("whole.toml",
               small_scenario() + "[[market]]\nname = \"measured\"\non_demand = 3.06\n" + price + capacity);
  const Ended ended = run({"check", "whole.toml"});
  EXPECT_EQ(ended.code, 0) << ended.err << price << capacity;
  EXPECT_TRUE(contains(price, "cap = 3.06")) << price;
}

TEST_F(Calibrate, PlotsAreAPageThatReplacesOnlyItsLike) {
  folder.write("prices.csv", prices());
  const std::vector<std::string> command = {"calibrate", "price", "prices.csv", "--plot", "plot.html"};
  EXPECT_EQ(run(command).code, 0);
  const std::string page = read_text(folder / "plot.html");
  EXPECT_TRUE(contains(page, "default-src 'none'")) << page.substr(0, 500);
  if (page_has_script(page)) {
    EXPECT_GT(data_of(page)["page"]["plots"].size(), 0u);
  }
  EXPECT_EQ(run(command).code, 0) << "again";
  folder.write("plot.html", "precious");
  EXPECT_EQ(run(command).code, 2);
  EXPECT_EQ(read_text(folder / "plot.html"), "precious");
}

TEST_F(Calibrate, JsonHasTheFiguresAndTheFragment) {
  folder.write("lives.csv", "lifetime_hours,lost\n1,1\n2,1\n5,0\n4,1\n3,1\n");
  const Ended ended = run({"calibrate", "lifetimes", "lives.csv", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json document = Json::parse(ended.out);
  EXPECT_EQ(document["losses"], 4);
  EXPECT_EQ(document["reclaim_every_hours"]["value"], 3.75);
  EXPECT_TRUE(contains(document["toml"], "reclaim_every = \"3.75h\""));
}

TEST_F(Calibrate, DemandsAndBillsAreFitted) {
  std::string log = "timestamp,input_tokens,output_tokens\n";
  for (int i = 0; i < 4000; ++i) log += std::to_string(1767571200 + 20 * i + (i * 7) % 20) + ",100,20\n";
  folder.write("log.csv", log);
  const Ended demand = run({"calibrate", "demand", "log.csv", "--log", "--name", "chat", "--window", "30m"});
  EXPECT_EQ(demand.code, 0) << demand.err;
  EXPECT_TRUE(contains(demand.out, "name = \"chat\"") && contains(demand.out, "tokens = { input = 100, output = 20 }"))
      << demand.out;
  folder.write("bill.csv",
               "BilledCost,EffectiveCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceCategory\n"
               "73,73,Usage,2026-01-01T00:00Z,2026-01-04T01:00Z,Storage\n");
  const Ended bill = run({"calibrate", "billing", "bill.csv"});
  EXPECT_TRUE(contains(bill.out, "monthly = 730\n")) << bill.out << bill.err;
}

TEST_F(Calibrate, PricesBecomeMarketsThatPassTheCheck) {
  folder.write("catalog.csv",
               "InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice,Region,AvailabilityZone\n"
               "p4d.24xlarge,A100,8,21.957642,8.9,us-east-1,us-east-1a\n");
  const Ended ended = run({"prices", "catalog.csv", "--as-of", "2026-01"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  folder.write("whole.toml", small_scenario() + ended.out);
  EXPECT_EQ(run({"check", "whole.toml"}).code, 0) << ended.out;
  EXPECT_TRUE(contains(ended.out, "as_of = \"2026-01\""));
  EXPECT_EQ(run({"prices", "catalog.csv", "--assume-constant-hazard"}).code, 2) << "without an advisor";
  for (const std::string date : {"foo", "2025-13-45", "2025-13", "20250101"})
    EXPECT_TRUE(contains(run({"prices", "catalog.csv", "--as-of", date}).err, date + " is no date")) << date;
  const std::string none = run({"prices", "catalog.csv", "--instance", "nosuch"}).err;
  EXPECT_TRUE(contains(none, "no price is of instance 'nosuch'; there are: instances p4d.24xlarge")) << none;
}

TEST_F(Calibrate, WhatIsWrongIsExitCodeTwoWithItsPlace) {
  folder.write("gaps.csv", "time,up\n0,1\n60,1\n120,0\n300,1\n");
  Ended ended = run({"calibrate", "capacity", "gaps.csv"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "gaps.csv:5: 180 s after")) << ended.err;
  EXPECT_EQ(ended.out, "");
  ended = run({"calibrate", "price", "missing.csv"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(contains(ended.err, "there is no such file"));
  EXPECT_EQ(run({"calibrate"}).code, 2);
  EXPECT_EQ(run({"calibrate", "weather", "x"}).code, 2);
  EXPECT_EQ(run({"calibrate", "capacity", "gaps.csv", "--factor-half-life", "soon"}).code, 2);
}

TEST_F(Calibrate, HelpHasExamplesOnEveryCommand) {
  for (const char* kind : {"capacity", "price", "demand", "lifetimes", "billing"}) {
    const Ended ended = run({"calibrate", kind, "--help"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_TRUE(contains(ended.out, "Examples:\n  costrisk calibrate " + std::string(kind))) << ended.out;
  }
  EXPECT_TRUE(contains(run({"prices", "--help"}).out, "Examples:\n  costrisk prices "));
}

}  // namespace
}  // namespace costrisk::tests
