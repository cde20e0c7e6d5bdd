// The logarithm of the price, held from change to change, as a mean-reverting process.
#include "src/calibrate/price.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "src/calibrate/statistics.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

constexpr int fewest_changes = 8;
constexpr double most_points = 20'000.0;

void measure_changes(const trace::History& prices, PriceFit& fit) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < prices.size(); ++i)
    if (prices.value[i] != prices.value[i - 1])
      steps.push_back(std::abs(std::log(prices.value[i] / prices.value[i - 1])));
  fit.changes = static_cast<int>(steps.size());
  fit.days = prices.span_seconds() / seconds_per_day;
  fit.changes_per_day = fit.days > 0.0 ? fit.changes / fit.days : 0.0;
  if (steps.empty()) return;
  fit.median_step = quantile_of(steps, 0.5);
  fit.largest_step = *std::max_element(steps.begin(), steps.end());
}

bool all_alike(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](double value) { return std::abs(value - values.front()) <= 1e-12; });
}

/// A price is at its cap where its highest value is held for a notable time and reached more than twice.
std::optional<double> cap_of(const trace::History& prices, double highest) {
  double held = 0.0;
  int reached = 0;
  for (std::size_t i = 0; i + 1 < prices.size(); ++i) {
    if (prices.value[i] != highest) continue;
    held += prices.time_seconds[i + 1] - prices.time_seconds[i];
    if (i == 0 || prices.value[i - 1] != highest) ++reached;
  }
  if (reached >= 3 && held > 0.02 * prices.span_seconds()) return highest;
  return std::nullopt;
}

/// The mean of the law whose prices below the cap have the mean that was paid.
double mean_of_law(double paid, double volatility, std::optional<double> cap) {
  if (!cap || paid >= *cap) return paid;
  // So far above a cap that the price hardly ever leaves it.
  constexpr double farthest = 1e4;
  double low = std::log(paid), high = std::log(paid * farthest);
  for (int turn = 0; turn < 200; ++turn) {
    const double middle = 0.5 * (low + high);
    (mean_below_cap(std::exp(middle), volatility, *cap) < paid ? low : high) = middle;
  }
  return std::exp(low);
}

/// The history with its last price held until an instant.
trace::History held_until(const trace::History& prices, double until_seconds) {
  if (until_seconds <= prices.time_seconds.front())
    throw results::FormatError(
        fmt::format("{}: the history begins after the instant until which it is to be read", prices.file));
  trace::History held = prices;
  while (held.time_seconds.back() >= until_seconds) {
    held.time_seconds.pop_back();
    held.value.pop_back();
    if (!held.line.empty()) held.line.pop_back();
  }
  held.time_seconds.push_back(until_seconds);
  held.value.push_back(held.value.back());
  if (!held.line.empty()) held.line.push_back(held.line.back());
  held.gap_seconds = 0.0;
  return held;
}

}  // namespace

double mean_below_cap(double mean, double volatility, double cap) {
  if (volatility <= 0.0) return std::min(mean, cap);
  const double z = (std::log(cap / mean) + 0.5 * volatility * volatility) / volatility;
  return mean * normal_cdf(z - volatility) + cap * normal_cdf(-z);
}

MeanCheck PriceFit::mean_check() const {
  const double model = constant ? mean.value
                       : cap    ? mean_below_cap(law_mean, process.volatility.value, *cap)
                                : law_mean;
  return {"price an hour, over time", mean.value, model};
}

PriceFit mean_price(const trace::History& history, const PriceOptions& options) {
  PriceFit fit;
  fit.constant = true;
  const double mean = trace::mean_over_time(history, options.until_seconds);
  fit.mean = {mean, mean, mean};
  fit.law_mean = mean;
  fit.lowest = *std::min_element(history.value.begin(), history.value.end());
  fit.highest = *std::max_element(history.value.begin(), history.value.end());
  measure_changes(history, fit);
  return fit;
}

PriceFit fit_price(const trace::History& history, const PriceOptions& options) {
  const trace::History prices = options.until_seconds ? held_until(history, *options.until_seconds) : history;
  for (std::size_t i = 0; i < prices.size(); ++i)
    if (!(prices.value[i] > 0.0))
      throw results::FormatError(
          fmt::format("{}: the price at value {} is zero; expected prices above zero", prices.file, i + 1));
  PriceFit fit;
  fit.lowest = *std::min_element(prices.value.begin(), prices.value.end());
  fit.highest = *std::max_element(prices.value.begin(), prices.value.end());
  measure_changes(prices, fit);
  fit.cap = options.cap ? options.cap : cap_of(prices, fit.highest);
  if (fit.changes == 0) {
    fit.constant = true;
    fit.mean = {fit.lowest, fit.lowest, fit.lowest};
    fit.law_mean = fit.lowest;
    return fit;
  }
  if (fit.changes < fewest_changes)
    throw TooLittleData(
        fmt::format("{}: the price changed {} only; its process needs at least {} changes: take a longer history, or "
                    "write the price as a number",
                    prices.file, fit.changes == 1 ? "once" : fmt::format("{} times", fit.changes), fewest_changes));
  const double hours = prices.span_seconds() / seconds_per_hour;
  fit.grid_hours = options.grid_hours ? *options.grid_hours : std::max(0.25, hours / fit.changes);
  fit.grid_hours = std::max(fit.grid_hours, hours / most_points);
  std::vector<double> logs;
  for (const double value : trace::held_values(prices, fit.grid_hours * seconds_per_hour))
    logs.push_back(std::log(value));
  if (logs.size() < fewest_process_values || all_alike(logs))
    throw TooLittleData(
        fmt::format("{}: on a grid of {:.4g} h the price has {} values{}; its process needs at least {} that are not "
                    "all alike: take a "
                    "finer grid, a longer history, or write the price as a number",
                    prices.file, fit.grid_hours, logs.size(), logs.size() < fewest_process_values ? "" : ", all alike",
                    fewest_process_values));
  fit.process = fit_process(logs, fit.grid_hours, Nugget::none);
  const double paid = trace::mean_over_time(prices);
  // Of a mean over time: by the variance of the price itself, and how long it is remembered.
  std::vector<double> values;
  for (const double log : logs) values.push_back(std::exp(log));
  const double kept = std::clamp(fit.process.kept, 0.0, 0.9999);
  const double memory = std::min((1.0 + kept) / (1.0 - kept), static_cast<double>(values.size()));
  const double by_scatter = sd_of(values) / mean_of(values) * std::sqrt(memory / static_cast<double>(values.size()));
  const double by_process = fit.process.mean_log_se;
  fit.mean = by_log(paid, std::isfinite(by_process) && by_process < 2.0 * by_scatter ? by_process : by_scatter);
  fit.mean_log_se = std::log(fit.mean.high / fit.mean.value) / results::z_of_95_percent;
  fit.law_mean = mean_of_law(paid, fit.process.volatility.value, fit.cap);
  return fit;
}

}  // namespace costrisk::calibrate
