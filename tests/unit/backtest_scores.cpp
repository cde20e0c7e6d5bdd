// Scores of predictions: closed forms, and that right predictions look right and wrong ones wrong.
#include "src/backtest/scores.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/calibrate/statistics.hpp"

namespace costrisk::backtest {
namespace {

std::vector<double> normal_sample(calibrate::Dice& dice, std::size_t n, double shift = 0.0) {
  std::vector<double> values(n);
  for (double& value : values) value = shift + dice.normal();
  std::sort(values.begin(), values.end());
  return values;
}

TEST(Scores, TheTransformIsTheShareBelowWithTiesCountedHalf) {
  const std::vector<double> sorted = {1.0, 2.0, 2.0, 4.0};
  EXPECT_DOUBLE_EQ(transform(sorted, 0.0), 0.0);
  EXPECT_DOUBLE_EQ(transform(sorted, 2.0), 0.5);
  EXPECT_DOUBLE_EQ(transform(sorted, 3.0), 0.75);
  EXPECT_DOUBLE_EQ(transform(sorted, 9.0), 1.0);
}

TEST(Scores, PinballLossByHand) {
  const std::vector<double> sorted = {1.0, 2.0, 3.0, 4.0};
  EXPECT_DOUBLE_EQ(pinball_loss(sorted, 0.5, 5.0), 0.5 * 3.0);
  EXPECT_DOUBLE_EQ(pinball_loss(sorted, 0.75, 1.0), 0.25 * 2.0);
  EXPECT_DOUBLE_EQ(pinball_loss(sorted, 0.75, 3.0), 0.0);
}

TEST(Scores, CrpsIsItsDefinition) {
  calibrate::Dice dice(3);
  const std::vector<double> sorted = normal_sample(dice, 40);
  for (const double came : {-3.0, 0.2, 1.5}) {
    double away = 0.0, apart = 0.0;
    for (const double a : sorted) {
      away += std::abs(a - came) / 40.0;
      for (const double b : sorted) apart += std::abs(a - b) / 1600.0;
    }
    EXPECT_NEAR(crps(sorted, came), away - 0.5 * apart, 1e-12);
  }
  EXPECT_DOUBLE_EQ(crps(std::vector<double>{2.0}, 5.0), 3.0) << "of one future: the distance";
}

TEST(Scores, OfFuturesThatAllCostWhatCameTheCrpsIsZero) {
  for (const double cost : {0.1, 123.456, 3.06e5})
    for (const std::size_t n : {3u, 20u, 2000u}) EXPECT_EQ(crps(std::vector<double>(n, cost), cost), 0.0);
}

TEST(Scores, TransformsOfRightPredictionsAreEvenAndOfWrongOnesAreNot) {
  calibrate::Dice dice(17);
  constexpr int turns = 2000;
  std::vector<double> right, wrong;
  for (int i = 0; i < turns; ++i) {
    const std::vector<double> sorted = normal_sample(dice, 200);
    right.push_back(transform(sorted, dice.normal()));
    wrong.push_back(transform(sorted, dice.normal() + 0.5));
  }
  const double se = std::sqrt(0.1 * 0.9 / turns);
  double farthest = 0.0;
  for (const double share : transform_histogram(right)) EXPECT_NEAR(share, 0.1, 5.0 * se);
  for (const double share : transform_histogram(wrong)) farthest = std::max(farthest, std::abs(share - 0.1));
  EXPECT_GT(farthest, 8.0 * se) << "the planted bias";
}

TEST(Scores, RightPredictionsLoseLeast) {
  calibrate::Dice dice(23);
  const std::vector<double> right = normal_sample(dice, 2000), wrong = normal_sample(dice, 2000, 0.7);
  double gain_pinball = 0.0, gain_crps = 0.0;
  for (int i = 0; i < 2000; ++i) {
    const double came = dice.normal();
    gain_pinball += pinball_loss(wrong, 0.9, came) - pinball_loss(right, 0.9, came);
    gain_crps += crps(wrong, came) - crps(right, came);
  }
  EXPECT_GT(gain_pinball, 0.0);
  EXPECT_GT(gain_crps, 0.0);
}

TEST(Scores, IntervalsByBlocksHoldTheMeanWhereNeighboursDependOnOneAnother) {
  // Twenty blocks of ten values, alike within a block: what independent values would say is far too sure.
  calibrate::Dice dice(31);
  int held = 0, held_as_if_independent = 0;
  constexpr int turns = 1000;
  for (int turn = 0; turn < turns; ++turn) {
    std::vector<double> values;
    std::vector<std::size_t> blocks;
    for (std::size_t block = 0; block < 20; ++block) {
      const double level = dice.normal();
      for (int i = 0; i < 10; ++i) {
        values.push_back(level + 0.3 * dice.normal());
        blocks.push_back(block);
      }
    }
    const calibrate::Estimate mean = mean_by_blocks(values, blocks);
    held += mean.low <= 0.0 && 0.0 <= mean.high ? 1 : 0;
    const double se = calibrate::sd_of(values) / std::sqrt(200.0);
    held_as_if_independent += std::abs(mean.value) <= 1.96 * se ? 1 : 0;
  }
  // Binomial: four standard deviations of 1000 at 95 % are 2.8 %.
  EXPECT_NEAR(held / 1000.0, 0.95, 0.028);
  EXPECT_LT(held_as_if_independent, 700) << "the planted fault";
}

TEST(Scores, TwoBlocksHaveNoInterval) {
  const std::vector<double> values = {1.0, 2.0};
  const std::vector<std::size_t> blocks = {0, 1};
  EXPECT_TRUE(std::isinf(mean_by_blocks(values, blocks).high));
}

}  // namespace
}  // namespace costrisk::backtest
