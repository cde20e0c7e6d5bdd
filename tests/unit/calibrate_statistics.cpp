// Which distribution functions are meant, and the search for least values.
#include "src/calibrate/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "src/calibrate/minimize.hpp"

namespace costrisk::calibrate {
namespace {

TEST(CalibrateStatistics, QuantilesAndTailsAreThoseOfTheTables) {
  EXPECT_NEAR(normal_quantile(0.975), results::z_of_95_percent, 1e-15);
  EXPECT_NEAR(normal_cdf(normal_quantile(1e-10)), 1e-10, 1e-22);
  EXPECT_NEAR(results::student_quantile(3.0, 0.975), 3.182446305284263, 1e-12);
  EXPECT_NEAR(chi_squared_tail(3.841458820694124, 1.0), 0.05, 1e-12);
  EXPECT_EQ(chi_squared_tail(0.0, 1.0), 1.0);
}

TEST(CalibrateStatistics, PoissonIntervalsAreExact) {
  // Garwood's interval of ten events: 4.795 to 18.39.
  const Estimate rate = poisson_rate(10.0, 2.0);
  EXPECT_DOUBLE_EQ(rate.value, 5.0);
  EXPECT_NEAR(rate.low, 4.7954 / 2.0, 1e-4);
  EXPECT_NEAR(rate.high, 18.3904 / 2.0, 1e-4);
  EXPECT_EQ(poisson_rate(0.0, 1.0).low, 0.0);
  EXPECT_NEAR(poisson_rate(0.0, 1.0).high, -std::log(0.025), 1e-9);
}

TEST(CalibrateStatistics, LjungBoxRejectsMemoryAndKeepsItsLevel) {
  Dice dice(3);
  int rejected = 0;
  for (int turn = 0; turn < 400; ++turn) {
    std::vector<double> values;
    for (int i = 0; i < 200; ++i) values.push_back(dice.normal());
    rejected += ljung_box(values, 10, 0) < 0.05 ? 1 : 0;
  }
  EXPECT_NEAR(rejected / 400.0, 0.05, 4.0 * std::sqrt(0.05 * 0.95 / 400.0));
  std::vector<double> memory = {0.0};
  for (int i = 1; i < 200; ++i) memory.push_back(0.5 * memory.back() + dice.normal());
  EXPECT_LT(ljung_box(memory, 10, 0), 1e-4);
}

TEST(CalibrateStatistics, LeastValuesAreFoundWithTheirCurvature) {
  const Objective valley = [](const std::vector<double>& x) {
    return 100.0 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1.0 - x[0], 2);
  };
  const auto best = minimize(valley, {-1.0, 1.0}, 0.5);
  EXPECT_NEAR(best[0], 1.0, 1e-4);
  EXPECT_NEAR(best[1], 1.0, 1e-4);
  const Objective bowl = [](const std::vector<double>& x) {
    return 0.5 * (2.0 * x[0] * x[0] + 2.0 * x[0] * x[1] + 3.0 * x[1] * x[1]);
  };
  const auto covariance = covariance_at(bowl, {0.0, 0.0});
  EXPECT_NEAR(covariance(0, 0), 0.6, 1e-8);
  EXPECT_NEAR(covariance(0, 1), -0.2, 1e-8);
  EXPECT_NEAR(covariance(1, 1), 0.4, 1e-8);
  EXPECT_TRUE(std::isinf(covariance_at([](const std::vector<double>&) { return 1.0; }, {0.0})(0, 0)));
}

}  // namespace
}  // namespace costrisk::calibrate
