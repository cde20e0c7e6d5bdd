// Binomial sums and the estimators built on them.
#include "src/results/estimators/statistics.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "src/results/sums/numbers.hpp"

namespace costrisk::results {
namespace {

/// The probabilities of Binomial(n, p) relative to that of its mode, by the ratio of neighbours.
class BinomialWeights {
 public:
  BinomialWeights(std::uint64_t n, double p)
      : n_(static_cast<double>(n)), odds_(p / (1.0 - p)), mode_(std::min(n_, std::floor((n_ + 1.0) * p))) {
    walk_down([&](double, double weight) {
      down_ += weight;
      return weight > negligible * down_;
    });
    walk_up([&](double, double weight) {
      up_ += weight;
      return weight > negligible * up_;
    });
  }

  double mode() const { return mode_; }
  double total() const { return down_ + up_ - 1.0; }
  double at_most_mode() const { return down_; }
  double at_least_mode() const { return up_; }

  /// Calls visit(k, weight) for k = mode, mode − 1, … 0 while it returns true.
  template <class Visit>
  void walk_down(Visit visit) const {
    double weight = 1.0;
    for (double k = mode_; k >= 0.0 && visit(k, weight); k -= 1.0) weight *= k / ((n_ - k + 1.0) * odds_);
  }

  /// Calls visit(k, weight) for k = mode, mode + 1, … n while it returns true.
  template <class Visit>
  void walk_up(Visit visit) const {
    double weight = 1.0;
    for (double k = mode_; k <= n_ && visit(k, weight); k += 1.0) weight *= (n_ - k) * odds_ / (k + 1.0);
  }

