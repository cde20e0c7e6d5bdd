// When it is spent: cost from the start, and period by period.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/scale.hpp"
#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"

namespace costrisk::present::html {

namespace {

/// Up to so many plans have a table of cost over time each, with at most so many rows.
constexpr std::size_t most_tables = 16, most_rows = 60;

/// "quarter", "month", "week", "day", or "period": what the bins of cost over time are.
std::string period_name(const results::ResultsContext& context) {
  const std::vector<double>& time = context.time_hours;
  // The first and the last may be cut.
  const std::size_t bin = time.size() > 2 ? 1 : 0;
  const double width = time[bin] - (bin > 0 ? time[bin - 1] : 0.0);
  return width == 24.0                        ? "day"
         : width == 168.0                     ? "week"
         : width >= 672.0 && width <= 744.0   ? "month"
         : width >= 2160.0 && width <= 2208.0 ? "quarter"
                                              : "period";
}

/// Which periods at either end are shorter than the others: "; the last month has 3.0 of about 30.4 days". Empty: none.
std::string uneven_periods(const results::ResultsContext& context) {
  const std::vector<double>& time = context.time_hours;
  if (time.size() < 3) return "";
  const auto width = [&](std::size_t bin) { return time[bin] - (bin > 0 ? time[bin - 1] : 0.0); };
  std::string words;
  const auto name = [&](const char* which, std::size_t bin) {
    // Months differ by a tenth.
    if (width(bin) < 0.9 * width(1))
      words += fmt::format("; the {} {} has {:.1f} of {:.1f} days", which, period_name(context), width(bin) / 24.0,
                           width(1) / 24.0);
  };
  name("first", 0);
  if (time.size() > 3 || width(0) >= 0.9 * width(1)) name("last", time.size() - 1);
  return words;
}

/// At most `count` places of a list, evenly spread, the last among them.
std::vector<std::size_t> thinned(std::size_t size, std::size_t count) {
  std::vector<std::size_t> places;
  const std::size_t kept = std::min(size, count);
  for (std::size_t i = 1; i <= kept; ++i) places.push_back(i * size / kept - 1);
  return places;
}

Table fan_table(const Material& material, std::size_t plan, std::size_t rows) {
  const results::Results& results = material.results;
  const std::vector<double>& time = results.context.time_hours;
  const std::size_t probabilities = material.summary.probabilities.size();
  const auto value = [&](const std::vector<double>& quantiles, std::size_t t, std::size_t level) {
    return quantiles[(plan * time.size() + t) * probabilities + level];
  };
  const MoneyUnit unit = money_unit(
      std::vector<double>{value(results.fan_quantile, time.size() - 1, material.levels.high)}, material.currency());
  Table table;
  table.caption = fmt::format("{}: cost from the start, and within the {} that ends then, {}", material.plan_name(plan),
                              period_name(material.results.context), unit.name) +
                  uneven_periods(material.results.context);
  const std::string period = period_name(material.results.context);
  table.columns = {"until"};
  const std::vector<std::size_t> levels = {material.levels.low, material.levels.middle, material.levels.high};
  for (const std::size_t level : levels) table.columns.push_back(material.level_name(level));
  const std::vector<std::size_t> kept = thinned(time.size(), rows);
  const bool all = kept.size() == time.size();
  if (all)
    for (const std::size_t level : levels) table.columns.push_back(period + " " + material.level_name(level));
  for (const std::size_t t : kept) {
    TableRow row{-1, {instant(time[t], material.start())}};
    for (const std::size_t level : levels) row.cells.push_back(money(value(results.fan_quantile, t, level), unit));
    if (all)
      for (const std::size_t level : levels) row.cells.push_back(money(value(results.period_quantile, t, level), unit));
    table.rows.push_back(row);
  }
  return table;
}

/// One table of all plans, for where a table each would be too much.
Table fan_table_of_all(const Material& material, std::size_t level) {
  const std::vector<double>& time = material.results.context.time_hours;
  const MoneyUnit unit = money_unit(material.results.fan_quantile, material.currency());
  Table table;
  table.caption = fmt::format("Cost from the start, {}, {}", material.level_name(level), unit.name);
  table.columns = {"plan"};
  const std::vector<std::size_t> kept = thinned(time.size(), 12);
  for (const std::size_t t : kept) table.columns.push_back(instant(time[t], material.start()));
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    TableRow row{static_cast<int>(plan), {material.plan_name(plan)}};
    for (const std::size_t t : kept)
      row.cells.push_back(
          money(material.results.fan_quantile[(plan * time.size() + t) * material.summary.probabilities.size() + level],
                unit));
    table.rows.push_back(row);
  }
  return table;
}

}  // namespace

std::string budget_words(const Material& material) {
  return fmt::format("budget {}", money_with_unit(*material.summary.budget, material.currency()));
}

