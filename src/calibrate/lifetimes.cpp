// Survival of single instances, and whether one hazard can stand for it.
#include "src/calibrate/lifetimes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/calibrate/minimize.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

/// A column of lifetimes and what one of its units is in hours.
struct LifetimeColumn {
  std::size_t column;
  double hours;
};

std::optional<LifetimeColumn> lifetime_column(const trace::CsvTable& table) {
  for (const auto& [unit, hours] : {std::pair("hours", 1.0), std::pair("minutes", 1.0 / 60.0),
                                    std::pair("seconds", 1.0 / seconds_per_hour), std::pair("days", 24.0)})
    for (const char* what : {"lifetime_", "duration_", "life_", ""})
      if (const auto column = table.column(fmt::format("{}{}", what, unit))) return LifetimeColumn{*column, hours};
  return std::nullopt;
}

bool answer(const trace::CsvTable& table, const trace::CsvRow& row, std::size_t column) {
  const std::string text = trace::lower_case(row.cells[column]);
  for (const char* yes : {"1", "true", "yes", "y", "lost", "reclaimed", "preempted", "interrupted"})
    if (text == yes) return true;
  for (const char* no : {"0", "false", "no", "n", "", "censored", "running", "stopped"})
    if (text == no) return false;
  throw results::FormatError(fmt::format("{}: '{}' in column {} is no answer; expected yes or no (1, 0, true, false)",
                                         table.place(row), row.cells[column], table.header[column]));
}

double instant(const trace::CsvTable& table, const trace::CsvRow& row, std::size_t column) {
  const auto time = trace::parse_instant(row.cells[column]);
  if (!time)
    throw results::FormatError(
        fmt::format("{}: '{}' in column {} is no time; expected one such as 2026-01-05T06:30:00Z", table.place(row),
                    row.cells[column], table.header[column]));
  return time->seconds;
}

double weibull_log_likelihood(const Lifetimes& lifetimes, double shape, double scale) {
  double sum = 0.0;
  for (std::size_t i = 0; i < lifetimes.hours.size(); ++i) {
    const double t = std::max(lifetimes.hours[i], 1e-6) / scale;
    sum -= std::pow(t, shape);
    if (lifetimes.lost[i]) sum += std::log(shape / scale) + (shape - 1.0) * std::log(t);
  }
  return sum;
}

/// @throws results::FormatError where it is lost without having lived
void add_life(const trace::CsvTable& table, const trace::CsvRow& row, double hours, bool lost, Lifetimes& lifetimes) {
  if (lost && !(hours > 0.0))
    throw results::FormatError(
        fmt::format("{}: an instance that is lost after a lifetime of 0; expected how long it was held, in finer units "
                    "where that was rounded away, or no row where it never ran",
                    table.place(row)));
  lifetimes.hours.push_back(hours);
  lifetimes.lost.push_back(lost);
}

}  // namespace

Lifetimes read_lifetimes(const trace::CsvTable& table) {
  Lifetimes lifetimes;
  lifetimes.file = table.file;
  const auto flag = table.column_of({"lost", "reclaimed", "preempted", "interrupted", "event"});
  if (const auto lifetime = lifetime_column(table)) {
    for (const trace::CsvRow& row : table.rows) {
      const auto value = trace::parse_number(row.cells[lifetime->column]);
      if (!value || *value < 0.0)
        throw results::FormatError(fmt::format("{}: '{}' is no lifetime; expected a number from 0 on", table.place(row),
                                               row.cells[lifetime->column]));
      add_life(table, row, *value * lifetime->hours, !flag || answer(table, row, *flag), lifetimes);
    }
    return lifetimes;
  }
  const auto start = table.column_of({"start", "started", "launch", "launch_time", "launched"});
  const auto end = table.column_of({"end", "ended", "terminated", "termination_time", "stopped"});
  if (!start || !end)
    throw results::FormatError(
        fmt::format("{}:1: expected a column lifetime_hours (or _minutes, _seconds, _days), or columns "
                    "start and end; there are: {}",
                    table.file, fmt::join(table.header, ", ")));
  double last = 0.0;
  for (const trace::CsvRow& row : table.rows)
    for (const std::size_t column : {*start, *end})
      if (!trace::is_absent(row.cells[column])) last = std::max(last, instant(table, row, column));
  for (const trace::CsvRow& row : table.rows) {
    const bool ended = !trace::is_absent(row.cells[*end]);
    const double from = instant(table, row, *start), to = ended ? instant(table, row, *end) : last;
    if (to < from)
      throw results::FormatError(fmt::format("{}: it ends at '{}', before it starts at '{}'", table.place(row),
                                             row.cells[*end], row.cells[*start]));
    add_life(table, row, (to - from) / seconds_per_hour, ended && (!flag || answer(table, row, *flag)), lifetimes);
  }
  return lifetimes;
}

