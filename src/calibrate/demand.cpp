// A regression of the logarithm of rates, with errors by the noise that is left over.
#include "src/calibrate/demand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "src/calibrate/minimize.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
/// Requests in the mean window, where the window's length is chosen here.
constexpr double wanted_requests = 30.0;
/// How far beyond the expected rate bursts and outages lie at least: ln 1.5.
constexpr double least_burst_log = 0.4054651081081644;
/// Turns the median absolute deviation of normal values into their standard deviation.
constexpr double normal_sd_per_mad = 1.4826;
constexpr std::size_t fewest_windows = 8;
/// Share of the windows that may be without a request.
constexpr double most_empty = 0.02;

Estimate mean_tokens(const std::vector<double>& tokens) {
  return by_sum(mean_of(tokens), sd_of(tokens) / std::sqrt(static_cast<double>(tokens.size())));
}

/// The columns of the regression: level, growth a month (0 at the end of the data), hours 1…23, weekdays 1…6.
struct Design {
  std::vector<std::vector<double>> columns;
  int growth = -1, hours = -1, weekdays = -1;  ///< where each begins; −1: left out
  std::vector<int> hour, weekday;              ///< of each window
};

Design design_of(const RateSeries& series, const DemandOptions& options, const DemandFit& fit) {
  Design design;
  const std::size_t n = series.rate.size();
  double first = series.first_seconds + seconds_per_hour * options.utc_offset_hours;
  if (series.scale == trace::TimeScale::elapsed)
    first = options.start ? options.start->seconds : 4.0 * seconds_per_day;  // 1970-01-05, a Monday
  for (std::size_t i = 0; i < n; ++i) {
    const double middle = first + seconds_per_hour * series.window_hours * (static_cast<double>(i) + 0.5);
    const double hour = std::floor(middle / seconds_per_hour);
    design.hour.push_back(static_cast<int>(hour - 24.0 * std::floor(hour / 24.0)));
    design.weekday.push_back(trace::weekday_of(middle));
  }
  design.columns.emplace_back(n, 1.0);
  if (fit.has_growth) {
    design.growth = static_cast<int>(design.columns.size());
    std::vector<double> months(n);
    for (std::size_t i = 0; i < n; ++i)
      months[i] = (static_cast<double>(i) + 0.5 - static_cast<double>(n)) * series.window_hours / hours_per_month;
    design.columns.push_back(std::move(months));
  }
  const auto add_kinds = [&design, n](const std::vector<int>& kind, int kinds) {
    const int begin = static_cast<int>(design.columns.size());
    for (int k = 1; k < kinds; ++k) {
      std::vector<double> column(n);
      for (std::size_t i = 0; i < n; ++i) column[i] = kind[i] == k ? 1.0 : 0.0;
      design.columns.push_back(std::move(column));
    }
    return begin;
  };
  if (fit.has_hours) design.hours = add_kinds(design.hour, 24);
  if (fit.has_weekdays) design.weekdays = add_kinds(design.weekday, 7);
  return design;
}

/// Least squares over the rows whose left side is known; coefficients and their covariance.
struct Regression {
  Eigen::VectorXd coefficients;
  Eigen::MatrixXd covariance;
};

Regression regress(const std::vector<std::vector<double>>& columns, const std::vector<double>& left) {
  const std::size_t m = columns.size();
  Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(m, m);
  Eigen::VectorXd right = Eigen::VectorXd::Zero(m);
  for (std::size_t row = 0; row < left.size(); ++row) {
    if (std::isnan(left[row])) continue;
    for (std::size_t i = 0; i < m; ++i) {
      if (columns[i][row] == 0.0) continue;
      right(i) += columns[i][row] * left[row];
      for (std::size_t j = 0; j <= i; ++j) normal(i, j) += columns[i][row] * columns[j][row];
    }
  }
  const auto cholesky = decomposed(normal);
  if (!cholesky)
    throw TooLittleData(
        "some hours or weekdays have no data outside bursts and gaps: take a log of whole days, or of less than one");
  return {cholesky->solve(right), cholesky->solve(Eigen::MatrixXd::Identity(m, m))};
}

std::vector<double> residuals(const Design& design, const std::vector<double>& left,
                              const Eigen::VectorXd& coefficients) {
  std::vector<double> result = left;
  for (std::size_t i = 0; i < design.columns.size(); ++i)
    for (std::size_t row = 0; row < left.size(); ++row) result[row] -= coefficients[i] * design.columns[i][row];
  return result;
}

/// Windows far above what is expected (sign 1) or far below (−1): from where the residual is beyond the threshold as
/// long as it stays beyond half of it.
std::vector<bool> far_windows(std::vector<double> residual, double sign) {
  for (double& value : residual) value *= sign;
  std::vector<double> known = known_of(residual);
  const double middle = quantile_of(known, 0.5);
  for (double& value : known) value = std::abs(value - middle);
  const double threshold = middle + std::max(4.0 * normal_sd_per_mad * quantile_of(known, 0.5), least_burst_log);
  std::vector<bool> inside(residual.size(), false);
  const auto high = [&](std::size_t i, double least) { return residual[i] > least; };
  for (std::size_t i = 0; i < residual.size(); ++i) {
    if (!high(i, threshold)) continue;
    for (std::size_t j = i + 1; j-- > 0 && !inside[j] && high(j, 0.5 * threshold);) inside[j] = true;
    for (; i < residual.size() && high(i, 0.5 * threshold); ++i) inside[i] = true;
  }
  return inside;
}

