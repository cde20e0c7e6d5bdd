// Distribution functions by erfc and by series and continued fraction of the incomplete gamma function.
#include "src/calibrate/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace costrisk::calibrate {

namespace {

/// P(shape, x) = γ(shape, x)/Γ(shape): the series below shape + 1, Lentz's continued fraction above
/// (Abramowitz and Stegun 6.5.29, 6.5.31).
double gamma_cdf(double shape, double x) {
  if (x <= 0.0) return 0.0;
  const double front = std::exp(shape * std::log(x) - x - std::lgamma(shape));
  if (x < shape + 1.0) {
    double term = 1.0 / shape, sum = term;
    for (int i = 1; i < 10'000 && term > 1e-16 * sum; ++i) sum += term *= x / (shape + i);
    return front * sum;
  }
  constexpr double tiny = 1e-300;
  double b = x + 1.0 - shape, c = 1.0 / tiny, d = 1.0 / b, h = d;
  for (int i = 1; i < 10'000; ++i) {
    const double a = -i * (i - shape);
    b += 2.0;
    d = a * d + b;
    if (std::abs(d) < tiny) d = tiny;
    c = b + a / c;
    if (std::abs(c) < tiny) c = tiny;
    d = 1.0 / d;
    h *= c * d;
    if (std::abs(c * d - 1.0) < 1e-15) break;
  }
  return 1.0 - front * h;
}

}  // namespace

Estimate by_log(double value, double log_se) {
  const double factor = std::exp(results::z_of_95_percent * log_se);
  return {value, value / factor, value * factor};
}

Estimate by_sum(double value, double se) {
  return {value, value - results::z_of_95_percent * se, value + results::z_of_95_percent * se};
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x * 0.7071067811865476); }

double normal_quantile(double p) {
  // A rough start, then Newton's steps of third order; the lower half, by symmetry, where erfc loses nothing.
  if (p > 0.5) return -normal_quantile(1.0 - p);
  const double t = std::sqrt(-2.0 * std::log(p));
  double x = -(t - (2.30753 + 0.27061 * t) / (1.0 + (0.99229 + 0.04481 * t) * t));  // Abramowitz and Stegun 26.2.22
  for (int i = 0; i < 3; ++i) {
    const double error = (normal_cdf(x) - p) * std::sqrt(2.0 * M_PI) * std::exp(0.5 * x * x);
    x -= error / (1.0 + 0.5 * x * error);
  }
  return x;
}

double chi_squared_tail(double x, double degrees) { return x > 0.0 ? 1.0 - gamma_cdf(0.5 * degrees, 0.5 * x) : 1.0; }

double gamma_quantile(double shape, double p) {
  double low = 0.0, high = shape + 1.0;
  while (gamma_cdf(shape, high) < p) high *= 2.0;
  for (int i = 0; i < 200 && high - low > 1e-13 * high; ++i) {
    const double middle = 0.5 * (low + high);
    (gamma_cdf(shape, middle) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

Estimate poisson_rate(double events, double exposure) {
  return {events / exposure, events > 0.0 ? gamma_quantile(events, 0.025) / exposure : 0.0,
          gamma_quantile(events + 1.0, 0.975) / exposure};
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
