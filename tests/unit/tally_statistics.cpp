// Estimators against values known by hand or from published tables.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "src/results/estimators/statistics.hpp"

namespace costrisk::tests {
namespace {

using results::Estimate;
using results::Histogram;
using results::Interval;
using results::Moments;
using results::Ranks;
using results::Sample;

Moments moments_of(const std::vector<std::int64_t>& values) {
  Moments moments;
  for (const std::int64_t value : values) {
    moments.sum += value;
    moments.squares += static_cast<results::UInt128>(results::Int128{value} * value);
  }
  return moments;
}

TEST(TallyStatistics, MeanKeepsTheFraction) {
  EXPECT_EQ(results::mean(7, 2), 3.5);
  EXPECT_EQ(results::mean(-7, 2), -3.5);
  EXPECT_TRUE(std::isnan(results::mean(0, 0)));
}

TEST(TallyStatistics, DeviationOfLargeCloseValuesIsExact) {
  const std::int64_t base = std::int64_t{1} << 61;
  EXPECT_EQ(results::standard_deviation(moments_of({base - 1, base, base + 1}), 3), 1.0);
  EXPECT_EQ(results::standard_deviation(moments_of({-base - 1, -base, -base + 1}), 3), 1.0);
  EXPECT_EQ(results::standard_error(moments_of({2, 4, 4, 6}), 4), std::sqrt(8.0 / 3.0) / 2.0);
}

TEST(TallyStatistics, DeviationOfEqualValuesIsZeroAndOfOneValueUnknown) {
  EXPECT_EQ(results::standard_deviation(moments_of({123456789012345, 123456789012345}), 2), 0.0);
  EXPECT_TRUE(std::isnan(results::standard_deviation(moments_of({5}), 1)));
}

TEST(TallyStatistics, QuantileRankIsTheCeilingOfNp) {
  EXPECT_EQ(results::quantile_rank(10, 0.1), 1u);
  EXPECT_EQ(results::quantile_rank(10, 0.11), 2u);
  EXPECT_EQ(results::quantile_rank(100, 0.07), 7u);
  EXPECT_EQ(results::quantile_rank(100'000, 0.999), 99'900u);
  EXPECT_EQ(results::quantile_rank(1, 0.999), 1u);
  EXPECT_EQ(results::quantile_rank(3, 0.5), 2u);
  EXPECT_EQ(results::quantile_rank(std::uint64_t{1} << 40, 0.5), std::uint64_t{1} << 39);
}

TEST(TallyStatistics, MedianIntervalOfAHundredIsFromRank40To61) {
  const Ranks ranks = results::quantile_interval_ranks(100, 0.5);
  EXPECT_EQ(ranks.low, 40u);
  EXPECT_EQ(ranks.high, 61u);
}

TEST(TallyStatistics, MissingOrderStatisticsAreRanksOutsideTheSample) {
  EXPECT_EQ(results::quantile_interval_ranks(5, 0.5).low, 0u);
  EXPECT_EQ(results::quantile_interval_ranks(5, 0.5).high, 6u);
  EXPECT_EQ(results::quantile_interval_ranks(6, 0.5).low, 1u);
  EXPECT_EQ(results::quantile_interval_ranks(6, 0.5).high, 6u);
  EXPECT_EQ(results::quantile_interval_ranks(1000, 0.999).high, 1001u);
}

TEST(TallyStatistics, RanksOfManyPathsFollowTheNormalLimit) {
  const std::uint64_t n = std::uint64_t{1} << 34;
  const double p = 0.95, centre = static_cast<double>(n) * p, reach = 1.959964 * std::sqrt(centre * (1.0 - p));
  const Ranks ranks = results::quantile_interval_ranks(n, p);
  EXPECT_NEAR(static_cast<double>(ranks.low), centre - reach, 3.0);
  EXPECT_NEAR(static_cast<double>(ranks.high), centre + reach, 3.0);
}

TEST(TallyStatistics, ProportionIntervalsAreClopperAndPearsons) {
  const auto expect = [](std::uint64_t successes, std::uint64_t n, double low, double high) {
    const Interval interval = results::proportion_interval(successes, n);
    EXPECT_NEAR(interval.low, low, 5e-5) << successes << " of " << n;
    EXPECT_NEAR(interval.high, high, 5e-5) << successes << " of " << n;
  };
  expect(0, 10, 0.0, 1.0 - std::pow(0.025, 0.1));
  expect(10, 10, std::pow(0.025, 0.1), 1.0);
  expect(5, 10, 0.1871, 0.8129);
  expect(1, 20, 1.0 - std::pow(0.975, 0.05), 0.2487);
  EXPECT_EQ(results::proportion_interval(0, 0).high, 1.0);
}

TEST(TallyStatistics, ProportionIntervalsJoinWhereTheNormalLimitTakesOver) {
  const std::uint64_t n = 4'000'200;
  for (const std::uint64_t successes : {n / 2, n / 2 + 9000}) {
    const Interval interval = results::proportion_interval(successes, n);
    const Interval smaller = results::proportion_interval(successes - successes / 1000, n - n / 1000);
    const double width = interval.high - interval.low;
    EXPECT_NEAR(interval.low, smaller.low, 2e-3 * width);
    EXPECT_NEAR(interval.high, smaller.high, 2e-3 * width);
  }
}

TEST(TallyStatistics, CvarWeighsTheOrderStatisticAtTheQuantile) {
  std::vector<std::int64_t> values(10);
  std::iota(values.begin(), values.end(), 1);
  const Sample sample{std::span<const std::int64_t>(values)};
  const auto cvar = [&](double p) { return results::cvar(sample, p, results::quantile_interval_ranks(10, p)).value; };
  EXPECT_DOUBLE_EQ(cvar(0.8), 9.5);
  EXPECT_DOUBLE_EQ(cvar(0.75), (0.5 * 8 + 9 + 10) / 2.5);
  EXPECT_DOUBLE_EQ(cvar(0.95), 10.0);
  EXPECT_EQ(results::cvar(sample, 0.95, results::quantile_interval_ranks(10, 0.95)).high,
            std::numeric_limits<double>::infinity());
}

TEST(TallyStatistics, EqualValuesHaveIntervalsOfNoWidth) {
  const std::vector<std::int64_t> values(1000, 777'777'777'777);
  Histogram histogram(13);
  for (const std::int64_t value : values) histogram.add(value);
  for (const double p : {0.05, 0.5, 0.95}) {
    const Ranks ranks = results::quantile_interval_ranks(values.size(), p);
    const Sample sample{std::span<const std::int64_t>(values)};
    for (const Estimate& estimate : {results::quantile(sample, p, ranks), results::cvar(sample, p, ranks)}) {
      EXPECT_EQ(estimate.value, 777'777'777'777.0);
      EXPECT_EQ(estimate.low, estimate.value);
      EXPECT_EQ(estimate.high, estimate.value);
    }
    EXPECT_NEAR(results::quantile(Sample(histogram), p), 777'777'777'777.0, 777'777'777'777.0 * 0x1p-36);
  }
}

TEST(TallyStatistics, AnEmptySampleKnowsNothing) {
  const Sample sample{std::span<const std::int64_t>()};
  EXPECT_TRUE(std::isnan(results::quantile(sample, 0.5)));
  const Estimate worst = results::cvar(sample, 0.5, results::quantile_interval_ranks(0, 0.5));
  EXPECT_TRUE(std::isnan(worst.value));
  EXPECT_TRUE(std::isinf(worst.high));
}

}  // namespace
}  // namespace costrisk::tests
