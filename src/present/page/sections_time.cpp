// When it is spent: cost from the start, and period by period.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/scale.hpp"
#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"

namespace costrisk::present::html {

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

namespace {

/// Up to so many plans have a table of cost over time each, with at most so many rows.
constexpr std::size_t most_tables = 16, most_rows = 60;

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

Section fan_section(const Material& material) {
  Section section;
  section.id = "time";
  section.printed = true;
  section.title = "When is it spent?";
  const results::Results& results = material.results;
  if (results.context.time_hours.empty()) return section;
  section.lead =
      "Cost from the start, plan by plan, all on the same scale: the line is the median future, the shades hold the "
      "middle half, eight of ten and nine of ten futures, as far as the run has these quantiles.";
  section.panels = true;
  const std::string period = period_name(results.context), featured = material.plan_name(material.featured);
  section.figures.push_back(
      {"period-columns", fmt::format("Cost of each {}: {}", period, featured),
       fmt::format("A column each {}: the cost of {}, {} and {}{}{}.", period, featured,
                   material.level_name(material.levels.middle), material.level_name(material.levels.high),
                   material.summary.budget ? ", and the budget spread evenly" : "", uneven_periods(results.context))});
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    section.figures.push_back(
        {fmt::format("fan-{}", plan), material.plan_name(plan),
         fmt::format("Cost of {} from the start: median and spread, rising over time.", material.plan_name(plan)),
         static_cast<int>(plan)});
    if (material.plan_count() <= most_tables) section.tables.push_back(fan_table(material, plan, most_rows));
  }
  section.figures.push_back(
      {"period-heat", fmt::format("Cost of each {}, plan by plan", period),
       fmt::format("A row a plan, a column a {}: the darker, the more its median cost.", period)});
  if (material.plan_count() > most_tables)
    for (const std::size_t level : {material.levels.low, material.levels.middle, material.levels.high})
      section.tables.push_back(fan_table_of_all(material, level));
  return section;
}

Table period_table(const Material& material, std::size_t plan) { return fan_table(material, plan, most_rows); }

std::vector<Figure> memo_figures(const Material& material) {
  if (material.results.context.time_hours.empty()) return {};
  return {{"memo-fan", "Cost so far",
           fmt::format("Cost of {} over time: median and spread{}.", material.plan_name(material.featured),
                       material.summary.budget ? ", against the budget" : "")}};
}

}  // namespace costrisk::present::html
