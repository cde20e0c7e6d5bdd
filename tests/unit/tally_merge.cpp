// Tallies: any split of the paths gives the same integers, and the results follow from the paths' values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "src/results/estimators/results.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/quantities/quantities.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::tests {
namespace {

using results::Results;
using results::Tally;
using results::TallyLayout;

constexpr std::uint64_t inexact_paths = std::uint64_t{1} << 30;

/// All numbers of results, as bits, so that NaN equals NaN.
std::vector<std::uint64_t> bits_of(const Results& results) {
  std::vector<std::uint64_t> bits;
  for (const results::Quantity& quantity : results::quantities())
    for (const double value : results.*quantity.values) {
      std::uint64_t word = 0;
      std::memcpy(&word, &value, sizeof word);
      bits.push_back(word);
    }
  return bits;
}

std::vector<std::uint64_t> evaluated(const Tally& tally) { return bits_of(evaluate(tally, small_context())); }

class TallyMerge : public testing::TestWithParam<std::uint64_t> {};

TEST_P(TallyMerge, IsAssociativeAndCommutative) {
  const TallyLayout layout = small_layout(GetParam());
  const auto part = [&](int i) {
    constexpr std::uint64_t first[] = {0, 700, 1000, 1900};
    constexpr std::uint64_t count[] = {700, 300, 900, 100};
    return tally_of(layout, first[i], count[i], 64 + 37 * i);
  };
  const std::vector<std::uint64_t> whole = evaluated(tally_of(layout, 0, 2000, 2000));
  ASSERT_GT(whole.size(), 200u);

  Tally left = part(0);
  for (int i = 1; i < 4; ++i) left.merge(part(i));
  EXPECT_EQ(evaluated(left), whole);

  Tally right = part(3);
  for (int i = 2; i >= 0; --i) right.merge(part(i));
  EXPECT_EQ(evaluated(right), whole);

  Tally a = part(2), b = part(1);
  a.merge(part(0));
  b.merge(part(3));
  a.merge(std::move(b));
  EXPECT_EQ(evaluated(a), whole);
  EXPECT_TRUE(a.contiguous());
  EXPECT_EQ(a.paths(), 2000u);
}

TEST_P(TallyMerge, OneDifferentPathShows) {
  const TallyLayout layout = small_layout(GetParam());
  Tally other = tally_of(layout, 0, 1999);
  add_paths(other, 2000, 1, 1);
  EXPECT_NE(evaluated(other), evaluated(tally_of(layout, 0, 2000)));
}

INSTANTIATE_TEST_SUITE_P(ExactAndBinned, TallyMerge, testing::Values(std::uint64_t{4000}, inexact_paths));

TEST(Tally, RefusesAPathTwice) {
  const TallyLayout layout = small_layout(4000);
  Tally tally = tally_of(layout, 100, 100);
  EXPECT_THROW(add_paths(tally, 150, 1, 1), std::invalid_argument);
  EXPECT_THROW(add_paths(tally, 50, 51, 64), std::invalid_argument);
  EXPECT_THROW(tally.merge(tally_of(layout, 199, 10)), std::invalid_argument);
  EXPECT_NO_THROW(tally.merge(tally_of(layout, 200, 10)));
}

TEST(Tally, RefusesPathsOutsideTheRun) {
  Tally tally(small_layout(4000));
  EXPECT_THROW(add_paths(tally, 3999, 2, 2), std::invalid_argument);
}

TEST(Tally, RefusesAnotherLayout) {
  Tally tally = tally_of(small_layout(4000), 0, 10);
  TallyLayout layout = small_layout(4000);
  layout.budget_micros = 1;
  EXPECT_THROW(tally.merge(tally_of(layout, 10, 10)), std::invalid_argument);
}

TEST(Tally, KnowsItsGaps) {
  Tally tally = tally_of(small_layout(4000), 0, 100);
  add_paths(tally, 200, 50, 64);
  EXPECT_FALSE(tally.contiguous());
  add_paths(tally, 100, 100, 64);
  EXPECT_TRUE(tally.contiguous());
}

TEST(Tally, CountsAgreeWithThePathsThemselves) {
  constexpr int paths = 3000;
  const TallyLayout layout = small_layout(paths);
  const Results results = evaluate(tally_of(layout, 0, paths), small_context());
  double cheaper_01 = 0, cheapest[3] = {}, over = 0, difference = 0;
  std::vector<std::int64_t> costs;
  for (std::uint64_t path = 0; path < paths; ++path) {
    std::int64_t cost[3];
    for (int plan = 0; plan < 3; ++plan) cost[plan] = SyntheticChunk::cost_micros(path, plan);
    cheaper_01 += cost[0] < cost[1] ? 1 : 0;
    cheapest[std::min_element(cost, cost + 3) - cost] += 1;
    over += cost[1] > *layout.budget_micros ? 1 : 0;
    difference += static_cast<double>(cost[0] - cost[1]) / 1e6;
    costs.push_back(cost[1]);
  }
  std::sort(costs.begin(), costs.end());
  EXPECT_DOUBLE_EQ(results.cheaper[1], cheaper_01 / paths);
  for (std::size_t plan = 0; plan < 3; ++plan) EXPECT_DOUBLE_EQ(results.cheapest[plan], cheapest[plan] / paths);
  EXPECT_DOUBLE_EQ(results.cheapest[0] + results.cheapest[1] + results.cheapest[2], 1.0);
  EXPECT_LT(results.cheaper[1] + results.cheaper[3], 0.95) << "ties are nobody's";
  EXPECT_GT(over, 0);
  EXPECT_DOUBLE_EQ(results.over_budget[1], over / paths);
  EXPECT_NEAR(results.difference_mean[1], difference / paths, 1e-6);
  EXPECT_EQ(results.cost_quantile[1 * 5 + 2], static_cast<double>(costs[paths * 9 / 10 - 1]) / 1e6);
  EXPECT_EQ(results.cost_min[1], static_cast<double>(costs.front()) / 1e6);
  EXPECT_EQ(results.cost_max[1], static_cast<double>(costs.back()) / 1e6);
}

TEST(Tally, PairedErrorIsThatOfTheDifferences) {
  constexpr int paths = 500;
  const Results results = evaluate(tally_of(small_layout(paths), 0, paths), small_context());
  double sum = 0, squares = 0;
  for (std::uint64_t path = 0; path < paths; ++path) {
    const double d =
        static_cast<double>(SyntheticChunk::cost_micros(path, 2) - SyntheticChunk::cost_micros(path, 0)) / 1e6;
    sum += d;
    squares += d * d;
  }
  const double variance = (squares - sum * sum / paths) / (paths - 1);
  EXPECT_NEAR(results.difference_mean_se[6], std::sqrt(variance / paths), 1e-9 * std::sqrt(variance));
  EXPECT_EQ(results.difference_mean_se[2], results.difference_mean_se[6]);
  EXPECT_EQ(results.difference_mean_se[0], 0.0);
}

TEST(Tally, CategoriesAndOwnersAddUpToTheCost) {
  const Results results = evaluate(tally_of(small_layout(1000), 0, 1000), small_context());
  for (std::size_t plan = 0; plan < 3; ++plan) {
    double categories = 0, owners = 0;
    for (std::size_t c = 0; c < category_count; ++c) categories += results.category_mean[plan * category_count + c];
    for (std::size_t o = 0; o < 3; ++o) owners += results.owner_mean[plan * 3 + o];
    EXPECT_NEAR(categories, results.cost_mean[plan], 1e-6);
    EXPECT_NEAR(owners, results.cost_mean[plan], 1e-6);
  }
}

TEST(Tally, JobsThatAreNeverDoneFinishAtInfinity) {
  const Results results = evaluate(tally_of(small_layout(1000), 0, 1000), small_context());
  EXPECT_TRUE(std::isfinite(results.finish_quantile[1]));
  EXPECT_TRUE(std::isinf(results.finish_quantile[3])) << "one path in ten never finishes";
  EXPECT_NEAR(results.finish_quantile[1], 0.5 / 0.9 * 250.0, 15.0);
  EXPECT_NEAR(results.late[0], 0.5, 0.05);
  EXPECT_TRUE(std::isnan(results.late[5])) << "the last plan does not run the second job";
}

TEST(Tally, HistogramsAgreeWithSortedCostsWithinABin) {
  constexpr std::uint64_t paths = 20'000;
  const Results sorted = evaluate(tally_of(small_layout(paths), 0, paths), small_context());
  const Tally binned_tally = tally_of(small_layout(inexact_paths), 0, paths);
  ASSERT_FALSE(binned_tally.layout().exact());
  const Results binned = evaluate(binned_tally, small_context());
  constexpr double bin = 1.0 / 8192;
  for (std::size_t i = 0; i < sorted.cost_quantile.size(); ++i) {
    EXPECT_NEAR(binned.cost_quantile[i], sorted.cost_quantile[i], sorted.cost_quantile[i] * bin);
    EXPECT_NEAR(binned.cost_cvar[i], sorted.cost_cvar[i], sorted.cost_cvar[i] * bin);
    EXPECT_NEAR(binned.cost_cvar_low[i], sorted.cost_cvar_low[i], sorted.cost_cvar_low[i] * 2 * bin);
    EXPECT_NEAR(binned.cost_cvar_high[i], sorted.cost_cvar_high[i], sorted.cost_cvar_high[i] * 2 * bin);
    EXPECT_LE(binned.cost_quantile_low[i], sorted.cost_quantile_low[i]);
    EXPECT_GE(binned.cost_quantile_high[i], sorted.cost_quantile_high[i]);
    EXPECT_NEAR(binned.cost_quantile_low[i], sorted.cost_quantile_low[i], sorted.cost_quantile_low[i] * bin);
    EXPECT_NEAR(binned.cost_quantile_high[i], sorted.cost_quantile_high[i], sorted.cost_quantile_high[i] * bin);
  }
  EXPECT_EQ(binned.cost_mean, sorted.cost_mean);
  EXPECT_EQ(binned.cost_sd, sorted.cost_sd);
}

TEST(Tally, TheLastBinOfTheFanIsTheCost) {
  constexpr std::uint64_t paths = 20'000;
  const Results results = evaluate(tally_of(small_layout(paths), 0, paths), small_context());
  for (std::size_t plan = 0; plan < 3; ++plan)
    for (std::size_t i = 0; i < 5; ++i) {
      const double cost = results.cost_quantile[plan * 5 + i];
      EXPECT_NEAR(results.fan_quantile[(plan * 4 + 3) * 5 + i], cost, cost / 256);
    }
}

TEST(Tally, OnePathHasAValueAndNoError) {
  const Results results = evaluate(tally_of(small_layout(1), 0, 1), small_context());
  const double cost = static_cast<double>(SyntheticChunk::cost_micros(0, 0)) / 1e6;
  EXPECT_EQ(results.cost_mean[0], cost);
  EXPECT_EQ(results.cost_quantile[0], cost);
  EXPECT_TRUE(std::isnan(results.cost_mean_se[0]));
  EXPECT_TRUE(std::isinf(results.cost_quantile_high[0]));
}

TEST(Tally, NoPathAtAllEvaluatesToNothingKnown) {
  const Results results = evaluate(Tally(small_layout(10)), small_context());
  EXPECT_TRUE(std::isnan(results.cost_mean[0]));
  EXPECT_TRUE(std::isnan(results.cost_quantile[0]));
  EXPECT_EQ(results.paths, 0u);
}

TEST(Tally, KeptPathsAreInTheOrderOfPaths) {
  TallyLayout layout = small_layout(inexact_paths);
  layout.keep_paths = true;
  Tally tally = tally_of(layout, 200, 100, 7);
  tally.merge(tally_of(layout, 100, 100, 33));
  const std::vector<std::int64_t> costs = tally.costs_by_path(2);
  ASSERT_EQ(costs.size(), 200u);
  for (std::size_t i = 0; i < costs.size(); ++i) EXPECT_EQ(costs[i], SyntheticChunk::cost_micros(100 + i, 2));
  EXPECT_EQ(tally.finish_by_path(1).size(), 200u);
  EXPECT_EQ(tally.served_by_path(3).size(), 200u);
}

TEST(Tally, CostsBeyondItsIntegersAreRefused) {
  TallyLayout layout = small_layout(10);
  SyntheticChunk chunk(layout.shape, 0, 1, 1);
  Output out = chunk.output();
  out.plan_cost[0] = std::int64_t{1} << 62;
  Tally tally(layout);
  EXPECT_THROW(tally.add(out, 0, 1), std::overflow_error);
}

TEST(Tally, MemoryOfKeptPathsIsKnownBeforehand) {
  TallyLayout layout = small_layout(1'000'000);
  const std::uint64_t without = estimated_bytes(layout, 2);
  layout.keep_paths = true;
  EXPECT_GT(estimated_bytes(layout, 2), without);
  layout.paths = std::uint64_t{1} << 40;
  EXPECT_GT(estimated_bytes(layout, 2), std::uint64_t{1} << 45);
  layout.keep_paths = false;
  EXPECT_LT(estimated_bytes(layout, 2), std::uint64_t{1} << 28);
}

TEST(Tally, ManyPlansAndBinsStayFarBelowAGigabyte) {
  TallyLayout layout = small_layout(100'000);
  layout.shape = {.plans = 64,
                  .owners = 4,
                  .bins = 365,
                  .markets = 4,
                  .services = 16,
                  .job_components = 64,
                  .service_components = 64};
  layout.job_component.assign(128, 0);
  layout.service_component.assign(64 * 16, 0);
  layout.tells_tokens.assign(16, 1);
  EXPECT_LT(estimated_bytes(layout, 1), std::uint64_t{1} << 30);
}

}  // namespace
}  // namespace costrisk::tests
