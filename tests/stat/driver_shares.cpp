// Which unknowns make the cost, where their shares are known in closed form, and whether the standard errors hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "kernels/model/driver_parameters.hpp"
#include "src/run/context.hpp"
#include "src/run/run.hpp"
#include "src/scenario/load.hpp"
#include "src/tally/results.hpp"
#include "src/tally/statistics.hpp"
#include "tests/stat/z_test.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::stat {
namespace {

/// A triangular law and what bins of equal chance tell of it.
struct Triangular {
  double low, mode, high;

  double mean() const { return (low + mode + high) / 3.0; }
  double variance() const {
    return (low * low + mode * mode + high * high - low * mode - low * high - mode * high) / 18.0;
  }
  double quantile(double level) const {
    const double width = high - low, mode_level = (mode - low) / width;
    return level < mode_level ? low + std::sqrt(level * width * (mode - low))
                              : high - std::sqrt((1.0 - level) * width * (high - mode));
  }
  double bin_mean(int bin) const {
    constexpr int points = 20'000;
    double sum = 0.0;
    for (int i = 0; i < points; ++i) sum += quantile((bin + (i + 0.5) / points) / driver_bins);
    return sum / points;
  }
  /// The part of the variance that lies between the bins.
  double variance_between() const {
    double sum = 0.0;
    for (int bin = 0; bin < driver_bins; ++bin) sum += std::pow(bin_mean(bin) - mean(), 2) / driver_bins;
    return sum;
  }
};

tally::Results run(const std::string& text, std::uint64_t paths) {
  const scenario::Scenario scenario = scenario::load_text(text, "scenario").scenario;
  run::Options options;
  options.paths = paths;
  const run::Outcome outcome = run::simulate(scenario, options);
  return evaluate(outcome.tally, run::results_context(scenario, outcome));
}

std::size_t place_of(const tally::Results& results, const std::string& driver) {
  const auto& names = results.context.drivers;
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), driver) - names.begin());
}

void check_share(Checks& checks, const tally::Results& results, const std::string& driver, double expected,
                 double bias) {
  const std::size_t place = place_of(results, driver);
  ASSERT_LT(place, results.context.drivers.size()) << driver;
  checks.mean(driver, {results.driver_share[place], results.driver_share_se[place]}, expected, bias);
}

TEST(DriverShares, OfASumAreTheSharesOfItsVariances) {
  const Triangular rent{1000, 2000, 6000}, people{4000, 5000, 5500}, power{100, 3000, 3200};
  const tally::Results results = run(R"(
name = "a sum"
start = 2026-01-05T00:00:00
horizon = "1d"
step = "1h"
budget = 11_000
[[market]]
name = "m"
on_demand = 1.0
[[job]]
name = "j"
work = 1
throughput = { m = 1.0 }
[[item]]
name = "rent"
once = { low = 1000, mode = 2000, high = 6000 }
[[item]]
name = "people"
once = { low = 4000, mode = 5000, high = 5500 }
[[item]]
name = "power"
once = { low = 100, mode = 3000, high = 3200 }
[[item]]
name = "fine"
once = 5500
chance = 0.04
[[plan]]
name = "all"
[plan.job.j]
markets = ["m"]
policy = "on-demand"
)",
                                     200'000);
  // A chance rarer than a bin of equal chance.
  const double fine = 5500.0 * 5500.0 * 0.04 * 0.96;
  const double all = rent.variance() + people.variance() + power.variance() + fine;
  Checks checks;
  check_share(checks, results, "item.rent.once", rent.variance_between() / all, 0.05);
  check_share(checks, results, "item.people.once", people.variance_between() / all, 0.25);
  check_share(checks, results, "item.power.once", power.variance_between() / all, 0.05);
  check_share(checks, results, "item.fine.chance", fine / all, 0.05);
  EXPECT_EQ(checks.failures(), "");
  EXPECT_EQ(checks.undetected_biases(), "");
  EXPECT_NEAR(results.driver_rest[0], 0.0, 0.02) << "nothing fluctuates and nothing interacts; bins hide a little";

  const std::size_t first = place_of(results, "item.rent.once") * driver_bins;
  const double others = people.mean() + power.mean() + 0.04 * 5500.0;
  for (const int bin : {0, 9, 15}) {
    EXPECT_NEAR(results.driver_mean[first + static_cast<std::size_t>(bin)], rent.bin_mean(bin) + others, 70.0) << bin;
    EXPECT_NEAR(results.driver_bin_low[first + static_cast<std::size_t>(bin)], rent.quantile(bin / 16.0), 1e-9);
  }
  const std::size_t fine_first = place_of(results, "item.fine.chance") * driver_bins;
  EXPECT_NEAR(results.driver_mean[fine_first] - results.driver_mean[fine_first + 15], 5500.0, 100.0)
      << "the first bin: it happens; the last: it does not";
  EXPECT_TRUE(std::isnan(results.driver_mean[fine_first + 1]));
  EXPECT_TRUE(std::isnan(results.driver_bin_low[fine_first]));
}

