// Whether 95 % intervals hold what they are for in 95 ± 2 % of replications, and that a biased one fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "src/results/estimators/statistics.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::tests {
namespace {

using results::Histogram;
using results::Interval;
using results::Moments;
using results::Ranks;
using results::Sample;

constexpr int replications = 1000;
constexpr double least = 0.93, most = 0.97;
constexpr double z_score = 1.959963984540054;

/// A standard normal of path and purpose, by Box and Muller.
double normal(std::uint64_t path, std::uint64_t what) {
  return std::sqrt(-2.0 * std::log(uniform(path, 2 * what))) *
         std::cos(2.0 * std::numbers::pi * uniform(path, 2 * what + 1));
}

/// The standard normal's distribution function.
double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// Its inverse, by bisection.
double normal_quantile(double p) {
  double low = -10.0, high = 10.0;
  for (int i = 0; i < 100; ++i) (normal_cdf(0.5 * (low + high)) < p ? low : high) = 0.5 * (low + high);
  return low;
}

/// Costs of a log-normal law of median 400,000 in micro-units.
struct Law {
  double spread;

  std::int64_t draw(std::uint64_t path, std::uint64_t replication) const {
    return static_cast<std::int64_t>(4e11 * std::exp(spread * normal(path, replication)) + 0.5);
  }
  double mean() const { return 4e11 * std::exp(0.5 * spread * spread); }
  double quantile(double p) const { return 4e11 * std::exp(spread * normal_quantile(p)); }
  double cvar(double p) const { return mean() * normal_cdf(spread - normal_quantile(p)) / (1.0 - p); }
};

std::vector<std::int64_t> sample_of(const Law& law, int n, std::uint64_t replication) {
  std::vector<std::int64_t> values;
  for (int i = 0; i < n; ++i) values.push_back(law.draw(static_cast<std::uint64_t>(i), replication));
  std::sort(values.begin(), values.end());
  return values;
}

Moments moments_of(const std::vector<std::int64_t>& values) {
  Moments moments;
  for (const std::int64_t value : values) {
    moments.sum += value;
    moments.squares += static_cast<results::UInt128>(results::Int128{value} * value);
  }
  return moments;
}

Interval about(double centre, double error) { return {centre - z_score * error, centre + z_score * error}; }

/// The share of replications whose interval holds the truth.
double coverage(double truth, const std::function<Interval(std::uint64_t)>& interval_of) {
  int held = 0;
  for (std::uint64_t replication = 0; replication < replications; ++replication) {
    const Interval interval = interval_of(replication);
    held += interval.low <= truth && truth <= interval.high ? 1 : 0;
  }
  return static_cast<double>(held) / replications;
}

void expect_honest(double truth, const std::function<Interval(std::uint64_t)>& interval_of) {
  const double share = coverage(truth, interval_of);
  EXPECT_GE(share, least);
  EXPECT_LE(share, most);
}

Interval mean_interval(const Law& law, std::uint64_t replication) {
  const std::vector<std::int64_t> values = sample_of(law, 1000, replication);
  const Moments moments = moments_of(values);
  return about(results::mean(moments.sum, values.size()), results::standard_error(moments, values.size()));
}

/// The paired difference of two costs that share most of their noise.
Interval difference_interval(std::uint64_t replication) {
  Moments moments;
  constexpr int n = 1000;
  for (std::uint64_t i = 0; i < n; ++i) {
    const double shared = normal(i, 2 * replication);
    const std::int64_t first = static_cast<std::int64_t>(1e9 * (50.0 + 10.0 * shared));
    const std::int64_t second = static_cast<std::int64_t>(1e9 * (48.0 + 9.0 * shared + normal(i, 2 * replication + 1)));
    moments.sum += first - second;
    moments.squares += static_cast<results::UInt128>(results::Int128{first - second} * (first - second));
  }
  return about(results::mean(moments.sum, n), results::standard_error(moments, n));
}

Interval interval_of(const results::Estimate& estimate) { return {estimate.low, estimate.high}; }

Interval quantile_interval(const Law& law, int n, double p, std::uint64_t replication) {
  const std::vector<std::int64_t> values = sample_of(law, n, replication);
  return interval_of(results::quantile(Sample(std::span<const std::int64_t>(values)), p,
                                       results::quantile_interval_ranks(values.size(), p)));
}

Interval cvar_interval(const Law& law, int n, double p, std::uint64_t replication) {
  const std::vector<std::int64_t> values = sample_of(law, n, replication);
  return interval_of(results::cvar(Sample(std::span<const std::int64_t>(values)), p,
                                   results::quantile_interval_ranks(values.size(), p)));
}

Interval share_interval(double share, int n, std::uint64_t replication) {
  std::uint64_t hits = 0;
  for (int i = 0; i < n; ++i) hits += uniform(static_cast<std::uint64_t>(i), 5000 + replication) < share ? 1 : 0;
  return results::proportion_interval(hits, static_cast<std::uint64_t>(n));
}

TEST(IntervalCoverage, OfTheMean) {
  const Law law{0.4};
  expect_honest(law.mean(), [&](std::uint64_t r) { return mean_interval(law, r); });
}

TEST(IntervalCoverage, OfAPairedDifference) {
  expect_honest(2e9, [](std::uint64_t r) { return difference_interval(r); });
}

TEST(IntervalCoverage, OfQuantiles) {
  const Law law{0.4};
  for (const double p : {0.05, 0.5, 0.9, 0.95}) {
    SCOPED_TRACE(p);
    expect_honest(law.quantile(p), [&](std::uint64_t r) { return quantile_interval(law, 1000, p, r); });
  }
  SCOPED_TRACE(0.999);
  expect_honest(law.quantile(0.999), [&](std::uint64_t r) { return quantile_interval(law, 20'000, 0.999, r); });
}

TEST(IntervalCoverage, OfCvar) {
  for (const double spread : {0.1, 0.5, 1.0})
    for (const double p : {0.5, 0.9, 0.95, 0.99}) {
      SCOPED_TRACE(testing::Message() << "spread " << spread << ", p " << p);
      const Law law{spread};
      expect_honest(law.cvar(p), [&](std::uint64_t r) { return cvar_interval(law, 1000, p, r); });
    }
}

TEST(IntervalCoverage, OfCvarFromAHistogram) {
  const Law law{0.4};
  const double p = 0.95;
  expect_honest(law.cvar(p), [&](std::uint64_t r) {
    const std::vector<std::int64_t> values = sample_of(law, 1000, r);
    Histogram histogram(13);
    histogram.add(values);
    return interval_of(results::cvar(Sample(histogram), p, results::quantile_interval_ranks(values.size(), p)));
  });
}

TEST(IntervalCoverage, OfAProportion) {
  for (const double share : {0.05, 0.1, 0.3, 0.5}) {
    SCOPED_TRACE(share);
    expect_honest(share, [&](std::uint64_t r) { return share_interval(share, 2000, r); });
  }
}

TEST(IntervalCoverage, OfARareProportionIsNeverTooLow) {
  for (const double expected : {0.02, 0.18, 0.7, 2.0}) {
    SCOPED_TRACE(expected);
    EXPECT_GE(coverage(expected / 1000.0, [&](std::uint64_t r) { return share_interval(expected / 1000.0, 1000, r); }),
              least);
  }
}

// Why the intervals are what they are: the usual simpler ones, where they fail.
TEST(IntervalCoverage, OfASymmetricCvarIntervalWouldBeTooLow) {
  const Law law{0.5};
  constexpr int n = 1000, tail = 10;
  const double symmetric = coverage(law.cvar(0.99), [&](std::uint64_t r) {
    const std::vector<std::int64_t> values = sample_of(law, n, r);
    const double threshold = static_cast<double>(values[n - tail - 1]);
    double sum = 0.0, squares = 0.0;
    for (int i = n - tail; i < n; ++i) {
      const double excess = static_cast<double>(values[static_cast<std::size_t>(i)]) - threshold;
      sum += excess;
      squares += excess * excess;
    }
    const double mean_excess = sum / tail;
    const double variance = (squares - sum * mean_excess) / (tail - 1);
    return about(threshold + mean_excess, std::sqrt((variance + 0.99 * mean_excess * mean_excess) / tail));
  });
  EXPECT_LT(symmetric, 0.91);
}

TEST(IntervalCoverage, OfWilsonsIntervalWouldBeTooLowForRareEvents) {
  constexpr int n = 1000;
  constexpr double truth = 0.00017;
  const double wilson = coverage(truth, [&](std::uint64_t r) {
    double hits = 0.0;
    for (int i = 0; i < n; ++i) hits += uniform(static_cast<std::uint64_t>(i), 5000 + r) < truth ? 1.0 : 0.0;
    const double square = z_score * z_score, share = hits / n;
    const double centre = (share + square / (2.0 * n)) / (1.0 + square / n);
    const double reach = z_score / (1.0 + square / n) * std::sqrt(share * (1.0 - share) / n + square / (4.0 * n * n));
    return Interval{centre - reach, centre + reach};
  });
  EXPECT_LT(wilson, 0.88);
}

// A truth that is off by about one and a half standard errors must show in every one of these tests.
TEST(IntervalCoverage, APlantedBiasIsFound) {
  const Law law{0.4};
  const double root = std::sqrt(1000.0);
  const double sd = law.mean() * std::sqrt(std::exp(0.16) - 1.0);
  EXPECT_LT(coverage(law.mean() + 1.5 * sd / root, [&](std::uint64_t r) { return mean_interval(law, r); }), least);
  EXPECT_LT(coverage(2e9 + 1.5 * 1.41e9 / root, [](std::uint64_t r) { return difference_interval(r); }), least);
  for (const double p : {0.05, 0.5, 0.9, 0.95}) {
    const double wrong = p + 1.5 * std::sqrt(p * (1.0 - p) / 1000.0);
    EXPECT_LT(coverage(law.quantile(wrong), [&](std::uint64_t r) { return quantile_interval(law, 1000, p, r); }), least)
        << p;
  }
  EXPECT_LT(coverage(1.06 * law.cvar(0.95), [&](std::uint64_t r) { return cvar_interval(law, 1000, 0.95, r); }), least);
  EXPECT_LT(coverage(0.94 * law.cvar(0.95), [&](std::uint64_t r) { return cvar_interval(law, 1000, 0.95, r); }), least);
  EXPECT_LT(coverage(0.31, [](std::uint64_t r) { return share_interval(0.3 - 0.005, 2000, r); }), least);
}

}  // namespace
}  // namespace costrisk::tests