std::vector<SurvivalStep> survival_of(const Lifetimes& lifetimes) {
  std::vector<std::size_t> order(lifetimes.hours.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return lifetimes.hours[a] < lifetimes.hours[b]; });
  std::vector<SurvivalStep> steps;
  double survival = 1.0, greenwood = 0.0;
  for (std::size_t i = 0; i < order.size();) {
    SurvivalStep step;
    step.hours = lifetimes.hours[order[i]];
    step.at_risk = static_cast<int>(order.size() - i);
    for (; i < order.size() && lifetimes.hours[order[i]] == step.hours; ++i)
      step.lost += lifetimes.lost[order[i]] ? 1 : 0;
    if (step.lost == 0) continue;
    const double n = step.at_risk, d = step.lost;
    survival *= 1.0 - d / n;
    greenwood += n > d ? d / (n * (n - d)) : 0.0;
    step.survival = {survival, 0.0, survival};
    if (survival > 0.0 && survival < 1.0) {
      const double reach = std::exp(results::z_of_95_percent * std::sqrt(greenwood) / std::abs(std::log(survival)));
      step.survival.low = std::pow(survival, reach);
      step.survival.high = std::pow(survival, 1.0 / reach);
    }
    steps.push_back(step);
  }
  return steps;
}

std::vector<std::pair<double, double>> survival_curve(const std::vector<SurvivalStep>& steps) {
  constexpr double most_points = 12.0;
  std::vector<std::pair<double, double>> curve;
  const auto expected = [](const SurvivalStep& step) { return -std::log(step.survival.value); };
  double all = 0.0;
  for (const SurvivalStep& step : steps)
    if (step.survival.value > 0.0) all = expected(step);
  double last = 0.0;
  for (const SurvivalStep& step : steps) {
    if (!(step.survival.value > 0.0)) break;
    if (expected(step) < last + all / most_points && expected(step) < all) continue;
    curve.emplace_back(step.hours, step.survival.value);
    last = expected(step);
  }
  return curve;
}

LifetimeFit fit_lifetimes(const Lifetimes& lifetimes) {
  LifetimeFit fit;
  fit.losses = static_cast<int>(std::count(lifetimes.lost.begin(), lifetimes.lost.end(), true));
  fit.censored = static_cast<int>(lifetimes.lost.size()) - fit.losses;
  fit.exposure_hours = std::accumulate(lifetimes.hours.begin(), lifetimes.hours.end(), 0.0);
  if (!(fit.exposure_hours > 0.0))
    throw TooLittleData(
        fmt::format("{}: no instance was held for any time; expected lifetimes above 0", lifetimes.file));
  if (fit.losses == 0)
    throw TooLittleData(
        fmt::format("{}: no instance was lost in {:.5g} hours; leave reclaim_every out, or write a bound: at "
                    "95 % it is over \"{:.5g}h\"",
                    lifetimes.file, fit.exposure_hours, fit.exposure_hours / 3.0));
  fit.per_hour = poisson_rate(fit.losses, fit.exposure_hours);
  const double mean = 1.0 / fit.per_hour.value;
  const Objective cost = [&](const std::vector<double>& x) {
    return -weibull_log_likelihood(lifetimes, std::exp(std::clamp(x[0], -4.0, 4.0)), mean * std::exp(x[1]));
  };
  const std::vector<double> best = minimize(cost, {0.0, 0.0}, 0.3, 300);
  const double se = std::sqrt(covariance_at(cost, best)(0, 0));
  fit.shape = by_log(std::exp(best[0]), se);
  fit.shape_p = chi_squared_tail(2.0 * (cost({0.0, 0.0}) - cost(best)), 1.0);
  fit.constant = fit.shape_p >= 0.05;
  return fit;
}

}  // namespace costrisk::calibrate
