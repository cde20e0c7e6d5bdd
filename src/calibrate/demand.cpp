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
/// How far beyond the expected rate bursts and outages lie at least: ln 1.5.
constexpr double least_burst_log = 0.4054651081081644;
/// Turns the median absolute deviation of normal values into their standard deviation.
constexpr double normal_sd_per_mad = 1.4826;
/// Share of the windows up to which those far below what is expected are outages.
constexpr double most_outages = 0.05;
/// Share of the windows that may be without a request.
constexpr double most_empty = 0.02;

Estimate mean_tokens(const std::vector<double>& tokens) {
  const std::vector<double> known = known_of(tokens);
  return by_sum(mean_of(known), sd_of(known) / std::sqrt(static_cast<double>(std::max<std::size_t>(known.size(), 1))));
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
  std::vector<double> logs;
  for (const double rate : series.rate) logs.push_back(rate > 0.0 ? std::log(rate) : unknown);
  return logs;
}

/// Requests a window, in the mean; only of a series that counts them is it known.
double requests_in_window(const RateSeries& series) {
  return mean_of(series.rate) * series.window_hours * seconds_per_hour;
}

bool is_sparse(const RateSeries& series) {
  const auto zeros = std::count(series.rate.begin(), series.rate.end(), 0.0);
  return (series.counted && requests_in_window(series) < wanted_requests) ||
         static_cast<double>(zeros) > most_empty * static_cast<double>(series.rate.size());
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

/// What is known of a series before anything is fitted to it.
DemandFit plain_fit(const RateSeries& series) {
  DemandFit fit;
  const std::size_t n = series.rate.size();
  fit.days = static_cast<double>(n) * series.window_hours / 24.0;
  fit.mean_rate = mean_of(series.rate);
  fit.peak_rate = n > 0 ? *std::max_element(series.rate.begin(), series.rate.end()) : 0.0;
  fit.by_hour.fill(1.0);
  fit.by_weekday.fill(1.0);
  return fit;
}

/// A level alone.
DemandFit level_of(const RateSeries& series) {
  DemandFit fit = plain_fit(series);
  fit.base = fit.mean_rate;
  fit.base_log_se = fit.mean_rate > 0.0
                        ? sd_of(series.rate) / fit.mean_rate / std::sqrt(static_cast<double>(series.rate.size()))
                        : 0.0;
  fit.expected.assign(series.rate.size(), fit.base);
  fit.residual.assign(series.rate.size(), 0.0);
  return fit;
}

void read_growth(const Design& design, const Regression& regression, DemandFit& fit) {
  const auto g = static_cast<std::size_t>(design.growth);
  const double slope = regression.coefficients[g];
  fit.log_growth_se = std::sqrt(std::max(0.0, regression.covariance(g, g)));
  fit.growth_per_month = {std::expm1(slope), std::expm1(slope - results::z_of_95_percent * fit.log_growth_se),
                          std::expm1(slope + results::z_of_95_percent * fit.log_growth_se)};
  fit.growth_believed = fit.days >= 28.0 && (fit.log_growth_se <= 0.05 || std::abs(slope) > 3.0 * fit.log_growth_se);
}

/// Poisson regression by iteratively reweighted least squares (McCullagh and Nelder 1989). The sum of the means is that
/// of the counts.
Regression regress_counts(const std::vector<std::vector<double>>& columns, const std::vector<double>& counts,
                          std::vector<double>& means) {
  const auto m = static_cast<Eigen::Index>(columns.size());
  Eigen::VectorXd coefficients = Eigen::VectorXd::Zero(m);
  coefficients(0) = std::log(mean_of(counts));
  const auto design = [&](std::size_t row, Eigen::Index i) { return columns[static_cast<std::size_t>(i)][row]; };
  Eigen::MatrixXd covariance;
  constexpr int most_turns = 60;
  for (int turn = 0; turn < most_turns; ++turn) {
    Eigen::MatrixXd information = Eigen::MatrixXd::Zero(m, m);
    Eigen::VectorXd score = Eigen::VectorXd::Zero(m);
    for (std::size_t row = 0; row < counts.size(); ++row) {
      double linear = 0.0;
      for (Eigen::Index i = 0; i < m; ++i) linear += coefficients(i) * design(row, i);
      means[row] = std::exp(std::clamp(linear, -40.0, 40.0));
      for (Eigen::Index i = 0; i < m; ++i) {
        if (design(row, i) == 0.0) continue;
        score(i) += design(row, i) * (counts[row] - means[row]);
        for (Eigen::Index j = 0; j <= i; ++j) information(i, j) += design(row, i) * design(row, j) * means[row];
      }
    }
    const auto cholesky = decomposed(information);
    if (!cholesky) throw TooLittleData("some hours or weekdays have no request: take a longer log, or a longer window");
    covariance = cholesky->solve(Eigen::MatrixXd::Identity(m, m));
    Eigen::VectorXd step = cholesky->solve(score);
    const double largest = step.cwiseAbs().maxCoeff();
    if (largest > 1.0) step /= largest;
    coefficients += step;
    if (largest < 1e-10) break;
  }
  return {coefficients, covariance};
}

/// What counts scatter and remember beyond counting, as a noise of the rate's logarithm.
void fit_count_noise(const std::vector<double>& counts, const std::vector<double>& means, double window_hours,
                     DemandFit& fit) {
  const std::size_t n = counts.size();
  const auto covariance_at_lag = [&](std::size_t lag) {
    double sum = 0.0, scale = 0.0;
    for (std::size_t i = lag; i < n; ++i) {
      sum += (counts[i] - means[i]) * (counts[i - lag] - means[i - lag]) - (lag == 0 ? means[i] : 0.0);
      scale += means[i] * means[i - lag];
    }
    return scale > 0.0 ? sum / scale : 0.0;
  };
  // The chance of as much scatter in counting alone.
  double dispersion = 0.0;
  for (std::size_t i = 0; i < n; ++i) dispersion += (counts[i] - means[i]) * (counts[i] - means[i]) / means[i];
  const double p = chi_squared_tail(dispersion, static_cast<double>(n) - 1.0);
  const double variance = covariance_at_lag(0);
  if (p > 0.05 || variance <= 0.0) return;
  fit.has_noise = true;
  ProcessFit& noise = fit.noise;
  const double log_variance = std::log1p(variance), volatility = std::sqrt(log_variance);
  // The half-life by which the covariances at the first lags fall, weighted by how many pairs they are of.
  double kept = 0.0, weight = 0.0;
  for (std::size_t lag = 1; lag <= std::min<std::size_t>(4, n / 4); ++lag) {
    const double share = std::clamp(std::log1p(std::max(covariance_at_lag(lag), 0.0)) / log_variance, 0.0, 0.999);
    kept += std::pow(share, 1.0 / static_cast<double>(lag)) / static_cast<double>(lag);
    weight += 1.0 / static_cast<double>(lag);
  }
  kept = std::clamp(weight > 0.0 ? kept / weight : 0.0, 0.05, 0.999);
  const double half_life = -window_hours * M_LN2 / std::log(kept);
  // By the number of independent stretches, as of a variance and of a time that is remembered.
  const double memory = (1.0 + kept) / (1.0 - kept), stretches = std::max(1.0, static_cast<double>(n) / memory);
  noise.kept = kept;
  noise.volatility = by_log(volatility, 1.0 / std::sqrt(2.0 * stretches));
  noise.half_life_hours = by_log(half_life, 1.0 / std::sqrt(stretches));
  noise.unsettled = stretches < 20.0;
}

DemandFit fit_counts(const RateSeries& series, const DemandOptions& options, bool growth) {
  DemandFit fit = plain_fit(series);
  fit.by_counts = true;
  const std::size_t n = series.rate.size();
  const double per_request = series.window_hours * seconds_per_hour;
  std::vector<double> counts;
  for (const double rate : series.rate) counts.push_back(rate * per_request);
  const double requests = mean_of(counts) * static_cast<double>(n);
  if (!(requests > 0.0)) throw TooLittleData(fmt::format("{}: no requests; expected some", series.file));
  fit.has_growth = growth;
  // A part of the day, or a weekday, takes as many requests to be distinguished from the others.
  const auto enough = [&](const std::vector<int>& kind, int kinds) {
    std::vector<double> sums(static_cast<std::size_t>(kinds), 0.0);
    for (std::size_t i = 0; i < n; ++i) sums[static_cast<std::size_t>(kind[i])] += counts[i];
    return std::all_of(sums.begin(), sums.end(), [](double sum) { return sum >= wanted_requests; });
  };
  const Design kinds = design_of(series, options, fit);
  fit.has_hours = fit.days >= 1.0 && series.window_hours <= 1.0 && enough(kinds.hour, 24);
  fit.has_weekdays = fit.days >= 7.0 && series.window_hours <= 24.0 && enough(kinds.weekday, 7);
  const Design design = design_of(series, options, fit);
  std::vector<double> means(n, 0.0);
  Regression regression = regress_counts(design.columns, counts, means);
  fit_count_noise(counts, means, series.window_hours, fit);
  double dispersion = 0.0;
  for (std::size_t i = 0; i < n; ++i) dispersion += (counts[i] - means[i]) * (counts[i] - means[i]) / means[i];
  dispersion = std::max(1.0, dispersion / std::max(1.0, static_cast<double>(n - design.columns.size())));
  const double memory = fit.has_noise ? (1.0 + fit.noise.kept) / (1.0 - fit.noise.kept) : 1.0;
  regression.covariance *= dispersion * memory;
  read_coefficients(design, regression, fit);
  fit.base /= per_request;
  fit.base_log_se = std::sqrt(regression.covariance(0, 0));
  if (fit.has_growth) read_growth(design, regression, fit);
  double explained = 0.0, total = 0.0;
  const double mean = mean_of(counts);
  for (std::size_t i = 0; i < n; ++i) {
    fit.expected.push_back(means[i] / per_request);
    fit.residual.push_back((counts[i] - means[i]) / means[i]);
    explained += (means[i] - mean) * (means[i] - mean);
    total += (counts[i] - mean) * (counts[i] - mean);
  }
  fit.profile_share = total > 0.0 ? explained / total : 0.0;
  return fit;
}

/// Fits with a column of growth, or without.
DemandFit fit_with(const RateSeries& series, const DemandOptions& options, bool growth) {
  if (is_sparse(series)) return fit_counts(series, options, growth);
  DemandFit fit = plain_fit(series);
  const std::size_t n = series.rate.size();
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
    // So many are how the demand goes, and no outages.
    if (static_cast<double>(std::count(outside.begin(), outside.end(), true)) > most_outages * static_cast<double>(n))
      outside.assign(n, false);
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
    if (!fit.has_noise) regression.covariance.setZero();
    read_growth(design, regression, fit);
    slope = regression.coefficients[static_cast<std::size_t>(design.growth)];
  }
  // The mean of the windows is kept: that is more than the exponential of the mean of the logarithm, by about half the
  // variance of noise and counting.
  double seen = 0.0, implied = 0.0;
  const double level = fit.base * std::exp(0.5 * noise_variance);
  for (std::size_t i = 0; i < n; ++i) {
    const double months = fit.has_growth ? design.columns[static_cast<std::size_t>(design.growth)][i] : 0.0;
    fit.expected.push_back(level * std::exp(slope * months) * fit.by_hour[static_cast<std::size_t>(design.hour[i])] *
                           fit.by_weekday[static_cast<std::size_t>(design.weekday[i])]);
    if (std::isnan(left[i])) continue;
    seen += series.rate[i];
    implied += fit.expected[i];
  }
  const double kept = implied > 0.0 && seen > 0.0 ? seen / implied : 1.0;
  fit.base = level * kept;
  for (double& expected : fit.expected) expected *= kept;
  return fit;
}

}  // namespace

