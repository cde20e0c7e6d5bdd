// Demands planted in logs and rates: profile, growth, noise and bursts come out again.
#include "src/calibrate/demand.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "calibrate_samples.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/present/text/calibrations.hpp"

namespace costrisk::calibrate {
namespace {

constexpr double monday = 1767571200.0;  // 2026-01-05T00:00

double hour_shape(int hour) { return 1.0 + 0.5 * std::sin(2.0 * M_PI * (hour - 8) / 24.0); }
double weekday_shape(int day) { return day >= 5 ? 0.65 : 1.14; }  // of mean 1

struct Planted {
  double base = 20.0, growth = 0.1, volatility = 0.2, half_life_hours = 6.0;
  double burst_every_hours = 0.0, burst_multiplier = 3.0, burst_hours = 4.0;
  int days = 84;
};

/// Half-hourly rates that begin on a Monday.
trace::History planted_rates(const Planted& planted, std::uint64_t seed) {
  Dice dice(seed);
  const auto count = static_cast<std::size_t>(48 * planted.days);
  const std::vector<double> noise = simulated_process(2.0 * planted.half_life_hours, count, dice);
  std::vector<double> rates;
  double burst_begins = planted.burst_every_hours > 0.0 ? -planted.burst_every_hours * std::log(dice.uniform()) : 1e9;
  for (std::size_t i = 0; i < count; ++i) {
    const double hours = 0.5 * (static_cast<double>(i) + 0.5);
    const int hour = static_cast<int>(hours) % 24, day = static_cast<int>(hours / 24.0) % 7;
    const double v = planted.volatility;
    double rate = planted.base * std::pow(1.0 + planted.growth, hours / 730.0) * hour_shape(hour) * weekday_shape(day) *
                  std::exp(v * noise[i] - 0.5 * v * v);
    if (hours >= burst_begins) rate *= planted.burst_multiplier;
    if (hours >= burst_begins + planted.burst_hours)
      burst_begins = hours - planted.burst_every_hours * std::log(dice.uniform());
    rates.push_back(rate);
  }
  trace::History history = history_of(rates, 1800.0);
  history.scale = trace::TimeScale::utc;
  for (double& time : history.time_seconds) time += monday;
  return history;
}

TEST(Demand, ProfileGrowthAndNoiseAreRecovered) {
  int growth = 0, volatility = 0, half_life = 0, base = 0;
  constexpr int turns = 40;
  double worst_hour = 0.0;
  for (int turn = 0; turn < turns; ++turn) {
    const DemandFit fit = fit_demand(rates_of(planted_rates({}, 60 + static_cast<std::uint64_t>(turn))));
    ASSERT_TRUE(fit.has_hours && fit.has_weekdays && fit.growth_believed);
    growth += holds(fit.growth_per_month, 0.1) ? 1 : 0;
    volatility += holds(fit.noise.volatility, 0.2) ? 1 : 0;
    half_life += holds(fit.noise.half_life_hours, 6.0) ? 1 : 0;
    const double at_end = 20.0 * std::pow(1.1, 84.0 * 24.0 / 730.0);
    base += std::abs(std::log(fit.base / at_end)) <= 2.5 * fit.base_log_se ? 1 : 0;
    for (int hour = 0; hour < 24; ++hour)
      worst_hour = std::max(worst_hour, std::abs(fit.by_hour[static_cast<std::size_t>(hour)] / hour_shape(hour) - 1.0));
    EXPECT_NEAR(std::accumulate(fit.by_hour.begin(), fit.by_hour.end(), 0.0), 24.0, 1e-9);
    EXPECT_NEAR(fit.by_weekday[6], 0.65, 0.65 * 0.25);
    EXPECT_LT(fit.bursts.count, 3) << "no law of bursts is made of chance";
  }
  // Of 40 at 95 %, 32 are four and a half standard deviations below.
  for (const int held : {growth, volatility, half_life, base}) EXPECT_GE(held, 33);
  // An hour's mean over 84 days has a standard error of about 0.2/√84.
  EXPECT_LT(worst_hour, 5.0 * 0.2 / std::sqrt(84.0));
}

TEST(Demand, TheMeanOfTheModelIsThatOfTheData) {
  Planted wild;
  wild.volatility = 0.8;
  wild.growth = 0.0;
  const trace::History rates = planted_rates(wild, 9);
  const DemandFit fit = fit_demand(rates_of(rates));
  EXPECT_NEAR(mean_of(fit.expected) / mean_of(rates.value), 1.0, 0.1) << "exp of the mean logarithm would be 27 % low";
}

TEST(Demand, BurstsAreFoundAndKeptOutOfTheNoise) {
  Planted planted;
  planted.burst_every_hours = 100.0;
  const DemandFit fit = fit_demand(rates_of(planted_rates(planted, 11)));
  EXPECT_TRUE(holds(fit.bursts.per_day, 0.24)) << fit.bursts.count;
  EXPECT_NEAR(fit.bursts.multiplier, 3.0, 0.5);
  EXPECT_NEAR(fit.bursts.mean_hours, 4.0, 0.8);
  EXPECT_NEAR(fit.noise.volatility.value, 0.2, 0.03);
  EXPECT_TRUE(holds(fit.growth_per_month, 0.1));
}

TEST(Demand, ShortDataDoNotTellAGrowth) {
  Planted planted;
  planted.days = 14;
  const RateSeries series = rates_of(planted_rates(planted, 12));
  const present::Findings findings = present::demand_findings(series, fit_demand(series), {});
  EXPECT_EQ(findings.toml.find("\ngrowth ="), std::string::npos) << findings.toml;
  EXPECT_NE(findings.toml.find("too short for one"), std::string::npos);
  planted.days = 4;
  const DemandFit fit = fit_demand(rates_of(planted_rates(planted, 12)));
  EXPECT_TRUE(fit.has_hours);
  EXPECT_FALSE(fit.has_weekdays || fit.has_growth);
}

TEST(Demand, HoursAreThoseOfTheClockThatIsAskedFor) {
  const RateSeries series = rates_of(planted_rates({}, 13));
  DemandOptions east;
  east.utc_offset_hours = 3.0;
  const DemandFit fit = fit_demand(series), moved = fit_demand(series, east);
  for (std::size_t hour = 0; hour < 24; ++hour)
    EXPECT_NEAR(moved.by_hour[(hour + 3) % 24], fit.by_hour[hour], 0.03) << hour;
}

TEST(Demand, ALogOfRequestsIsCountedInWindows) {
  // Requests at a constant rate: what is left over is counting alone.
  Dice dice(14);
  trace::RequestLog log;
  log.file = "log.csv";
  log.scale = trace::TimeScale::utc;
  for (double time = monday; time < monday + 3.0 * 86400.0; time -= std::log(dice.uniform()) / 0.6) {
    log.time_seconds.push_back(time);
    log.input_tokens.push_back(1000.0 * dice.uniform());
    log.output_tokens.push_back(100.0);
  }
  const RateSeries series = rates_of(log);
  EXPECT_DOUBLE_EQ(series.window_hours, 1.0 / 60.0) << "thirty requests a window";
  EXPECT_TRUE(holds(*series.input_tokens, 500.0));
  const DemandFit fit = fit_demand(rates_of(log, 0.25));
  EXPECT_NEAR(fit.base, 0.6, 0.02);
  const double spread = std::hypot(fit.noise.volatility.value, fit.noise.nugget);
  EXPECT_NEAR(spread, 1.0 / std::sqrt(540.0), 0.01) << "of counts of 540";
  EXPECT_FALSE(fit_demand(rates_of(log, 24.0)).has_noise) << "of two whole days";
  EXPECT_THROW(rates_of(log, 100.0), TooLittleData);
}

TEST(Demand, ALogWithAMisdatedRequestIsRefusedBeforeItsWindowsAreMade) {
  trace::RequestLog log;
  log.file = "log.csv";
  for (int i = 0; i < 1000; ++i) log.time_seconds.push_back(monday + 10.0 * i);
  EXPECT_NO_THROW(rates_of(log));
  log.time_seconds.front() -= 1000.0 * 365.0 * 86400.0;
  try {
    rates_of(log);
    FAIL();
  } catch (const TooLittleData& problem) {
    EXPECT_NE(std::string(problem.what()).find("misdated"), std::string::npos) << problem.what();
  }
}

TEST(Demand, FewRequestsAreFittedAsCounts) {
  // Three requests an hour, twice as many by day as by night, for four weeks; the rate of each hour scattered by a
  // fifth, anew each hour.
  int held = 0;
  double sum = 0.0;
  for (int turn = 0; turn < 40; ++turn) {
    Dice dice(300 + static_cast<std::uint64_t>(turn));
    trace::RequestLog log;
    log.file = "log.csv";
    log.scale = trace::TimeScale::utc;
    for (int hour = 0; hour < 28 * 24; ++hour) {
      const double rate = (hour % 24 >= 8 && hour % 24 < 20 ? 4.0 : 2.0) * std::exp(0.2 * dice.normal() - 0.02);
      for (double at = -std::log(dice.uniform()) / rate; at < 1.0; at -= std::log(dice.uniform()) / rate)
        log.time_seconds.push_back(monday + 3600.0 * (hour + at));
    }
    const RateSeries series = rates_of(log);
    const DemandFit fit = fit_demand(series);
    EXPECT_TRUE(fit.by_counts);
    EXPECT_EQ(fit.outage_windows, 0);
    EXPECT_NEAR(fit.rate_check().difference(), 0.0, 1e-6) << "the sum of the counts is kept";
    held += holds(by_log(fit.base, fit.base_log_se), 3.0 / 3600.0) ? 1 : 0;
    sum += fit.by_hour[12] / fit.by_hour[2];
  }
  EXPECT_GE(held, 32) << "of 40 at 95 %: four standard deviations below 38";
  EXPECT_NEAR(sum / 40.0, 2.0, 0.25);
}

TEST(Demand, ProfilesTakeEnoughRequests) {
  Dice dice(15);
  trace::RequestLog log;
  log.file = "log.csv";
  for (double time = 0.0; time < 10.0 * 86400.0; time -= std::log(dice.uniform()) * 3600.0)
    log.time_seconds.push_back(time);
  EXPECT_FALSE(fit_demand(rates_of(log)).has_hours) << "ten requests for each hour of the day";
}

TEST(Demand, OfFewValuesThereIsAMean) {
  const DemandFit fit = fit_demand(rates_of(history_of({1.5, 1.0}, 3600.0)));
  EXPECT_DOUBLE_EQ(fit.base, 1.25);
  EXPECT_FALSE(fit.has_noise);
}

TEST(Demand, TheMeanOfTheWindowsIsKept) {
  // Two levels are far from log-normal.
  std::vector<double> rates;
  for (int i = 0; i < 400; ++i) rates.push_back(i % 7 < 3 ? 1.0 : 1.4);
  const DemandFit fit = fit_demand(rates_of(history_of(rates, 600.0)));
  EXPECT_NEAR(fit.rate_check().difference(), 0.0, 1e-9);
}

TEST(Demand, AGrowthThatNobodyWouldBelieveIsAskedAbout) {
  Dice dice(16);
  std::vector<double> rates;
  for (int i = 0; i < 24 * 40; ++i) rates.push_back(10.0 * std::exp(0.5 * i / 730.0 + 0.02 * dice.normal()));
  const RateSeries series = rates_of(history_of(rates, 3600.0));
  DemandOptions options;
  const DemandFit fit = fit_demand(series, options);
  EXPECT_TRUE(fit.growth_believed);
  EXPECT_EQ(present::demand_findings(series, fit, options).toml.find("\ngrowth = "), std::string::npos);
  options.any_growth = true;
  EXPECT_NE(present::demand_findings(series, fit, options).toml.find("\ngrowth = "), std::string::npos);
}

TEST(SharedData, ThePublishedRatesHaveTheirKnownShape) {
  COSTRISK_SHARED_FILE(file, "servegen/language_m-small_total_rate_10min.csv");
  trace::HistoryColumns columns;
  columns.quantity = trace::Quantity::demand;
  const DemandFit fit = fit_demand(rates_of(trace::read_history(file, columns)));
  EXPECT_GT(fit.noise.volatility.value, 0.1);
  EXPECT_LT(fit.noise.volatility.value, 0.36);
  EXPECT_NEAR(mean_of(fit.expected) / fit.mean_rate, 1.0, 0.1);
}

}  // namespace
}  // namespace costrisk::calibrate
