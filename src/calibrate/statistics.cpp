// Intervals, small summaries, tests of what fits leave over.
#include "src/calibrate/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace costrisk::calibrate {

Estimate by_log(double value, double log_se) {
  const double factor = std::exp(results::z_of_95_percent * log_se);
  return {value, value / factor, value * factor};
}

Estimate by_sum(double value, double se) {
  return {value, value - results::z_of_95_percent * se, value + results::z_of_95_percent * se};
}

Estimate poisson_rate(double events, double exposure) {
  return {events / exposure, events > 0.0 ? results::gamma_quantile(events, 0.025) / exposure : 0.0,
          results::gamma_quantile(events + 1.0, 0.975) / exposure};
}

std::vector<double> known_of(const std::vector<double>& values) {
  std::vector<double> known;
  for (const double value : values)
    if (!std::isnan(value)) known.push_back(value);
  return known;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}

double sd_of(const std::vector<double>& values) {
  if (values.size() < 2) return 0.0;
  const double mean = mean_of(values);
  double sum = 0.0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

double quantile_of(std::vector<double> values, double p) {
  if (values.empty()) return 0.0;
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values.size())));
  const std::size_t index = std::clamp<std::size_t>(rank, 1, values.size()) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index), values.end());
  return values[index];
}

double autocorrelation(const std::vector<double>& values, std::size_t lag) {
  const std::vector<double> known = known_of(values);
  const double mean = mean_of(known), sd = sd_of(known);
  if (!(sd > 0.0)) return 0.0;
  double sum = 0.0;
  std::size_t pairs = 0;
  for (std::size_t i = lag; i < values.size(); ++i)
    if (!std::isnan(values[i]) && !std::isnan(values[i - lag])) {
      sum += (values[i] - mean) * (values[i - lag] - mean);
      ++pairs;
    }
  return pairs > 0 ? sum / static_cast<double>(pairs) / (sd * sd) : 0.0;
}

double ljung_box(const std::vector<double>& values, int lags, int fitted) {
  const auto n =
      static_cast<double>(std::count_if(values.begin(), values.end(), [](double value) { return !std::isnan(value); }));
  double sum = 0.0;
  for (int lag = 1; lag <= lags; ++lag) {
    const double r = autocorrelation(values, static_cast<std::size_t>(lag));
    if (n > lag) sum += r * r / (n - lag);
  }
  return chi_squared_tail(n * (n + 2.0) * sum, lags - fitted);
}

double Dice::uniform() {
  state_ += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return (static_cast<double>(z >> 11) + 0.5) * 0x1p-53;
}

}  // namespace costrisk::calibrate
