// What tells the kinds of distributions apart, a switch each: quantile, centre, mean, extremes, keys.
#pragma once

#include <string_view>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// Standard deviations that no future is expected to go beyond, even of 2^40.
inline constexpr double extreme_deviations = 6.5;

/// The value at a level of the distribution: the smallest at 0, the largest at 1.
/// @param level in [0, 1]
/// @param z     the standard normal's quantile at that level
double quantile(const Law& law, double level, double z);

/// Many quantiles of a law of which one takes time to find.
class LawQuantiles {
 public:
  explicit LawQuantiles(const Law& law);
  /// The quantile at Φ(z).
  double at(double z) const;

 private:
  const Law& law_;
  std::vector<double> sums_;  ///< of a PERT law
};

/// The value around which a law lies: its mode or its median.
double center_of(const Law& law);
/// The mean of a law that has an end, the median of one without.
double usual_value(const Law& law);

/// The smallest and largest values that a law takes in any future (log-normal laws: 6.5 deviations out).
double lowest(const Law& law);
double highest(const Law& law);
/// Whether values have an upper end. Those of a law without one are exp(spread·z) times its centre.
bool has_end(const Law& law);
/// Whether a normal law ends before 6.5 deviations from its mean, where its values may not be.
bool is_cut_off(const Law& law);
/// The law of a value times a positive factor.
Law scaled(Law law, double factor);
/// Standard deviation of the logarithm, roughly.
double rough_log_deviation(const Law& law);

/// A key under which a law is written, and its value.
struct LawEntry {
  std::string_view key;
  double value = 0.0;
  bool is_amount = true;  ///< in the unit of the law's values
};
/// What a table of the law holds beside its loadings; nothing for a constant, which is written as its value.
std::vector<LawEntry> entries_of(const Law& law);

}  // namespace costrisk::scenario
