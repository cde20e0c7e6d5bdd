// The logarithm of the price, held from change to change, as a mean-reverting process.
#include "src/calibrate/price.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "src/calibrate/statistics.hpp"
#include "src/calibrate/toml_text.hpp"
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

Chart price_chart(const trace::History& prices, const PriceFit& fit) {
  Chart chart;
  chart.title = "Price";
  chart.x_label = "days since the first value";
  chart.y_label = "price an hour";
  chart.from_zero = false;
  Series seen{"observed", Series::Mark::steps, {}}, mean{"fitted mean", Series::Mark::line, {}};
  for (std::size_t i = 0; i < prices.size(); ++i)
    seen.points.emplace_back((prices.time_seconds[i] - prices.time_seconds[0]) / seconds_per_day, prices.value[i]);
  mean.points = {{0.0, fit.mean.value}, {seen.points.back().first, fit.mean.value}};
  chart.series = {seen, mean};
  return chart;
}

Chart memory_chart(const trace::History& prices, const PriceFit& fit) {
  Chart chart;
  chart.title = "How long the price remembers";
  chart.x_label = "lag in days";
  chart.y_label = "autocorrelation of the logarithm";
  std::vector<double> logs;
  for (const double value : trace::held_values(prices, fit.grid_hours * seconds_per_hour))
    logs.push_back(std::log(value));
  Series seen{"observed", Series::Mark::points, {}}, fitted{"fitted", Series::Mark::line, {}};
  const std::size_t lags = std::min<std::size_t>(60, logs.size() / 3);
  for (std::size_t lag = 0; lag <= lags; ++lag) {
    const double hours = fit.grid_hours * static_cast<double>(lag);
    seen.points.emplace_back(hours / 24.0, autocorrelation(logs, lag));
    fitted.points.emplace_back(hours / 24.0, std::exp2(-hours / fit.process.half_life_hours.value));
  }
  chart.series = {seen, fitted};
  return chart;
}

}  // namespace

PriceFit fit_price(const trace::History& prices, const PriceOptions& options) {
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
    throw TooLittleData(fmt::format(
        "{}: on a grid of {} h the price has {} values{}; its process needs at least {} that are not all alike: take a "
        "finer grid, a longer history, or write the price as a number",
        prices.file, number_text(fit.grid_hours, 4), logs.size(),
        logs.size() < fewest_process_values ? "" : ", all alike", fewest_process_values));
  fit.process = fit_process(logs, fit.grid_hours, Nugget::none);
  const double half_variance = 0.5 * fit.process.volatility.value * fit.process.volatility.value;
  fit.mean = by_log(std::exp(fit.process.level + half_variance), fit.process.mean_log_se);
  return fit;
}

std::string price_value(const PriceFit& fit, const PriceOptions& options) {
  if (fit.constant) return number_text(fit.mean.value, 6);
  std::string text = fmt::format(
      "{{ mean = {}, volatility = {}, half_life = {}",
      options.uncertainty == Uncertainty::as_laws ? number_law(fit.mean.value, fit.process.mean_log_se, true)
                                                  : number_text(fit.mean.value, 5),
      number_text(fit.process.volatility.value, 3), duration_text(fit.process.half_life_hours.value));
  if (fit.cap) text += fmt::format(", cap = {}", number_text(*fit.cap, 8));
  return text + " }";
}

std::string price_summary(const PriceFit& fit) {
  if (fit.constant) return fmt::format("one price in {} days", number_text(fit.days, 3));
  return fmt::format("{} changes in {} days, one every {} h, by {} % in the median and {} % at most; {} to {}",
                     fit.changes, number_text(fit.days, 3), number_text(24.0 / fit.changes_per_day, 3),
                     number_text(100.0 * fit.median_step, 2), number_text(100.0 * fit.largest_step, 2),
                     number_text(fit.lowest, 5), number_text(fit.highest, 5));
}

std::vector<std::string> price_warnings(const PriceFit& fit) {
  std::vector<std::string> warnings;
  if (fit.constant) return warnings;
  if (fit.process.unsettled)
    warnings.push_back(fmt::format(
        "the history is {} days and the half-life {}: too short to tell how fast the price returns, and how far it "
        "strays in the long run",
        number_text(fit.days, 3), duration_text(fit.process.half_life_hours.value)));
  if (fit.process.kurtosis > 6.0)
    warnings.push_back(fmt::format("the price moves by rare large steps (kurtosis {}): a normal process smooths them",
                                   number_text(fit.process.kurtosis, 2)));
  if (fit.process.ljung_box_p < 0.01)
    warnings.push_back(fmt::format("what the process leaves over is still correlated (Ljung–Box p {})",
                                   p_text(fit.process.ljung_box_p)));
  if (fit.cap && fit.highest > *fit.cap * (1.0 + 1e-9))
    warnings.push_back(fmt::format("the history goes above the cap, to {}", number_text(fit.highest, 5)));
  return warnings;
}

Findings calibrate_price(const trace::History& prices, const PriceOptions& options) {
  const PriceFit fit = fit_price(prices, options);
  Findings findings;
  findings.title = "Spot price";
  findings.warnings = price_warnings(fit);
  findings.toml = comment("to stand below the [[market]] that it is of");
  findings.toml +=
      comment(fmt::format("{}: {}", std::filesystem::path(prices.file).filename().string(), price_summary(fit)));
  if (!fit.constant)
    findings.toml +=
        comment(fmt::format("mean {}; volatility {}; half-life {} h", estimate_text(fit.mean, 4),
                            estimate_text(fit.process.volatility), estimate_text(fit.process.half_life_hours)));
  findings.toml += "[market.spot]\nprice = " + price_value(fit, options) + "\n";
  Table table;
  table.title = "Process of the price, 95 % intervals";
  table.columns = {"", "estimate"};
  table.rows = {{"mean", estimate_text(fit.mean, 4)}};
  if (!fit.constant) {
    table.rows.push_back({"volatility", estimate_text(fit.process.volatility)});
    table.rows.push_back({"half-life h", estimate_text(fit.process.half_life_hours)});
    table.rows.push_back({"log-likelihood", number_text(fit.process.log_likelihood, 6)});
    table.rows.push_back({"without memory", number_text(fit.process.white_log_likelihood, 6)});
    table.rows.push_back({"Ljung–Box p", p_text(fit.process.ljung_box_p)});
    table.rows.push_back({"kurtosis", number_text(fit.process.kurtosis, 3)});
  }
  table.rows.push_back({"changes a day", number_text(fit.changes_per_day, 3)});
  findings.tables.push_back(table);
  findings.charts.push_back(price_chart(prices, fit));
  if (!fit.constant) findings.charts.push_back(memory_chart(prices, fit));
  findings.json = {
      {"mean", estimate_json(fit.mean)}, {"changes", fit.changes},           {"changes_per_day", fit.changes_per_day},
      {"median_step", fit.median_step},  {"largest_step", fit.largest_step}, {"lowest", fit.lowest},
      {"highest", fit.highest},          {"constant", fit.constant}};
  if (fit.cap) findings.json["cap"] = *fit.cap;
  if (!fit.constant) {
    findings.json["volatility"] = estimate_json(fit.process.volatility);
    findings.json["half_life_hours"] = estimate_json(fit.process.half_life_hours);
    findings.json["ljung_box_p"] = fit.process.ljung_box_p;
    findings.json["kurtosis"] = fit.process.kurtosis;
  }
  return findings;
}

}  // namespace costrisk::calibrate
