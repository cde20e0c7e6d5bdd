// What was paid so far: bills by hand, order and splitting, what remains of a scenario, and forecasts held against
// bills.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "src/backtest/bill_check.hpp"
#include "src/present/text/actuals.hpp"
#include "src/results/estimators/results.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/lower/remaining.hpp"
#include "src/scenario/reader/load.hpp"
#include "src/scenario/reader/resolved.hpp"

namespace costrisk {
namespace {

namespace fs = std::filesystem;
using scenario::Scenario;

constexpr const char* header =
    "BilledCost,EffectiveCost,ChargeCategory,ChargeFrequency,ChargePeriodStart,ChargePeriodEnd,BillingCurrency,"
    "ServiceCategory,ServiceName,CommitmentDiscountId,CommitmentDiscountStatus,PricingCategory,Tags\n";

struct Row {
  std::string cost, begin, end, owner;
  std::string category = "Storage", charge = "Usage", frequency = "Usage-Based";
  std::string billed = "";  ///< empty: the same
  std::string commitment = "", status = "", pricing = "Standard", currency = "USD";

  std::string text() const {
    const std::string tags = owner.empty() ? "" : fmt::format(R"("{{""team"": ""{}""}}")", owner);
    return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", billed.empty() ? cost : billed, cost, charge,
                       frequency, begin, end, currency, category, category, commitment, status, pricing, tags);
  }
};

/// A folder of its own for each test.
class Actuals : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::temp_directory_path() /
        fmt::format("costrisk_actuals_{}_{}", testing::UnitTest::GetInstance()->current_test_info()->name(), getpid());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::vector<Row>& rows) const {
    std::ofstream file(folder_ / name);
    file << header;
    for (const Row& row : rows) file << row.text();
  }
  Scenario load(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    return scenario::load_text(text, "year.toml", overrides, folder_).scenario;
  }
  std::string refusal(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    try {
      load(text, overrides);
    } catch (const scenario::InvalidScenario& invalid) {
      return invalid.what();
    }
    return "";
  }
  fs::path folder_;
};

results::Results run(const Scenario& scenario, std::uint64_t paths = 64) {
  run::Options options;
  options.backend = "scalar";
  options.threads = 1;
  options.paths = paths;
  run::Outcome outcome = run::simulate(scenario, options);
  return run::evaluate(scenario, outcome, nullptr);
}

std::size_t place(const std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  EXPECT_NE(found, names.end()) << name;
  return static_cast<std::size_t>(found - names.begin());
}
double owner_mean(const results::Results& r, const std::string& owner) {
  return r.owner_mean[place(r.context.owners, owner)];
}
double period_mean(const results::Results& r, const std::string& period) {
  return r.budget_period_mean[place(r.context.budget_periods, period)];
}

/// Money that single precision knows to 2^-23 of each month.
void expect_near(double found, double expected, const std::string& what = "") {
  EXPECT_NEAR(found, expected, std::abs(expected) * 0x1p-22) << what;
}
/// Money to the micro-unit.
void expect_money(double found, double expected, const std::string& what = "") {
  EXPECT_EQ(std::llround(found * 1e6), std::llround(expected * 1e6)) << what << ": " << found << " for " << expected;
}

// Two owners by month, the rest of the year at 1,000 and 500 a month.
constexpr const char* year = R"(
start = 2027-01-01T00:00:00
horizon = "365d"
[simulation]
bins = "month"
[actuals]
bill = "bill.csv"
until = 2027-04-01
owner_tag = "team"
[[item]]
name = "platform"
owner = "ml"
monthly = 1000
[[item]]
name = "licences"
owner = "search"
monthly = 500
[[item]]
name = "setup"
owner = "ml"
once = 5000
from = 2027-02-01
[[budgets]]
name = "ml"
owner = "ml"
amount = 1100
per = "month"
[[budgets]]
name = "search"
owner = "search"
amount = 600
per = "month"
[[budgets]]
name = "all"
amount = 7895.067891
per = "quarter"
[[budgets]]
name = "data"
owner = "data"
amount = 300
per = "year"
[[market]]
name = "free"
on_demand = { price = 0 }
[[job]]
name = "nothing"
owner = "ml"
work = 1
throughput = { free = 1 }
repeat = "365d"
release = 2027-12-01
[[plan]]
name = "base"
[plan.job.nothing]
instances = 1
policy = "on-demand"
)";

