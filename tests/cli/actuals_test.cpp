// `[actuals]` as a user sees it: what is said of the bill, of the year, of a future, and of a forecast that is over.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/program.hpp"

namespace costrisk::tests {
namespace {

using Json = nlohmann::json;

constexpr const char* bill =
    "BilledCost,EffectiveCost,ChargeCategory,ChargeFrequency,ChargePeriodStart,ChargePeriodEnd,BillingCurrency,"
    "ServiceCategory,ServiceName,Tags\n"
    "1500,1500,Usage,Usage-Based,2027-01-01T00:00:00Z,2027-02-01T00:00:00Z,USD,Compute,VM,team=ml\n"
    "900,900,Usage,Usage-Based,2027-02-01T00:00:00Z,2027-03-01T00:00:00Z,USD,Compute,VM,team=ml\n"
    "30,30,Usage,Usage-Based,2027-02-03T00:00:00Z,2027-02-04T00:00:00Z,USD,Storage,Disk,\n"
    "70,70,Usage,Usage-Based,2027-03-03T00:00:00Z,2027-03-04T00:00:00Z,USD,Compute,VM,team=ml\n";

constexpr const char* plan = R"(
start = 2027-01-01T00:00:00
horizon = "365d"
budget = 14000
[simulation]
paths = 200
bins = "month"
[[market]]
name = "gpu"
on_demand = { price = 1 }
[[job]]
name = "nightly"
owner = "ml"
work = 1
throughput = { gpu = 1 }
repeat = "1d"
[[item]]
name = "storage"
owner = "ml"
monthly = { from = 900, to = 1100 }
[[plan]]
name = "base"
[plan.job.nightly]
instances = 1
policy = "on-demand"
)";

class ActualsProgram : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("bill.csv", bill);
    folder.write("plan.toml", plan);
    folder.write("march.toml",
                 "include = [\"plan.toml\"]\n[actuals]\nbill = \"bill.csv\"\nuntil = 2027-03-01\n"
                 "owner_tag = \"team\"\n");
  }
  Ended run(const std::vector<std::string>& arguments) const { return costrisk(arguments, folder); }

  ScratchFolder folder;
};

TEST_F(ActualsProgram, CheckSaysWhatEnteredAndWhatDidNot) {
  const Ended check = run({"check", "march.toml"});
  EXPECT_EQ(check.code, 0) << check.err;
  for (const char* words :
       {"actuals.bill: bill.csv", "$2.43k was paid from 2027-01-01 until 2027-03-01", "of $2.50k in the bill",
        "$70.0 of 1 row is for the time after 'until'", "$30.0 is of nobody"})
    EXPECT_NE(check.err.find(words), std::string::npos) << words << "\n" << check.err;
  const Json json = Json::parse(run({"check", "march.toml", "--json"}).out);
  EXPECT_EQ(json["histories"].back()["address"], "actuals");
}

TEST_F(ActualsProgram, TheYearHasWhatWasPaidAndSaysSo) {
  const Ended year = run({"run", "march.toml", "--json", "--quiet"});
  ASSERT_EQ(year.code, 0) << year.err;
  const Json json = Json::parse(year.out);
  EXPECT_EQ(json["actual_until_hours"], 59 * 24);
  EXPECT_EQ(json["actual_owner"]["ml"]["744"], 1500);
  EXPECT_EQ(json["actual_owner"]["ml"]["1416"], 900);
  EXPECT_EQ(json["actual_owner"]["untagged"]["1416"], 30);
  EXPECT_TRUE(json["actual_owner"]["ml"]["2160"].is_null());
  EXPECT_NE(json["verdict"]["sentences"][0].get<std::string>().find("of which $2.43k was paid until 2027-03-01"),
            std::string::npos)
      << json["verdict"]["sentences"][0];
  // Nobody may put another bill under a result that stands.
  folder.write("bill.csv", std::string(bill) +
                               "1,1,Usage,Usage-Based,2027-02-03T00:00:00Z,2027-02-04T00:00:00Z,USD,Storage,Disk,\n");
  const Ended resumed = run({"run", "march.toml", "--paths", "400", "--resume", "results/march.h5", "--quiet"});
  EXPECT_NE(resumed.code, 0) << "another bill";
}

TEST_F(ActualsProgram, AFutureIsToldFromWhereItIsSimulated) {
  const Ended story = run({"explain", "march.toml", "--worst", "--quiet"});
  EXPECT_EQ(story.code, 0) << story.err;
  EXPECT_NE(story.out.find("was paid until 2027-03-01, where the simulation starts"), std::string::npos) << story.out;
}

TEST_F(ActualsProgram, UntilMayBeSet) {
  const Json json =
      Json::parse(run({"run", "march.toml", "--json", "--quiet", "--set", "actuals.until=2027-02-01"}).out);
  EXPECT_EQ(json["actual_until_hours"], 744);
  EXPECT_EQ(json["actual_category"]["on-demand"], 1500);
}

TEST_F(ActualsProgram, AForecastIsHeldAgainstTheBill) {
  const Ended check = run({"backtest", "plan.toml", "--bill", "bill.csv", "--owner-tag", "team", "--json", "--quiet"});
  ASSERT_EQ(check.code, 0) << check.err;
  const Json json = Json::parse(check.out);
  EXPECT_EQ(json["until"], "2027-03-01") << "March has begun";
  const Json& months = json["plans"][0]["owners"][0]["months"];
  ASSERT_EQ(months.size(), 2u);
  EXPECT_EQ(months[0]["came"], 1500);
  EXPECT_EQ(months[0]["transform"], 1.0);
  EXPECT_EQ(months[0]["within90"], false);
  const Ended text = run({"backtest", "plan.toml", "--bill", "bill.csv", "--owner-tag", "team", "--quiet"});
  EXPECT_NE(text.out.find("did not hold"), std::string::npos) << text.out;
  EXPECT_EQ(run({"run", "plan.toml", "--quiet"}).code, 0);
  const Ended kept =
      run({"backtest", "results/plan.h5", "--bill", "bill.csv", "--owner-tag", "team", "--json", "--quiet"});
  EXPECT_EQ(kept.code, 0) << kept.err;
  EXPECT_EQ(Json::parse(kept.out)["plans"], json["plans"]) << "the same futures";
  EXPECT_EQ(run({"backtest", "plan.toml", "--bill", "none.csv"}).code, 2);
  EXPECT_EQ(run({"backtest", "plan.toml", "--bill", "bill.csv", "--until", "soon"}).code, 2);
  EXPECT_EQ(run({"backtest", "march.toml"}).code, 2) << "its histories are none";
}

}  // namespace
}  // namespace costrisk::tests