BurstFit bursts_of(const std::vector<bool>& inside, const std::vector<double>& residual, double window_hours) {
  BurstFit fit;
  std::vector<double> lengths;
  double ratio = 0.0, windows = 0.0;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (!inside[i]) continue;
    std::size_t end = i;
    for (; end < inside.size() && inside[end]; ++end) {
      ratio += std::exp(residual[end]);
      windows += 1.0;
    }
    lengths.push_back(static_cast<double>(end - i) * window_hours);
    i = end;
  }
  fit.count = static_cast<int>(lengths.size());
  if (fit.count == 0) return fit;
  fit.multiplier = ratio / windows;
  fit.mean_hours = mean_of(lengths);
  fit.cv = sd_of(lengths) / fit.mean_hours;
  const double outside_days = (static_cast<double>(inside.size()) - windows) * window_hours / 24.0;
  fit.per_day = poisson_rate(fit.count, outside_days);
  return fit;
}

double variance_of(const std::vector<double>& values) {
  const double sd = sd_of(known_of(values));
  return sd * sd;
}

std::vector<double> log_rates(const RateSeries& series) {
  const auto zeros = std::count(series.rate.begin(), series.rate.end(), 0.0);
  if (static_cast<double>(zeros) > most_empty * static_cast<double>(series.rate.size()))
    throw TooLittleData(fmt::format("{}: {} of {} windows have no request; expected nearly none: take a longer window",
                                    series.file, zeros, series.rate.size()));
  std::vector<double> logs;
  for (const double rate : series.rate) logs.push_back(rate > 0.0 ? std::log(rate) : unknown);
  return logs;
}

/// Fills profile and base from the coefficients.
void read_coefficients(const Design& design, const Regression& regression, DemandFit& fit) {
  const auto& c = regression.coefficients;
  double level = c[0];
  const auto fill = [&](int begin, auto& profile) {
    double sum = 0.0;
    for (std::size_t k = 0; k < profile.size(); ++k) {
      profile[k] = begin < 0 || k == 0 ? 1.0 : std::exp(c[static_cast<std::size_t>(begin) + k - 1]);
      sum += profile[k];
    }
    const double mean = sum / static_cast<double>(profile.size());
    for (double& value : profile) value /= mean;
    level += std::log(mean);
  };
  fill(design.hours, fit.by_hour);
  fill(design.weekdays, fit.by_weekday);
  fit.base = std::exp(level);
}

/// Fits with a column of growth, or without.
DemandFit fit_with(const RateSeries& series, const DemandOptions& options, bool growth) {
  DemandFit fit;
  const std::size_t n = series.rate.size();
  fit.days = static_cast<double>(n) * series.window_hours / 24.0;
  fit.mean_rate = mean_of(series.rate);
  fit.peak_rate = n > 0 ? *std::max_element(series.rate.begin(), series.rate.end()) : 0.0;
  fit.has_hours = fit.days >= 1.0 && series.window_hours <= 1.0;
  fit.has_weekdays = fit.days >= 7.0 && series.window_hours <= 24.0;
  fit.has_growth = growth;
  const Design design = design_of(series, options, fit);
  const std::vector<double> logs = log_rates(series);

  // Bursts and outages would bend profile and noise, so they are looked for twice, the second time beside a fit without
  // them.
  std::vector<double> left = logs;
  std::vector<bool> inside, outside;
  for (int pass = 0; pass < 2; ++pass) {
    const std::vector<double> residual = residuals(design, logs, regress(design.columns, left).coefficients);
    inside = far_windows(residual, 1.0);
    outside = far_windows(residual, -1.0);
    fit.bursts = bursts_of(inside, residual, series.window_hours);
    left = logs;
    for (std::size_t i = 0; i < n; ++i)
      if (inside[i] || outside[i]) left[i] = unknown;
  }
  for (std::size_t i = 0; i < n; ++i)
    if (inside[i] && fit.bursts.count < fewest_bursts) left[i] = logs[i];  // too few to make a law of
  fit.outage_windows = static_cast<int>(std::count(outside.begin(), outside.end(), true) +
                                        std::count(series.rate.begin(), series.rate.end(), 0.0));

  // The coefficients are those of least squares, which follow the mean shape of the days even where days differ; their
  // standard errors are those under the noise that is left over.
  Regression regression = regress(design.columns, left);
  fit.residual = residuals(design, left, regression.coefficients);
  fit.has_noise = variance_of(fit.residual) > 1e-10;
  double noise_variance = 0.0;
  if (fit.has_noise) {
    try {
      fit.noise = fit_process(fit.residual, series.window_hours, Nugget::fitted);
    } catch (const TooLittleData& error) {
      throw TooLittleData(fmt::format("{}: its noise: {}", series.file, error.what()));
    }
    std::vector<std::vector<double>> columns;
    for (const auto& column : design.columns) columns.push_back(whitened(column, left, fit.noise));
    regression.covariance = regress(columns, whitened(left, left, fit.noise)).covariance;
    noise_variance = fit.noise.volatility.value * fit.noise.volatility.value + fit.noise.nugget * fit.noise.nugget;
  }
  read_coefficients(design, regression, fit);
  const double share = variance_of(fit.residual) / variance_of(left);
  fit.profile_share = std::isfinite(share) ? 1.0 - share : 0.0;
  fit.base_log_se = fit.has_noise ? std::sqrt(regression.covariance(0, 0)) : 0.0;
  double slope = 0.0;
  if (fit.has_growth) {
    const auto g = static_cast<std::size_t>(design.growth);
    slope = regression.coefficients[g];
    fit.log_growth_se = fit.has_noise ? std::sqrt(regression.covariance(g, g)) : 0.0;
    fit.growth_per_month = {std::expm1(slope), std::expm1(slope - results::z_of_95_percent * fit.log_growth_se),
                            std::expm1(slope + results::z_of_95_percent * fit.log_growth_se)};
    fit.growth_believed = fit.days >= 28.0 && (fit.log_growth_se <= 0.05 || std::abs(slope) > 3.0 * fit.log_growth_se);
  }
  // Noise and counting make the mean of the rate larger than the exponential of the mean of its logarithm.
  fit.base *= std::exp(0.5 * noise_variance);
  for (std::size_t i = 0; i < n; ++i) {
    const double months = fit.has_growth ? design.columns[static_cast<std::size_t>(design.growth)][i] : 0.0;
    fit.expected.push_back(fit.base * std::exp(slope * months) * fit.by_hour[static_cast<std::size_t>(design.hour[i])] *
                           fit.by_weekday[static_cast<std::size_t>(design.weekday[i])]);
  }
  return fit;
}

}  // namespace