RateSeries rates_of(const trace::History& rates) {
  const trace::History even = trace::evened(rates);
  RateSeries series;
  series.file = even.file;
  series.rate = even.value;
  series.window_hours = even.gap_seconds / seconds_per_hour;
  series.first_seconds = even.time_seconds.front();
  series.scale = even.scale;
  series.counted = even.counted;
  series.reading = even.reading;
  return series;
}

RateSeries rates_of(const trace::RequestLog& log, std::optional<double> window_hours) {
  const double span = (log.time_seconds.back() - log.time_seconds.front()) / seconds_per_hour;
  RateSeries series;
  series.file = log.file;
  series.counted = true;
  series.reading = log.reading;
  series.scale = log.scale;
  series.first_seconds = log.time_seconds.front();
  const double requests = static_cast<double>(log.time_seconds.size());
  if (!window_hours) {
    const double needed = wanted_requests * span / requests, longest = span / static_cast<double>(fewest_windows);
    window_hours = 1.0;
    for (const double minutes : {60.0, 30.0, 15.0, 10.0, 5.0, 1.0})
      if (minutes / 60.0 >= needed || *window_hours > longest) window_hours = minutes / 60.0;
  }
  series.window_hours = *window_hours;
  // One misdated request can ask for millions of windows.
  const std::size_t last = log.time_seconds.size() - 1;
  constexpr double most_windows = 1e7;
  if (last > 4)
    for (const auto& [alone, next] : {std::pair(std::size_t{0}, std::size_t{1}), std::pair(last, last - 1)})
      if (std::abs(log.time_seconds[alone] - log.time_seconds[next]) > 0.5 * span * seconds_per_hour)
        throw TooLittleData(fmt::format(
            "{}: the {} request, at {}, is farther from all others than these are from one another: is it misdated?",
            log.file, alone == 0 ? "first" : "last",
            log.scale == trace::TimeScale::elapsed ? fmt::format("{} s", log.time_seconds[alone])
                                                   : trace::instant_text(log.time_seconds[alone])));
  if (span / *window_hours > most_windows)
    throw TooLittleData(fmt::format("{}: {:.0f} windows of {} min; expected at most {:.0f}: take a longer window",
                                    log.file, span / *window_hours, *window_hours * 60.0, most_windows));
  const auto windows = static_cast<std::size_t>(span / *window_hours);
  if (windows < 1)
    throw TooLittleData(
        fmt::format("{}: it covers {:.3g} min, less than a window of {} min: take a longer log or a shorter window",
                    log.file, span * 60.0, *window_hours * 60.0));
  series.rate.assign(windows, 0.0);
  for (const double time : log.time_seconds) {
    const auto window = static_cast<std::size_t>((time - series.first_seconds) / (seconds_per_hour * *window_hours));
    if (window < windows) series.rate[window] += 1.0 / (seconds_per_hour * *window_hours);
  }
  if (!log.input_tokens.empty()) series.input_tokens = mean_tokens(log.input_tokens);
  if (!log.output_tokens.empty()) series.output_tokens = mean_tokens(log.output_tokens);
  return series;
}

MeanCheck DemandFit::rate_check() const {
  double model = mean_of(expected);
  if (bursts.count >= fewest_bursts) {
    const double inside = bursts.per_day.value * bursts.mean_hours / 24.0;
    model *= 1.0 + inside / (1.0 + inside) * (bursts.multiplier - 1.0);
  }
  return {"requests a second", mean_rate, model};
}

DemandFit fit_demand(const RateSeries& series, const DemandOptions& options) {
  const std::size_t n = series.rate.size();
  if (n < fewest_windows) return level_of(series);
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
