// What is said of drivers, against arithmetic by hand.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include "kernels/model/world/drivers.hpp"
#include "src/results/sums/drivers.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::tests {
namespace {

using results::DriverGroups;
using results::DriverSums;
using results::Int128;
using results::Int192;
using results::Moments;

DriverSums empty_driver_sums(const Shape& shape) {
  results::TallyLayout layout;
  layout.shape = shape;
  return results::Tally(layout).data().drivers;
}

/// A chunk of two plans and three drivers whose costs are given.
class Chunk {
 public:
  static constexpr int drivers = 3;
  Chunk(int paths, std::int64_t scale) : shape_{.plans = 2, .drivers = drivers} {
    stride_ = paths + 5;
    costs_.resize(2 * static_cast<std::size_t>(stride_));
    cells_.resize(drivers * static_cast<std::size_t>(stride_));
    for (int p = 0; p < paths; ++p)
      for (int row = 0; row < drivers; ++row) {
        const auto path = static_cast<std::uint64_t>(p);
        const std::size_t place = static_cast<std::size_t>(row * stride_ + p);
        cells_[place] = static_cast<std::int32_t>(hashed(path, static_cast<std::uint64_t>(row)) % driver_cells);
        if (row < 2)
          costs_[place] = static_cast<std::int64_t>(hashed(path, 50 + static_cast<std::uint64_t>(row)) % 2000) * scale -
                          700 * scale;
      }
    out_.stride = stride_;
    out_.plan_cost = costs_.data();
    out_.driver_cell = cells_.data();
  }

  const Shape& shape() const { return shape_; }
  const Output& output() const { return out_; }
  std::int64_t cost(int plan, int p) const { return costs_[static_cast<std::size_t>(plan * stride_ + p)]; }
  int cell(int driver, int p) const { return cells_[static_cast<std::size_t>(driver * stride_ + p)]; }