std::vector<Row> quarter() {
  return {
      {"1234.567891", "2027-01-05T00:00:00Z", "2027-01-06T00:00:00Z", "ml", "Compute"},
      {"200.5", "2027-01-10T00:00:00Z", "2027-01-11T00:00:00Z", "search"},
      {"5000", "2027-02-01T00:00:00Z", "2027-02-02T00:00:00Z", "ml", "Other", "Purchase", "One-Time"},
      {"900", "2027-02-03T00:00:00Z", "2027-02-04T00:00:00Z", "ml", "Compute", "Usage", "Usage-Based", "", "", "",
       "Dynamic"},
      {"310", "2027-03-01T00:00:00Z", "2027-04-01T00:00:00Z", "search"},
      // 31 days, 15 of them before April.
      {"620", "2027-03-17T00:00:00Z", "2027-04-17T00:00:00Z", "data"},
      {"-100", "2027-03-02T00:00:00Z", "2027-03-03T00:00:00Z", "ml", "Compute", "Credit"},
      {"42", "2027-02-09T00:00:00Z", "2027-02-10T00:00:00Z", ""},
      {"8", "2027-02-09T00:00:00Z", "2027-02-10T00:00:00Z", "", "Compute", "Usage", "Usage-Based", "0", "cd-1",
       "Unused"},
      {"77", "2026-12-30T00:00:00Z", "2026-12-31T00:00:00Z", "ml"},
      {"88", "2027-05-30T00:00:00Z", "2027-05-31T00:00:00Z", "ml"},
  };
}

TEST_F(Actuals, TotalsOwnersMonthsAndFanAreThoseOfTheBillAndThenOfTheFutures) {
  write("bill.csv", quarter());
  const results::Results r = run(load(year));
  const double ml = 1234.567891 + 5000 + 900 - 100, search = 200.5 + 310, data = 300, nobody = 42, unused = 8;
  const double paid = ml + search + data + nobody + unused;
  expect_near(r.cost_mean[0], paid + 9 * 1500);
  expect_near(r.cost_min[0], paid + 9 * 1500);
  expect_near(owner_mean(r, "ml"), ml + 9000);
  expect_near(owner_mean(r, "search"), search + 4500);
  expect_money(owner_mean(r, "data"), data);
  expect_money(owner_mean(r, "untagged"), nobody);
  expect_money(owner_mean(r, "unused"), unused);

  const std::map<std::string, double> months = {
      {"ml/2027-01", 1234.567891}, {"ml/2027-02", 5900},      {"ml/2027-03", -100},  {"ml/2027-04", 1000},
      {"ml/2027-12", 1000},        {"search/2027-01", 200.5}, {"search/2027-02", 0}, {"search/2027-03", 310},
      {"search/2027-04", 500},     {"all/2027-Q1", paid},     {"all/2027-Q2", 4500}, {"data/2027", data}};
  for (const auto& [period, expected] : months) {
    const bool is_over = period < "all/2027-Q2" || (period.find("2027-0") != std::string::npos && period.back() < '4');
    (is_over || period == "data/2027" ? expect_money : expect_near)(period_mean(r, period), expected, period);
  }

  const std::vector<std::string>& categories = r.context.categories;
  const std::map<std::string, double> kinds = {{"on-demand", 1234.567891}, {"spot", 900},
                                               {"one-off", 5000},          {"commitment", 8},
                                               {"credit", -100},           {"item", 200.5 + 310 + 300 + 42}};
  for (const auto& [name, expected] : kinds) {
    expect_money(r.context.actual_category[place(categories, name)], expected, name);
    expect_near(r.category_mean[place(categories, name)], expected + (name == "item" ? 13500 : 0), name);
  }

  // The fan begins with what was paid: cumulative at the ends of months.
  const std::size_t probabilities = r.context.probabilities.size();
  ASSERT_EQ(r.context.time_hours.size(), 12u);
  EXPECT_EQ(r.context.time_hours[0], 744.0);
  const double january = 1234.567891 + 200.5, february = january + 5900 + 42 + 8;
  const std::vector<double> so_far = {january, february, paid, paid + 1500, paid + 3000};
  for (std::size_t month = 0; month < so_far.size(); ++month)
    EXPECT_NEAR(r.fan_quantile[month * probabilities], so_far[month], 0.005 * so_far[month]) << month;

  const std::size_t at = place(r.context.owners, "ml") * 12;
  expect_money(r.actual_owner[at], 1234.567891);
  expect_money(r.actual_owner[at + 1], 5900);
  expect_money(r.actual_owner[at + 2], -100);
  EXPECT_TRUE(std::isnan(r.actual_owner[at + 3]));
  EXPECT_EQ(r.context.actual_until_hours, 2160.0);
}

