// Which unknowns make the cost, where their shares are known in closed form, and whether the standard errors hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"
#include "src/scenario/reader/load.hpp"
#include "tests/stat/z_test.hpp"
#include "tests/unit/tally_fixture.hpp"

namespace costrisk::stat {
namespace {

/// The mean of a law between two levels of its distribution.
template <class Quantile>
double mean_between(double low, double high, const Quantile& quantile) {
  constexpr int points = 20'000;
  double sum = 0.0;
  for (int i = 0; i < points; ++i) sum += quantile(low + (high - low) * (i + 0.5) / points);
  return sum / points;
}

/// A triangular law and what bins tell of it.
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
    return mean_between(bin / 16.0, (bin + 1) / 16.0, [&](double level) { return quantile(level); });
  }
};

results::Results run(const std::string& text, std::uint64_t paths) {
  const scenario::Scenario scenario = scenario::load_text(text, "scenario").scenario;
  run::Options options;
  options.paths = paths;
  const run::Outcome outcome = run::simulate(scenario, options);
  return evaluate(outcome.tally, run::results_context(scenario, outcome));
}

std::size_t place_of(const results::Results& results, const std::string& driver) {
  const auto& names = results.context.drivers;
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), driver) - names.begin());
}

void check_share(Checks& checks, const results::Results& results, const std::string& driver, double expected,
                 double bias) {
  const std::size_t place = place_of(results, driver);
  ASSERT_LT(place, results.context.drivers.size()) << driver;
  checks.mean(driver, {results.driver_share[place], results.driver_share_se[place]}, expected, bias);
}

TEST(DriverShares, OfASumAreTheSharesOfItsVariances) {
  const Triangular rent{1000, 2000, 6000}, people{4000, 5000, 5500}, power{100, 3000, 3200};
  const results::Results results = run(R"(
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
  check_share(checks, results, "item.rent.once", rent.variance() / all, 0.05);
  check_share(checks, results, "item.people.once", people.variance() / all, 0.25);
  check_share(checks, results, "item.power.once", power.variance() / all, 0.07);
  check_share(checks, results, "item.fine.chance", fine / all, 0.05);
  EXPECT_EQ(checks.failures(), "");
  EXPECT_EQ(checks.undetected_biases(), "");
  EXPECT_NEAR(results.driver_rest[0], 0.0, 0.02) << "nothing fluctuates and nothing interacts";

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

/// A scenario of one item and a job without an unknown.
std::string with_item(const std::string& once) {
  return R"(
name = "a tail"
start = 2026-01-05T00:00:00
horizon = "20d"
step = "1h"
budget = 1000
[[market]]
name = "m"
on_demand = 3.0
[[job]]
name = "j"
work = 60
throughput = { m = 1.0 }
[[item]]
name = "rent"
once = )" +
         once +
         R"(
[[plan]]
name = "all"
[plan.job.j]
markets = ["m"]
policy = "on-demand"
)";
}