 private:
  Shape shape_;
  int stride_ = 0;
  std::vector<std::int64_t> costs_;
  std::vector<std::int32_t> cells_;
  Output out_;
};

/// value · 2^bits, by doubling.
Int192 doubled(Int192 value, int bits) {
  for (int i = 0; i < bits; ++i) value += value;
  return value;
}

class DriverSumsOf : public testing::TestWithParam<std::int64_t> {};

TEST_P(DriverSumsOf, EveryPathStandsInItsBinWithItsCostSquareCubeAndBudget) {
  constexpr int paths = 1500;
  const std::int64_t scale = GetParam();
  const Chunk chunk(paths, scale);
  const std::int64_t budget = 300 * scale;
  DriverSums sums = empty_driver_sums(chunk.shape());
  add_driver_sums(sums, chunk.shape(), budget, chunk.output(), paths);

  DriverSums expected = empty_driver_sums(chunk.shape());
  for (int p = 0; p < paths; ++p)
    for (int driver = 0; driver < Chunk::drivers; ++driver) {
      const auto cell = static_cast<std::size_t>(driver * driver_cells + chunk.cell(driver, p));
      ++expected.paths[cell];
      for (int plan = 0; plan < 2; ++plan) {
        const std::size_t at = static_cast<std::size_t>(plan * Chunk::drivers * driver_cells) + cell;
        const Int128 cost = chunk.cost(plan, p);
        expected.cost[at].sum += cost;
        expected.cost[at].squares += static_cast<results::UInt128>(cost * cost);
        const Int128 count = cost / scale;
        expected.cost_cubes[at] +=
            doubled(Int192(count * count * count), 3 * std::countr_zero(static_cast<std::uint64_t>(scale)));
        expected.over_budget[at] += cost > budget ? 1 : 0;
      }
    }
  EXPECT_EQ(sums.paths, expected.paths);
  EXPECT_EQ(sums.over_budget, expected.over_budget);
  EXPECT_TRUE(sums.cost_cubes == expected.cost_cubes);
  for (std::size_t i = 0; i < expected.cost.size(); ++i) {
    EXPECT_TRUE(sums.cost[i].sum == expected.cost[i].sum) << i;
    EXPECT_TRUE(sums.cost[i].squares == expected.cost[i].squares) << i;
  }
}

// The largest does not fit into sums of 64 bits.
INSTANTIATE_TEST_SUITE_P(SmallAndLarge, DriverSumsOf,
                         testing::Values(std::int64_t{1}, std::int64_t{1} << 38, std::int64_t{1} << 45));

TEST(DriverSums, WithoutABudgetNothingIsOverIt) {
  const Chunk chunk(100, 1000);
  DriverSums sums = empty_driver_sums(chunk.shape());
  add_driver_sums(sums, chunk.shape(), std::nullopt, chunk.output(), 100);
  EXPECT_EQ(std::accumulate(sums.over_budget.begin(), sums.over_budget.end(), std::uint64_t{0}), 0u);
}

/// Moments of a few values.
Moments moments_of(const std::vector<std::int64_t>& values) {
  Moments moments;
  for (const std::int64_t value : values) {
    moments.sum += value;
    moments.squares += static_cast<results::UInt128>(Int128{value} * value);
  }
  return moments;
}

Int192 cubes_of(const std::vector<std::int64_t>& values) {
  Int192 sum;
  for (const std::int64_t value : values) sum += results::cube(value);
  return sum;
}

/// Groups of these costs.
DriverGroups groups_of(const std::vector<std::vector<std::int64_t>>& costs) {
  DriverGroups groups;
  for (const std::vector<std::int64_t>& of_group : costs) {
    groups.paths.push_back(of_group.size());
    groups.cost.push_back(moments_of(of_group));
    groups.cost_cubes.push_back(cubes_of(of_group));
  }
  return groups;
}

TEST(DriverGroups, JoinCellsAtTheEndsToBinsOrUntilPathsAreEnough) {
  const Shape shape{.plans = 2, .drivers = 2};
  DriverSums sums = empty_driver_sums(shape);
  constexpr std::size_t plan = 1, driver = 1;
  for (std::size_t cell = 0; cell < driver_cells; ++cell) {
    sums.paths[driver * driver_cells + cell] = cell + 1;
    sums.cost[(plan * 2 + driver) * driver_cells + cell].sum = 100 * (static_cast<int>(cell) + 1);
    sums.over_budget[(plan * 2 + driver) * driver_cells + cell] = 1;
  }
  const DriverGroups bins = by_bin(sums, shape, plan, driver);
  ASSERT_EQ(bins.paths.size(), 16u);
  EXPECT_EQ(bins.paths.front(), 45u) << "1 + … + 9";
  EXPECT_EQ(bins.paths[1], 10u);
  EXPECT_EQ(bins.over_budget.back(), 9u);
  EXPECT_EQ(bins.cost.back().sum, 100 * (24 + 25 + 26 + 27 + 28 + 29 + 30 + 31 + 32));
  const DriverGroups cells = by_cell(sums, shape, plan, driver);
  EXPECT_EQ(cells.paths.front(), 10u) << "the first four have eight and more";
  EXPECT_EQ(cells.paths[1], 11u) << "the next two";
  EXPECT_EQ(cells.paths[2], 15u) << "and the next";
  EXPECT_EQ(cells.paths.back(), 32u);
  const DriverGroups outcomes = by_outcome(sums, shape, plan, driver);
  EXPECT_EQ(outcomes.paths, (std::vector<std::uint64_t>{1, 32}));
  EXPECT_EQ(by_cell(sums, shape, plan, 0).paths.size(), 16u) << "few paths: whole bins";
}

TEST(DriverCells, SplitTheOutermostBinsAtEachHalvingOfTheirTail) {
  EXPECT_EQ(driver_cell_of(0x1p-20f), 0);
  EXPECT_EQ(driver_cell_of(0x0.fffp-12f), 0);
  EXPECT_EQ(driver_cell_of(0x1p-12f), 1);
  EXPECT_EQ(driver_cell_of(0x1p-5f), 8);
  EXPECT_EQ(driver_cell_of(0x0.ffffp-4f), 8);
  for (int bin = 1; bin < 15; ++bin) {
    EXPECT_EQ(driver_cell_of(static_cast<float>(bin) / 16.0f), bin + 8) << bin;
    EXPECT_EQ(driver_cell_of((static_cast<float>(bin) + 0.999f) / 16.0f), bin + 8) << bin;
  }
  EXPECT_EQ(driver_cell_of(1.0f - 0x1p-4f), 23);
  EXPECT_EQ(driver_cell_of(1.0f - 0x1p-5f), 23);
  EXPECT_EQ(driver_cell_of(1.0f - 0x0.fffp-5f), 24);
  EXPECT_EQ(driver_cell_of(0x0.ffffffp0f), 31);
}

TEST(ThirdMoment, KeepsWhatALargeMeanWouldCancel) {
  for (const std::int64_t far : {std::int64_t{0}, std::int64_t{1} << 60, -(std::int64_t{1} << 60)}) {
    const auto third = [&](std::vector<std::int64_t> values) {
      for (std::int64_t& value : values) value += far;
      return results::third_moment(moments_of(values), cubes_of(values), values.size());
    };
    EXPECT_EQ(third({0, 0, 3}), 2.0) << far;
    EXPECT_EQ(third({0, 3, 3}), -2.0) << far;
    EXPECT_NEAR(third({0, 0, 1}), 2.0 / 27.0, 1e-15) << far;
    EXPECT_NEAR(third({-1'000'000'007, 0, 5}), -7.40740761851852e25, 1e11) << far;
  }
}

TEST(DriverShare, IsTheVarianceOfMeansLessTheirNoise) {
  // Two groups of four: means 10 and 20, variances within 4/3 and 16/3.
  const double variance = 25.0 + 2.5;
  const auto share =
      results::variance_share(groups_of({{9, 9, 11, 11}, {18, 18, 22, 22}}), {variance, 2.0 * variance * variance});
  const double noise = 0.5 * (4.0 / 3.0) / 8.0 + 0.5 * (16.0 / 3.0) / 8.0;
  EXPECT_NEAR(share.share, (25.0 - noise) / variance, 1e-12);
  EXPECT_GT(share.standard_error, 0.0);
}

TEST(DriverShare, DoesNotExistWhereNothingVariesOrAGroupHasASinglePath) {
  EXPECT_TRUE(std::isnan(results::variance_share(groups_of({{5, 5}, {5, 5}}), {}).share));
  EXPECT_TRUE(std::isnan(results::variance_share(groups_of({{5, 7}, {6}}), {1, 1}).share));
}

TEST(DriverShare, OfAChanceThatAloneMakesTheCostIsAll) {
  const std::vector<std::int64_t> dear = {70, 70, 70}, cheap(97, 20);
  const double variance = 0.03 * 0.97 * 50.0 * 50.0;
  const auto share = results::variance_share(
      groups_of({dear, cheap}), {variance, 0.03 * 0.97 * (0.97 * 0.97 * 0.97 + 0.03 * 0.03 * 0.03) * 6'250'000.0});
  EXPECT_NEAR(share.share, 1.0, 1e-12);
  EXPECT_NEAR(share.standard_error, 0.0, 1e-6);
}

TEST(BudgetBreak, OfAChanceIsAtTheShareInWhichItHappens) {
  DriverGroups groups;
  groups.paths = {30, 970};
  groups.over_budget = {20, 100};
  const auto where_it_happens = results::budget_break(groups);
  EXPECT_EQ(where_it_happens.below, 0.03);
  EXPECT_TRUE(std::isnan(where_it_happens.above));
  groups.over_budget = {0, 600};
  EXPECT_EQ(results::budget_break(groups).above, 0.03);
}

TEST(Drivers, AreChancesByTheirAddresses) {
  EXPECT_TRUE(results::is_chance("item.fine.chance"));
  EXPECT_TRUE(results::is_chance("demand.chat.change.0.chance"));
  for (const char* value : {"factor.chance", "factor.by.chance", "service.api.rate.any.chance", "item.chance.once"})
    EXPECT_FALSE(results::is_chance(value)) << value;
}

TEST(BudgetBreak, IsWhereBinsBecomeOverBudgetMoreOftenThanNot) {
  DriverGroups groups;
  groups.paths.assign(16, 10);
  std::vector<std::uint64_t>& over = groups.over_budget;
  over.assign(16, 0);
  const auto place = [&] { return results::budget_break(groups); };
  EXPECT_TRUE(std::isnan(place().above) && std::isnan(place().below)) << "never";
  for (std::size_t bin = 12; bin < 16; ++bin) over[bin] = 6;
  over[11] = 5;  // half is not more than half
  EXPECT_EQ(place().above, 0.75);
  EXPECT_TRUE(std::isnan(place().below));
  for (std::size_t bin = 0; bin < 16; ++bin) over[bin] = bin < 4 ? 9 : 1;
  EXPECT_EQ(place().below, 0.25);
  EXPECT_TRUE(std::isnan(place().above));
  over[9] = 8;
  EXPECT_TRUE(std::isnan(place().above) && std::isnan(place().below)) << "here and there";
}

TEST(DriverResults, NameTheDriverThatThePlanFollows) {
  const results::Tally tally = tally_of(small_layout(20'000), 0, 20'000, 512);
  const results::Results results = evaluate(tally, small_context());
  EXPECT_GT(results.driver_share[0], 0.5);
  for (const std::size_t other : {1u, 3u, 5u})
    EXPECT_LT(std::abs(results.driver_share[other]), 5.0 * results.driver_share_se[other]);
  EXPECT_NEAR(results.driver_rest[0], 1.0 - results.driver_share[0] - results.driver_share[1], 1e-12);
  EXPECT_LT(results.driver_mean[0], results.driver_mean[15]);
  EXPECT_LT(results.driver_over_budget[0], results.driver_over_budget[15]);
  EXPECT_FALSE(std::isnan(results.driver_share[1])) << "the bins that a chance leaves empty are none of its own";
}

}  // namespace
}  // namespace costrisk::tests