TEST_F(Actuals, BudgetsSeeThePeriodsThatAreOverAndThoseThatHaveBegun) {
  write("bill.csv", quarter());
  const results::Results r = run(load(year));
  const auto broken = [&](const char* budget) { return r.budget_over[place(r.context.budgets, budget)]; };
  EXPECT_EQ(broken("ml"), 1.0) << "February is over";
  EXPECT_EQ(broken("search"), 0.0);
  EXPECT_EQ(broken("all"), 0.0) << "what was paid is the amount, to the micro-unit";
  EXPECT_EQ(broken("data"), 0.0) << "300 is not above 300";
  const auto over = [&](const char* period) { return r.budget_period_over[place(r.context.budget_periods, period)]; };
  EXPECT_EQ(over("ml/2027-01"), 1.0);
  EXPECT_EQ(over("ml/2027-02"), 1.0);
  EXPECT_EQ(over("ml/2027-03"), 0.0);
  EXPECT_EQ(over("ml/2027-04"), 0.0);
  // A quarter that `until` cuts has both parts.
  const results::Results may = run(load(year, {"actuals.until=2027-05-01"}));
  expect_near(period_mean(may, "all/2027-Q2"), 320 + 3000);
  EXPECT_EQ(may.budget_over[place(may.context.budgets, "data")], 1.0) << "all of the 620 was paid by then";
}

TEST_F(Actuals, TheOrderOfRowsFilesAndEntitiesChangesNothing) {
  std::vector<Row> rows = quarter();
  write("bill.csv", rows);
  const results::Results whole = run(load(year));
  std::reverse(rows.begin(), rows.end());
  std::rotate(rows.begin(), rows.begin() + 3, rows.end());
  write("first.csv", {rows.begin(), rows.begin() + 4});
  write("second.csv", {rows.begin() + 4, rows.end()});
  std::string two_files = year;
  two_files.replace(two_files.find("\"bill.csv\""), 10, "[\"second.csv\", \"first.csv\"]");
  const results::Results parts = run(load(two_files));
  EXPECT_EQ(parts.cost_mean, whole.cost_mean);
  EXPECT_EQ(parts.owner_mean, whole.owner_mean);
  EXPECT_EQ(parts.budget_period_mean, whole.budget_period_mean);
  EXPECT_EQ(parts.context.owners, whole.context.owners);
  EXPECT_EQ(parts.fan_quantile, whole.fan_quantile);

  std::string turned = year;
  const std::string ml = "[[item]]\nname = \"platform\"\nowner = \"ml\"\nmonthly = 1000\n";
  turned.erase(turned.find(ml), ml.size());
  turned.insert(turned.find("[[budgets]]"), ml);
  const results::Results other = run(load(turned));
  EXPECT_EQ(other.cost_mean, whole.cost_mean);
  for (const char* owner : {"ml", "search", "data", "untagged"})
    EXPECT_EQ(owner_mean(other, owner), owner_mean(whole, owner));
  for (const std::string& period : whole.context.budget_periods)
    EXPECT_EQ(period_mean(other, period), period_mean(whole, period));
}

TEST_F(Actuals, WhatLiesBeforeTheStartOrAfterUntilIsToldAndDoesNotEnter) {
  write("bill.csv", quarter());
  const Scenario scenario = load(year);
  const scenario::Paid& paid = *scenario.actuals->paid;
  EXPECT_EQ(paid.before.rows, 1u);
  EXPECT_DOUBLE_EQ(paid.before.cost, 77.0);
  EXPECT_EQ(paid.after.rows, 2u);
  EXPECT_DOUBLE_EQ(paid.after.cost, 88.0 + 320.0);
  EXPECT_DOUBLE_EQ(paid.credits, -100.0);
  const double entered = static_cast<double>(paid.sum(0, paid.ends.back(), -1, scenario::all_categories)) / 1e6;
  EXPECT_NEAR(entered + paid.before.cost + paid.after.cost, paid.data_total, 1e-6);
}