TEST(DriverShares, OfAHeavyTailAreTold) {
  // Of two log-normal items, the one with the heavier tail. Sixteenths alone would hide a sixth of its share at 0.8.
  const auto variance = [](double spread) { return std::exp(2.0 * spread * spread) - std::exp(spread * spread); };
  for (const double spread : {0.4, 0.8}) {
    const std::string items = "{ median = 1, spread = " + std::to_string(spread) +
                              " }\n[[item]]\nname = \"other\"\nonce = { median = 1, spread = 0.3 }";
    Checks checks;
    check_share(checks, run(with_item(items), 200'000), "item.rent.once",
                variance(spread) / (variance(spread) + variance(0.3)), 0.06);
    EXPECT_EQ(checks.failures(), "");
    EXPECT_EQ(checks.undetected_biases(), "");
  }
}

TEST(DriverShares, OfAPenaltyBeyondAThresholdAreTold) {
  // Late in some four futures of a thousand, far within the last bin.
  std::string text = with_item("1");
  const std::string work = "work = 60";
  text.replace(text.find(work), work.size(),
               "work = { low = 50, mode = 60, high = 100 }\ndeadline = \"97h\"\nlate_penalty = 2000");
  const results::Results results = run(text, 100'000);
  EXPECT_NEAR(results.driver_share[0], 1.0, 0.05) << "sixteenths alone told an eighth of it";
}

TEST(DriverShares, OfAChanceAloneAreAllHoweverRareItIs) {
  for (const std::string chance : {"0.01", "0.03", "0.1", "0.2"}) {
    const results::Results results = run(R"(
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
  const results::Results results = run(R"(
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
  const double of_demand = demand.variance() * price.mean() * price.mean();
  const double of_price = price.variance() * demand.mean() * demand.mean();
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

/// Skewed costs whose mean and spread grow along the driver, which makes a known share of their variance. They are
/// skewed to the high side everywhere, or in the upper half of the driver and to the low side in the lower.
class Replication {
 public:
  Replication(double slope, Skew skew) : slope_(slope), skew_(skew) {}

  double expected() const {
    constexpr int points = 100'000;
    double mean = 0.0, square = 0.0, within = 0.0;
    for (int i = 0; i < points; ++i) {
      const double place = driver_bins * (i + 0.5) / points;
      mean += mean_at(place) / points;
      square += mean_at(place) * mean_at(place) / points;
      within += spread_at(place) * spread_at(place) / points;
    }
    return (square - mean * mean) / (square - mean * mean + within);
  }

  results::VarianceShare measured(std::uint64_t replication) const {
    constexpr int paths = 4000;
    results::DriverGroups groups;
    groups.paths.resize(driver_bins);
    groups.cost.resize(driver_bins);
    groups.cost_cubes.resize(driver_bins);
    std::vector<std::int64_t> all;
    for (int p = 0; p < paths; ++p) {
      const std::uint64_t path = replication * paths + static_cast<std::uint64_t>(p);
      const double place = driver_bins * tests::uniform(path, 1);
      const double exponential = -std::log(tests::uniform(path, 2)) - 1.0;
      const double side = skew_ == Skew::turning && place < driver_bins / 2 ? -1.0 : 1.0;
      const auto value = static_cast<std::int64_t>(1e6 * (mean_at(place) + side * spread_at(place) * exponential));
      const auto group = static_cast<std::size_t>(place);
      ++groups.paths[group];
      groups.cost[group].sum += value;
      groups.cost[group].squares += static_cast<results::UInt128>(results::Int128{value} * value);
      groups.cost_cubes[group] += results::cube(value);
      all.push_back(value);
    }
    double sum = 0.0;
    for (const std::int64_t value : all) sum += static_cast<double>(value);
    return results::variance_share(groups, central_moments(results::Sample(all), sum / paths));
  }

 private:
  double mean_at(double place) const { return 100.0 + slope_ * place * place; }
  double spread_at(double place) const { return 5.0 + slope_ * place; }
  double slope_;
  Skew skew_;
};

class DriverShareErrors : public testing::TestWithParam<std::tuple<double, Skew>> {};

TEST_P(DriverShareErrors, HoldTheTruthInNinetyFivePercentOfReplications) {
  constexpr int replications = 4000;
  const auto [slope, skew] = GetParam();
  const Replication replication(slope, skew);
  const double expected = replication.expected();
  int held = 0, held_by_half = 0;
  for (std::uint64_t r = 0; r < replications; ++r) {
    const results::VarianceShare share = replication.measured(r);
    const double distance = std::abs(share.share - expected);
    held += distance <= 1.96 * share.standard_error;
    held_by_half += distance <= 0.5 * 1.96 * share.standard_error;
  }
  EXPECT_GE(held, 0.93 * replications);
  if (slope > 0.0) {
    EXPECT_LE(held, 0.97 * replications);
  }
  EXPECT_LT(held_by_half, 0.93 * replications) << "half the standard error would be told from it";
}

INSTANTIATE_TEST_SUITE_P(FromNothingToMostOfIt, DriverShareErrors,
                         testing::Combine(testing::Values(0.0, 0.02, 0.05, 0.1),
                                          testing::Values(Skew::same, Skew::turning)));

}  // namespace
}  // namespace costrisk::stat