RateSeries rates_of(const trace::History& rates) {
  trace::require_even(rates);
  RateSeries series;
  series.file = rates.file;
  series.rate = rates.value;
  series.window_hours = rates.gap_seconds / seconds_per_hour;
  series.first_seconds = rates.time_seconds.front();
  series.scale = rates.scale;
  return series;
}

RateSeries rates_of(const trace::RequestLog& log, std::optional<double> window_hours) {
  const double span = (log.time_seconds.back() - log.time_seconds.front()) / seconds_per_hour;
  RateSeries series;
  series.file = log.file;
  series.counted = true;
  series.scale = log.scale;
  series.first_seconds = log.time_seconds.front();
  if (!window_hours) {
    const double needed = wanted_requests * span / static_cast<double>(log.time_seconds.size());
    window_hours = 1.0;
    for (const double minutes : {60.0, 30.0, 15.0, 10.0, 5.0, 1.0})
      if (minutes / 60.0 >= needed) window_hours = minutes / 60.0;
  }
  series.window_hours = *window_hours;
  // One misdated request can ask for millions of windows.
  const double requests = static_cast<double>(log.time_seconds.size());
  if (requests < (1.0 - most_empty) * std::floor(span / *window_hours))
    throw TooLittleData(
        fmt::format("{}: {:.0f} requests in {:.0f} windows of {} min; expected one in nearly every window: is the "
                    "first or the last request misdated? Else take a longer window",
                    log.file, requests, std::floor(span / *window_hours), *window_hours * 60.0));
  const auto windows = static_cast<std::size_t>(span / *window_hours);
  if (windows < fewest_windows)
    throw TooLittleData(
        fmt::format("{}: {} whole windows of {} min; a demand needs at least {}: take a longer log or a shorter window",
                    log.file, windows, *window_hours * 60.0, fewest_windows));
  series.rate.assign(windows, 0.0);
  for (const double time : log.time_seconds) {
    const auto window = static_cast<std::size_t>((time - series.first_seconds) / (seconds_per_hour * *window_hours));
    if (window < windows) series.rate[window] += 1.0 / (seconds_per_hour * *window_hours);
  }
  if (!log.input_tokens.empty()) series.input_tokens = mean_tokens(log.input_tokens);
  if (!log.output_tokens.empty()) series.output_tokens = mean_tokens(log.output_tokens);
  return series;
}

DemandFit fit_demand(const RateSeries& series, const DemandOptions& options) {
  const std::size_t n = series.rate.size();
  if (n < fewest_windows)
    throw TooLittleData(fmt::format("{}: {} values; a demand needs at least {}: take a longer history", series.file, n,
                                    fewest_windows));
  const bool week = static_cast<double>(n) * series.window_hours >= hours_per_week;
  DemandFit fit = fit_with(series, options, week);
  if (!week || fit.growth_believed) return fit;
  // What is not taken for growth is noise.
  DemandFit without = fit_with(series, options, false);
  without.has_growth = true;
  without.growth_per_month = fit.growth_per_month;
  without.log_growth_se = fit.log_growth_se;
  return without;
}

}  // namespace costrisk::calibrate