TEST(DriverShares, OfAChanceAloneAreAllHoweverRareItIs) {
  for (const std::string chance : {"0.01", "0.03", "0.1", "0.2"}) {
    const tally::Results results = run(R"(
name = "a chance"
start = 2026-01-05T00:00:00
horizon = "1d"
step = "1h"
budget = 1000
[[market]]
name = "m"
on_demand = 1.0
[[job]]
name = "j"
work = 1
throughput = { m = 1.0 }
[[item]]
name = "fine"
once = 5000
chance = )" + chance + R"(
[[plan]]
name = "all"
[plan.job.j]
markets = ["m"]
policy = "on-demand"
)",
                                       4000);
    EXPECT_NEAR(results.driver_share[0], 1.0, 1e-9) << chance;
    EXPECT_NEAR(results.driver_rest[0], 0.0, 1e-9) << chance;
    EXPECT_EQ(results.driver_over_budget[0], 1.0) << chance;
    EXPECT_EQ(results.driver_over_budget[15], 0.0) << chance;
    EXPECT_NEAR(results.driver_break_below[0], std::stod(chance), 0.03) << chance;
  }
}

TEST(DriverShares, AreNotOfWhatEveryRunOfARepeatedJobDrawsAnew) {
  const auto drivers = [](const std::string& repeat) {
    return run(R"(
name = "runs"
start = 2026-01-05T00:00:00
horizon = "5d"
step = "1h"
[[market]]
name = "m"
on_demand = 1.0
[[job]]
name = "j"
work = { low = 2, mode = 4, high = 8 }
throughput = { m = 1.0 }
)" + repeat + R"(
[[plan]]
name = "all"
[plan.job.j]
markets = ["m"]
policy = "on-demand"
)",
               200)
        .context.drivers;
  };
  EXPECT_EQ(drivers(""), std::vector<std::string>{"job.j.work"});
  EXPECT_EQ(drivers("repeat = \"5d\""), std::vector<std::string>{"job.j.work"}) << "one run before the horizon";
  EXPECT_EQ(drivers("repeat = \"1d\""), std::vector<std::string>{});
}

TEST(DriverShares, OfAProductLeaveTheInteractionToTheRest) {
  const Triangular demand{1, 4, 10}, price{0.5, 1, 6};
  const tally::Results results = run(R"(
name = "a product"
start = 2026-01-05T00:00:00
horizon = "1d"
step = "1h"
[[market]]
name = "m"
on_demand = 1.0
[[demand]]
name = "chat"
base = { low = 1, mode = 4, high = 10 }
[[service]]
name = "api"
demand = "chat"
rate = { m = 10.0 }
[[serverless]]
name = "hosted"
per_request = 0.0
[[item]]
name = "moderation"
per_1000 = { low = 0.5, mode = 1, high = 6 }
demand = "chat"
[[plan]]
name = "hosted"
[plan.service.api]
pools = []
overflow = "hosted"
)",
                                     200'000);
  const double of_demand = demand.variance_between() * price.mean() * price.mean();
  const double of_price = price.variance_between() * demand.mean() * demand.mean();
  const double all =
      (demand.variance() + demand.mean() * demand.mean()) * (price.variance() + price.mean() * price.mean()) -
      std::pow(demand.mean() * price.mean(), 2);
  Checks checks;
  check_share(checks, results, "demand.chat.base", of_demand / all, 0.05);
  check_share(checks, results, "item.moderation.per_1000", of_price / all, 0.05);
  EXPECT_EQ(checks.failures(), "");
  EXPECT_EQ(checks.undetected_biases(), "");
  EXPECT_NEAR(results.driver_rest[0], 1.0 - (of_demand + of_price) / all, 0.02);
  EXPECT_GT(results.driver_rest[0], 0.05) << "the product's own variance is no single unknown's";
}