TEST_F(Actuals, BilledCostIsPaidAsItsPeriodBegins) {
  write("bill.csv",
        {{"0", "2027-03-31T00:00:00Z", "2027-04-30T00:00:00Z", "ml", "Compute", "Purchase", "Recurring", "300", "cd-1"},
         {"10", "2027-03-31T00:00:00Z", "2027-04-01T00:00:00Z", "ml", "Compute", "Usage", "Usage-Based", "0", "cd-1",
          "Used"},
         {"10", "2027-04-01T00:00:00Z", "2027-04-02T00:00:00Z", "ml", "Compute", "Usage", "Usage-Based", "25"}});
  const auto paid = [&](const char* accounting) {
    const Scenario scenario = load(year, {fmt::format("accounting={}", accounting), "budgets.data.owner=ml"});
    return scenario.actuals->paid->sum(0, scenario.actuals->paid->ends.back(), -1, scenario::all_categories);
  };
  EXPECT_EQ(paid("billed"), 300'000'000);
  EXPECT_EQ(paid("effective"), 10'000'000);
}

// Everything that may have begun, and nothing that is drawn: a run of the whole year is known beforehand.
constexpr const char* world = R"(
start = 2027-01-01T00:00:00
horizon = "365d"
[simulation]
bins = "month"
[[market]]
name = "gpu"
on_demand = { price = 2.5 }
[[market]]
name = "big"
on_demand = { price = 10 }
[[demand]]
name = "chat"
base = 40
growth = 0.02
by_weekday = [1, 1, 1, 1, 1, 0.5, 0.5]
change = [{ at = 2027-02-15, multiplier = 1.25 }, { at = 2027-08-01, multiplier = 1.1 }]
[[service]]
name = "assistant"
demand = "chat"
rate = { gpu = 4 }
[[job]]
name = "nightly"
owner = "research"
work = 8
throughput = { big = 1 }
repeat = "1d"
[[job]]
name = "train"
owner = "research"
work = 2000
throughput = { big = 1 }
release = 2027-06-01
[[item]]
name = "storage"
owner = "platform"
monthly = 750
[[item]]
name = "audit"
owner = "platform"
once = 1234.5
from = 2027-02-03
[[item]]
name = "fair"
owner = "platform"
once = 99
from = 2027-09-03
[[item]]
name = "calls"
owner = "assistant"
per_1000 = 0.002
demand = "chat"
BUDGETS
[[plan]]
name = "base"
[plan.service.assistant]
utilization = 0.8
pools = [{ market = "gpu", buy = "on-demand" }]
[plan.job.nightly]
instances = 2
policy = "on-demand"
[plan.job.train]
instances = 4
policy = "on-demand"
[[plan.commitment]]
market = "gpu"
instances = 6
price_per_hour = 0.8
upfront = 9000
from = 2027-01-15
term = "200d"
owner = "assistant"
[[plan.savings_plan]]
spend_per_hour = 3
discounts = { gpu = 0.3, big = 0.2 }
from = 2027-03-01
term = "365d"
)";

std::string with_budgets(const std::vector<std::string>& owners) {
  std::string budgets;
  for (const std::string& owner : owners)
    budgets += fmt::format("[[budgets]]\nname = \"{0}\"\nowner = \"{0}\"\namount = 1e9\nper = \"month\"\n", owner);
  std::string text = world;
  const std::string mark = "BUDGETS\n";
  text.replace(text.find(mark), mark.size(), budgets);
  return text;
}

TEST_F(Actuals, ABillOfWhatTheScenarioCostsItselfChangesNothing) {
  const std::vector<std::string> owners = {"assistant", "research", "platform"};
  const results::Results whole = run(load(with_budgets(owners)), 1);
  std::vector<Row> rows;
  const auto month = [&](int m, const std::string& owner) {
    return period_mean(whole, fmt::format("{}/2027-{:02}", owner, m));
  };
  for (const std::string& owner : owners)
    for (int m = 1; m <= 3; ++m)
      rows.push_back({fmt::format("{:.6f}", month(m, owner)), fmt::format("2027-{:02}-01T00:00:00Z", m),
                      fmt::format("2027-{:02}-01T00:00:00Z", m + 1), owner});
  // What nobody used: from the totals of the owner, at the horizon and before April.
  write("bill.csv", rows);
  const std::string actuals = "[actuals]\nbill = \"bill.csv\"\nuntil = 2027-04-01\nowner_tag = \"team\"\n";
  const results::Results continued = run(load(with_budgets(owners) + actuals), 1);
  // Single precision knows a cost to 1e-7 of itself, and a base that has grown likewise.
  for (const std::string& owner : owners)
    for (int m = 1; m <= 12; ++m) {
      const std::string period = fmt::format("{}/2027-{:02}", owner, m);
      EXPECT_NEAR(period_mean(continued, period), period_mean(whole, period), 2e-3 * period_mean(whole, period) + 1e-6)
          << period;
      if (m <= 3) expect_money(period_mean(continued, period), period_mean(whole, period), period);
    }
}