 private:
  static constexpr double negligible = 1e-18;
  double n_, odds_, mode_;
  double down_ = 0.0, up_ = 0.0;  ///< sums on either side, the mode in both
};

/// P(Binomial(n, p) ≥ x) for 1 ≤ x ≤ n.
double upper_tail(std::uint64_t n, std::uint64_t x, double p) {
  const double mean = static_cast<double>(n) * p;
  const double distance = static_cast<double>(x) - mean;
  const double reach = 40.0 + 12.0 * std::sqrt(mean * (1.0 - p));
  if (distance > reach) return 0.0;
  if (distance < -reach) return 1.0;
  const BinomialWeights weights(n, p);
  const auto first = static_cast<double>(x);
  double sum = 0.0;
  if (first > weights.mode()) {
    weights.walk_up([&](double k, double weight) {
      if (k >= first) sum += weight;
      return k < first || weight > 1e-18 * sum;
    });
    return sum / weights.total();
  }
  weights.walk_down([&](double k, double weight) {
    if (k < first) sum += weight;
    return k >= first || weight > 1e-18 * sum;
  });
  return 1.0 - sum / weights.total();
}

/// The p at which P(Binomial(n, p) ≥ x) = target; it grows with p.
double solve_tail(std::uint64_t n, std::uint64_t x, double target) {
  double low = 0.0, high = 1.0;
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    (upper_tail(n, x, middle) < target ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

Interval corrected_wilson(std::uint64_t successes, std::uint64_t n, double z_score) {
  const auto count = static_cast<double>(n);
  const double share = static_cast<double>(successes) / count;
  const double square = z_score * z_score;
  const double scale = 1.0 / (2.0 * (count + square));
  const double centre = 2.0 * count * share + square;
  const double below = z_score * std::sqrt(square - 2.0 - 1.0 / count + 4.0 * share * (count * (1.0 - share) + 1.0));
  const double above = z_score * std::sqrt(square + 2.0 - 1.0 / count + 4.0 * share * (count * (1.0 - share) - 1.0));
  return {(centre - 1.0 - below) * scale, (centre + 1.0 + above) * scale};
}

/// The real cube root, by Newton's iteration from above.
double cube_root(double x) {
  const double magnitude = std::abs(x);
  if (magnitude == 0.0) return 0.0;
  double root = std::max(magnitude, 1.0);
  for (int i = 0; i < 200; ++i) {
    const double next = (2.0 * root + magnitude / (root * root)) / 3.0;
    if (!(next < root)) break;
    root = next;
  }
  return std::copysign(root, x);
}

/// The value of Student's t that Hall's transformation takes to z; `skew` is the skewness over √n.
double hall_inverse(double z, double skew) {
  if (std::abs(skew) < 1e-6) return z;
  return 3.0 / skew * (cube_root(1.0 + skew * (z - skew / 6.0)) - 1.0);
}

double order_statistic(const Sample& sample, std::uint64_t rank, std::int64_t HistogramBin::*edge) {
  if (rank == 0) return -infinity;
  if (rank > sample.size()) return infinity;
  return static_cast<double>(sample.at(rank).*edge);
}

}  // namespace

double mean(Int128 sum, std::uint64_t n) {
  if (n == 0) return not_a_number;
  const auto count = static_cast<Int128>(n);
  return static_cast<double>(sum / count) + static_cast<double>(sum % count) / static_cast<double>(n);
}

double standard_deviation(const Moments& moments, std::uint64_t n) {
  if (n < 2) return not_a_number;
  const auto count = static_cast<double>(n);
  return std::sqrt(scaled_variance(moments, n) / (count * (count - 1.0)));
}

double standard_error(const Moments& moments, std::uint64_t n) {
  return standard_deviation(moments, n) / std::sqrt(static_cast<double>(n));
}

std::uint64_t quantile_rank(std::uint64_t n, double p) {
  const double product = static_cast<double>(n) * p;
  const double nearest = std::rint(product);
  const double rank = std::abs(product - nearest) <= 0x1p-50 * product ? nearest : std::ceil(product);
  return std::clamp(static_cast<std::uint64_t>(rank), std::uint64_t{1}, n);
}

Ranks quantile_interval_ranks(std::uint64_t n, double p, const Confidence& confidence) {
  if (n == 0) return {0, 1};
  const BinomialWeights weights(n, p);
  const double allowed = confidence.tail_share * weights.total();
  Ranks ranks{0, n + 1};
  double below = weights.at_most_mode();
  weights.walk_down([&](double k, double weight) {
    if (below <= allowed) {
      ranks.low = static_cast<std::uint64_t>(k) + 1;
      return false;
    }
    below -= weight;
    return true;
  });
  double above = weights.at_least_mode();
  weights.walk_up([&](double k, double weight) {
    if (above <= allowed) {
      ranks.high = static_cast<std::uint64_t>(k);
      return false;
    }
    above -= weight;
    return true;
  });
  return ranks;
}

Interval proportion_interval(std::uint64_t successes, std::uint64_t n, const Confidence& confidence) {
  if (n == 0) return {0.0, 1.0};
  const auto count = static_cast<double>(n);
  const double hits = static_cast<double>(successes), misses = count - hits;
  if (hits * (misses / count) > 1e6) return corrected_wilson(successes, n, confidence.z_score);
  return {successes == 0 ? 0.0 : solve_tail(n, successes, confidence.tail_share),
          successes == n ? 1.0 : solve_tail(n, successes + 1, 1.0 - confidence.tail_share)};
}

Sample::Sample(std::span<const std::int64_t> sorted) : size_(sorted.size()), sorted_(sorted) {}

Sample::Sample(const Histogram& histogram) : bins_(histogram.bins()) {
  last_rank_.reserve(bins_.size());
  for (const HistogramBin& bin : bins_) last_rank_.push_back(size_ += bin.count);
}

std::size_t Sample::bin_of(std::uint64_t rank) const {
  return static_cast<std::size_t>(std::lower_bound(last_rank_.begin(), last_rank_.end(), rank) - last_rank_.begin());
}

HistogramBin Sample::at(std::uint64_t rank) const {
  if (!bins_.empty()) return bins_[bin_of(rank)];
  const std::int64_t value = sorted_[rank - 1];
  return {value, value, static_cast<double>(value), 1};
}

CentralMoments central_moments(const Sample& sample, double mean) {
  CentralMoments moments;
  sample.visit_above(0, [&](double value, std::uint64_t count) {
    const double distance = value - mean, weighted = distance * distance * static_cast<double>(count);
    moments.second += weighted;
    moments.fourth += weighted * distance * distance;
  });
  const double n = std::max(1.0, static_cast<double>(sample.size()));
  moments.second /= n;
  moments.fourth /= n;
  return moments;
}

double quantile(const Sample& sample, double p) {
  if (sample.size() == 0) return not_a_number;
  return sample.at(quantile_rank(sample.size(), p)).mean;
}

Estimate quantile(const Sample& sample, double p, const Ranks& ranks) {
  return {quantile(sample, p), order_statistic(sample, ranks.low, &HistogramBin::low),
          order_statistic(sample, ranks.high, &HistogramBin::high)};
}

Estimate cvar(const Sample& sample, double p, const Ranks& ranks, const Confidence& confidence) {
  if (sample.size() == 0) return {not_a_number, -infinity, infinity};
  const auto n = static_cast<double>(sample.size());
  const std::uint64_t rank = quantile_rank(sample.size(), p);
  const HistogramBin bin = sample.at(rank);
  const double tail_size = n * (1.0 - p);

  double sum = 0.0, squares = 0.0, cubes = 0.0, at_edge = 0.0;
  sample.visit_above(rank, [&](double value, std::uint64_t count) {
    const double excess = value - bin.mean;
    const double weighted = excess * static_cast<double>(count);
    sum += weighted;
    squares += weighted * excess;
    cubes += weighted * excess * excess;
    if (excess == 0.0) at_edge += static_cast<double>(count);
  });
  const double mean_excess = sum / tail_size;
  const double value = bin.mean + mean_excess;
  if (ranks.high > sample.size()) return {value, order_statistic(sample, ranks.low, &HistogramBin::low), infinity};

  const double tail_count = static_cast<double>(sample.size() - rank);
  const double variance =
      tail_count > 1.0 ? std::max(0.0, squares - sum * (sum / tail_count)) / (tail_count - 1.0) : 0.0;
  const double error = std::sqrt((variance + p * mean_excess * mean_excess) / tail_size);
  const double m1 = sum / n, m2 = squares / n, m3 = cubes / n;
  const double spread = std::sqrt(std::max(0.0, m2 - m1 * m1));
  const double skewness = spread > 0.0 ? (m3 - 3.0 * m1 * m2 + 2.0 * m1 * m1 * m1) / (spread * spread * spread) : 0.0;
  const double skew = skewness / std::sqrt(n);
  const double edge_share = std::min(1.0, (at_edge + 1.0) / tail_size);
  return {
      value,
      value - error * hall_inverse(confidence.z_score, skew) - edge_share * (bin.mean - static_cast<double>(bin.low)),
      value - error * hall_inverse(-confidence.z_score, skew) +
          edge_share * (static_cast<double>(bin.high) - bin.mean)};
}

}  // namespace costrisk::results