enum class Skew { same, turning };

/// Skewed costs whose mean and spread grow with the bin, of which the bins make a known share. They are skewed to the
/// high side in all bins, or in the upper half of them and to the low side in the lower.
class Replication {
 public:
  Replication(double slope, Skew skew) : slope_(slope), skew_(skew) {}

  double expected() const {
    double mean = 0.0, square = 0.0, within = 0.0;
    for (int bin = 0; bin < driver_bins; ++bin) {
      mean += mean_of(bin) / driver_bins;
      square += mean_of(bin) * mean_of(bin) / driver_bins;
      within += spread_of(bin) * spread_of(bin) / driver_bins;
    }
    return (square - mean * mean) / (square - mean * mean + within);
  }

  tally::VarianceShare measured(std::uint64_t replication) const {
    constexpr int paths = 4000;
    std::vector<std::uint64_t> count(driver_bins);
    std::vector<tally::Moments> cost(driver_bins);
    std::vector<tally::Int192> cubes(driver_bins);
    std::vector<std::int64_t> all;
    for (int p = 0; p < paths; ++p) {
      const std::uint64_t path = replication * paths + static_cast<std::uint64_t>(p);
      const int bin = static_cast<int>(driver_bins * tests::uniform(path, 1));
      const double exponential = -std::log(tests::uniform(path, 2)) - 1.0;
      const double side = skew_ == Skew::turning && bin < driver_bins / 2 ? -1.0 : 1.0;
      const auto value = static_cast<std::int64_t>(1e6 * (mean_of(bin) + side * spread_of(bin) * exponential));
      ++count[static_cast<std::size_t>(bin)];
      cost[static_cast<std::size_t>(bin)].sum += value;
      cost[static_cast<std::size_t>(bin)].squares += static_cast<tally::UInt128>(tally::Int128{value} * value);
      cubes[static_cast<std::size_t>(bin)] += tally::cube(value);
      all.push_back(value);
    }
    double sum = 0.0;
    for (const std::int64_t value : all) sum += static_cast<double>(value);
    return tally::variance_share(count, cost, cubes, central_moments(tally::Sample(all), sum / paths));
  }

 private:
  double mean_of(int bin) const { return 100.0 + slope_ * bin * bin; }
  double spread_of(int bin) const { return 5.0 + slope_ * bin; }
  double slope_;
  Skew skew_;
};

class DriverShareErrors : public testing::TestWithParam<std::tuple<double, Skew>> {};

TEST_P(DriverShareErrors, HoldTheTruthInNinetyFivePercentOfReplications) {
  constexpr int replications = 1000;
  const auto [slope, skew] = GetParam();
  const Replication replication(slope, skew);
  int held = 0, held_by_half = 0;
  for (std::uint64_t r = 0; r < replications; ++r) {
    const tally::VarianceShare share = replication.measured(r);
    const double distance = std::abs(share.share - replication.expected());
    held += distance <= 1.96 * share.standard_error;
    held_by_half += distance <= 0.5 * 1.96 * share.standard_error;
  }
  EXPECT_GE(held, 930);
  if (slope > 0.0) {
    EXPECT_LE(held, 970);
  }
  EXPECT_LT(held_by_half, 930) << "half the standard error would be told from it";
}

INSTANTIATE_TEST_SUITE_P(FromNothingToMostOfIt, DriverShareErrors,
                         testing::Combine(testing::Values(0.0, 0.02, 0.05, 0.1),
                                          testing::Values(Skew::same, Skew::turning)));

}  // namespace
}  // namespace costrisk::stat
