// Statistics with what each path contributes to them, comparisons that hold together, the value of finding out.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/decide/choice.hpp"
#include "src/decide/value.hpp"
#include "src/results/estimators/distributions.hpp"

namespace costrisk::decide {
namespace {

std::int64_t micros(double amount) { return std::llround(amount * 1e6); }

Record record_of(const std::vector<double>& costs) {
  Record record;
  for (const double cost : costs) record.cost.push_back(micros(cost));
  return record;
}

std::vector<double> normals(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(count);
  for (double& value : values) value = normal(bits);
  return values;
}

const CostStatistic p90 = {CostStatistic::Kind::quantile, 0.9, "p90"};
const CostStatistic cvar95 = {CostStatistic::Kind::tail_mean, 0.95, "cvar95"};

TEST(Contributions, HaveTheStatisticAsTheirMean) {
  std::vector<double> costs = normals(5000, 1);
  for (double& cost : costs) cost = 100.0 + 10.0 * cost;
  const Record record = record_of(costs);
  for (const CostStatistic& statistic : {CostStatistic{}, p90, cvar95})
    EXPECT_NEAR(mean_error(contributions(record, statistic)).mean, value_of(record, statistic), 1e-5) << statistic.name;
}

/// Their spread is that of the estimate: over many samples the estimate scatters as it says.
TEST(Contributions, GiveTheErrorOfTheStatistic) {
  for (const CostStatistic& statistic : {CostStatistic{}, p90, cvar95}) {
    double sum = 0.0, squares = 0.0, said = 0.0;
    constexpr int samples = 300;
    for (int sample = 0; sample < samples; ++sample) {
      const Record record = record_of(normals(2000, 100 + static_cast<std::uint64_t>(sample)));
      const double value = value_of(record, statistic);
      sum += value;
      squares += value * value;
      said += mean_error(contributions(record, statistic)).error;
    }
    const double scatter = std::sqrt(squares / samples - sum * sum / samples / samples);
    // The scatter of 300 samples is known to 4 %; the density at a quantile is smoothed.
    EXPECT_NEAR(said / samples / scatter, 1.0, 0.15) << statistic.name;
  }
}

TEST(Comparisons, AllHoldTogether) {
  // Ten plans that cost the same: how often is any distinguished from the one that looks best?
  constexpr int trials = 400;
  int failures = 0;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<Record> plans;
    std::vector<const Record*> all;
    for (std::size_t plan = 0; plan < 10; ++plan)
      plans.push_back(record_of(normals(200, static_cast<std::uint64_t>(trial) * 10 + plan)));
    std::size_t best = 0;
    for (std::size_t plan = 0; plan < 10; ++plan) {
      all.push_back(&plans[plan]);
      if (value_of(plans[plan], {}) < value_of(plans[best], {})) best = plan;
    }
    for (const Against& against : compare_with(all, best, {}, 0.05)) failures += against.distinct ? 1 : 0;
  }
  // Of 3600 comparisons with a best that was looked for, the truly best (any) is distinguished in at most 5 % of trials
  // for one given plan: 0.05 / 9 a comparison, doubled by the choice of the best.
  EXPECT_LT(failures, 4 * trials * 9 / 100);
}

TEST(Estimates, OfSharesThatNoPathMissesHaveOneEnd) {
  Record record = record_of(std::vector<double>(1000, 1.0));
  auto ratio = std::make_shared<Ratio>();
  ratio->part.assign(1000, 5.0f);
  ratio->whole.assign(1000, 5.0f);
  ratio->part_sum = ratio->whole_sum = 5000;
  record.ratios.push_back(ratio);
  const Measure served{Measure::Kind::served, 0, "served.s", 0.99};
  const results::Estimate estimate = estimate_of(record, served, 0, std::nullopt, {});
  EXPECT_EQ(estimate.value, 1.0);
  EXPECT_EQ(estimate.high, 1.0);
  EXPECT_GT(estimate.low, 0.99);
  EXPECT_EQ(standing_of(estimate, served), Standing::met);
}

/// Plan A costs 100; plan B 40 or 190, each with a half: 115 on average. Without knowing A is chosen; knowing saves 60
/// in one half of the futures: 30.
TEST(ValueOfInformation, TwoPlansTwoOutcomes) {
  constexpr std::size_t paths = 20'000;
  std::vector<double> a(paths, 100.0), b(paths);
  std::vector<std::uint8_t> happens(paths), other(paths);
  std::mt19937_64 bits(5);
  for (std::size_t path = 0; path < paths; ++path) {
    const bool heads = path % 2 == 0;
    happens[path] = heads ? 0 : driver_cells - 1;
    other[path] = static_cast<std::uint8_t>(bits() % driver_cells);
    b[path] = heads ? 40.0 : 190.0;
  }
  const Record plans[] = {record_of(a), record_of(b)};
  const ValueOfInformation value = value_of_information({&plans[0], &plans[1]}, {happens, other});
  EXPECT_EQ(value.best, 0u);
  EXPECT_NEAR(value.perfect.value, 30.0, 1e-9);
  EXPECT_NEAR(value.by_driver[0].value, 30.0, 1e-9);
  EXPECT_NEAR(value.by_driver[1].value, 0.0, 4.0 * value.by_driver[1].error + 0.2);
}

/// Plan B costs a + b·X + c·Y more than plan A, X and Y standard normal: to know X is worth
/// E[max(0, −(a + b·X))] = b·φ(a/b) − a·Φ(−a/b), to know both the same with √(b² + c²).
TEST(ValueOfInformation, LinearAndNormal) {
  constexpr std::size_t paths = 200'000;
  constexpr double a = 3.0, b = 8.0, c = 5.0;
  const std::vector<double> x = normals(paths, 11), y = normals(paths, 12);
  std::vector<double> first(paths, 1000.0), second(paths);
  std::vector<std::uint8_t> cells(paths);
  for (std::size_t path = 0; path < paths; ++path) {
    second[path] = 1000.0 + a + b * x[path] + c * y[path];
    // As the kernels do: sixteen bins, of which the outer ones are split at halvings.
    const double share = results::normal_cdf(x[path]), tail = std::min(share, 1.0 - share);
    const int last = driver_tail_cells - 1;
    const int octave = std::clamp(static_cast<int>(std::floor(std::log2(tail))) + 5 + last, 0, last);
    cells[path] = static_cast<std::uint8_t>(share < 1.0 / 16.0          ? octave
                                            : share >= 1.0 - 1.0 / 16.0 ? driver_cells - 1 - octave
                                                                        : static_cast<int>(share * 16.0) + last);
  }
  const Record plans[] = {record_of(first), record_of(second)};
  const ValueOfInformation value = value_of_information({&plans[0], &plans[1]}, {cells});
  const auto worth = [&](double spread) {
    const double z = a / spread;
    return spread * std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::acos(-1.0)) - a * results::normal_cdf(-z);
  };
  EXPECT_NEAR(value.perfect.value, worth(std::hypot(b, c)), 4.0 * value.perfect.error);
  // Cells lose what lies within the one in which the choice changes: less than a hundredth.
  EXPECT_NEAR(value.by_driver[0].value, worth(b), 4.0 * value.by_driver[0].error + 0.01 * worth(b));
}

}  // namespace
}  // namespace costrisk::decide
