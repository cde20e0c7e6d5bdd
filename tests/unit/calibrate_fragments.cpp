// Every fragment is part of a valid scenario, as it is printed.
#include <gtest/gtest.h>

#include <cmath>

#include "calibrate_samples.hpp"
#include "src/present/page/plots.hpp"
#include "src/present/text/calibrations.hpp"
#include "src/present/text/toml_text.hpp"

namespace costrisk::calibrate {
namespace {

using present::Findings;
using present::Uncertainty;

constexpr Uncertainty both[] = {Uncertainty::left_out, Uncertainty::as_laws};

trace::History trace(std::uint64_t seed, const std::string& file) {
  return history_of(simulated_trace(log_normal(40.0, 1.5), log_normal(20.0, 1.2), 8000, seed), 300.0, file);
}

Findings findings_of(const std::vector<trace::History>& traces, const CapacityOptions& options,
                     const present::CapacityNames& names = {}, Uncertainty uncertainty = Uncertainty::left_out) {
  return present::capacity_findings(fit_capacities(traces, options), options, names, uncertainty);
}

TEST(Fragments, CapacityStandsBelowItsMarket) {
  for (const Uncertainty uncertainty : both) {
    CapacityOptions options;
    options.replications = 9;
    const Findings findings = findings_of({trace(1, "zone.json")}, options, {}, uncertainty);
    EXPECT_EQ(problems_of(scenario_head() + "[market.spot]\nprice = 0.8\n" + findings.toml), "");
    EXPECT_EQ(findings.plots.size(), 2u);
  }
}

TEST(Fragments, CapacityOfZonesLacksOnlyPrices) {
  CapacityOptions options;
  options.replications = 9;
  const Findings findings =
      findings_of({trace(1, "a.json"), trace(2, "b.json")}, options, {{"east", "west 2"}, "gpu shortage"});
  EXPECT_NE(problems_of(scenario_head() + findings.toml), "") << "prices are missing";
  EXPECT_EQ(
      problems_of(scenario_head() + findings.toml, {"market.east.spot.price=0.8", "market.west 2.spot.price=0.7"}), "");
}

TEST(Fragments, LawsOfTheFragmentAreThoseFitted) {
  CapacityOptions options;
  options.replications = 9;
  const Findings findings = findings_of({trace(1, "zone.json")}, options);
  const auto loaded =
      scenario::load_text(scenario_head() + "[market.spot]\nprice = 0.8\n" + findings.toml, "fragment.toml");
  const auto& capacity = *loaded.scenario.markets[0].spot->capacity;
  const auto& up = findings.json["markets"][0]["up"]["log_normal"];
  // The means are scaled so that capacity is up for the share of the time that it was in the trace.
  const double up_hours = capacity.up.mean_hours.mode, down_hours = capacity.down.mean_hours.mode;
  EXPECT_NEAR(up_hours / (up_hours + down_hours), findings.json["markets"][0]["share_up_written"].get<double>(), 1e-3);
  EXPECT_NEAR(capacity.up.cv, up["cv"]["value"].get<double>(), 0.01);
  EXPECT_EQ(findings.json["markets"][0]["written_by"], "likelihood");
}

TEST(Fragments, RunsThatNobodySawAreNotWritten) {
  // Half of the sojourns are shorter than a sample: the laws would speak of what the trace does not show.
  const auto flags = simulated_trace(log_normal(3.0, 3.0), log_normal(3.0, 3.0), 8000, 5);
  CapacityOptions options;
  options.replications = 9;
  const Findings findings = findings_of({history_of(flags, 300.0, "zone.json")}, options);
  EXPECT_EQ(findings.json["markets"][0]["written_by"], "moments");
  EXPECT_FALSE(findings.notes.empty());
  EXPECT_NEAR(findings.json["markets"][0]["share_up_written"].get<double>(),
              findings.json["markets"][0]["share_up"].get<double>(), 0.02);
  options.by = SojournBy::likelihood;
  EXPECT_FALSE(findings_of({history_of(flags, 300.0, "zone.json")}, options).warnings.empty());
}

TEST(Fragments, TracesThatCannotBeComparedAreRefused) {
  CapacityOptions options;
  options.replications = 9;
  trace::History other = trace(2, "b.json");
  other.gap_seconds = 600.0;
  EXPECT_THROW(fit_capacities({trace(1, "a.json"), other}, options), results::FormatError);
  other = trace(2, "b.json");
  other.scale = trace::TimeScale::utc;
  EXPECT_THROW(fit_capacities({trace(1, "a.json"), other}, options), results::FormatError);
}

TEST(Fragments, PriceStandsBelowItsMarket) {
  Dice dice(3);
  std::vector<double> values = simulated_process(24.0, 2000, dice);
  for (double& value : values) value = 0.9 * std::exp(0.2 * value);
  for (const Uncertainty uncertainty : both) {
    PriceOptions options;
    options.cap = 2.0;
    const trace::History prices = history_of(values, 3600.0);
    EXPECT_EQ(
        problems_of(scenario_head() + present::price_findings(prices, fit_price(prices, options), uncertainty).toml),
        "");
  }
  const trace::History constant = history_of(std::vector<double>(9, 0.5), 3600.0);
  EXPECT_EQ(problems_of(scenario_head() + present::price_findings(constant, fit_price(constant)).toml), "");
}

TEST(Fragments, DemandStandsAlone) {
  Dice dice(4);
  const std::vector<double> noise = simulated_process(12.0, 48 * 70, dice);
  std::vector<double> rates;
  for (std::size_t i = 0; i < noise.size(); ++i)
    rates.push_back(5.0 * (1.0 + 0.3 * std::sin(static_cast<double>(i) * M_PI / 24.0)) * std::exp(0.2 * noise[i]) *
                    (i % 500 < 8 ? 4.0 : 1.0));
  for (const Uncertainty uncertainty : both) {
    RateSeries series = rates_of(history_of(rates, 1800.0));
    series.input_tokens = Estimate{900.0, 890.0, 910.0};
    series.output_tokens = Estimate{250.0, 249.0, 251.0};
    const Findings findings = present::demand_findings(series, fit_demand(series), {}, "chat, public", uncertainty);
    for (const char* part : {"bursts = ", "noise = ", "by_hour = ", "by_weekday = ", "tokens = ", "growth = "})
      EXPECT_NE(findings.toml.find(part), std::string::npos) << part << findings.toml;
    EXPECT_EQ(problems_of(scenario_head() + findings.toml), "");
  }
}

TEST(Fragments, LifetimesStandBelowTheirMarket) {
  Lifetimes lifetimes;
  lifetimes.file = "l.csv";
  Dice dice(6);
  for (int i = 0; i < 50; ++i) {
    lifetimes.hours.push_back(-100.0 * std::log(dice.uniform()));
    lifetimes.lost.push_back(i % 3 != 0);
  }
  for (const Uncertainty uncertainty : both) {
    std::string toml = present::lifetime_findings(lifetimes, fit_lifetimes(lifetimes), uncertainty).toml;
    EXPECT_EQ(problems_of(scenario_head() + toml + "price = 0.8\n"), "");
  }
}

TEST(Fragments, BillsStandAlone) {
  const std::string bill =
      "BilledCost,EffectiveCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,BillingPeriodEnd,"
      "ServiceCategory,CommitmentDiscountId,Tags\n"
      "10,10,Usage,2026-01-01,2026-02-01,2026-01-01,2026-02-01,Storage \"hot\",,\n"
      "14,14,Usage,2026-02-01,2026-03-01,2026-02-01,2026-03-01,Storage \"hot\",,\n"
      "11,11,Usage,2026-03-01,2026-04-01,2026-03-01,2026-04-01,Storage \"hot\",,\n"
      "-3,-3,Usage,2026-03-01,2026-04-01,2026-03-01,2026-04-01,Refunds,,\n"
      "1,1,Usage,2026-03-01,2026-04-01,2026-03-01,2026-04-01,Storage/hot/,c\x01\xE9\"1,\n";
  const Findings findings = present::billing_findings(read_bill(bill, "b.csv"), {});
  EXPECT_EQ(problems_of(scenario_head() + findings.toml), "");
  EXPECT_NE(findings.toml.find("{ low = "), std::string::npos) << "three months and more make a law\n" << findings.toml;
  EXPECT_FALSE(findings.warnings.empty()) << "a negative sum is no item";
}

TEST(Fragments, PricesStandAlone) {
  trace::Reading reading;
  const auto offers = read_catalog(
      trace::parse_csv(
          "instance_type,accelerator,count,price_ondemand,price_spot,region,az\n\"p4d \"\"x\"\"\",A100,8,20,8,r-1,z\n"
          "p5,H100,8,,8,r-1,z\n",
          "c.csv"),
      reading);
  EXPECT_EQ(problems_of(scenario_head() + present::market_findings(published_markets(offers, {})).toml), "");
}

TEST(Pages, LoadNothingAndEscapeWhatTheyShow) {
  using present::Series;
  present::Plot plot;
  plot.title = "a < b & \"c\"";
  plot.x_label = "<script>";
  plot.series = {{"s", Series::Mark::steps, {{1.0, 2.0}, {2.0, NAN}, {3.0, 5.0}}}, {"t", Series::Mark::points, {}}};
  plot.rows = {"</script><img>"};
  const std::string whole = present::plots_page(
      {"<title>", {"<i>"}, {plot, present::Plot{}}, {{"t", {"a"}, {{"<b>"}}}}, "x = \"<&>\"", "calibrate", {}});
  // The build's own script is no part of what is escaped.
  const std::string page = whole.substr(0, whole.rfind("<script>"));
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("<i>"), std::string::npos);
  EXPECT_EQ(page.find("http"), page.find("http-equiv"));
  EXPECT_EQ(page.find("https:"), std::string::npos);
  EXPECT_EQ(page.find("nan"), std::string::npos);
  EXPECT_EQ(page.find("inf"), std::string::npos);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(page.find("&lt;b&gt;"), std::string::npos);
}

TEST(FragmentText, NumbersAreRoundedWithoutExponents) {
  using namespace present;
  EXPECT_EQ(rounded_number(21.957642, 8), "21.957642");
  EXPECT_EQ(rounded_number(1234567.0, 4), "1234567");
  EXPECT_EQ(rounded_number(0.000123456, 3), "0.000123");
  EXPECT_EQ(rounded_number(-0.5), "-0.5");
  EXPECT_EQ(rounded_number(3.0), "3");
  EXPECT_EQ(rounded_number(0.0), "0");
  EXPECT_EQ(rounded_number(99.996, 4), "100");
}

TEST(FragmentText, DurationsNamesAndStringsAreThoseOfAScenario) {
  using namespace present;
  EXPECT_EQ(rounded_duration(5.4712), "\"5.471h\"");
  EXPECT_EQ(rounded_duration(96.0), "\"4d\"");
  EXPECT_EQ(rounded_duration(0.25), "\"15m\"");
  EXPECT_EQ(rounded_duration(0.001), "\"3.6s\"");
  EXPECT_EQ(name_of("p4d.24xlarge/us"), "p4d-24xlarge-us");
  EXPECT_EQ(name_of("  "), "x");
  EXPECT_EQ(toml_string("a\"b\\\n"), "\"a\\\"b\\\\\\u000A\"");
  EXPECT_EQ(comment("a\xFF\x01\n–"), "# a?\n# –\n");
}

TEST(SharedData, PublishedZonesGiveTheKnownMeansAndAValidFragment) {
  COSTRISK_SHARED_FILE(folder, "spot-traces/availability/1-node/aws-02-15-2023");
  std::vector<trace::History> traces;
  for (const char* zone : {"us-east-1c", "us-east-2a", "us-west-2b"})
    traces.push_back(trace::read_history(folder + "/" + zone + "_v100_1.json"));
  CapacityOptions options;
  options.replications = 19;
  const Findings findings = findings_of(traces, options, {{"a", "b", "c"}});
  EXPECT_EQ(problems_of(scenario_head() + findings.toml,
                        {"market.a.spot.price=0.8", "market.b.spot.price=0.7", "market.c.spot.price=0.7"}),
            "");
  const double known[][2] = {{1.5, 2.1}, {5.5, 2.5}, {9.8, 2.6}};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& up = findings.json["markets"][i]["up"];
    EXPECT_NEAR(up["observed"]["mean_hours"].get<double>(), known[i][0], 0.06);
    EXPECT_NEAR(up["observed"]["cv"].get<double>(), known[i][1], 0.06);
    EXPECT_LT(up["log_normal"]["aic"].get<double>(), up["exponential"]["aic"].get<double>() - 100.0);
  }
}

}  // namespace
}  // namespace costrisk::calibrate
