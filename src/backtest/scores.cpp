// Scores over sorted samples.
#include "src/backtest/scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace costrisk::backtest {

double transform(std::span<const double> sorted, double came) {
  const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), came);
  const auto below = static_cast<double>(low - sorted.begin()), up_to = static_cast<double>(high - sorted.begin());
  return 0.5 * (below + up_to) / static_cast<double>(sorted.size());
}

double pinball_loss(std::span<const double> sorted, double p, double came) {
  const auto n = static_cast<double>(sorted.size());
  const auto rank = static_cast<std::size_t>(std::clamp(std::ceil(n * p - 1e-9), 1.0, n));
  const double miss = came - sorted[rank - 1];
  return miss >= 0.0 ? p * miss : (p - 1.0) * miss;
}

double crps(std::span<const double> sorted, double came) {
  const auto n = static_cast<double>(sorted.size());
  double away = 0.0, apart = 0.0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    away += std::abs(sorted[i] - came);
    // Σ over pairs |x_i − x_j| = 2 Σ (2i − n + 1) x_i, from 0.
    apart += (2.0 * static_cast<double>(i) - n + 1.0) * sorted[i];
  }
  const double score = away / n - apart / (n * n);
  // What the sums leave by rounding where all futures cost what came.
  const double rounding = 1e-12 * std::max(std::abs(sorted.front()), std::abs(sorted.back()));
  return score > rounding ? score : 0.0;
}

calibrate::Estimate mean_by_blocks(std::span<const double> values, std::span<const std::size_t> blocks) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const double mean = calibrate::mean_of(std::vector<double>(values.begin(), values.end()));
  // Of a ratio: the residuals of each block's sum against the mean, as of clusters.
  double squares = 0.0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < values.size();) {
    double residual = 0.0;
    const std::size_t block = blocks[i];
    for (; i < values.size() && blocks[i] == block; ++i) residual += values[i] - mean;
    squares += residual * residual;
    ++count;
  }
  if (count < fewest_blocks) return {mean, -infinite, infinite};
  const auto degrees = static_cast<double>(count - 1);
  const double se = std::sqrt(squares * (degrees + 1.0) / degrees) / static_cast<double>(values.size());
  const double half = results::student_quantile(degrees, 0.975) * se;
  return {mean, mean - half, mean + half};
}

std::array<double, transform_bins> transform_histogram(std::span<const double> transforms) {
  std::array<double, transform_bins> shares{};
  for (const double u : transforms)
    shares[std::min(transform_bins - 1, static_cast<std::size_t>(u * static_cast<double>(transform_bins)))] +=
        1.0 / static_cast<double>(transforms.size());
  return shares;
}

}  // namespace costrisk::backtest
