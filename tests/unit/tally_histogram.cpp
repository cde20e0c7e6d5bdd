// The log-linear histogram: what falls where, and that merging is adding.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "src/results/sums/histogram.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::tests {
namespace {

using results::Histogram;
using results::HistogramBin;

HistogramBin bin_of(std::int64_t value, int bits) {
  Histogram histogram(bits);
  histogram.add(value);
  return histogram.bins().at(0);
}

TEST(TallyHistogram, SmallValuesHaveABinEach) {
  for (std::int64_t value = -510; value <= 510; ++value) {
    const HistogramBin bin = bin_of(value, 8);
    EXPECT_EQ(bin.low, value);
    EXPECT_EQ(bin.high, value);
    EXPECT_EQ(bin.mean, static_cast<double>(value));
  }
}

TEST(TallyHistogram, BinsHoldTheirValueAndAreNarrow) {
  for (const int bits : {6, 8, 13})
    for (std::uint64_t i = 0; i < 2000; ++i) {
      const auto magnitude = static_cast<std::int64_t>(hashed(i, 1) >> (11 + i % 52));
      for (const std::int64_t value : {magnitude, -magnitude}) {
        const HistogramBin bin = bin_of(value, bits);
        EXPECT_LE(bin.low, value);
        EXPECT_GE(bin.high, value);
        const double width = static_cast<double>(bin.high - bin.low);
        EXPECT_LE(width, (std::abs(static_cast<double>(value)) + 1.0) * std::ldexp(1.0, -bits));
        EXPECT_NEAR(bin.mean, static_cast<double>(value),
                    width * 0x1p-23 + std::abs(static_cast<double>(value)) * 0x1p-52);
      }
    }
}

TEST(TallyHistogram, TakesTheExtremesOfItsType) {
  for (const std::int64_t value :
       {std::numeric_limits<std::int64_t>::max(), -std::numeric_limits<std::int64_t>::max()}) {
    const HistogramBin bin = bin_of(value, 8);
    EXPECT_LE(bin.low, value);
    EXPECT_GE(bin.high, value);
  }
}

TEST(TallyHistogram, NeighbouringBinsTouch) {
  for (const int bits : {6, 8})
    for (std::int64_t value = 1 << bits; value < std::int64_t{1} << 40; value += value / 3) {
      const std::int64_t next = bin_of(value, bits).high + 1;
      EXPECT_EQ(bin_of(next, bits).low, next);
      EXPECT_EQ(bin_of(-next, bits).high, -next);
    }
}

TEST(TallyHistogram, BinsAscend) {
  Histogram histogram(6);
  for (std::uint64_t i = 0; i < 5000; ++i)
    histogram.add(static_cast<std::int64_t>(hashed(i, 2) >> (i % 40)) * (i % 3 == 0 ? -1 : 1));
  const std::vector<HistogramBin> bins = histogram.bins();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    count += bins[i].count;
    EXPECT_LE(static_cast<double>(bins[i].low), bins[i].mean);
    EXPECT_GE(static_cast<double>(bins[i].high), bins[i].mean);
    if (i > 0) {
      EXPECT_LT(bins[i - 1].high, bins[i].low);
    }
  }
  EXPECT_EQ(count, 5000u);
}

TEST(TallyHistogram, MergedPartsEqualTheWhole) {
  Histogram whole(8), left(8), right(8);
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const std::int64_t value = static_cast<std::int64_t>(hashed(i, 3) >> (20 + i % 30)) - (1 << 20);
    whole.add(value);
    (i % 3 == 0 ? left : right).add(value);
  }
  Histogram other_way = right;
  other_way.merge(left);
  left.merge(right);
  EXPECT_EQ(left.entries(), whole.entries());
  EXPECT_EQ(other_way.entries(), whole.entries());
}

TEST(TallyHistogram, EntriesRebuildIt) {
  Histogram histogram(7), rebuilt(7);
  for (std::uint64_t i = 0; i < 1000; ++i)
    histogram.add(static_cast<std::int64_t>(hashed(i, 4) >> 10) * (i % 2 == 0 ? 1 : -1));
  for (const Histogram::Entry& entry : histogram.entries()) {
    EXPECT_TRUE(rebuilt.has_bin(entry.index));
    rebuilt.add(entry);
  }
  EXPECT_EQ(rebuilt.entries(), histogram.entries());
  EXPECT_FALSE(rebuilt.has_bin(std::int64_t{1} << 40));
}

}  // namespace
}  // namespace costrisk::tests
