// Numbers, tables, the progress line and gates, as functions.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "src/cli/exit_codes.hpp"
#include "src/cli/gates.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/goal.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/results_json.hpp"
#include "src/present/text/statistics.hpp"
#include "src/present/text/tables.hpp"
#include "src/present/text/text_table.hpp"
#include "src/results/estimators/statistics.hpp"

namespace costrisk::tests {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Numbers, MoneyTakesTheUnitOfTheLargest) {
  const std::vector<double> amounts = {950.0, -43'210.5, infinity, nan};
  const present::MoneyUnit unit = present::money_unit(amounts, "USD");
  EXPECT_EQ(unit.name, "k$");
  EXPECT_EQ(present::money(amounts[0], unit), "0.95");
  EXPECT_EQ(present::money(amounts[1], unit), "-43.21");
  EXPECT_EQ(present::money(amounts[2], unit), "inf");
  EXPECT_EQ(present::money(amounts[3], unit), "\u2013");
}

TEST(Numbers, MoneyThatIsTinyThroughoutKeepsThreeDigits) {
  const auto shown = [](double amount, std::vector<double> amounts) {
    return present::money(amount, present::money_unit(amounts, "USD"));
  };
  EXPECT_EQ(shown(0.001006, {0.001006, 0.0004}), "0.00101");
  EXPECT_EQ(shown(0.0004, {0.001006, 0.0004}), "0.00040");
  EXPECT_EQ(shown(0.001006, {0.001006, 2.5}), "0.00");
  EXPECT_EQ(shown(0.25, {0.25}), "0.25");
  EXPECT_EQ(shown(0.0, {0.0}), "0.00");
}

TEST(Numbers, MoneyAloneIsShort) {
  EXPECT_EQ(present::money_with_unit(40'000, "USD"), "40 k$");
  EXPECT_EQ(present::money_with_unit(600, "USD"), "600 $");
  EXPECT_EQ(present::money_with_unit(12'345'678, "EUR"), "12.35 M\u20ac");
  EXPECT_EQ(present::money_with_unit(20'000, "CHF"), "20 kCHF");
}

TEST(Numbers, ASharesEndsAreNotReachedByRounding) {
  EXPECT_EQ(present::percent(0.0), "0 %");
  EXPECT_EQ(present::percent(0.00001), "<0.01 %");
  EXPECT_EQ(present::percent(0.004), "0.40 %");
  EXPECT_EQ(present::percent(0.123), "12.3 %");
  EXPECT_EQ(present::percent(0.99999), ">99.99 %");
  EXPECT_EQ(present::percent(1.0), "100 %");
  EXPECT_EQ(present::percent(-0.05), "-5.0 %");
}

TEST(Numbers, PricesOfSmallThingsKeepThreeDigits) {
  EXPECT_EQ(present::price(51.234), "51.23");
  EXPECT_EQ(present::price(1234.5), "1234.50");
  EXPECT_EQ(present::price(0.01234), "0.0123");
  EXPECT_EQ(present::price(0.5), "0.500");
  EXPECT_EQ(present::price(0.0), "0.00");
  EXPECT_EQ(present::price(infinity), "inf");
  EXPECT_EQ(present::price(nan), "\u2013");
}

TEST(Numbers, DurationsCountsAndRates) {
  EXPECT_EQ(present::hours(30.0), "30.0 h");
  EXPECT_EQ(present::hours(240.0), "10.0 d");
  EXPECT_EQ(present::hours(infinity), "never");
  EXPECT_EQ(present::count(999), "999");
  EXPECT_EQ(present::count(1'234'567), "1,234,567");
  EXPECT_EQ(present::wait(0.04), "40 ms");
  EXPECT_EQ(present::wait(75.0), "1 min 15 s");
  EXPECT_EQ(present::wait(7260.0), "2 h 1 min");
  EXPECT_EQ(present::rate(31'230.0), "31.2k");
}

TEST(TextTable, ColumnsLineUpByCharactersAndNotBytes) {
  present::TextTable table;
  table.add_column("name", present::TextTable::Align::left);
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

present::Summary sample_summary() {
  present::Summary summary;
  summary.scenario = "Sample";
  summary.currency = "USD";
  summary.budget = 100.0;
  summary.paths = 10;
  summary.probabilities = {0.5, 0.95};
  for (const char* name : {"steady", "gamble"}) {
    present::PlanSummary plan;
    plan.plan = name;
    plan.mean = 90.0;
    plan.quantile = {{80, 70, 85}, {120, 110, infinity}};
    plan.cvar = {{110, 100, 130}, {140, 120, infinity}};
    plan.over_budget = present::Estimate{0.25, 0.1, 0.5};
    plan.cheapest = 0.5;
    plan.jobs = {{"train", 0.1, 2.0, {20.0, infinity}}};
    summary.plans.push_back(plan);
  }
  summary.plans[1].mean = 60.0;
  summary.plans[1].jobs.push_back({"tune", 0.3, 1.0, {5.0, 6.0}});
  summary.plans[0].services = {{"chat", 0.999, 10.0, 7.5, 0.0, 50.0, {1.5, infinity}, {0.01, 0.02}}};
  summary.plans[1].services = {{"chat", 0.95, 500.0, 3.0, 0.0, 20.0, {0.5, 0.75}, {0.001, 0.002}},
                               {"batch", 1.0, 0.0, 2.0, 0.5, 10.0, {2.5, 3.0}, {}}};
  for (present::PlanSummary& plan : summary.plans) {
    plan.categories = {{"on-demand", 0.8 * plan.mean, 0.8, {}},
                       {"spot", 0.0, 0.0, {}},
                       {"item", 0.3 * plan.mean, 0.3, {}},
                       {"credit", -0.1 * plan.mean, -0.1, {}}};
    plan.owners = {{"research", plan.mean, 1.0, {90.0, 115.0}}, {"nobody", 0.0, 0.0, {0.0, 0.0}}};
  }
  summary.plans[1].commitments = present::CommitmentSummary{40.0, 10.0, 0.75, 0.6, -5.0, 300.0};
  return summary;
}

const std::vector<std::string> plans = {"steady", "gamble"};

present::StatisticScope sample_scope() { return {true, {0.5, 0.95}, {"train", "tune"}, {"chat", "batch"}, true}; }

std::vector<std::string> judged(const std::string& gate) {
  present::Summary summary = sample_summary();
  summary.paths = 10'000;  // enough for every statistic
  return cli::failures({cli::parse_gate(gate, plans, sample_scope())}, summary);
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
                                                               {"interruptions.tune", 1},
                                                               {"served", 0.95},
                                                               {"served.chat", 0.95},
                                                               {"served.batch", 1.0},
                                                               {"wait.batch", 0.5},
                                                               {"unit_cost_p95.chat", 0.75},
                                                               {"token_cost_p50.chat", 0.001},
                                                               {"coverage", 0.6},
                                                               {"utilization", 0.75}};
  for (const auto& [name, value] : figures) {
    const std::string number = std::to_string(value);
    EXPECT_EQ(judged("gamble:" + name + "<=" + number).size(), 0u) << name;
    EXPECT_EQ(judged("gamble:" + name + ">=" + number).size(), 0u) << name;
    EXPECT_EQ(judged("gamble:" + name + "<" + number).size(), 1u) << name;
    EXPECT_EQ(judged("gamble:" + name + ">" + number).size(), 1u) << name;
  }
}

TEST(Gates, EveryNameThatIsListedCanBeAsked) {
  const present::Summary summary = sample_summary();
  for (const std::string& name : present::statistic_names(sample_scope()))
    EXPECT_NO_THROW(present::statistic(summary, summary.plans[0], name)) << name;
  for (const std::string name : {"p96", "late.", "served.", "unit_cost_p96.chat", "finish_p96.train", "chat"})
    EXPECT_THROW(present::statistic(summary, summary.plans[0], name), std::out_of_range) << name;
}

TEST(Gates, WithoutAPlanAllMustHoldAndOnesThatDoNotRunTheJobDo) {
  EXPECT_EQ(judged("p95<100"),
            (std::vector<std::string>{"steady: p95 is 120, not below 100", "gamble: p95 is 120, not below 100"}));
  EXPECT_EQ(judged("late.tune<20%"), (std::vector<std::string>{"gamble: late.tune is 30.0 %, not below 20.0 %"}));
  EXPECT_EQ(judged("served.chat>=99%"), (std::vector<std::string>{"gamble: served.chat is 95.0 %, below 99.0 %"}));
  EXPECT_EQ(judged("served.batch>=99%"), (std::vector<std::string>{}));
  EXPECT_EQ(judged("utilization>=90%"), (std::vector<std::string>{"gamble: utilization is 75.0 %, below 90.0 %"}));
}

TEST(Gates, APlanThatHasNoPartInTheFigureThatItIsNamedForFails) {
  present::Summary summary = sample_summary();
  summary.paths = 10'000;
  summary.plans[0].jobs.clear();
  const std::string no_train = "the plan does not run the job 'train'", no_commitments = "the plan has no commitments";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"late", "the plan runs no jobs"},
      {"late.train", no_train},
      {"finish_p95.train", no_train},
      {"interruptions.train", no_train},
      {"wait.batch", "the plan does not run the service 'batch'"},
      {"coverage", no_commitments},
      {"utilization", no_commitments}};
  for (const auto& [statistic, reason] : cases)
    for (const std::string bound : {"<0", "<=1", ">0", ">=1"})
      EXPECT_EQ(cli::failures({cli::parse_gate("steady:" + statistic + bound, plans, sample_scope())}, summary),
                (std::vector<std::string>{"steady: " + statistic + " cannot be judged: " + reason}));
  EXPECT_EQ(judged("gamble:token_cost_p50.batch<0"),
            (std::vector<std::string>{
                "gamble: token_cost_p50.batch cannot be judged: the requests of 'batch' have no tokens"}));
}

TEST(Gates, WithoutAPlanOneMustHaveAPartInTheFigure) {
  present::Summary summary = sample_summary();
  summary.paths = 10'000;
  const auto judge = [&](const std::string& gate) {
    return cli::failures({cli::parse_gate(gate, plans, sample_scope())}, summary);
  };
  EXPECT_EQ(judge("coverage>=50%"), (std::vector<std::string>{}));
  summary.plans[1].commitments->coverage = nan;
  EXPECT_EQ(judge("coverage>=50%"),
            (std::vector<std::string>{
                "steady: coverage cannot be judged: the plan has no commitments",
                "gamble: coverage cannot be judged: the plan uses nothing that commitments could cover"}));
  EXPECT_EQ(judge("token_cost_p50.batch<0").size(), 2u) << "one does not run it, its requests have no tokens";
}

TEST(Gates, NotANumberFails) {
  present::Summary summary = sample_summary();
  const auto judge = [&](const std::string& gate) {
    return cli::failures({cli::parse_gate(gate, plans, sample_scope())}, summary);
  };
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

TEST(Gates, WhatTooFewFuturesTellNothingOfCannotBeJudged) {
  present::Summary summary = sample_summary();
  const auto judge = [&](const std::string& gate, std::uint64_t paths) {
    summary.paths = paths;
    return cli::failures({cli::parse_gate(gate, plans, sample_scope())}, summary);
  };
  const std::vector<std::pair<std::string, std::uint64_t>> fewest = {
      {"cvar95", 4000}, {"cvar50", 400}, {"p95", 72}, {"p50", 6}, {"finish_p95.tune", 72}, {"unit_cost_p95.chat", 72}};
  for (const auto& [name, paths] : fewest) {
    EXPECT_EQ(judge("gamble:" + name + ">=0", paths).size(), 0u) << name;
    const std::vector<std::string> lines = judge("gamble:" + name + ">=0", paths - 1);
    ASSERT_EQ(lines.size(), 1u) << name;
    EXPECT_NE(lines[0].find(fmt::format("; {} would do", present::count(paths))), std::string::npos) << lines[0];
  }
  EXPECT_EQ(judge("gamble:mean>=0", 2).size(), 0u);
  for (const double p : {0.05, 0.5, 0.95, 0.99, 0.999}) {
    summary.probabilities = {p};
    const std::uint64_t least = present::fewest_paths(summary, "p" + present::percent_name(p));
    const auto encloses = [&](std::uint64_t paths) {
      const results::Ranks ranks = results::quantile_interval_ranks(paths, p);
      return ranks.low > 0 && ranks.high <= paths;
    };
    EXPECT_TRUE(encloses(least) && !encloses(least - 1)) << p;
  }
}

TEST(Gates, BoundsOfSharesAreShares) {
  for (const std::string gate : {"over_budget<5", "late.train<=20", "served>=99.9", "cheapest>1.5", "coverage>60",
                                 "utilization<101%", "late>-1"})
    EXPECT_THROW(cli::parse_gate(gate, plans, sample_scope()), cli::UsageError) << gate;
  for (const std::string gate : {"over_budget<=100%", "served>=1", "late<0.2", "finish_p95.train<90", "mean<-5"})
    EXPECT_NO_THROW(cli::parse_gate(gate, plans, sample_scope())) << gate;
}

TEST(Gates, NumbersHaveUnits) {
  EXPECT_DOUBLE_EQ(cli::parse_gate("mean < 60k", plans, sample_scope()).threshold, 60'000.0);
  EXPECT_DOUBLE_EQ(cli::parse_gate("mean<=1.5M", plans, sample_scope()).threshold, 1.5e6);
  EXPECT_DOUBLE_EQ(cli::parse_gate("over_budget<5 %", plans, sample_scope()).threshold, 0.05);
  for (const std::string wrong : {"mean<", "mean<5kk", "mean<nan", "mean=5", "mean<5$", "<5", "steady:<5"})
    EXPECT_THROW(cli::parse_gate(wrong, plans, sample_scope()), cli::UsageError) << wrong;
}

TEST(Tables, WhatDoesNotExistIsShownAsSuch) {
  const present::Summary summary = sample_summary();
  const std::string table = present::plan_table(summary, {.intervals = true, .by = {}});
  EXPECT_NE(table.find("inf"), std::string::npos) << table;
  EXPECT_NE(present::job_table(summary, {}).find("tune"), std::string::npos);
  const auto document = nlohmann::json::parse(present::results_json(summary, "out.h5"));
  EXPECT_TRUE(document["plans"][0]["quantiles"]["p95"]["high"].is_null());
  EXPECT_TRUE(document["plans"][0]["jobs"][0]["finish_hours"]["p95"].is_null());
  EXPECT_TRUE(document["plans"][0]["services"][0]["per_1000_requests"]["p95"].is_null());
  EXPECT_TRUE(document["plans"][1]["services"][1]["per_million_tokens"].is_null());
  EXPECT_TRUE(document["plans"][0]["commitments"].is_null());
}

/// Lines of a table, its title and header included.
std::vector<std::string> lines_of(const std::string& table) {
  std::vector<std::string> lines;
  std::istringstream stream(table);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Tables, SmallHistogramsAreShownWhereThereIsRoom) {
  const present::CostHistogram histogram = {0.0, 1.0, {{1, 2, 3, 4}, {4, 3, 2, 1}}};
  present::TableOptions options;
  options.sparklines = &histogram;
  const auto shows = [&](int width) {
    options.width = width;
    return present::plan_table(sample_summary(), options).find("low to high") != std::string::npos;
  };
  EXPECT_TRUE(shows(0));
  EXPECT_TRUE(shows(200));
  EXPECT_FALSE(shows(60));
}

TEST(Tables, EveryServiceHasAColumnOfWhatItServed) {
  const std::vector<std::string> lines = lines_of(present::plan_table(sample_summary(), {}));
  EXPECT_EQ(lines[2], "plan     P50    P95  CVaR95  over budget    late  chat served  batch served  cheapest")
      << lines[2];
  EXPECT_NE(lines[3].find("99.90 %             \u2013"), std::string::npos) << lines[3];
  EXPECT_NE(lines[4].find("95.0 %         100 %"), std::string::npos) << lines[4];
}

TEST(Tables, WhereServicesAreTooManyOneColumnHasTheWorst) {
  present::Summary summary = sample_summary();
  for (int i = 0; i < 6; ++i) {
    present::ServiceSummary service = summary.plans[1].services[1];
    service.service = "a further service " + std::to_string(i);
    summary.plans[1].services.push_back(service);
  }
  const std::vector<std::string> lines = lines_of(present::plan_table(summary, {}));
  EXPECT_NE(lines[2].find("  worst served  cheapest"), std::string::npos) << lines[2];
  EXPECT_NE(lines[4].find("  95.0 %  "), std::string::npos) << lines[4];
  for (const std::string& line : lines) EXPECT_LE(line.size(), 110u);
}

TEST(Tables, ServicesShowWhatAThousandRequestsAndAMillionTokensCost) {
  EXPECT_EQ(present::service_table(sample_summary(), {}),
            "Services: requests served, peak instances, cost in $ per 1000 requests and per\n"
            "million output tokens\n"
            "\n"
            "                                            1000 req.  1000 req.  M tokens  M tokens\n"
            "plan    service   served   mean wait  peak        P50        P95       P50       P95\n"
            "steady  chat     99.90 %           0   7.5       1.50        inf    0.0100    0.0200\n"
            "gamble  chat      95.0 %           0   3.0      0.500      0.750   0.00100   0.00200\n"
            "gamble  batch      100 %  30 min 0 s   2.0       2.50       3.00         \u2013         \u2013\n");
}

TEST(Tables, WherePlansLeaveNoRoomTheyHaveLinesOfTheirOwn) {
  present::TableOptions options;
  options.width = 80;
  const std::vector<std::string> lines = lines_of(present::service_table(sample_summary(), options));
  EXPECT_EQ(lines[3], "plan");
  EXPECT_EQ(lines[5], "  service   served   mean wait  peak        P50        P95       P50       P95");
  EXPECT_EQ(lines[6], "steady");
  EXPECT_EQ(lines[8], "gamble");
  EXPECT_EQ(lines[9].substr(0, 16), "  chat      95.0");
  EXPECT_EQ(lines[10].substr(0, 16), "  batch      100") << "told once";
  options.width = 60;
  const std::vector<std::string> narrow = lines_of(present::service_table(sample_summary(), options));
  EXPECT_EQ(narrow[4], "  service");
  EXPECT_EQ(narrow[7], "steady");
  EXPECT_EQ(narrow[8], "  chat");
  EXPECT_EQ(narrow[9].substr(0, 12), "    99.90 % ");
  present::Summary summary = sample_summary();
  for (present::PlanSummary& plan : summary.plans)
    plan.plan += " under a name as long as nobody should give one to a plan";
  options.width = 100;
  for (const std::string& table :
       {present::service_table(summary, options), present::commitment_table(summary, options)})
    for (const std::string& line : lines_of(table)) EXPECT_LE(present::display_width(line), 100) << line;
}

TEST(Tables, CommitmentsShowWhatIsUsedSavedAndOwed) {
  EXPECT_EQ(present::commitment_table(sample_summary(), {}),
            "Commitments: cost, unused part, saving against list price and what is owed at\n"
            "the end, in $\n"
            "\n"
            "plan    coverage  utilization  cost  unused  saved  still owed\n"
            "gamble    60.0 %       75.0 %  40.0    10.0   -5.0       300.0\n");
  present::Summary without = sample_summary();
  without.plans[1].commitments.reset();
  without.plans[0].services.clear();
  without.plans[1].services.clear();
  EXPECT_EQ(present::commitment_table(without, {}), "");
  EXPECT_EQ(present::service_table(without, {}), "");
  EXPECT_EQ(present::tables(without, {}), present::plan_table(without, {}));
}

TEST(Tables, CostIsDividedByCategoryAndByOwner) {
  EXPECT_EQ(present::breakdown_table(sample_summary(), present::Breakdown::category, {}),
            "Mean cost by category in $\n"
            "\n"
            "plan    category    mean    share\n"
            "steady  on-demand  72.00   80.0 %\n"
            "        item       27.00   30.0 %\n"
            "        credit     -9.00  -10.0 %\n"
            "        all        90.00\n"
            "gamble  on-demand  48.00   80.0 %\n"
            "        item       18.00   30.0 %\n"
            "        credit     -6.00  -10.0 %\n"
            "        all        60.00\n");
  EXPECT_EQ(present::breakdown_table(sample_summary(), present::Breakdown::owner, {}),
            "Mean cost by owner in $\n"
            "\n"
            "plan    owner     mean  share    P95\n"
            "steady  research  90.0  100 %  115.0\n"
            "        all       90.0         120.0\n"
            "gamble  research  60.0  100 %  115.0\n"
            "        all       60.0         120.0\n");
}

TEST(Goal, NamesThePlansThatMeetItAndTheCheapest) {
  scenario::Scenario scenario;
  scenario.jobs.resize(2);
  scenario.jobs[0].name = "train";
  scenario.jobs[1].name = "tune";
  const present::Summary summary = sample_summary();
  EXPECT_EQ(present::goal_text(scenario, summary), "");
  scenario.goal.over_budget = 0.25;
  EXPECT_EQ(present::goal_text(scenario, summary),
            "Goal: over budget in at most 25.0 %.\nMet by steady, gamble; lowest mean cost: gamble, 60 $.\n");
  scenario.goal.late = {{1, 0.3}};
  EXPECT_EQ(present::goal_text(scenario, summary),
            "Goal: over budget in at most 25.0 %, tune late in at most 30.0 %.\nMet by gamble alone.\n")
      << "steady does not run tune";
  scenario.goal.over_budget = 0.2;
  EXPECT_NE(present::goal_text(scenario, summary).find("No plan meets it"), std::string::npos);
}

TEST(Goal, ServiceIsMetFromBelow) {
  scenario::Scenario scenario;
  scenario.services.resize(2);
  scenario.services[0].name = "chat";
  scenario.services[1].name = "batch";
  scenario.goal.served = {{0, 0.999}};
  EXPECT_EQ(present::goal_text(scenario, sample_summary()),
            "Goal: chat served to at least 99.9 %.\nMet by steady alone.\n");
  scenario.goal.served = {{0, 0.95}, {1, 0.95}};
  EXPECT_EQ(present::goal_text(scenario, sample_summary()),
            "Goal: chat served to at least 95 %, batch served to at least 95 %.\nMet by gamble alone.\n")
      << "steady does not run batch";
}

}  // namespace
}  // namespace costrisk::tests