TEST_F(Actuals, WhatHasBegunGoesOnWithWhatIsLeftOfIt) {
  write("bill.csv", {{"100", "2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z", "research"},
                     {"-40", "2027-02-01T00:00:00Z", "2027-02-02T00:00:00Z", "research", "Compute", "Credit"},
                     {"700", "2027-03-05T00:00:00Z", "2027-03-06T00:00:00Z", "research", "Compute"}});
  const std::string text =
      with_budgets({}) +
      "[plan.credit]\namount = 100\nuntil = 2027-06-01\n"
      "[[plan.spend_commitment]]\namount = 1000\nper = \"month\"\nof = [\"on-demand\"]\nfrom = 2027-03-01\n"
      "[actuals]\nbill = \"bill.csv\"\nuntil = 2027-03-16\nowner_tag = \"team\"\nmeasured = { chat = 50 }\n";
  const Scenario rest = *scenario::remaining(load(text));
  EXPECT_EQ(rest.start.month, 3);
  EXPECT_EQ(rest.start.day, 16);
  EXPECT_EQ(rest.horizon_seconds, (365 - 74) * 86400.0);
  const scenario::Plan& plan = rest.plans[0];
  ASSERT_EQ(plan.commitments.size(), 1u);
  EXPECT_EQ(plan.commitments[0].from_seconds, 0.0);
  EXPECT_EQ(plan.commitments[0].term_seconds, 140 * 86400.0) << "sixty days of two hundred have passed";
  EXPECT_DOUBLE_EQ(plan.commitments[0].upfront, 9000.0 * 140 / 200);
  EXPECT_EQ(plan.savings_plans[0].term_seconds, 350 * 86400.0);
  EXPECT_DOUBLE_EQ(plan.credit->amount, 60.0);
  EXPECT_DOUBLE_EQ(plan.spend_commitments[0].spent, 700.0) << "of March, on-demand";
  EXPECT_EQ(rest.demands[0].base.mode, 50.0);
  ASSERT_EQ(rest.demands[0].changes.size(), 1u) << "that of February is in what was measured";
  EXPECT_EQ(rest.jobs[0].release_seconds, 0.0) << "a run is due at midnight";
  EXPECT_EQ(rest.jobs[1].release_seconds, (151 - 74) * 86400.0);
  EXPECT_EQ(rest.items[1].from_seconds, rest.horizon_seconds) << "the audit stands in the bill";

  const Scenario billed = *scenario::remaining(load(text, {"accounting=billed"}));
  EXPECT_EQ(billed.plans[0].commitments[0].upfront, 0.0);
  const Scenario planned = *scenario::remaining(load(text, {"actuals.measured={}"}));
  EXPECT_NEAR(planned.demands[0].base.mode, 40 * std::pow(1.02, 74 * 24 / 730.0), 1e-9);
}

TEST_F(Actuals, AJobThatHasBegunNeedsToSayWhatIsDone) {
  write("bill.csv", {{"100", "2027-06-01T00:00:00Z", "2027-06-02T00:00:00Z", "research"}});
  const std::string text =
      with_budgets({}) + "[actuals]\nbill = \"bill.csv\"\nuntil = 2027-07-01\nowner_tag = \"team\"\n";
  EXPECT_NE(refusal(text).find("done.train"), std::string::npos) << refusal(text);
  const Scenario half = *scenario::remaining(load(text, {"actuals.done={ train = 0.75 }"}));
  EXPECT_DOUBLE_EQ(half.jobs[1].work_instance_hours.mode, 500.0);
  EXPECT_EQ(half.jobs[1].release_seconds, 0.0);
  const results::Results r = run(load(text, {"actuals.done={ train = 0.75 }"}), 1);
  // 500 instance-hours on four instances, from the first of July on.
  const std::size_t at = (place(r.context.jobs, "train")) * r.context.probabilities.size();
  EXPECT_NEAR(r.finish_quantile[at], 181 * 24 + 125, 0.1);
  const results::Results ended = run(load(text, {"actuals.done={ train = 1 }"}), 1);
  EXPECT_TRUE(std::isnan(ended.late[place(ended.context.jobs, "train")]));
  EXPECT_NE(refusal(text, {"actuals.done={ nightly = 0.5, train = 1 }"}).find("repeats"), std::string::npos);
}

