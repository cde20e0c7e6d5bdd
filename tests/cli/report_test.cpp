// Numbers, tables, the progress line and gates, as functions.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "src/cli/exit_codes.hpp"
#include "src/cli/gates.hpp"
#include "src/cli/terminal.hpp"
#include "src/report/goal.hpp"
#include "src/report/numbers.hpp"
#include "src/report/tables.hpp"
#include "src/report/text_table.hpp"

namespace costrisk::test {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Numbers, MoneyTakesTheUnitOfTheLargest) {
  const std::vector<double> amounts = {950.0, -43'210.5, infinity, nan};
  const report::MoneyUnit unit = report::money_unit(amounts, "USD");
  EXPECT_EQ(unit.name, "k$");
  EXPECT_EQ(report::money(amounts[0], unit), "0.95");
  EXPECT_EQ(report::money(amounts[1], unit), "-43.21");
  EXPECT_EQ(report::money(amounts[2], unit), "inf");
  EXPECT_EQ(report::money(amounts[3], unit), "\u2013");
}

TEST(Numbers, MoneyAloneIsShort) {
  EXPECT_EQ(report::money_with_unit(40'000, "USD"), "40 k$");
  EXPECT_EQ(report::money_with_unit(600, "USD"), "600 $");
  EXPECT_EQ(report::money_with_unit(12'345'678, "EUR"), "12.35 M\u20ac");
  EXPECT_EQ(report::money_with_unit(20'000, "CHF"), "20 kCHF");
}

TEST(Numbers, ASharesEndsAreNotReachedByRounding) {
  EXPECT_EQ(report::percent(0.0), "0 %");
  EXPECT_EQ(report::percent(0.00001), "<0.01 %");
  EXPECT_EQ(report::percent(0.004), "0.40 %");
  EXPECT_EQ(report::percent(0.123), "12.3 %");
  EXPECT_EQ(report::percent(0.99999), ">99.99 %");
  EXPECT_EQ(report::percent(1.0), "100 %");
}

TEST(Numbers, DurationsCountsAndRates) {
  EXPECT_EQ(report::hours(30.0), "30.0 h");
  EXPECT_EQ(report::hours(240.0), "10.0 d");
  EXPECT_EQ(report::hours(infinity), "never");
  EXPECT_EQ(report::count(999), "999");
  EXPECT_EQ(report::count(1'234'567), "1,234,567");
  EXPECT_EQ(report::wait(0.04), "40 ms");
  EXPECT_EQ(report::wait(75.0), "1 min 15 s");
  EXPECT_EQ(report::wait(7260.0), "2 h 1 min");
  EXPECT_EQ(report::rate(31'230.0), "31.2k");
}

TEST(TextTable, ColumnsLineUpByCharactersAndNotBytes) {
  report::TextTable table;
  table.add_column("name", report::TextTable::Align::left);
  table.add_column("cost");
  table.add_row({"d\u00e9j\u00e0", "1"});
  table.add_row({"x", "12345"});
  EXPECT_EQ(table.text(), "name   cost\nd\u00e9j\u00e0      1\nx     12345\n");
  EXPECT_EQ(table.text(true).rfind("\033[1mname   cost\033[0m\n", 0), 0u);
}

TEST(ProgressBar, SaysHowFarHowFastAndHowLongStill) {
  const std::string line = cli::ProgressBar::line(25'000, 100'000, 5.0, 80);
  EXPECT_EQ(line.rfind(" 25 % [##########....", 0), 0u) << line;
  EXPECT_NE(line.find("5k futures/s"), std::string::npos) << line;
  EXPECT_NE(line.find("15 s left"), std::string::npos) << line;
  for (const int width : {20, 40, 80, 200})
    EXPECT_LT(cli::ProgressBar::line(1, 3, 0.1, width).size(), static_cast<std::size_t>(width));
}

report::Summary sample_summary() {
  report::Summary summary;
  summary.scenario = "Sample";
  summary.currency = "USD";
  summary.budget = 100.0;
  summary.paths = 10;
  summary.probabilities = {0.5, 0.95};
  for (const char* name : {"steady", "gamble"}) {
    report::PlanSummary plan;
    plan.plan = name;
    plan.mean = 90.0;
    plan.quantile = {{80, 70, 85}, {120, 110, infinity}};
    plan.cvar = {{110, 100, 130}, {140, 120, infinity}};
    plan.over_budget = report::Estimate{0.25, 0.1, 0.5};
    plan.cheapest = 0.5;
    plan.jobs = {{"train", 0.1, 2.0, {20.0, infinity}}};
    summary.plans.push_back(plan);
  }
  summary.plans[1].jobs.push_back({"tune", 0.3, 1.0, {5.0, 6.0}});
  summary.plans[1].mean = 60.0;
  return summary;
}

const std::vector<std::string> plans = {"steady", "gamble"};

report::StatisticScope sample_scope() { return {true, {0.5, 0.95}, {"train", "tune"}}; }

std::vector<std::string> judged(const std::string& gate) {
  return cli::failures({cli::parse_gate(gate, plans, sample_scope())}, sample_summary());
}

TEST(Gates, EveryStatisticIsKnownAndJudged) {
  const std::vector<std::pair<std::string, double>> figures = {{"mean", 60},
                                                               {"p50", 80},
                                                               {"p95", 120},
                                                               {"cvar95", 140},
                                                               {"over_budget", 0.25},
                                                               {"cheapest", 0.5},
                                                               {"late", 0.3},
                                                               {"late.train", 0.1},
                                                               {"late.tune", 0.3},
                                                               {"finish_p50.train", 20},
                                                               {"interruptions.tune", 1}};
  for (const auto& [name, value] : figures) {
    const std::string number = std::to_string(value);
    EXPECT_EQ(judged("gamble:" + name + "<=" + number).size(), 0u) << name;
    EXPECT_EQ(judged("gamble:" + name + ">=" + number).size(), 0u) << name;
    EXPECT_EQ(judged("gamble:" + name + "<" + number).size(), 1u) << name;
    EXPECT_EQ(judged("gamble:" + name + ">" + number).size(), 1u) << name;
  }
}

TEST(Gates, EveryNameThatIsListedCanBeAsked) {
  const report::Summary summary = sample_summary();
  for (const std::string& name : report::statistic_names(sample_scope()))
    EXPECT_NO_THROW(report::statistic(summary, summary.plans[0], name)) << name;
  EXPECT_THROW(report::statistic(summary, summary.plans[0], "p96"), std::out_of_range);
}

TEST(Gates, WithoutAPlanAllMustHoldAndOnesThatDoNotRunTheJobDo) {
  EXPECT_EQ(judged("p95<100"),
            (std::vector<std::string>{"steady: p95 is 120, not below 100", "gamble: p95 is 120, not below 100"}));
  EXPECT_EQ(judged("late.tune<20%"), (std::vector<std::string>{"gamble: late.tune is 30.0 %, not below 20.0 %"}));
}

TEST(Gates, NotANumberFailsUnlessThePlanHasNoPartInIt) {
  report::Summary summary = sample_summary();
  const auto judge = [&](const std::string& gate) {
    return cli::failures({cli::parse_gate(gate, plans, sample_scope())}, summary);
  };
  summary.plans[0].jobs.clear();
  EXPECT_EQ(judge("steady:late<1%").size(), 0u);
  EXPECT_EQ(judge("steady:finish_p95.train<1").size(), 0u);
  EXPECT_EQ(judge("steady:interruptions.train<1").size(), 0u);
  summary.plans[1].jobs[0].interruptions = nan;
  summary.plans[1].cvar[1].value = nan;
  for (const std::string comparison : {"<", "<=", ">", ">="})
    for (const std::string statistic : {"cvar95", "interruptions.train"})
      EXPECT_EQ(judge("gamble:" + statistic + comparison + "5"),
                std::vector<std::string>{"gamble: " + statistic + " cannot be judged: the results hold no number"});
  summary.paths = 1;
  summary.plans[1].sd = nan;
  EXPECT_EQ(judge("gamble:sd<5"),
            std::vector<std::string>{"gamble: sd cannot be judged: a single future has no spread"});
}

TEST(Gates, NumbersHaveUnits) {
  EXPECT_DOUBLE_EQ(cli::parse_gate("mean < 60k", plans, sample_scope()).threshold, 60'000.0);
  EXPECT_DOUBLE_EQ(cli::parse_gate("mean<=1.5M", plans, sample_scope()).threshold, 1.5e6);
  EXPECT_DOUBLE_EQ(cli::parse_gate("over_budget<5 %", plans, sample_scope()).threshold, 0.05);
  for (const std::string wrong : {"mean<", "mean<5kk", "mean<nan", "mean=5", "mean<5$", "<5", "steady:<5"})
    EXPECT_THROW(cli::parse_gate(wrong, plans, sample_scope()), cli::UsageError) << wrong;
}

TEST(Tables, WhatDoesNotExistIsShownAsSuch) {
  const report::Summary summary = sample_summary();
  const std::string table = report::plan_table(summary, {true, false});
  EXPECT_NE(table.find("inf"), std::string::npos) << table;
  EXPECT_NE(report::job_table(summary, {}).find("tune"), std::string::npos);
  const auto document = nlohmann::json::parse(report::as_json(summary, "out.h5"));
  EXPECT_TRUE(document["plans"][0]["quantiles"]["p95"]["high"].is_null());
  EXPECT_TRUE(document["plans"][0]["jobs"][0]["finish_hours"]["p95"].is_null());
}

TEST(Goal, NamesThePlansThatMeetItAndTheCheapest) {
  scenario::Scenario scenario;
  scenario.jobs.resize(2);
  scenario.jobs[0].name = "train";
  scenario.jobs[1].name = "tune";
  const report::Summary summary = sample_summary();
  EXPECT_EQ(report::goal_text(scenario, summary), "");
  scenario.goal.over_budget = 0.25;
  EXPECT_EQ(report::goal_text(scenario, summary),
            "Goal: over budget in at most 25.0 %.\nMet by steady, gamble; lowest mean cost: gamble, 60 $.\n");
  scenario.goal.late = {{1, 0.3}};
  EXPECT_EQ(report::goal_text(scenario, summary),
            "Goal: over budget in at most 25.0 %, tune late in at most 30.0 %.\nMet by gamble alone.\n")
      << "steady does not run tune";
  scenario.goal.over_budget = 0.2;
  EXPECT_NE(report::goal_text(scenario, summary).find("No plan meets it"), std::string::npos);
}

}  // namespace
}  // namespace costrisk::test
