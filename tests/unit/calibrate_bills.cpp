// Bills in the FOCUS format: sums by hand, owners by tag, commitments, and what is said of the rest.
#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "calibrate_samples.hpp"
#include "src/calibrate/audit.hpp"
#include "src/calibrate/billing.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/present/text/audit_findings.hpp"
#include "src/present/text/calibrations.hpp"

namespace costrisk::calibrate {

using trace::tag_of;
namespace {

/// Ten days of a bill: 73 hours of a month are a tenth of it, 240 hours 240/730.
const char* const small_bill =
    "BilledCost,EffectiveCost,ListCost,ChargeCategory,ChargeFrequency,ChargePeriodStart,ChargePeriodEnd,"
    "BillingPeriodStart,"
    "BillingPeriodEnd,BillingCurrency,ServiceCategory,ServiceName,CommitmentDiscountId,CommitmentDiscountCategory,"
    "CommitmentDiscountStatus,CommitmentDiscountQuantity,CommitmentDiscountUnit,Tags\n"
    "100,100,120,Usage,Usage-Based,2026-01-01T00:00:00Z,2026-01-06T00:00:00Z,2026-01-01,2026-02-01,EUR,Storage,Bucket,,"
    ",,,,"
    "\"{\"\"team\"\": \"\"data, too\"\"}\"\n"
    "50,40,60,Usage,Usage-Based,2026-01-06T00:00:00Z,2026-01-11T00:00:00Z,2026-01-01,2026-02-01,EUR,Storage,Bucket,"
    "NULL,null,,,,"
    "NULL\n"
    "0,120,200,Usage,Usage-Based,2026-01-01T00:00:00Z,2026-01-11T00:00:00Z,2026-01-01,2026-02-01,EUR,Compute,VM,sp-1,"
    "Spend,"
    "Used,,,\n"
    "0,24,,Usage,Usage-Based,2026-01-01T00:00:00Z,2026-01-11T00:00:00Z,2026-01-01,2026-02-01,EUR,Compute,VM,sp-1,Spend,"
    "Unused,,,\n"
    "0,96,160,Usage,Usage-Based,2026-01-01T00:00:00Z,2026-01-11T00:00:00Z,2026-01-01,2026-02-01,EUR,Compute,VM,ri-1,"
    "Usage,"
    "Used,480,Hour,\n"
    "2000,0,,Purchase,One-Time,2026-01-01T00:00:00Z,2027-01-01T00:00:00Z,2026-01-01,2026-02-01,EUR,Compute,VM,ri-1,"
    "Usage,,,,\n"
    "19,19,,Tax,Recurring,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,2026-01-01,2026-02-01,EUR,Other,Tax,,,,,,\n"
    "-30,-30,,Credit,One-Time,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,2026-01-01,2026-02-01,EUR,Other,Credit,,,,,,\n";

Bill read(const std::string& text, const BillingOptions& options = {}) { return read_bill(text, "b.csv", options); }

double cost_of(const Bill& bill, const std::string& what, const std::string& owner = "") {
  for (const BillItem& item : bill.items)
    if (item.what == what && item.owner == owner) return item.cost;
  return -1.0;
}

TEST(Bills, AreSummedByCategoryAndScaledToAMonth) {
  const Bill bill = read(small_bill);
  EXPECT_EQ(bill.currency, "EUR");
  EXPECT_DOUBLE_EQ(bill.months(), 240.0 / 730.0);
  EXPECT_DOUBLE_EQ(cost_of(bill, "Storage"), 140.0);
  EXPECT_DOUBLE_EQ(cost_of(bill, "Compute"), 240.0);
  EXPECT_DOUBLE_EQ(cost_of(bill, "tax"), 19.0);
  EXPECT_DOUBLE_EQ(bill.items[0].monthly, 240.0 * 730.0 / 240.0);
  EXPECT_DOUBLE_EQ(bill.credits, -30.0);
  EXPECT_DOUBLE_EQ(bill.billed, 100 + 50 + 2000 + 19 - 30);
}

TEST(Bills, WhatIsPaidOnceStandsApart) {
  BillingOptions billed;
  billed.cost = BillingOptions::Cost::billed;
  const Bill bill = read(small_bill, billed);
  EXPECT_EQ(cost_of(bill, "Compute"), -1.0) << "used, and billed before";
  ASSERT_EQ(bill.once.size(), 1u);
  EXPECT_DOUBLE_EQ(bill.once[0].cost, 2000.0);
  EXPECT_NE(present::billing_findings(bill, billed).toml.find("once = 2000"), std::string::npos);
}

TEST(Bills, OwnersAreTheValuesOfATag) {
  BillingOptions options;
  options.owner_tag = "team";
  const Bill bill = read(small_bill, options);
  EXPECT_DOUBLE_EQ(cost_of(bill, "Storage", "data, too"), 100.0);
  EXPECT_DOUBLE_EQ(cost_of(bill, "Storage"), 40.0);
  EXPECT_EQ(bill.without_owner, 5u) << "the tax, one of storage and three of compute that have a cost";
}

TEST(Bills, CommitmentsHaveTheirUseWasteAndTerms) {
  const Bill bill = read(small_bill);
  ASSERT_EQ(bill.commitments.size(), 2u);
  const BillCommitment &plan = bill.commitments[0], &reserved = bill.commitments[1];
  EXPECT_TRUE(plan.spend);
  EXPECT_DOUBLE_EQ(plan.used, 120.0);
  EXPECT_DOUBLE_EQ(plan.unused, 24.0);
  EXPECT_FALSE(reserved.spend);
  EXPECT_DOUBLE_EQ(reserved.upfront, 2000.0);
  const std::string toml = present::billing_findings(bill, {}).toml;
  EXPECT_NE(toml.find("# spend_per_hour = 0.6"), std::string::npos) << toml;
  EXPECT_NE(toml.find("# discounts = { MARKET = 0.4 }"), std::string::npos) << toml;
  EXPECT_NE(toml.find("# instances = 2 "), std::string::npos) << toml;
  EXPECT_NE(toml.find("# price_per_hour = 0.2"), std::string::npos) << toml;
}

TEST(Bills, WhatTheScenarioSimulatesCanBeLeftOut) {
  BillingOptions options;
  options.leave_out = {"Compute"};
  const Bill bill = read(small_bill, options);
  EXPECT_DOUBLE_EQ(bill.left_out, 240.0);
  EXPECT_EQ(cost_of(bill, "Compute"), -1.0);
}

TEST(Bills, SmallItemsArePutTogether) {
  BillingOptions options;
  options.most_items = 2;
  const Bill bill = read(small_bill, options);
  ASSERT_EQ(bill.items.size(), 2u);
  EXPECT_EQ(bill.items[1].what, "everything else");
  EXPECT_DOUBLE_EQ(bill.items[1].cost, 140.0 + 19.0);
}

TEST(Bills, WhatIsWrongIsSaidWithItsLine) {
  const auto complaint = [](std::string text, const std::string& from, const std::string& to) -> std::string {
    text.replace(text.find(from), from.size(), to);
    try {
      read(text);
    } catch (const results::FormatError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_NE(complaint(small_bill, "50,40,60", "50,x,60").find("b.csv:3: 'x' in column EffectiveCost"),
            std::string::npos);
  EXPECT_NE(complaint(small_bill, "EUR,Compute", "USD,Compute").find("b.csv:4: USD after EUR"), std::string::npos);
  EXPECT_NE(complaint(small_bill, "EffectiveCost", "Effective").find("no column is named EffectiveCost"),
            std::string::npos);
  EXPECT_NE(complaint(small_bill, "2026-01-06T00:00:00Z", "soon").find("b.csv:2: 'soon' in column ChargePeriodEnd"),
            std::string::npos);
}

/// A bill of rows: what stands in each, and where not given the usual.
struct Row {
  std::string from, to, service = "VM", category = "Compute", charge = "Usage", frequency = "Usage-Based", charge_class,
                        tags, month = "2026-05-01", month_end = "2026-06-01";
  double cost = 0.0, billed = -1e9;
};

std::string bill_of_rows(const std::vector<Row>& rows) {
  std::string text =
      "BilledCost,EffectiveCost,ListCost,ChargeCategory,ChargeClass,ChargeFrequency,ChargePeriodStart,ChargePeriodEnd,"
      "BillingPeriodStart,BillingPeriodEnd,BillingCurrency,ServiceCategory,ServiceName,Tags\n";
  for (const Row& row : rows)
    text += std::to_string(row.billed == -1e9 ? row.cost : row.billed) + "," + std::to_string(row.cost) + "," +
            std::to_string(row.cost) + "," + row.charge + "," + row.charge_class + "," + row.frequency + "," +
            row.from + "," + row.to + "," + row.month + "," + row.month_end + ",USD," + row.category + "," +
            row.service + ",\"" + row.tags + "\"\n";
  return text;
}

std::string two(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

/// A row a day of May 2026.
std::vector<Row> daily(double cost, int days = 31) {
  std::vector<Row> rows;
  for (int day = 1; day <= days; ++day) {
    Row row;
    row.from = "2026-05-" + two(day);
    row.to = day < 31 ? "2026-05-" + two(day + 1) : "2026-06-01";
    row.cost = cost;
    rows.push_back(row);
  }
  return rows;
}

const BillItem& item_of(const Bill& bill, const std::string& what, const std::string& owner = "") {
  static const BillItem none;
  for (const BillItem& item : bill.items)
    if (item.what == what && item.owner == owner) return item;
  return none;
}

TEST(RunRates, APartialMonthIsScaledByItsDaysAndAFeeByItsMonth) {
  std::vector<Row> rows = daily(100.0, 10);
  Row fee;
  fee.from = "2026-05-01";
  fee.to = "2026-06-01";
  fee.category = "Storage";
  fee.cost = 3.0;
  rows.push_back(fee);
  const Bill bill = read(bill_of_rows(rows));
  EXPECT_NEAR(item_of(bill, "Compute").monthly, 100.0 * 730.0 / 24.0, 1e-9);
  EXPECT_NEAR(item_of(bill, "Storage").monthly, 3.0 * 730.0 / 744.0, 1e-9);
}

TEST(RunRates, WhatWasChargedForEarlierMonthsStandsApart) {
  for (const char* charge_class : {"Correction", ""}) {
    std::vector<Row> rows = daily(10.0);
    Row refund;
    refund.from = "2026-02-01";
    refund.to = "2026-02-02";
    refund.charge_class = charge_class;
    refund.cost = -200.0;
    rows.push_back(refund);
    const Bill bill = read(bill_of_rows(rows));
    EXPECT_NEAR(bill.monthly(), 10.0 * 730.0 / 24.0, 1e-9) << charge_class;
    EXPECT_DOUBLE_EQ(bill.corrections, -200.0);
    EXPECT_FALSE(present::billing_findings(bill, {}).warnings.empty());
  }
}

TEST(RunRates, ARefundOfWhatIsNotInTheBillIsNoItem) {
  std::vector<Row> rows = daily(10.0);
  rows.push_back(daily(-20.0, 1)[0]);
  rows.back().category = "Networking";
  const Bill bill = read(bill_of_rows(rows));
  EXPECT_EQ(bill.items.size(), 1u);
  EXPECT_DOUBLE_EQ(bill.corrections, -20.0);
}

TEST(RunRates, OnceIsOnceAndAYearsFeeIsATwelfthAMonth) {
  std::vector<Row> rows = daily(10.0);
  Row once;
  once.from = "2026-05-01";
  once.to = "2026-06-01";
  once.charge = "Purchase";
  once.frequency = "One-Time";
  once.category = "Other";
  once.cost = 500.0;
  rows.push_back(once);
  Row yearly = once;
  yearly.to = "2027-05-01";
  yearly.frequency = "Recurring";
  yearly.category = "Support";
  yearly.cost = 1200.0;
  rows.push_back(yearly);
  Row silent = once;  // of an export that does not say how often
  silent.frequency = "";
  silent.service = "Marketplace";
  silent.cost = 70.0;
  rows.push_back(silent);
  const Bill bill = read(bill_of_rows(rows));
  EXPECT_NEAR(item_of(bill, "Compute").monthly, 10.0 * 730.0 / 24.0, 1e-9);
  EXPECT_NEAR(item_of(bill, "Support").monthly, 1200.0 * 730.0 / 8760.0, 1e-9);
  EXPECT_DOUBLE_EQ(bill.once_cost, 570.0);
  EXPECT_NE(present::billing_findings(bill, {}).toml.find("once = 570"), std::string::npos);
}

std::vector<Row> monthly(const std::vector<double>& costs, const std::string& service = "VM",
                         const std::string& category = "Compute") {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    Row row;
    row.month = row.from = "2025-" + two(static_cast<int>(i) + 1) + "-01";
    row.month_end = row.to = i + 2 > 12 ? "2026-01-01" : "2025-" + two(static_cast<int>(i) + 2) + "-01";
    row.service = service;
    row.category = category;
    row.cost = costs[i];
    if (costs[i] != 0.0) rows.push_back(row);
  }
  return rows;
}

TEST(RunRates, TrendsNewcomersAndChangesAreNoMeans) {
  std::vector<double> grown;
  for (int i = 0; i < 12; ++i) grown.push_back(100.0 * std::pow(1.1, i));
  std::vector<Row> rows = monthly(grown);
  const auto add = [&rows](const std::vector<Row>& more) { rows.insert(rows.end(), more.begin(), more.end()); };
  add(monthly({50, 52, 49, 51, 50, 50, 48, 51, 52, 50, 49, 50}, "S3", "Storage"));
  add(monthly({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 70, 80}, "Redshift", "Databases"));
  add(monthly({20, 20, 20, 20, 20, 20, 20, 20, 20, 0, 0, 0}, "Old", "Analytics"));
  add(monthly({30, 31, 29, 30, 30, 30, 31, 29, 30, 30, 30, 90}, "CDN", "Networking"));
  const Bill bill = read(bill_of_rows(rows));
  const BillItem& trend = item_of(bill, "Compute");
  EXPECT_EQ(trend.course, Course::trend);
  EXPECT_NEAR(trend.growth, 0.1, 0.01);
  EXPECT_NEAR(trend.monthly, grown.back() * 730.0 / 744.0, 1e-6);
  const BillItem& steady = item_of(bill, "Storage");
  EXPECT_EQ(steady.course, Course::steady);
  EXPECT_NEAR(law_of(steady).mean(), steady.monthly, 1e-9) << "the law has the mean that was paid";
  EXPECT_LT(law_of(steady).low, law_of(steady).high);
  EXPECT_EQ(item_of(bill, "Databases").course, Course::newcomer);
  EXPECT_NEAR(item_of(bill, "Databases").monthly, 80.0 * 730.0 / 744.0, 1e-9);
  EXPECT_EQ(item_of(bill, "Analytics").course, Course::gone);
  EXPECT_EQ(item_of(bill, "Networking").course, Course::changed);
  const present::Findings findings = present::billing_findings(bill, {});
  EXPECT_EQ(present::refusal(findings), "");
  EXPECT_NE(findings.toml.find("+9.7 % a month"), std::string::npos) << findings.toml;
  EXPECT_EQ(findings.toml.find("Analytics"), std::string::npos);
}

TEST(Copies, OfAnExportThatWasAddedTwiceAreCountedOnce) {
  const std::string text = bill_of_rows(daily(100.0));
  const Bill bill = read(text + text.substr(text.find('\n') + 1));
  EXPECT_EQ(bill.copies, 31u);
  EXPECT_NEAR(bill.monthly(), 100.0 * 730.0 / 24.0, 1e-9);
  EXPECT_EQ(read(text + text).copies, 31u) << "with its header";
  BillingOptions keep;
  keep.keep_copies = true;
  EXPECT_NEAR(read(text + text, keep).monthly(), 200.0 * 730.0 / 24.0, 1e-9);
  // Two exports that overlap by eleven days, and three of the same.
  Ledger overlapping;
  const std::vector<Row> all = daily(100.0);
  for (const auto& [first, last] : {std::pair(0, 20), std::pair(9, 31)}) {
    const std::string part = bill_of_rows({all.begin() + first, all.begin() + last});
    std::size_t given = 0;
    trace::CsvReader reader(
        [&](std::span<char> room) {
          const std::size_t got = std::min(room.size(), part.size() - given);
          part.copy(room.data(), got, given);
          given += got;
          return got;
        },
        "part.csv");
    overlapping.add(reader);
  }
  overlapping.close();
  EXPECT_EQ(overlapping.copies, 11u);
  EXPECT_NEAR(bill_of(overlapping).monthly(), 100.0 * 730.0 / 24.0, 1e-9);
}

TEST(Copies, RowsThatAreAlikeAreNoCopies) {
  // Two machines of one price, which the export does not tell apart.
  std::vector<Row> rows;
  for (const Row& row : daily(10.0)) rows.insert(rows.end(), {row, row});
  const Bill bill = read(bill_of_rows(rows));
  EXPECT_EQ(bill.copies, 0u);
  EXPECT_EQ(bill.repeated, 31u);
  EXPECT_NEAR(bill.monthly(), 20.0 * 730.0 / 24.0, 1e-9);
}

TEST(Tags, AreReadInTheFormsOfEveryExport) {
  for (const char* tags :
       {R"({"team": "ml"})", R"([{"key":"team","value":"ml"}])", R"([{"Key":"team","Value":"ml"}])",
        R"(["x:1","team:ml"])", R"("env": "prod","team": "ml")", "team=ml;env=prod", "env=prod,team=ml",
        "{'team': 'ml', 'x': 'y'}", R"({"user:team": "ml"})", R"({"resourceTags/user:team": "ml"})",
        R"({"Team": "ml"})", R"({"user": {"team": "ml"}})", R"({"org.example/team": "ml"})", "team: ml"})
    EXPECT_EQ(tag_of(tags, "team"), "ml") << tags;
  EXPECT_EQ(tag_of(R"({"Team": "other", "team": "ml"})", "team"), "ml");
  for (const char* none : {"", "{}", "[]", R"({"team2": "ml"})", "nonsense"})
    EXPECT_EQ(tag_of(none, "team"), "") << none;
}

TEST(Tags, ThatAreAllocatedComeFirst) {
  BillingOptions options;
  options.owner_tag = "team";
  const Bill bill = read(
      "BilledCost,EffectiveCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,BillingPeriodEnd,"
      "ServiceCategory,AllocatedTags,Tags\n"
      "60,60,Usage,2026-05-01,2026-06-01,2026-05-01,2026-06-01,Compute,\"{\"\"team\"\":\"\"search\"\"}\",\"{"
      "\"\"team\"\":"
      "\"\"platform\"\"}\"\n"
      "40,40,Usage,2026-05-01,2026-06-01,2026-05-01,2026-06-01,Compute,\"{}\",\"{\"\"team\"\":\"\"platform\"\"}\"\n",
      options);
  EXPECT_DOUBLE_EQ(cost_of(bill, "Compute", "search"), 60.0);
  EXPECT_DOUBLE_EQ(cost_of(bill, "Compute", "platform"), 40.0);
}

TEST(Bills, OfOtherFormatsAreNamed) {
  try {
    read("lineItem/UnblendedCost,lineItem/UsageStartDate\n1,2026-05-01\n");
    FAIL();
  } catch (const results::FormatError& error) {
    EXPECT_NE(std::string(error.what()).find("AWS cost and usage report"), std::string::npos) << error.what();
  }
}

TEST(Audits, RankWhatTheyFindByMoney) {
  std::vector<Row> rows;
  for (int day = 1; day <= 28; ++day)
    for (int hour = 0; hour < 24; ++hour) {
      Row row;
      row.from = "2026-05-" + two(day) + "T" + two(hour) + ":00:00Z";
      row.to = hour < 23 ? "2026-05-" + two(day) + "T" + two(hour + 1) + ":00:00Z"
                         : "2026-05-" + two(day + 1) + "T00:00:00Z";
      row.cost = 2.0;
      row.tags = hour % 2 == 0 ? "{\"\"team\"\":\"\"ml\"\"}" : "";
      rows.push_back(row);
    }
  Row credit;
  credit.from = "2026-05-01";
  credit.to = "2026-06-01";
  credit.charge = "Credit";
  credit.frequency = "One-Time";
  credit.cost = -300.0;
  rows.push_back(credit);
  Ledger ledger([] {
    LedgerOptions options;
    options.owner_tag = "team";
    options.profiles = true;
    return options;
  }());
  const std::string text = bill_of_rows(rows);
  std::size_t given = 0;
  trace::CsvReader reader(
      [&](std::span<char> room) {
        const std::size_t got = std::min(room.size(), text.size() - given);
        text.copy(room.data(), got, given);
        given += got;
        return got;
      },
      "b.csv");
  ledger.add(reader);
  ledger.close();
  AuditOptions options;
  options.billing.owner_tag = "team";
  const Audit audit = audit_of(ledger, options);
  const auto found = [&](FindingKind kind) -> const AuditFinding* {
    for (const AuditFinding& finding : audit.findings)
      if (finding.kind == kind) return &finding;
    return nullptr;
  };
  // 672 h at 2 an hour.
  EXPECT_NEAR(audit.monthly, 1460.0, 1e-6);
  ASSERT_TRUE(found(FindingKind::untagged) && found(FindingKind::uncovered) && found(FindingKind::credit));
  EXPECT_NEAR(found(FindingKind::untagged)->monthly, 730.0, 1e-6);
  EXPECT_NEAR(found(FindingKind::uncovered)->monthly, 1460.0, 1e-6) << "the same every day";
  EXPECT_NEAR(found(FindingKind::credit)->monthly, 300.0 * 730.0 / 672.0, 1e-6);
  ASSERT_TRUE(found(FindingKind::off_hours));
  for (std::size_t i = 1; i < audit.findings.size(); ++i)
    EXPECT_GE(audit.findings[i - 1].monthly, audit.findings[i].monthly);
  const present::Findings words = present::audit_findings(audit, options, present::Names::pseudonyms);
  EXPECT_EQ(words.toml.find("VM"), std::string::npos) << words.toml;
  EXPECT_NE(words.toml.find("service 1"), std::string::npos);
}

TEST(SharedData, ThePublishedBillComesToItsTotal) {
  COSTRISK_SHARED_FILE(file, "focus/focus_1.0_sample.csv");
  BillingOptions options;
  options.cost = BillingOptions::Cost::billed;
  options.most_items = 64;
  const Bill bill = read_bill(trace::read_whole(file), file, options);
  EXPECT_EQ(bill.rows, 991u);
  EXPECT_NEAR(bill.billed, 20.672124290770032, 1e-9);
  double items = 0.0;
  for (const BillItem& item : bill.items) items += item.cost;
  EXPECT_NEAR(items + bill.once_cost + bill.credits + bill.adjustments + bill.corrections, bill.billed, 1e-9);
  EXPECT_EQ(bill.commitments.size(), 2u);
}

TEST(SharedData, EveryExampleOfTheSpecificationIsRead) {
  COSTRISK_SHARED_FILE(folder, "focus/spec_1.2");
  int bills = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".csv") continue;
    try {
      const present::Findings findings =
          present::billing_findings(read_bill(trace::read_whole(entry.path()), entry.path()), {});
      EXPECT_NE(findings.toml.find("[[plan."), std::string::npos) << entry.path() << "\n" << findings.toml;
    } catch (const results::FormatError& problem) {
      // One of them has a time that there is not.
      EXPECT_NE(std::string(problem.what()).find("'2023-02-01T30:00:00Z' in column ChargePeriodEnd"), std::string::npos)
          << problem.what();
    }
    ++bills;
  }
  EXPECT_GE(bills, 11);
}

}  // namespace
}  // namespace costrisk::calibrate