TEST_F(Actuals, AnotherBillIsAnotherScenarioAndAnotherFolderIsNot) {
  write("bill.csv", quarter());
  const Scenario first = load(year);
  std::vector<Row> rows = quarter();
  fs::create_directories(folder_ / "deeper");
  fs::copy(folder_ / "bill.csv", folder_ / "deeper" / "bill.csv");
  const Scenario moved = load(year, {"actuals.bill=" + (folder_ / "deeper" / "bill.csv").string()});
  EXPECT_EQ(scenario::scenario_sha256(moved), scenario::scenario_sha256(first));
  EXPECT_EQ(scenario::lower(moved).sha256, scenario::lower(first).sha256);
  rows[0].cost = "1234.567892";
  write("bill.csv", rows);
  const Scenario changed = load(year);
  EXPECT_NE(scenario::scenario_sha256(changed), scenario::scenario_sha256(first));
  EXPECT_NE(scenario::lower(changed).sha256, scenario::lower(first).sha256);
}

TEST_F(Actuals, WhatCannotBeIsRefusedWithItsPlace) {
  write("bill.csv", quarter());
  const auto expect = [&](const std::vector<std::string>& overrides, const char* words) {
    const std::string message = refusal(year, overrides);
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  expect({"actuals.until=2028-01-01"}, "before the horizon");
  expect({"step=24h", "actuals.until=2027-04-01T06:00:00"}, "no whole number of steps");
  expect({"actuals.bill=none.csv"}, "does not exist");
  expect({"actuals.bill=[]"}, "is empty");
  expect({"actuals.owner_column=SubAccountName"}, "owner_tag");
  expect({"currency=EUR"}, "the bill is in USD");
  expect({"budgets.data.owner=dta"}, "no workload, item or row of the bill has the owner 'dta'");
  std::string outside = year;
  outside.replace(outside.find("\"bill.csv\""), 10, "\"../bill.csv\"");
  EXPECT_NE(refusal(outside).find("outside"), std::string::npos) << refusal(outside);
  write("bill.csv", {{"x", "2027-01-05T00:00:00Z", "2027-01-06T00:00:00Z", "ml"}});
  expect({}, "is no number");
}

TEST_F(Actuals, AForecastIsHeldAgainstTheBillSince) {
  // 400 to 600 a month, alike: of 560 a fifth of the futures is above.
  const std::string forecast = R"(
start = 2027-01-01T00:00:00
horizon = "365d"
[[item]]
name = "tokens"
owner = "ml"
monthly = { from = 400, to = 600 }
[[item]]
name = "rent"
owner = "office"
monthly = 100
[[market]]
name = "free"
on_demand = { price = 0 }
[[job]]
name = "nothing"
owner = "ml"
work = 1
throughput = { free = 1 }
repeat = "365d"
release = 2027-12-01
[[plan]]
name = "base"
[plan.job.nothing]
instances = 1
policy = "on-demand"
)";
  std::vector<Row> rows;
  for (int m = 1; m <= 3; ++m) {
    const std::string begin = fmt::format("2027-{:02}-01T00:00:00Z", m),
                      end = fmt::format("2027-{:02}-01T00:00:00Z", m + 1);
    rows.push_back({m == 2 ? "700" : "560", begin, end, "ml"});
    rows.push_back({"100", begin, end, "office"});
  }
  rows.push_back({"7", "2027-03-30T00:00:00Z", "2027-03-31T00:00:00Z", "sales"});
  write("bill.csv", rows);
  backtest::BillCheckOptions options;
  options.bills = {(folder_ / "bill.csv").string()};
  options.owner_tag = "team";
  options.run.backend = "scalar";
  options.run.paths = 4000;
  const backtest::BillCheck check = backtest::check_bill(load(forecast), options);
  ASSERT_EQ(check.plans.size(), 1u);
  const auto& owners = check.plans[0].owners;
  ASSERT_EQ(owners.size(), 3u);
  ASSERT_EQ(owners[1].owner, "ml");
  ASSERT_EQ(owners[1].months.size(), 3u);
  const backtest::BillPeriod& january = owners[1].months[0];
  EXPECT_EQ(january.name, "2027-01");
  expect_money(january.came, 560.0);
  // Five standard errors of a share of 4,000, and of quantiles of a uniform law.
  EXPECT_NEAR(january.transform, 0.8, 5 * std::sqrt(0.8 * 0.2 / 4000));
  EXPECT_NEAR(january.mean, 500.0, 5 * 200 / std::sqrt(12.0 * 4000));
  EXPECT_NEAR(january.p95, 590.0, 5 * 200 * std::sqrt(0.95 * 0.05 / 4000));
  EXPECT_TRUE(january.within90());
  EXPECT_FALSE(january.within50());
  EXPECT_EQ(owners[1].months[1].transform, 1.0);
  EXPECT_FALSE(owners[1].months[1].within90());
  // One draw for all months: 1,820 of 1,200 to 1,800.
  EXPECT_FALSE(owners[1].all.within90());
  EXPECT_FALSE(check.plans[0].held());
  EXPECT_TRUE(owners[2].all.within50()) << "rent is known";
  EXPECT_EQ(owners[2].all.transform, 0.5);
  EXPECT_DOUBLE_EQ(check.of_others, 7.0);

  options.until_seconds = 31 * 86400.0;
  const backtest::BillCheck one = backtest::check_bill(load(forecast), options);
  EXPECT_EQ(one.plans[0].owners[1].months.size(), 1u);
  EXPECT_TRUE(one.plans[0].held());
  options.until_seconds = 20 * 86400.0;
  EXPECT_THROW(backtest::check_bill(load(forecast), options), std::invalid_argument);

  // A month of which there is no row is not one that cost nothing, nor are those after the bill.
  std::erase_if(rows, [](const Row& row) { return std::string(row.begin).starts_with("2027-02"); });
  write("bill.csv", rows);
  options.until_seconds = 300 * 86400.0;
  const backtest::BillCheck holed = backtest::check_bill(load(forecast), options);
  EXPECT_EQ(holed.left_out, std::vector<std::string>{"2027-02"});
  ASSERT_EQ(holed.plans[0].owners[1].months.size(), 2u);
  EXPECT_EQ(holed.plans[0].owners[1].months[1].name, "2027-03");
  EXPECT_EQ(holed.plans[0].owners[1].all.came, 1120.0);
  options.run.paths = 1'000'000'000;
  EXPECT_THROW(backtest::check_bill(load(forecast), options), std::invalid_argument) << "more than memory has";
}

