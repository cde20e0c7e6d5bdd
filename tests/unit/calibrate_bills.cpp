// Bills in the FOCUS format: sums by hand, owners by tag, commitments, and what is said of the rest.
#include <gtest/gtest.h>

#include "calibrate_samples.hpp"
#include "src/calibrate/billing.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/present/text/calibrations.hpp"

namespace costrisk::calibrate {
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

Bill read(const std::string& text, const BillingOptions& options = {}) {
  return read_bill(trace::parse_csv(text, "b.csv"), options);
}

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

TEST(Bills, BilledCostTakesPurchasesWhenTheyArePaid) {
  BillingOptions billed;
  billed.cost = BillingOptions::Cost::billed;
  EXPECT_DOUBLE_EQ(cost_of(read(small_bill, billed), "Compute"), 2000.0);
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

TEST(SharedData, ThePublishedBillComesToItsTotal) {
  COSTRISK_SHARED_FILE(file, "focus/focus_1.0_sample.csv");
  BillingOptions options;
  options.cost = BillingOptions::Cost::billed;
  options.most_items = 64;
  const Bill bill = read_bill(trace::read_csv(file), options);
  EXPECT_EQ(bill.rows, 991u);
  EXPECT_NEAR(bill.billed, 20.672124290770032, 1e-9);
  double items = 0.0;
  for (const BillItem& item : bill.items) items += item.cost;
  EXPECT_NEAR(items + bill.credits + bill.adjustments, bill.billed, 1e-9);
  EXPECT_EQ(bill.commitments.size(), 2u);
}

TEST(SharedData, EveryExampleOfTheSpecificationIsRead) {
  COSTRISK_SHARED_FILE(folder, "focus/spec_1.2");
  int bills = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".csv") continue;
    try {
      const present::Findings findings = present::billing_findings(read_bill(trace::read_csv(entry.path())), {});
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
