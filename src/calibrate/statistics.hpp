// Intervals, tests and small summaries that the fits share.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "src/results/estimators/distributions.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/store/errors.hpp"

namespace costrisk::calibrate {

/// All with intervals of 95 %.
using results::chi_squared_tail;
using results::Estimate;
using results::normal_cdf;
using results::normal_quantile;

/// The data do not determine what was asked: too few, or all alike. The message says what would do.
struct TooLittleData : results::FormatError {
  using results::FormatError::FormatError;
};

/// value·exp(±z·log_se), z the normal quantile at 0.975
Estimate by_log(double value, double log_se);
/// value ± z·se
Estimate by_sum(double value, double se);

/// Exact 95 % interval of a Poisson rate by `events` in `exposure` (Garwood 1936).
Estimate poisson_rate(double events, double exposure);

/// The values that are not NaN.
std::vector<double> known_of(const std::vector<double>& values);
/// 0 for none.
double mean_of(const std::vector<double>& values);
/// Of the sample (n − 1); 0 for fewer than two.
double sd_of(const std::vector<double>& values);
/// The ⌈np⌉-th smallest; 0 for none.
double quantile_of(std::vector<double> values, double p);
/// Autocorrelation at a lag; values that are NaN are passed over.
double autocorrelation(const std::vector<double>& values, std::size_t lag);
/// Ljung and Box 1978: the p-value of no correlation at lags 1…lags; values that are NaN are passed over.
/// @param fitted parameters that were fitted to the series, taken off the degrees of freedom
double ljung_box(const std::vector<double>& values, int lags, int fitted);

/// Uniforms that are the same wherever the program runs, for simulations inside a fit.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  /// Strictly inside (0, 1). SplitMix64 (Steele, Lea and Flood 2014).
  double uniform();
  double normal() { return normal_quantile(uniform()); }

 private:
  std::uint64_t state_;
};

}  // namespace costrisk::calibrate
