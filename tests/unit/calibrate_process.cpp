// The mean-reverting process of prices and demands: known ones are recovered within their intervals.
#include "src/calibrate/process.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "calibrate_samples.hpp"
#include "src/calibrate/price.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/present/text/calibrations.hpp"

namespace costrisk::calibrate {
namespace {

TEST(Process, IntervalsHoldTheTruthAsOftenAsTheySay) {
  int level = 0, volatility = 0, half_life = 0;
  constexpr int turns = 200;
  for (int turn = 0; turn < turns; ++turn) {
    Dice dice(40 + static_cast<std::uint64_t>(turn));
    std::vector<double> values = simulated_process(8.0, 1500, dice);
    for (double& value : values) value = -0.5 + 0.3 * value;
    const ProcessFit fit = fit_process(values, 0.5, Nugget::none);
    level += std::abs(fit.level + 0.5) <= 1.96 * fit.level_se ? 1 : 0;
    volatility += holds(fit.volatility, 0.3) ? 1 : 0;
    half_life += holds(fit.half_life_hours, 4.0) ? 1 : 0;
    EXPECT_FALSE(fit.unsettled);
  }
  // Four standard deviations of a count at 95 % are 6 %.
  EXPECT_NEAR(level / 200.0, 0.95, 0.06);
  EXPECT_NEAR(volatility / 200.0, 0.95, 0.06);
  EXPECT_NEAR(half_life / 200.0, 0.95, 0.06);
}

TEST(Process, WhatIsForgottenAtOnceIsToldFromWhatLasts) {
  // Values seen through as much noise as they have themselves. Without a nugget the half-life would be far too short.
  Dice dice(5);
  std::vector<double> values = simulated_process(30.0, 6000, dice);
  for (double& value : values) value = 0.2 * value + 0.2 * dice.normal();
  const ProcessFit fit = fit_process(values, 1.0, Nugget::fitted);
  EXPECT_TRUE(holds(fit.half_life_hours, 30.0)) << fit.half_life_hours.low << " " << fit.half_life_hours.high;
  EXPECT_TRUE(holds(fit.volatility, 0.2));
  EXPECT_NEAR(fit.nugget, 0.2, 0.02);
  EXPECT_GT(fit.ljung_box_p, 0.001);
  const ProcessFit without = fit_process(values, 1.0, Nugget::none);
  EXPECT_LT(without.half_life_hours.value, 6.0);
  EXPECT_LT(without.ljung_box_p, 0.001) << "the planted fault is noticed";
}

TEST(Process, MissingValuesCostPrecisionOnly) {
  int volatility = 0, half_life = 0;
  for (int turn = 0; turn < 100; ++turn) {
    Dice dice(600 + static_cast<std::uint64_t>(turn));
    std::vector<double> values = simulated_process(10.0, 2000, dice);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (i % 3 == 1 || (i > 1000 && i < 1200)) values[i] = std::numeric_limits<double>::quiet_NaN();
    const ProcessFit fit = fit_process(values, 1.0, Nugget::none);
    volatility += holds(fit.volatility, 1.0) ? 1 : 0;
    half_life += holds(fit.half_life_hours, 10.0) ? 1 : 0;
  }
  EXPECT_GE(volatility, 86) << "of 100 at 95 %: four standard deviations below";
  EXPECT_GE(half_life, 86);
}

TEST(Process, WhitenedSeriesAreIndependentAndLinear) {
  Dice dice(7);
  const std::vector<double> values = simulated_process(10.0, 3000, dice);
  ProcessFit fit;
  fit.volatility.value = 1.0;
  fit.kept = std::exp2(-0.1);
  const std::vector<double> white = whitened(values, values, fit);
  EXPECT_NEAR(sd_of(white), 1.0, 4.0 / std::sqrt(2.0 * 3000.0));
  EXPECT_GT(ljung_box(white, 10, 0), 0.001);
  std::vector<double> doubled = values;
  for (double& value : doubled) value *= 2.0;
  EXPECT_NEAR(whitened(doubled, values, fit)[17], 2.0 * white[17], 1e-12);
}

TEST(Process, ShortSeriesAndConstantOnesAreSaid) {
  EXPECT_THROW(fit_process({1, 2, 3}, 1.0, Nugget::none), TooLittleData);
  EXPECT_THROW(fit_process(std::vector<double>(50, 3.0), 1.0, Nugget::none), TooLittleData);
  Dice dice(8);
  EXPECT_TRUE(fit_process(simulated_process(100.0, 200, dice), 1.0, Nugget::none).unsettled);
}

trace::History planted_prices(double half_life_hours, std::size_t hours, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<double> values = simulated_process(half_life_hours, hours, dice);
  for (double& value : values) value = 2.0 * std::exp(0.25 * value - 0.5 * 0.0625);
  return history_of(values, 3600.0);
}

TEST(Price, MeanVolatilityAndHalfLifeAreRecovered) {
  int mean = 0, volatility = 0, half_life = 0;
  for (int turn = 0; turn < 100; ++turn) {
    const PriceFit fit = fit_price(planted_prices(48.0, 6000, 200 + static_cast<std::uint64_t>(turn)));
    mean += holds(fit.mean, 2.0) ? 1 : 0;
    volatility += holds(fit.process.volatility, 0.25) ? 1 : 0;
    half_life += holds(fit.process.half_life_hours, 48.0) ? 1 : 0;
  }
  for (const int held : {mean, volatility, half_life}) EXPECT_GE(held, 86) << "of 100 at 95 %";
}

TEST(Price, TheMeanIsThatOfThePriceAndNotOfItsLogarithm) {
  trace::History prices = planted_prices(10.0, 8000, 3);
  for (double& value : prices.value) value = std::pow(value, 3.0);  // volatility 0.75
  const PriceFit fit = fit_price(prices);
  EXPECT_TRUE(holds(fit.mean, mean_of(prices.value)));
  EXPECT_FALSE(holds(fit.mean, std::exp(fit.process.level))) << "the median is not the mean";
}

TEST(Price, IrregularChangesAreHeldBetweenThem) {
  // The same process, told at changes only: some values are dropped, which means that the price stayed.
  Dice dice(12);
  const trace::History even = planted_prices(72.0, 8000, 4);
  trace::History changes = even;
  changes.gap_seconds = 0.0;
  changes.time_seconds.clear();
  changes.value.clear();
  for (std::size_t i = 0; i < even.size(); ++i)
    if (i == 0 || dice.uniform() < 0.3) {
      changes.time_seconds.push_back(even.time_seconds[i]);
      changes.value.push_back(even.value[i]);
    }
  const PriceFit fit = fit_price(changes);
  EXPECT_TRUE(holds(fit.process.half_life_hours, 72.0));
  EXPECT_TRUE(holds(fit.process.volatility, 0.25));
  EXPECT_NEAR(fit.changes_per_day, 24.0 * 0.3, 0.5);
}

TEST(Price, AGridTooCoarseIsSaidWithFileAndRemedy) {
  trace::History prices;
  prices.file = "p.csv";
  for (int i = 0; i < 400; ++i) {
    prices.time_seconds.push_back(3600.0 * i);
    // Every tenth is as the first.
    prices.value.push_back(i % 10 == 0 ? 1.0 : 1.0 + 0.01 * (i % 7));
  }
  for (const auto& [hours, part] :
       {std::pair(10.0, "values, all alike"), std::pair(100.0, "the price has 4 values;")}) {
    PriceOptions options;
    options.grid_hours = hours;
    try {
      fit_price(prices, options);
      FAIL() << hours;
    } catch (const TooLittleData& error) {
      const std::string text = error.what();
      EXPECT_EQ(text.find("p.csv: on a grid of"), 0u) << text;
      EXPECT_NE(text.find(part), std::string::npos) << text;
      EXPECT_NE(text.find("take a finer grid"), std::string::npos) << text;
    }
  }
}

TEST(Price, CapsConstantsAndShortHistoriesAreSeen) {
  trace::History capped = planted_prices(24.0, 3000, 5);
  for (double& value : capped.value) value = std::min(value, 2.4);
  ASSERT_TRUE(fit_price(capped).cap.has_value());
  EXPECT_EQ(*fit_price(capped).cap, 2.4);
  EXPECT_FALSE(fit_price(planted_prices(24.0, 3000, 5)).cap.has_value());

  const PriceFit constant = fit_price(history_of(std::vector<double>(40, 1.5), 3600.0));
  EXPECT_TRUE(constant.constant);
  EXPECT_EQ(present::price_value(constant, present::Uncertainty::left_out), "1.5");
  EXPECT_THROW(fit_price(history_of({1.0, 1.1, 1.0, 1.2}, 3600.0)), TooLittleData);
  EXPECT_THROW(fit_price(history_of({1.0, 0.0, 1.0, 1.2}, 3600.0)), results::FormatError);
  EXPECT_FALSE(present::price_warnings(fit_price(planted_prices(600.0, 1500, 6))).empty()) << "too short a history";
}

}  // namespace
}  // namespace costrisk::calibrate
