// The fragment, tables and plots of a fitted price.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "src/present/text/calibrations.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

using calibrate::PriceFit;

namespace {

Plot price_chart(const trace::History& prices, const PriceFit& fit) {
  Plot plot;
  plot.title = "Price";
  plot.x_label = "days since the first value";
  plot.y_label = "price an hour";
  plot.from_zero = false;
  Series seen{"observed", Series::Mark::steps, {}}, mean{"fitted mean", Series::Mark::line, {}};
  for (std::size_t i = 0; i < prices.size(); ++i)
    seen.points.emplace_back((prices.time_seconds[i] - prices.time_seconds[0]) / seconds_per_day, prices.value[i]);
  mean.points = {{0.0, fit.mean.value}, {seen.points.back().first, fit.mean.value}};
  plot.series = {seen, mean};
  return plot;
}

Plot memory_chart(const trace::History& prices, const PriceFit& fit) {
  Plot plot;
  plot.title = "How long the price remembers";
  plot.x_label = "lag in days";
  plot.y_label = "autocorrelation of the logarithm";
  std::vector<double> logs;
  for (const double value : trace::held_values(prices, fit.grid_hours * seconds_per_hour))
    logs.push_back(std::log(value));
  Series seen{"observed", Series::Mark::points, {}}, fitted{"fitted", Series::Mark::line, {}};
  const std::size_t lags = std::min<std::size_t>(60, logs.size() / 3);
  for (std::size_t lag = 0; lag <= lags; ++lag) {
    const double hours = fit.grid_hours * static_cast<double>(lag);
    seen.points.emplace_back(hours / 24.0, calibrate::autocorrelation(logs, lag));
    fitted.points.emplace_back(hours / 24.0, std::exp2(-hours / fit.process.half_life_hours.value));
  }
  plot.series = {seen, fitted};
  return plot;
}

}  // namespace

std::string price_value(const PriceFit& fit, Uncertainty uncertainty) {
  if (fit.constant) return rounded_number(fit.mean.value, 6);
  std::string text =
      fmt::format("{{ mean = {}, volatility = {}, half_life = {}",
                  uncertainty == Uncertainty::as_laws ? number_law(fit.law_mean, fit.mean_log_se, true)
                                                      : rounded_number(fit.law_mean, 6),
                  rounded_number(fit.process.volatility.value, 3), rounded_duration(fit.process.half_life_hours.value));
  if (fit.cap) text += fmt::format(", cap = {}", rounded_number(*fit.cap, 8));
  return text + " }";
}

std::string price_summary(const PriceFit& fit) {
  if (fit.constant && fit.changes == 0) return fmt::format("one price in {} days", rounded_number(fit.days, 3));
  if (fit.constant)
    return fmt::format("{} changes in {} days, {} to {}: the mean over time", fit.changes, rounded_number(fit.days, 3),
                       rounded_number(fit.lowest, 5), rounded_number(fit.highest, 5));
  return fmt::format("{} changes in {} days, one every {} h, by {} % in the median and {} % at most; {} to {}",
                     fit.changes, rounded_number(fit.days, 3), rounded_number(24.0 / fit.changes_per_day, 3),
                     rounded_number(100.0 * fit.median_step, 2), rounded_number(100.0 * fit.largest_step, 2),
                     rounded_number(fit.lowest, 5), rounded_number(fit.highest, 5));
}

std::vector<std::string> price_warnings(const PriceFit& fit) {
  std::vector<std::string> warnings;
  if (fit.constant) return warnings;
  if (fit.process.unsettled)
    warnings.push_back(fmt::format(
        "the history is {} days and the half-life {}: too short to show how fast the price returns, and how far it "
        "strays in the long run",
        rounded_number(fit.days, 3), rounded_duration(fit.process.half_life_hours.value)));
  if (fit.process.kurtosis > 6.0)
    warnings.push_back(fmt::format("the price moves by rare large steps (kurtosis {}): a normal process smooths them",
                                   rounded_number(fit.process.kurtosis, 2)));
  if (fit.process.ljung_box_p < 0.01)
    warnings.push_back(fmt::format("what the process leaves over is still correlated (Ljung–Box p {})",
                                   p_text(fit.process.ljung_box_p)));
  if (fit.cap && fit.highest > *fit.cap * (1.0 + 1e-9))
    warnings.push_back(fmt::format("the history goes above the cap, to {}", rounded_number(fit.highest, 5)));
  return warnings;
}

Findings price_findings(const trace::History& prices, const PriceFit& fit, Uncertainty uncertainty) {
  Findings findings;
  findings.title = "Spot price";
  findings.warnings = price_warnings(fit);
  findings.toml = comment("to stand below the [[market]] that it is of");
  findings.toml +=
      comment(fmt::format("{}: {}", std::filesystem::path(prices.file).filename().string(), price_summary(fit)));
  if (!fit.constant)
    findings.toml +=
        comment(fmt::format("mean over time {}; volatility {}; half-life {} h", estimate_text(fit.mean, 4),
                            estimate_text(fit.process.volatility), estimate_text(fit.process.half_life_hours)));
  if (!fit.constant && fit.cap && fit.law_mean > fit.mean.value * 1.0005)
    findings.toml += comment("mean is that of the law before it is cut at the cap; below the cap it is that over time");
  findings.toml += "[market.spot]\nprice = " + price_value(fit, uncertainty) + "\n";
  PlainTable table;
  table.title = "Process of the price, 95 % intervals";
  table.columns = {"", "estimate"};
  table.rows = {{"mean", estimate_text(fit.mean, 4)}};
  if (!fit.constant) {
    table.rows.push_back({"volatility", estimate_text(fit.process.volatility)});
    table.rows.push_back({"half-life h", estimate_text(fit.process.half_life_hours)});
    table.rows.push_back({"log-likelihood", rounded_number(fit.process.log_likelihood, 6)});
    table.rows.push_back({"without memory", rounded_number(fit.process.white_log_likelihood, 6)});
    table.rows.push_back({"Ljung–Box p", p_text(fit.process.ljung_box_p)});
    table.rows.push_back({"kurtosis", rounded_number(fit.process.kurtosis, 3)});
  }
  table.rows.push_back({"changes a day", rounded_number(fit.changes_per_day, 3)});
  findings.tables.push_back(table);
  findings.plots.push_back(price_chart(prices, fit));
  if (!fit.constant) findings.plots.push_back(memory_chart(prices, fit));
  findings.readings.push_back(prices.reading);
  findings.means.push_back(fit.mean_check());
  add_readings(findings);
  findings.json = {
      {"mean", estimate_json(fit.mean)}, {"changes", fit.changes},           {"changes_per_day", fit.changes_per_day},
      {"median_step", fit.median_step},  {"largest_step", fit.largest_step}, {"lowest", fit.lowest},
      {"highest", fit.highest},          {"constant", fit.constant}};
  findings.json["law_mean"] = fit.law_mean;
  if (fit.cap) findings.json["cap"] = *fit.cap;
  if (!fit.constant) {
    findings.json["volatility"] = estimate_json(fit.process.volatility);
    findings.json["half_life_hours"] = estimate_json(fit.process.half_life_hours);
    findings.json["ljung_box_p"] = fit.process.ljung_box_p;
    findings.json["kurtosis"] = fit.process.kurtosis;
  }
  return findings;
}

}  // namespace costrisk::present
