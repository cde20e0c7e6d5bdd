// Published prices as markets, and an advisor's band that does not become a hazard by itself.
#include "src/calibrate/prices.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "calibrate_samples.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/present/text/calibrations.hpp"

namespace costrisk::calibrate {
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const char* const skypilot =
    "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,Price,SpotPrice,Region,AvailabilityZone\n"
    "p4d.24xlarge,A100,8,96,21.957642,8.9,us-east-1,us-east-1a\n"
    "p4d.24xlarge,A100,8,96,21.957642,,us-east-1,us-east-1b\n"
    "g5.xlarge,A10G,1,4,1.006,0.4,us-east-1,us-east-1a\n"
    ",A100,1,,,,us-east-1,\n";

std::vector<Offer> offers() {
  trace::Reading reading;
  return read_catalog(trace::parse_csv(skypilot, "c.csv"), reading);
}

nlohmann::json advisor(int band) {
  return {{"ranges", {{{"index", band}, {"label", "5-10%"}}}},
          {"spot_advisor", {{"us-east-1", {{"Linux", {{"p4d.24xlarge", {{"s", 60}, {"r", band}}}}}}}}}};
}

/// Two changes a day for thirty days, the latest first, as AWS prints them.
std::string aws_history() {
  Dice dice(4);
  const std::vector<double> walk = simulated_process(6.0, 60, dice);
  std::string entries;
  for (std::size_t i = 60; i-- > 0;)
    entries += std::string(entries.empty() ? "" : ",") + "{\"AvailabilityZone\": \"us-east-1a\", \"InstanceType\": " +
               "\"p4d.24xlarge\", \"ProductDescription\": \"Linux/UNIX\", \"SpotPrice\": \"" +
               std::to_string(9.0 * std::exp(0.1 * walk[i])) + "\", \"Timestamp\": \"2026-01-" +
               (i / 2 + 1 < 10 ? "0" : "") + std::to_string(i / 2 + 1) + (i % 2 ? "T12" : "T00") + ":00:00+00:00\"}";
  return "{\"SpotPriceHistory\": [" + entries + "]}";
}

TEST(Prices, ACatalogueBecomesMarkets) {
  PricesOptions options;
  options.instance = "p4d.24xlarge";
  options.as_of = "2025-06";
  const present::Findings findings = present::market_findings(published_markets(offers(), {}, std::nullopt, options));
  EXPECT_TRUE(contains(findings.toml, "name = \"p4d-24xlarge-us-east-1a\"")) << findings.toml;
  EXPECT_TRUE(contains(findings.toml, "on_demand = 21.957642"));
  EXPECT_TRUE(contains(findings.toml, "as_of = \"2025-06\""));
  EXPECT_FALSE(contains(findings.toml, "g5"));
  EXPECT_TRUE(findings.warnings.empty());
  EXPECT_EQ(findings.json["markets"].size(), 2u);
  EXPECT_FALSE(findings.json["markets"][1].contains("spot_mean"));
}

TEST(Prices, ACatalogueWithoutADateIsWarnedOf) {
  const present::Findings findings = present::market_findings(published_markets(offers(), {}, std::nullopt));
  ASSERT_EQ(findings.warnings.size(), 1u);
  EXPECT_TRUE(contains(findings.warnings[0], "--as-of"));
}

TEST(Prices, AHistoryIsTurnedRoundAndDatesItself) {
  const auto histories = read_spot_history(aws_history(), "h.json");
  ASSERT_EQ(histories.size(), 1u);
  EXPECT_EQ(histories[0].prices.size(), 60u);
  EXPECT_LT(histories[0].prices.time_seconds[0], histories[0].prices.time_seconds[59]);
  const present::Findings findings = present::market_findings(published_markets(offers(), histories, std::nullopt));
  EXPECT_TRUE(contains(findings.toml, "as_of = \"2026-01-30\"")) << findings.toml;
  EXPECT_TRUE(contains(findings.toml, "on_demand = 21.957642")) << "from the catalogue, by region";
  EXPECT_TRUE(contains(findings.toml, "cap = 21.957642"));
  EXPECT_TRUE(contains(findings.toml, "volatility = "));
  EXPECT_DOUBLE_EQ(findings.json["markets"][0]["spot_mean"].get<double>(), trace::mean_over_time(histories[0].prices));
}

TEST(Prices, WhatIsWrongWithAHistoryIsSaidWithItsEntry) {
  const auto complaint = [](const std::string& text) -> std::string {
    try {
      read_spot_history(text, "h.json");
    } catch (const results::FormatError& error) {
      return error.what();
    }
    return "no error";
  };
  const auto entry = [](const std::string& price, const std::string& time) {
    return "{\"AvailabilityZone\": \"a\", \"InstanceType\": \"i\", \"ProductDescription\": \"p\", \"SpotPrice\": \"" +
           price + "\", \"Timestamp\": \"" + time + "\"}";
  };
  EXPECT_TRUE(contains(complaint("{}"), "describe-spot-price-history"));
  EXPECT_TRUE(contains(complaint("not json"), "no column is named InstanceType"));
  EXPECT_TRUE(
      contains(complaint("{\"SpotPriceHistory\": [7]}"), "SpotPriceHistory[0]: there is no text named SpotPrice"));
  EXPECT_TRUE(
      contains(complaint("{\"SpotPriceHistory\": [" + entry("-1", "2026-01-01T00:00Z") + "]}"), "'-1' is no price"));
  EXPECT_TRUE(
      contains(complaint("{\"SpotPriceHistory\": [" + entry("1", "2026-01-01T00:00") + "]}"), "no time with a zone"));
  EXPECT_TRUE(contains(complaint("{\"SpotPriceHistory\": []}"), "without entries"));
}

TEST(Prices, AnAdvisorsBandIsContextUnlessAnAssumptionIsAskedFor) {
  PricesOptions options;
  options.instance = "p4d.24xlarge";
  const present::Findings context =
      present::market_findings(published_markets(offers(), {}, advisor(1), options), {}, present::AdvisorUse::context);
  EXPECT_TRUE(contains(context.toml, "# Spot Advisor: 5-10%")) << context.toml;
  EXPECT_TRUE(contains(context.toml, "No hazard"));
  EXPECT_FALSE(contains(context.toml, "reclaim_every"));
  const present::Findings assumed = present::market_findings(published_markets(offers(), {}, advisor(1), options), {},
                                                             present::AdvisorUse::constant_hazard);
  EXPECT_TRUE(contains(assumed.toml, "# assumes that 0.075 of the instances are lost in 730 h"));
  // −730/ln(1 − 0.075) h are 390.1 days.
  EXPECT_TRUE(contains(assumed.toml, "reclaim_every = \"390.1d\"")) << assumed.toml;
}

TEST(Prices, AnOpenBandGivesItsLowerEnd) {
  PricesOptions options;
  const present::Findings assumed = present::market_findings(published_markets(offers(), {}, advisor(4), options), {},
                                                             present::AdvisorUse::constant_hazard);
  EXPECT_TRUE(contains(assumed.toml, "the lower end of an open band")) << assumed.toml;
}

TEST(Prices, DamagedAdvisorsAreRefused) {
  EXPECT_THROW(advice_of(nlohmann::json::parse("[]"), "r", "i"), results::FormatError);
  EXPECT_THROW(advice_of(advisor(9), "us-east-1", "p4d.24xlarge"), results::FormatError);
  EXPECT_FALSE(advice_of(advisor(1), "us-east-1", "g5.xlarge"));
}

TEST(Prices, NothingAndTooMuchAreSaid) {
  PricesOptions options;
  options.instance = "p9";
  EXPECT_THROW(published_markets(offers(), {}, std::nullopt, options), results::FormatError);
  const std::vector<Offer> many(33, offers()[0]);
  try {
    published_markets(many, {}, std::nullopt);
    FAIL();
  } catch (const results::FormatError& problem) {
    EXPECT_TRUE(contains(problem.what(), "33 markets fit"));
  }
}

TEST(SharedData, ThePublishedCatalogueAndAdvisorAreRead) {
  COSTRISK_SHARED_FILE(catalog, "skypilot-catalog/aws_gpu_prices_excerpt.csv");
  trace::Reading reading;
  const auto all = read_catalog(trace::read_csv(catalog), reading);
  EXPECT_EQ(all[0].instance, "p4d.24xlarge");
  EXPECT_EQ(all[0].gpus, 8);
  EXPECT_EQ(*all[0].on_demand, 44.92215);
  const auto bands =
      nlohmann::json::parse(trace::read_whole(shared_file("aws-spot-advisor/spot-advisor-data-2025-06.json")));
  const auto advice = advice_of(bands, "us-east-1", "p4d.24xlarge");
  ASSERT_TRUE(advice);
  EXPECT_EQ(advice->label, "10-15%");
  EXPECT_EQ(advice->savings_percent, 67);
}

}  // namespace
}  // namespace costrisk::calibrate