FanChart fan_of(const Material& material, std::size_t plan, double highest) {
  const results::Results& results = material.results;
  const std::vector<double>& time = results.context.time_hours;
  const std::vector<double>& probabilities = material.summary.probabilities;
  FanChart fan;
  fan.plan = static_cast<int>(plan);
  if (time.empty()) return fan;
  fan.x = time_axis(results.context.horizon_hours, material.start());
  const std::vector<std::size_t> kept = thinned(time.size(), material.share_of(640, 10, 160));
  const auto curve = [&](std::size_t level) {
    std::vector<double> values = {0.0};
    for (const std::size_t t : kept)
      values.push_back(results.fan_quantile[(plan * time.size() + t) * probabilities.size() + level]);
    return values;
  };
  fan.time = {0.0};
  for (const std::size_t t : kept) fan.time.push_back(time[t]);
  double lowest = 0.0;
  for (std::size_t i = 0; i < probabilities.size() && probabilities[i] < 0.5; ++i) {
    const int mirrored = results::find_probability(probabilities, 1.0 - probabilities[i]);
    if (mirrored < 0 || probabilities[i] < 0.01) continue;
    fan.bands.push_back({material.level_name(i) + " to " + material.level_name(static_cast<std::size_t>(mirrored)),
                         curve(i), curve(static_cast<std::size_t>(mirrored))});
    lowest = std::min(lowest, *std::min_element(fan.bands.back().low.begin(), fan.bands.back().low.end()));
  }
  fan.median = curve(material.levels.middle);
  if (material.summary.budget) {
    highest = std::max(highest, 1.05 * *material.summary.budget);
    fan.marks.push_back({Mark::Direction::horizontal, *material.summary.budget, budget_words(material)});
  }
  fan.y = money_axis("cost so far", lowest, highest, material.currency());
  return fan;
}

Section fan_section(const Material& material) {
  Section section;
  section.id = "time";
  section.title = "When is it spent?";
  const results::Results& results = material.results;
  if (results.context.time_hours.empty()) return section;
  section.lead =
      "Cost from the start, plan by plan, all on the same scale: the line is the median future, the shades hold the "
      "middle half, eight of ten and nine of ten futures, as far as the run has these quantiles.";
  section.panels = true;
  double highest = 0.0;
  const std::size_t last = results.context.time_hours.size() - 1, probabilities = material.summary.probabilities.size();
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan)
    highest = std::max(highest, results.fan_quantile[(plan * (last + 1) + last) * probabilities + material.tail()]);
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    section.charts.push_back(
        {fmt::format("fan-{}", plan), material.plan_name(plan),
         fmt::format("Cost of {} from the start: median and spread, rising over time.", material.plan_name(plan)),
         static_cast<int>(plan), fan_of(material, plan, 1.02 * highest)});
    if (material.plan_count() <= most_tables) section.tables.push_back(fan_table(material, plan, most_rows));
  }
  if (material.plan_count() > most_tables)
    for (const std::size_t level : {material.levels.low, material.levels.middle, material.levels.high})
      section.tables.push_back(fan_table_of_all(material, level));
  return section;
}

Table period_table(const Material& material, std::size_t plan) { return fan_table(material, plan, most_rows); }

ColumnChart periods_of(const Material& material, std::size_t plan) {
  const results::Results& results = material.results;
  const std::vector<double>& time = results.context.time_hours;
  const std::size_t probabilities = material.summary.probabilities.size();
  ColumnChart chart;
  chart.plan = static_cast<int>(plan);
  chart.middle_words = material.level_name(material.levels.middle);
  chart.high_words = material.level_name(material.levels.high);
  chart.x = time_axis(results.context.horizon_hours, material.start());
  chart.edges = {0.0};
  double low = 0.0, high = 0.0;
  for (std::size_t t = 0; t < time.size(); ++t) {
    const std::size_t place = (plan * time.size() + t) * probabilities;
    chart.middle.push_back(results.period_quantile[place + material.levels.middle]);
    chart.high.push_back(results.period_quantile[place + material.levels.high]);
    low = std::min(low, chart.middle.back());
    high = std::max(high, chart.high.back());
    if (material.summary.budget) {
      chart.pace.push_back(*material.summary.budget * (time[t] - chart.edges.back()) / results.context.horizon_hours);
      high = std::max(high, chart.pace.back());
    }
    chart.edges.push_back(time[t]);
  }
  if (!chart.pace.empty()) chart.pace_words = "budget spread evenly";
  chart.y = money_axis("cost of a " + period_name(results.context), low, 1.08 * high, material.currency());
  return chart;
}

std::vector<Chart> overview_charts(const Material& material) {
  const std::size_t plan = material.featured;
  const results::Results& results = material.results;
  if (results.context.time_hours.empty()) return {};
  const std::size_t last = results.context.time_hours.size() - 1;
  const double highest =
      results.fan_quantile[(plan * (last + 1) + last) * material.summary.probabilities.size() + material.tail()];
  const std::string period = period_name(results.context);
  const std::string against = material.summary.budget ? ", against the budget" : "";
  return {
      {"overview-fan", "Cost so far" + against,
       fmt::format("Cost of {} over time: median and spread{}.", material.plan_name(plan), against), -1,
       fan_of(material, plan, 1.02 * highest)},
      {"overview-periods", fmt::format("Cost of each {}{}", period, against),
       fmt::format("A column each {}: the cost of {}, {} and {}{}{}.", period, material.plan_name(plan),
                   material.level_name(material.levels.middle), material.level_name(material.levels.high),
                   material.summary.budget ? ", and the budget spread evenly" : "", uneven_periods(results.context)),
       -1, periods_of(material, plan)}};
}

}  // namespace costrisk::present::html
