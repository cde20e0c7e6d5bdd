// A mean-reverting process (Ornstein–Uhlenbeck) fitted to a series at even distances.
#pragma once

#include <vector>

#include "src/calibrate/statistics.hpp"

namespace costrisk::calibrate {

struct ProcessFit {
  double level = 0.0, level_se = 0.0;
  Estimate volatility;  ///< stationary standard deviation
  Estimate half_life_hours;
  double nugget = 0.0;       ///< standard deviation of what is forgotten from one value to the next
  double mean_log_se = 0.0;  ///< standard error of level + volatility²/2: of the logarithm of the mean of exp
  double log_likelihood = 0.0;
  double white_log_likelihood = 0.0;  ///< of independent values around the level
  double ljung_box_p = 1.0;           ///< of the standardized innovations, ten lags
  double kurtosis = 3.0;              ///< of the same; 3 for normal ones
  double kept = 0.0;                  ///< correlation of one value with the next, without the nugget
  bool unsettled = false;  ///< the series is shorter than twenty half-lives: half-life and volatility are hardly known
};

enum class Nugget { none, fitted };

/// Exact Gaussian likelihood, stationary start included, by the Kalman filter (Harvey 1989, 3.4).
/// Known values below which there is no process.
inline constexpr std::size_t fewest_process_values = 8;

/// @param values NaN where unknown; at least `fewest_process_values` known ones that are not all equal
/// @param gap_hours their distance
/// @throws TooLittleData
ProcessFit fit_process(const std::vector<double>& values, double gap_hours, Nugget nugget);

/// What the filter of a fitted process, around zero, leaves of a series: independent values of variance one where the
/// series is such a process; NaN where `known` is. Linear in the series, so that it whitens regressions.
std::vector<double> whitened(const std::vector<double>& series, const std::vector<double>& known,
                             const ProcessFit& fit);

}  // namespace costrisk::calibrate
