// The parts of a service that can be told alone: binomial reclaims and sliding extremes.
#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/kat/on_every_lane.hpp"

namespace costrisk::kat {
namespace {

using Binomials = OnEveryLane;
using Windows = OnEveryLane;

constexpr PhiloxKey key = {0x2545F491u, 0x4F6CDD1Du};

std::vector<double> exact_distribution(int n, double p) {
  std::vector<double> below;
  double sum = 0.0;
  for (int k = 0; k <= n; ++k) {
    const double log_choose = std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0);
    sum += std::exp(log_choose + k * std::log(p) + (n - k) * std::log1p(-p));
    below.push_back(sum);
  }
  return below;
}

std::vector<float> struck(const LaneProbe& lane, int n, double rate, const std::vector<std::int32_t>& words) {
  const std::vector<float> instances(words.size(), static_cast<float>(n)),
      rates(words.size(), static_cast<float>(rate));
  std::vector<float> counts(words.size());
  lane.binomial(instances.data(), rates.data(), words.data(), key, counts.data(), static_cast<int>(words.size()));
  return counts;
}

TEST_P(Binomials, inversion_over_even_uniforms_is_the_distribution_function) {
  constexpr std::uint32_t many = 1u << 14;
  std::vector<std::int32_t> words;
  for (std::uint32_t i = 0; i < many; ++i) words.push_back(word(i * (0xFFFFFFFFu / many) + 0x1FFFFu));
  struct Case {
    int n;
    double p;
  };
  for (const Case c : {Case{1, 0.3}, Case{12, 0.0004}, Case{60, 0.02}, Case{30, 0.5}, Case{32, 0.499}, Case{20, 0.6},
                       Case{16, 0.97}, Case{4096, 0.0038}, Case{300, 0.05}}) {
    const std::vector<float> counts = struck(lane(), c.n, -std::log1p(-c.p), words);
    const std::vector<double> below = exact_distribution(c.n, c.p);
    for (int k = 0; k <= c.n; ++k) {
      const auto found =
          std::count_if(counts.begin(), counts.end(), [&](float x) { return x <= static_cast<float>(k); });
      // One uniform more or less at the border, and 2^-20 for sums in single precision.
      EXPECT_NEAR(static_cast<double>(found) / many, below[static_cast<std::size_t>(k)], 1.5 / many + 0x1p-20)
          << c.n << " at " << c.p << ", up to " << k;
    }
  }
}

TEST_P(Binomials, mean_and_variance_hold_where_one_uniform_does_not_suffice) {
  constexpr int many = 1 << 15;
  std::vector<std::int32_t> words;
  for (std::uint32_t i = 0; i < many; ++i) {
    std::uint32_t mixed = i * 2654435761u;
    mixed = (mixed ^ (mixed >> 15)) * 2246822519u;
    words.push_back(word(mixed ^ (mixed >> 13)));
  }
  struct Case {
    int n;
    double p;
  };
  for (const Case c : {Case{250, 0.4}, Case{1000, 0.1}, Case{4096, 0.5}, Case{500, 0.9}, Case{4096, 0.01}}) {
    const std::vector<float> counts = struck(lane(), c.n, -std::log1p(-c.p), words);
    double sum = 0.0, squares = 0.0;
    for (const float x : counts) {
      EXPECT_GE(x, 0.0f);
      EXPECT_LE(x, static_cast<float>(c.n));
      sum += x;
      squares += (x - c.n * c.p) * (x - c.n * c.p);
    }
    const double variance = c.n * c.p * (1.0 - c.p);
    // Five moments at five standard errors: one false alarm in 170,000. The variance of a squared deviation is
    // 2·variance² but for an excess that n·p(1−p) ≥ 40 makes small.
    EXPECT_NEAR(sum / many, c.n * c.p, 5.0 * std::sqrt(variance / many)) << c.n << " at " << c.p;
    EXPECT_NEAR(squares / many, variance, 5.0 * variance * std::sqrt(2.1 / many)) << c.n << " at " << c.p;
  }
}

TEST_P(Binomials, nothing_is_struck_of_no_instances) {
  const std::vector<std::int32_t> words = {0,  -1, 1,  12345, word(0x80000000u), 77, 78, 79, 0, -1, 1, 12,
                                           13, 14, 15, 16};
  for (const float count : struck(lane(), 0, 0.7, words)) EXPECT_EQ(count, 0.0f);
}

/// Of one lane and step to the next the instances take turns, so that what is struck must not depend on what was
/// before, nor on which of the ways to draw the step before took.
TEST_P(Binomials, that_are_rare_are_binomial_in_every_step_and_independent_of_the_step_before) {
  constexpr int steps = 64, paths = 1 << 12;
  struct Case {
    int n[2];
    double p;
  };
  for (const Case c : {Case{{1, 30}, 0.001}, Case{{7, 0}, 0.05}, Case{{60, 20}, 0.01}, Case{{40, 700}, 0.03},
                       Case{{5, 3}, 0.6}, Case{{2, 4096}, 0.4}}) {
    std::vector<float> instances(std::size_t{steps} * paths), counts(instances.size());
    for (std::size_t i = 0; i < instances.size(); ++i)
      instances[i] = static_cast<float>(c.n[(i / paths + i % paths) % 2]);
    const auto rate = static_cast<float>(-std::log1p(-c.p)), bound = static_cast<float>(std::max(c.n[0], c.n[1]));
    lane().rare_binomials(instances.data(), bound, rate, key, counts.data(), steps, paths);
    std::vector<float> reference(counts.size());
    scalar_probe.rare_binomials(instances.data(), bound, rate, key, reference.data(), steps, paths);
    EXPECT_EQ(counts, reference) << c.n[0] << " and " << c.n[1] << " at " << c.p;
    for (const int n : c.n) {
      const double variance = n * c.p * (1.0 - c.p), none = std::pow(1.0 - c.p, n);
      double sum = 0.0, squares = 0.0, products = 0.0, without = 0.0, trials = 0.0, pairs = 0.0;
      for (std::size_t i = 0; i < counts.size(); ++i) {
        if (instances[i] != static_cast<float>(n)) continue;
        const double deviation = counts[i] - n * c.p;
        trials += 1.0;
        sum += deviation;
        squares += deviation * deviation;
        without += counts[i] == 0.0f ? 1.0 : 0.0;
        if (i < paths) continue;
        pairs += 1.0;
        products += deviation * (counts[i - paths] - static_cast<double>(instances[i - paths]) * c.p);
      }
      const int other = c.n[0] == n ? c.n[1] : c.n[0];
      // At five standard errors, 48 comparisons a lane: one false alarm in 35,000. The fourth central moment of a
      // binomial is 3·variance² + variance·(1 − 6p(1−p)); counts are rounded to single precision, rates to 2^-24.
      const double fourth = 3.0 * variance * variance + variance * (1.0 - 6.0 * c.p * (1.0 - c.p));
      const double tolerance = 1e-6 * n;
      const auto within = [&](double total, double number, double moment) {
        return 5.0 * std::sqrt(moment / number) + tolerance - std::abs(total / number);
      };
      EXPECT_GE(within(sum, trials, variance), 0.0) << "mean of " << n << " at " << c.p;
      EXPECT_GE(within(squares - trials * variance, trials, fourth - variance * variance), 0.0)
          << "variance of " << n << " at " << c.p;
      EXPECT_GE(within(without - trials * none, trials, none * (1.0 - none)), 0.0) << "none of " << n << " at " << c.p;
      EXPECT_GE(within(products, pairs, variance * other * c.p * (1.0 - c.p)), 0.0)
          << "covariance of " << n << " after " << other << " at " << c.p;
    }
  }
}

/// The extreme over k − window … k by looking at every value, fractions between two whole windows.
double looked_up(const std::vector<double>& values, int k, const WindowParameters& window, Extreme extreme) {
  const auto over = [&](int whole) {
    double result = values[static_cast<std::size_t>(k)];
    for (int j = 0; j <= whole; ++j) {
      const double value = values[static_cast<std::size_t>(std::max(k - j, 0))];
      result = extreme == Extreme::most ? std::max(result, value) : std::min(result, value);
    }
    return result;
  };
  const double shorter = over(window.whole), fraction = window.fraction;
  return shorter + fraction * (over(window.whole + 1) - shorter);
}

TEST_P(Windows, are_the_extremes_of_what_they_cover) {
  constexpr int steps = 200;
  std::vector<float> values(static_cast<std::size_t>(steps) * block);
  std::uint32_t state = 7;
  for (float& value : values) value = static_cast<float>((state = state * 747796405u + 2891336453u) >> 24);
  for (const WindowParameters window : {WindowParameters{0, 0.0f},
                                        {0, 0.25f},
                                        {1, 0.0f},
                                        {2, 0.5f},
                                        {3, 0.0f},
                                        {3, 0.25f},
                                        {4, 0.5f},
                                        {7, 0.0f},
                                        {31, 0.75f},
                                        {64, 0.0f}})
    for (const Extreme extreme : {Extreme::least, Extreme::most}) {
      std::vector<float> extremes(values.size());
      lane().sliding(values.data(), window, extreme, extremes.data(), steps, block);
      for (int lane_index = 0; lane_index < block; ++lane_index) {
        std::vector<double> column;
        for (int k = 0; k < steps; ++k) column.push_back(values[static_cast<std::size_t>(k * block + lane_index)]);
        for (int k = 0; k < steps; ++k)
          ASSERT_EQ(extremes[static_cast<std::size_t>(k * block + lane_index)], looked_up(column, k, window, extreme))
              << "window " << window.whole << " + " << window.fraction << ", step " << k;
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Lanes, Binomials, testing::ValuesIn(all_probes()), lane_name);
INSTANTIATE_TEST_SUITE_P(Lanes, Windows, testing::ValuesIn(all_probes()), lane_name);

}  // namespace
}  // namespace costrisk::kat
