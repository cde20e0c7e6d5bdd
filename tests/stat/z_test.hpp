// Statistical checks at a stated chance of a false alarm. A test gathers all of its checks in one Checks
// object; the bound on |z| is Bonferroni's over them. Seeds are fixed, so a verdict never flickers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace costrisk::stat {

/// The z beyond which a standard normal falls, on both sides together, with chance `false_alarm`.
inline double two_sided_z(double false_alarm) {
  double low = 0.0, high = 40.0;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2.0;
    (std::erfc(middle / std::sqrt(2.0)) > false_alarm ? low : high) = middle;
  }
  return high;
}

/// Mean and its standard error of independent values.
struct SampleMean {
  double mean = 0.0, standard_error = 0.0;
};

inline SampleMean sample_mean(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  double sum = 0.0, squares = 0.0;
  for (const double value : values) sum += value;
  const double mean = sum / n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (n - 1.0) / n)};
}

/// Kolmogorov's statistic of `values` against a continuous distribution function, as the normal z of equal
/// two-sided tail chance.
template <typename Distribution>
double kolmogorov_z(std::vector<double> values, Distribution&& below) {
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double chance = below(values[i]);
    distance = std::max({distance, chance - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - chance});
  }
  const double t = distance * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n));
  double tail = 0.0;
  for (int j = 1; j <= 100; ++j) tail += (j % 2 ? 2.0 : -2.0) * std::exp(-2.0 * j * j * t * t);
  return two_sided_z(std::clamp(tail, 1e-300, 1.0));
}

/// The checks of one test.
class Checks {
 public:
  /// The measured value against what it should be; `bias` is a wrong expectation, relative to the right
  /// one, that the same check must reject: undetected_biases() says which it did not.
  void mean(const std::string& what, double measured, double standard_error, double expected, double bias) {
    const double z = standard_error > 0.0 ? (measured - expected) / standard_error : (measured == expected ? 0.0 : 1e9);
    const double wrong = expected * (1.0 + bias);
    const double z_wrong = standard_error > 0.0 ? (measured - wrong) / standard_error : 1e9;
    add(what, z, z_wrong, measured, expected);
  }
  void mean(const std::string& what, const SampleMean& measured, double expected, double bias) {
    mean(what, measured.mean, measured.standard_error, expected, bias);
  }
  /// A share among `trials` independent trials, at the binomial error of the expectation.
  void share(const std::string& what, double measured, double trials, double expected, double bias) {
    mean(what, measured, std::sqrt(expected * (1.0 - expected) / trials), expected, bias);
  }
  /// Two z values of one check: against what is right, and against a planted bias.
  void z_values(const std::string& what, double z, double z_wrong) { add(what, z, z_wrong, z, 0.0); }

  /// Empty when all is well; else the failed checks, one a line.
  std::string failures() const {
    return listed([this](const Check& check) { return !(std::abs(check.z) <= bound()); });
  }
  /// Empty when every planted bias is rejected; else the checks that could not tell, one a line.
  std::string undetected_biases() const {
    return listed([this](const Check& check) { return !(std::abs(check.z_wrong) > bound()); });
  }
  std::size_t size() const { return checks_.size(); }

  /// The chance that a test with nothing wrong fails.
  static constexpr double false_alarm = 1e-6;
  double bound() const { return two_sided_z(false_alarm / static_cast<double>(std::max<std::size_t>(1, size()))); }

 private:
  struct Check {
    std::string what;
    double z, z_wrong, measured, expected;
  };
  void add(const std::string& what, double z, double z_wrong, double measured, double expected) {
    checks_.push_back({what, z, z_wrong, measured, expected});
  }
  template <typename Predicate>
  std::string listed(Predicate&& is_listed) const {
    std::ostringstream out;
    out.precision(9);
    for (const Check& check : checks_) {
      if (!is_listed(check)) continue;
      out << check.what << ": " << check.measured << ", expected " << check.expected << " (z " << check.z
          << ", with planted bias " << check.z_wrong << ", bound " << bound() << ")\n";
    }
    return out.str();
  }
  std::vector<Check> checks_;
};

}  // namespace costrisk::stat
