// Estimators and their intervals, of 95 % unless told otherwise, as pure functions of integer sums, sorted values or
// histograms. Only + − × ÷ √ on doubles, so that equal integers give equal results on every machine.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/results/sums/drivers.hpp"
#include "src/results/sums/histogram.hpp"
#include "src/results/sums/wide.hpp"

namespace costrisk::results {

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

/// A figure with its interval, in the unit of the data.
struct Estimate {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
};

/// The standard normal's quantile at 0.975: half the width of a 95 % interval, in standard errors.
inline constexpr double z_of_95_percent = 1.959963984540054;

/// How sure an interval is: what it leaves out on either side, and the standard normal's quantile at 1 − that.
struct Confidence {
  double tail_share = 0.025;
  double z_score = z_of_95_percent;
};

/// Ranks of order statistics, from 1; 0 and n + 1 stand for one that the sample does not have.
struct Ranks {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

/// The mean; NaN for n = 0.
double mean(Int128 sum, std::uint64_t n);

/// The standard deviation with n − 1 in the denominator, from exact integers (no cancellation); NaN below
/// two values.
double standard_deviation(const Moments& moments, std::uint64_t n);

/// The standard error of the mean, standard deviation / √n; NaN below two values.
double standard_error(const Moments& moments, std::uint64_t n);

/// The rank of the p-quantile: ⌈n·p⌉, in 1..n. Products within rounding of an integer count as that integer.
/// @pre n ≥ 1, 0 < p < 1
std::uint64_t quantile_rank(std::uint64_t n, double p);

/// The ranks between which the p-quantile lies with at least 95 % probability whatever the distribution,
/// at most 2.5 % being left out on either side (David and Nagaraja, Order Statistics, section 7.1). Exact
/// binomial sums; takes time of order √(n·p·(1−p)).
/// @pre 0 < p < 1
Ranks quantile_interval_ranks(std::uint64_t n, double p, const Confidence& confidence = {});

/// The Clopper–Pearson interval of a proportion (Biometrika 26, 1934): its coverage is at least 95 % for
/// every true proportion, also where successes are few, where Wilson's falls below 88 %. Where
/// n·share·(1−share) is above 10^6, Wilson's interval with continuity correction stands in for it; there the
/// two differ by less than a thousandth of their width. [0, 1] for n = 0.
Interval proportion_interval(std::uint64_t successes, std::uint64_t n, const Confidence& confidence = {});

/// Values in ascending order, or the bins of a histogram; what quantiles and CVaR are taken from.
class Sample {
 public:
  /// Refers to `sorted`, which must outlive it.
  explicit Sample(std::span<const std::int64_t> sorted);
  explicit Sample(const Histogram& histogram);

  std::uint64_t size() const { return size_; }

  /// What is known of the value of a rank.
  /// @pre 1 ≤ rank ≤ size()
  HistogramBin at(std::uint64_t rank) const;

  /// Calls visit(value, count) for the values of ranks above `rank`, in ascending order.
  template <class Visit>
  void visit_above(std::uint64_t rank, Visit visit) const {
    if (bins_.empty()) {
      for (std::uint64_t i = rank; i < size_; ++i) visit(static_cast<double>(sorted_[i]), std::uint64_t{1});
      return;
    }
    for (std::size_t i = bin_of(rank + 1); i < bins_.size(); ++i) {
      const std::uint64_t before = last_rank_[i] - bins_[i].count;
      visit(bins_[i].mean, bins_[i].count - (rank > before ? rank - before : 0));
    }
  }

 private:
  std::size_t bin_of(std::uint64_t rank) const;

  std::uint64_t size_ = 0;
  std::span<const std::int64_t> sorted_;
  std::vector<HistogramBin> bins_;
  std::vector<std::uint64_t> last_rank_;  ///< of each bin
};

/// Of values about `mean`, with n in the denominator; a histogram's bins stand for their means. Zero for an empty
/// sample.
CentralMoments central_moments(const Sample& sample, double mean);

/// The ⌈n·p⌉-th smallest value (of a histogram: the mean of its bin), never interpolated; NaN for an empty
/// sample.
double quantile(const Sample& sample, double p);

/// The same with its interval between the order statistics of `ranks` (of a histogram: between the outer
/// edges of their bins); a missing one is −∞ or +∞.
Estimate quantile(const Sample& sample, double p, const Ranks& ranks);

/// The conditional value at risk, or expected shortfall: the mean of the worst 1 − p, in which the order
/// statistic at the quantile counts with the fraction ⌈n·p⌉ − n·p (Rockafellar and Uryasev, Journal of
/// Banking and Finance 26, 2002, equation 9).
///
/// The interval inverts Hall's skewness-corrected t statistic (Journal of the Royal Statistical Society B
/// 54, 1992) with the tail variance of Manistre and Hancock (North American Actuarial Journal 9, 2005),
/// since costs beyond a quantile are few and skewed and a symmetric interval misses high values. Where the
/// tail is so short that the quantile's upper order statistic is missing, it reaches from the quantile's
/// lower order statistic to +∞. Of a histogram the bin at the quantile enters by its outer edges.
Estimate cvar(const Sample& sample, double p, const Ranks& ranks, const Confidence& confidence = {});

}  // namespace costrisk::results
