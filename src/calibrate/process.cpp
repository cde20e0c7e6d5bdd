// The scalar Kalman filter and the maximum of its likelihood.
#include "src/calibrate/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "src/calibrate/minimize.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/results/estimators/statistics.hpp"

namespace costrisk::calibrate {

namespace {

constexpr double log_two_pi = 1.8378770664093453;

struct Parameters {
  double level, variance, kept, nugget_variance;  ///< kept: correlation of one value with the next
};

/// Unknowns of the search: level in standard deviations, ln of the standard deviation, logit of what is kept, ln of the
/// nugget.
Parameters parameters_at(const std::vector<double>& x, double mean, double sd) {
  const double deviation = sd * std::exp(std::clamp(x[1], -12.0, 6.0));
  const double kept = 1.0 / (1.0 + std::exp(-std::clamp(x[2], -12.0, 12.0)));
  const double nugget = x.size() > 3 ? sd * std::exp(std::clamp(x[3], -7.0, 3.0)) : 0.0;
  return {mean + sd * x[0], deviation * deviation, kept, nugget * nugget};
}

double log_likelihood(const std::vector<double>& values, const Parameters& p, std::vector<double>* innovations) {
  double state = 0.0, variance = p.variance, sum = 0.0;
  for (const double value : values) {
    if (!std::isnan(value)) {
      const double expected_variance = variance + p.nugget_variance;
      const double innovation = value - p.level - state;
      sum -= 0.5 * (log_two_pi + std::log(expected_variance) + innovation * innovation / expected_variance);
      if (innovations) innovations->push_back(innovation / std::sqrt(expected_variance));
      const double gain = variance / expected_variance;
      state += gain * innovation;
      variance *= 1.0 - gain;
    } else if (innovations) {
      innovations->push_back(std::numeric_limits<double>::quiet_NaN());
    }
    state *= p.kept;
    variance = p.kept * p.kept * variance + p.variance * (1.0 - p.kept * p.kept);
  }
  return sum;
}

double kurtosis_of(const std::vector<double>& values) {
  double second = 0.0, fourth = 0.0, n = 0.0;
  for (const double value : values)
    if (!std::isnan(value)) {
      second += value * value;
      fourth += value * value * value * value;
      n += 1.0;
    }
  return n > 0.0 ? n * fourth / (second * second) : 3.0;
}

}  // namespace

ProcessFit fit_process(const std::vector<double>& values, double gap_hours, Nugget nugget) {
  const std::vector<double> known = known_of(values);
  const double mean = mean_of(known), sd = sd_of(known);
  if (known.size() < fewest_process_values || !(sd > 1e-12 * (1.0 + std::abs(mean))))
    throw TooLittleData(
        fmt::format("a process needs at least {} values that are not all alike; there are {}{}: take a finer "
                    "grid or a longer history",
                    fewest_process_values, known.size(), known.size() < fewest_process_values ? "" : ", all alike"));
  const double remembered = std::clamp(autocorrelation(values, 1), 0.05, 0.995);
  std::vector<double> start = {0.0, 0.0, std::log(remembered / (1.0 - remembered))};
  if (nugget == Nugget::fitted) start.push_back(-1.5);
  const Objective cost = [&](const std::vector<double>& x) {
    // Far beyond anything seen the search is turned back softly.
    return -log_likelihood(values, parameters_at(x, mean, sd), nullptr) + 1e-3 * x[0] * x[0];
  };
  const std::vector<double> best = minimize(cost, start, 0.5, 700);
  const Parameters p = parameters_at(best, mean, sd);

  // Where a nugget has gone to nothing the likelihood is flat in it, so the covariance is that without it.
  std::vector<double> inner = best;
  if (inner.size() > 3 && inner[3] < -5.0) inner.resize(3);
  const Objective inner_cost = [&](const std::vector<double>& x) {
    return -log_likelihood(values, parameters_at(x, mean, sd), nullptr);
  };
  const Eigen::MatrixXd covariance = covariance_at(inner_cost, inner, 1e-3);

  ProcessFit fit;
  fit.level = p.level;
  fit.level_se = sd * std::sqrt(covariance(0, 0));
  const double volatility = std::sqrt(p.variance);
  fit.volatility = by_log(volatility, std::sqrt(covariance(1, 1)));
  const auto half_life = [gap_hours](double logit) {
    return gap_hours * M_LN2 / std::log1p(std::exp(-std::clamp(logit, -12.0, 12.0)));
  };
  const double logit_se = std::sqrt(covariance(2, 2));
  fit.half_life_hours = {half_life(best[2]), half_life(best[2] - results::z_of_95_percent * logit_se),
                         half_life(best[2] + results::z_of_95_percent * logit_se)};
  fit.nugget = std::sqrt(p.nugget_variance);
  fit.kept = p.kept;
  fit.mean_log_se = std::sqrt(std::max(0.0, sd * sd * covariance(0, 0) + 2.0 * sd * p.variance * covariance(0, 1) +
                                                p.variance * p.variance * covariance(1, 1)));
  std::vector<double> innovations;
  fit.log_likelihood = log_likelihood(values, p, &innovations);
  fit.white_log_likelihood = -0.5 * static_cast<double>(known.size()) * (log_two_pi + 2.0 * std::log(sd) + 1.0);
  fit.ljung_box_p = ljung_box(innovations, 10, 1);
  fit.kurtosis = kurtosis_of(innovations);
  fit.unsettled =
      static_cast<double>(values.size()) * gap_hours < 20.0 * fit.half_life_hours.value || !std::isfinite(logit_se);
  return fit;
}

std::vector<double> whitened(const std::vector<double>& series, const std::vector<double>& known,
                             const ProcessFit& fit) {
  std::vector<double> values = series;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isnan(known[i])) values[i] = known[i];
  std::vector<double> innovations;
  const double variance = fit.volatility.value * fit.volatility.value;
  log_likelihood(values, {0.0, variance, fit.kept, fit.nugget * fit.nugget}, &innovations);
  return innovations;
}

}  // namespace costrisk::calibrate