TEST_F(Actuals, DaysWithoutRowsAreTold) {
  const auto remarks_of = [&](std::vector<Row> rows) {
    // What a year is charged for says nothing of its days.
    rows.push_back({"1", "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z", "data"});
    write("bill.csv", rows);
    std::string all;
    for (const present::ActualsText& text : present::actuals_text(load(year, {"actuals.until=2027-03-01"})))
      for (const std::string& remark : text.remarks) all += remark + "\n";
    return all;
  };
  const Row january = {"10", "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z", "ml"};
  const Row february = {"10", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z", "ml"};
  EXPECT_EQ(remarks_of({january, february}).find("the bill has no row"), std::string::npos);
  const std::string hole = remarks_of({{"1", "2027-01-01T00:00:00Z", "2027-01-05T00:00:00Z", "ml"},
                                       {"1", "2027-01-20T00:00:00Z", "2027-02-03T00:00:00Z", "ml"},
                                       {"1", "2027-02-06T00:00:00Z", "2027-03-01T00:00:00Z", "ml"}});
  EXPECT_NE(hole.find("the bill has no row from 2027-01-05 until 2027-01-20 and in 1 shorter gap"), std::string::npos)
      << hole;
  EXPECT_NE(remarks_of({january}).find("the bill ends on 2027-02-01"), std::string::npos);
  EXPECT_NE(remarks_of({february}).find("the bill begins on 2027-02-01"), std::string::npos);
}

}  // namespace
}  // namespace costrisk
