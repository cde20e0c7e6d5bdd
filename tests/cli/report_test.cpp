// Numbers, tables, the progress line and gates, as functions.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "src/cli/terminal.hpp"
#include "src/present/text/gates.hpp"
#include "src/present/text/goal.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/results_json.hpp"
#include "src/present/text/tables.hpp"
#include "src/present/text/text_table.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/quantities/addresses.hpp"
#include "src/results/quantities/summary.hpp"

namespace costrisk::tests {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Numbers, MoneyTakesTheUnitOfTheLargest) {
  const std::vector<double> amounts = {950.0, -43'210.5, infinity, nan};
  const present::MoneyUnit unit = present::money_unit(amounts, "USD");
  EXPECT_EQ(unit.name, "$k");
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
  const std::pair<double, const char*> amounts[] = {
      {40'000, "$40.0k"},    {1'714'000, "$1.71M"}, {0.405, "$0.405"}, {999'949, "$1.00M"}, {999'449, "$999k"},
      {12.0, "$12.0"},       {-66'000, "-$66.0k"},  {0.0, "$0"},       {7.1e9, "$7.10B"},   {0.0004321, "$0.000432"},
      {1'000'000, "$1.00M"}, {1'000, "$1.00k"},     {999.6, "$1.00k"}, {1.0, "$1.00"}};
  for (const auto& [amount, words] : amounts) EXPECT_EQ(present::money_with_unit(amount, "USD"), words) << amount;
  EXPECT_EQ(present::money_with_unit(1'714'000, "CHF"), "CHF 1.71M");
  EXPECT_EQ(present::money_with_unit(600, "USD"), "$600");
  EXPECT_EQ(present::money_with_unit(12'345'678, "EUR"), "\u20ac12.3M");
  EXPECT_EQ(present::money_with_unit(20'000, "CHF"), "CHF 20.0k");
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

results::Results sample_results() {
  results::Results results;
  results::ResultsContext& context = results.context;
  context.scenario_name = "Sample";
  context.plans = {"steady", "gamble"};
  context.jobs = {"train", "tune"};
  context.services = {"chat", "batch"};
  context.categories = {"on-demand", "spot", "item", "credit"};
  context.owners = {"research", "nobody"};
  context.markets = {"zone"};
  context.purchases = {"on-demand", "spot"};
  context.probabilities = {0.5, 0.95};
  results.budget = 100.0;
  results.paths = 10'000;  // enough for every statistic
  for (const results::Quantity& quantity : results::quantities())
    if (quantity.needs != results::Needs::drivers)
      (results.*quantity.values).assign(results::cell_count(results, quantity.dimensions), 0.0);
  results.cost_mean = {90, 60};
  results.cost_quantile = {80, 120, 80, 120};
  results.cost_quantile_low = {70, 110, 70, 110};
  results.cost_quantile_high = {85, infinity, 85, infinity};
  results.cost_cvar = {110, 140, 110, 140};
  results.cost_cvar_low = {100, 120, 100, 120};
  results.cost_cvar_high = {130, infinity, 130, infinity};
  results.over_budget = {0.25, 0.25};
  results.over_budget_low = {0.1, 0.1};
  results.over_budget_high = {0.5, 0.5};
  results.cheapest = {0.5, 0.5};
  results.category_mean = {72, 0, 27, -9, 48, 0, 18, -6};
  results.owner_mean = {90, 0, 60, 0};
  results.owner_quantile = {90, 115, 0, 0, 90, 115, 0, 0};
  results.late = {0.1, nan, 0.1, 0.3};
  results.interruptions_mean = {2, nan, 2, 1};
  results.finish_quantile = {20, infinity, nan, nan, 20, infinity, 5, 6};
  results.served = {0.999, nan, 0.95, 1};
  results.within.assign(results.served.size(), nan);  // no latency
  results.unserved_mean = {10, nan, 500, 0};
  results.peak_instances_mean = {7.5, nan, 3, 2};
  results.wait_mean = {0, nan, 0, 0.5};
  results.service_cost_mean = {50, nan, 20, 10};
  results.unit_cost_quantile = {1.5, infinity, nan, nan, 0.5, 0.75, 2.5, 3};
  results.token_cost_quantile = {0.01, 0.02, nan, nan, 0.001, 0.002, nan, nan};
  results.waste_mean[waste_kind_count] = 10;  // unused commitment
  results.coverage = {0, 0.6};
  results.utilization = {nan, 0.75};
  results.commitment_cost = results.discount_cost = {0, 40};
  results.commitment_savings_mean = {0, -5};
  results.obligation = {0, 300};
  return results;
}

results::Summary sample_summary() { return results::summarize(sample_results()); }

results::Scope sample_scope() { return results::scope_of(sample_results()); }

std::vector<std::string> judged(const std::string& gate, const results::Results& results = sample_results()) {
  return present::failures({present::parse_gate(gate, sample_scope())}, results);
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
                                                               {"utilization", 0.75},
                                                               {"cost_quantile.0.95", 120},
                                                               {"cost_quantile_low.0.5", 70},
                                                               {"over_budget_high", 0.5},
                                                               {"category_mean.credit", -6},
                                                               {"owner_quantile.research.0.95", 115},
                                                               {"finish_quantile.tune.0.5", 5},
                                                               {"unserved_mean.chat", 500},
                                                               {"unserved_mean", 500},
                                                               {"waste_mean.unused commitment", 10},
                                                               {"use_hours_mean.zone.spot", 0},
                                                               {"difference_mean.steady", 0},
                                                               {"obligation", 300}};
  for (const auto& [name, value] : figures) {
    const std::string number = std::to_string(value);
    EXPECT_EQ(judged("gamble:" + name + "<=" + number).size(), 0u) << name;
    EXPECT_EQ(judged("gamble:" + name + ">=" + number).size(), 0u) << name;
    EXPECT_EQ(judged("gamble:" + name + "<" + number).size(), 1u) << name;
    EXPECT_EQ(judged("gamble:" + name + ">" + number).size(), 1u) << name;
  }
}

TEST(Gates, EveryNameThatIsListedCanBeAsked) {
  const results::Results results = sample_results();
  for (const std::string& name : results::addresses(sample_scope())) {
    EXPECT_NO_THROW(results::value_of(results, 0, name)) << name;
    EXPECT_NO_THROW(present::parse_gate("steady:" + name + "<0.5", sample_scope())) << name;
  }
  for (const std::string name : {"p96", "late.", "served.", "unit_cost_p96.chat", "finish_p96.train", "chat",
                                 "category_mean", "category_mean.penalty", "cost_quantile", "cost_quantile.0.96",
                                 "finish_quantile.0.95", "driver_rest", "driver_bin_low", "convergence_mean.4096"})
    EXPECT_THROW(results::value_of(results, 0, name), std::out_of_range) << name;
}

TEST(Gates, EveryCellOfPlansThatResultsHaveCanBeAsked) {
  const results::Results results = sample_results();
  std::size_t cells = 0, worst = 0;
  for (const results::Quantity& quantity : results::quantities())
    if (quantity.has(results::Dimension::plan)) cells += (results.*quantity.values).size() / 2;
  const std::vector<std::string> names = results::addresses(sample_scope());
  for (const std::string& name : names) worst += results::parse_address(name, sample_scope())->worst() ? 1 : 0;
  EXPECT_EQ(names.size(), cells + worst);
}

TEST(Gates, AnUnknownNameIsAnsweredWithNearOnes) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"over_bugdet", "over_budget"},
                                                                  {"catgory_mean.spot", "category_mean.spot"},
                                                                  {"p59", "p95"},
                                                                  {"waite.chat", "wait.chat"}};
  for (const auto& [wrong, near] : cases) try {
      present::parse_gate(wrong + "<1", sample_scope());
      FAIL() << wrong;
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string(error.what()).find(near), std::string::npos) << error.what();
    }
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
  results::Results results = sample_results();
  results.late[0] = results.interruptions_mean[0] = nan;
  const std::string no_train = "the plan does not run the job 'train'", no_commitments = "the plan has no commitments";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"late", "the plan runs no jobs"},
      {"late.train", no_train},
      {"finish_p95.train", no_train},
      {"lost_work_mean.train", no_train},
      {"wait.batch", "the plan does not run the service 'batch'"},
      {"coverage", no_commitments},
      {"commitment_savings_mean", no_commitments},
      {"utilization", no_commitments}};
  for (const auto& [statistic, reason] : cases)
    for (const std::string bound : {"<0", "<=1", ">0", ">=1"})
      EXPECT_EQ(judged("steady:" + statistic + bound, results),
                (std::vector<std::string>{"steady: " + statistic + " cannot be judged: " + reason}));
  EXPECT_EQ(judged("gamble:token_cost_p50.batch<0"),
            (std::vector<std::string>{"gamble: token_cost_p50.batch cannot be judged: the requests have no tokens"}));
}

TEST(Gates, WithoutAPlanOneMustHaveAPartInTheFigure) {
  results::Results results = sample_results();
  EXPECT_EQ(judged("coverage>=50%", results), (std::vector<std::string>{}));
  results.coverage[1] = nan;
  EXPECT_EQ(judged("coverage>=50%", results),
            (std::vector<std::string>{
                "steady: coverage cannot be judged: the plan has no commitments",
                "gamble: coverage cannot be judged: the plan uses nothing that commitments could cover"}));
  EXPECT_EQ(judged("token_cost_p50.batch<0", results).size(), 2u) << "one does not run it, its requests have no tokens";
}

TEST(Gates, NotANumberFails) {
  results::Results results = sample_results();
  results.late[2] = nan;
  results.cost_cvar[3] = nan;
  for (const std::string comparison : {"<", "<=", ">", ">="}) {
    EXPECT_EQ(judged("gamble:cvar95" + comparison + "5", results),
              std::vector<std::string>{"gamble: cvar95 cannot be judged: the results hold no number"});
    EXPECT_EQ(judged("gamble:late.train" + comparison + "0.5", results),
              std::vector<std::string>{"gamble: late.train cannot be judged: no run is due"});
  }
  results.paths = 1;
  results.cost_sd[1] = nan;
  EXPECT_EQ(judged("gamble:sd<5", results),
            std::vector<std::string>{"gamble: sd cannot be judged: a single future has no spread"});
}

TEST(Gates, ALookThatTheRunDidNotComeToCannotBeJudged) {
  results::Scope scope = sample_scope();
  scope.labels[static_cast<std::size_t>(results::Dimension::checkpoint)] = {"4096"};
  EXPECT_EQ(
      present::failures({present::parse_gate("steady:convergence_p95.4096<1", scope)}, sample_results()),
      std::vector<std::string>{"steady: convergence_p95.4096 cannot be judged: the results have no checkpoint 4096"});
}

TEST(Gates, WhatTooFewFuturesTellNothingOfCannotBeJudged) {
  results::Results results = sample_results();
  const auto judge = [&](const std::string& gate, std::uint64_t paths) {
    results.paths = paths;
    return judged(gate, results);
  };
  const std::vector<std::pair<std::string, std::uint64_t>> fewest = {{"cvar95", 4000},
                                                                     {"cost_cvar_low.0.95", 4000},
                                                                     {"cvar50", 400},
                                                                     {"p95", 72},
                                                                     {"cost_quantile_low.0.95", 72},
                                                                     {"p50", 6},
                                                                     {"finish_p95.tune", 72},
                                                                     {"unit_cost_p95.chat", 72}};
  for (const auto& [name, paths] : fewest) {
    EXPECT_EQ(judge("gamble:" + name + ">=0", paths).size(), 0u) << name;
    const std::vector<std::string> lines = judge("gamble:" + name + ">=0", paths - 1);
    ASSERT_EQ(lines.size(), 1u) << name;
    EXPECT_NE(lines[0].find(fmt::format("; {} would do", present::count(paths))), std::string::npos) << lines[0];
  }
  EXPECT_EQ(judge("gamble:mean>=0", 2).size(), 0u);
  for (const double p : {0.05, 0.5, 0.95, 0.99, 0.999}) {
    results::Scope scope;
    scope.labels[static_cast<std::size_t>(results::Dimension::probability)] = {results::label_of(p)};
    const auto address = results::parse_address("p" + results::percent_name(p), scope);
    ASSERT_TRUE(address.has_value()) << p;
    const std::uint64_t least = results::fewest_paths(*address);
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
    EXPECT_THROW(present::parse_gate(gate, sample_scope()), std::invalid_argument) << gate;
  for (const std::string gate : {"over_budget<=100%", "served>=1", "late<0.2", "finish_p95.train<90", "mean<-5"})
    EXPECT_NO_THROW(present::parse_gate(gate, sample_scope())) << gate;
}

TEST(Gates, NumbersHaveUnits) {
  EXPECT_DOUBLE_EQ(present::parse_gate("mean < 60k", sample_scope()).threshold, 60'000.0);
  EXPECT_DOUBLE_EQ(present::parse_gate("mean<=1.5M", sample_scope()).threshold, 1.5e6);
  EXPECT_DOUBLE_EQ(present::parse_gate("over_budget<5 %", sample_scope()).threshold, 0.05);
  for (const std::string wrong : {"mean<", "mean<5kk", "mean<nan", "mean=5", "mean<5$", "<5", "steady:<5"})
    EXPECT_THROW(present::parse_gate(wrong, sample_scope()), std::invalid_argument) << wrong;
}

TEST(Tables, WhatDoesNotExistIsShownAsSuch) {
  const results::Summary summary = sample_summary();
  const std::string table = present::plan_table(summary, {.intervals = true, .by = {}});
  EXPECT_NE(table.find("inf"), std::string::npos) << table;
  EXPECT_NE(present::job_table(summary, {}).find("tune"), std::string::npos);
}

TEST(ResultsJson, HasEveryValueOfTheResultsByItsNameAndLabels) {
  const results::Results results = sample_results();
  const auto document = nlohmann::json::parse(present::results_json(results, "out.h5"));
  for (const results::Quantity& quantity : results::quantities()) {
    const std::vector<double>& values = results.*quantity.values;
    if (values.empty()) continue;
    ASSERT_TRUE(document["quantities"].contains(quantity.name)) << quantity.name;
    results::each_cell(results, quantity.dimensions, [&](const results::Cell& cell) {
      const nlohmann::json* place = quantity.has(results::Dimension::plan)
                                        ? &document["plans"][cell[results::Dimension::plan]][quantity.name]
                                        : &document[quantity.name];
      for (const results::Dimension dimension : quantity.dimensions)
        if (dimension != results::Dimension::plan)
          place = &place->at(results::labels_of(results, dimension)[cell[dimension]]);
      const double value = values[results::place_of(results, cell, quantity.dimensions)];
      EXPECT_EQ(place->is_null(), !std::isfinite(value)) << quantity.name;
      if (std::isfinite(value)) {
        EXPECT_EQ(place->get<double>(), value) << quantity.name;
      }
    });
  }
  EXPECT_TRUE(document["plans"][0]["cost_quantile_high"]["0.95"].is_null()) << "infinite";
  EXPECT_EQ(document["plans"][1]["finish_quantile"]["tune"]["0.95"], 6.0);
  EXPECT_EQ(document["dimensions"]["service"][1], "batch");
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
  EXPECT_EQ(lines[2],
            "plan     P50    P95  CVaR95  over budget    late  chat served  batch served  still owed  cheapest")
      << lines[2];
  EXPECT_NE(lines[3].find("99.90 %             \u2013"), std::string::npos) << lines[3];
  EXPECT_NE(lines[4].find("95.0 %         100 %"), std::string::npos) << lines[4];
}

TEST(Tables, WhereServicesAreTooManyOneColumnHasTheWorst) {
  results::Summary summary = sample_summary();
  for (int i = 0; i < 6; ++i) {
    results::ServiceSummary service = summary.plans[1].services[1];
    service.service = "a further service " + std::to_string(i);
    summary.plans[1].services.push_back(service);
  }
  const std::vector<std::string> lines = lines_of(present::plan_table(summary, {}));
  EXPECT_NE(lines[2].find("  worst served  still owed  cheapest"), std::string::npos) << lines[2];
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
  results::Summary summary = sample_summary();
  for (results::PlanSummary& plan : summary.plans)
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
  results::Summary without = sample_summary();
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
  const results::Results results = sample_results();
  EXPECT_EQ(present::goal_text(scenario, results), "");
  scenario.goal.over_budget = 0.25;
  EXPECT_EQ(present::goal_text(scenario, results),
            "Goal: over budget in at most 25.0 %.\nMet by steady, gamble; lowest mean cost: gamble, $60.0.\n");
  scenario.goal.late = {{1, 0.3}};
  EXPECT_EQ(present::goal_text(scenario, results),
            "Goal: over budget in at most 25.0 %, tune late in at most 30.0 %.\nMet by gamble alone.\n")
      << "steady does not run tune";
  scenario.goal.over_budget = 0.2;
  EXPECT_NE(present::goal_text(scenario, results).find("No plan meets it"), std::string::npos);
}

TEST(Goal, ServiceIsMetFromBelow) {
  scenario::Scenario scenario;
  scenario.services.resize(2);
  scenario.services[0].name = "chat";
  scenario.services[1].name = "batch";
  scenario.goal.served = {{0, 0.999}};
  EXPECT_EQ(present::goal_text(scenario, sample_results()),
            "Goal: chat served to at least 99.9 %.\nMet by steady alone.\n");
  scenario.goal.served = {{0, 0.95}, {1, 0.95}};
  EXPECT_EQ(present::goal_text(scenario, sample_results()),
            "Goal: chat served to at least 95 %, batch served to at least 95 %.\nMet by gamble alone.\n")
      << "steady does not run batch";
}

}  // namespace
}  // namespace costrisk::tests
