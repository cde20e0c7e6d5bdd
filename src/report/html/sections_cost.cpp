// How much it could cost: exceedance, density, and cost over time.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/report/html/distribution.hpp"
#include "src/report/html/scale.hpp"
#include "src/report/html/sections.hpp"
#include "src/report/numbers.hpp"

namespace costrisk::report::html {

namespace {

/// Up to so many plans have a table of cost over time each, with at most so many rows.
constexpr std::size_t most_tables = 16, most_rows = 60;

/// From where to where most costs of all plans lie.
struct Span {
  double low = 0.0, high = 0.0;
};

Span cost_span(const Material& material) {
  Span span{INFINITY, -INFINITY};
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    const CostDistribution cost(material.tally, static_cast<int>(plan));
    span.low = std::min(span.low, cost.quantile(0.001));
    span.high = std::max(span.high, cost.quantile(0.999));
  }
  const double margin = 0.02 * (span.high - span.low);
  return {span.low >= 0.0 ? std::max(0.0, span.low - margin) : span.low - margin, span.high + margin};
}

std::string budget_words(const Material& material) {
  return fmt::format("budget {}", money_with_unit(*material.summary.budget, material.currency()));
}

Table quantile_table(const Material& material) {
  const Summary& summary = material.summary;
  std::vector<double> amounts;
  for (const PlanSummary& plan : summary.plans)
    for (const Estimate& estimate : plan.quantile) amounts.push_back(estimate.value);
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  Table table;
  table.caption =
      fmt::format("Quantiles of cost, {}: in P95's share of the futures, 95 %, the plan costs no more", unit.name);
  table.columns = {"plan"};
  for (std::size_t i = 0; i < summary.probabilities.size(); ++i) table.columns.push_back(material.level_name(i));
  for (std::size_t p = 0; p < summary.plans.size(); ++p) {
    TableRow row{static_cast<int>(p), {material.plan_name(p)}};
    for (const Estimate& estimate : summary.plans[p].quantile) row.cells.push_back(money(estimate.value, unit));
    table.rows.push_back(row);
  }
  return table;
}

std::string interval(const Estimate& estimate, const MoneyUnit& unit) {
  return fmt::format("{} to {}", money(estimate.low, unit), money(estimate.high, unit));
}

Table interval_table(const Material& material) {
  const Summary& summary = material.summary;
  const std::vector<std::size_t> places = {material.levels.low, material.levels.middle, material.levels.high,
                                           material.tail()};
  std::vector<double> amounts;
  for (const PlanSummary& plan : summary.plans) amounts.push_back(plan.quantile[material.levels.high].value);
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  Table table;
  table.caption = fmt::format(
      "What the sample leaves open: 95 % intervals of the estimates, {}. More paths narrow them", unit.name);
  table.columns = {"plan", "mean"};
  for (const std::size_t place : places) table.columns.push_back(material.level_name(place));
  table.columns.push_back("CVaR" + percent_name(summary.probabilities[material.tail()]));
  if (summary.budget) table.columns.push_back("over budget");
  for (std::size_t p = 0; p < summary.plans.size(); ++p) {
    const PlanSummary& plan = summary.plans[p];
    const double error = 1.959963984540054 * plan.standard_error;
    TableRow row{static_cast<int>(p), {plan.plan, interval({plan.mean, plan.mean - error, plan.mean + error}, unit)}};
    for (const std::size_t place : places) row.cells.push_back(interval(plan.quantile[place], unit));
    row.cells.push_back(interval(plan.cvar[material.tail()], unit));
    if (plan.over_budget)
      row.cells.push_back(fmt::format("{} to {}", percent(plan.over_budget->low), percent(plan.over_budget->high)));
    table.rows.push_back(row);
  }
  return table;
}

/// The line's readings, and what moves it: shown by the script, which also keeps them up to date.
std::string budget_markup(const Material& material, const BudgetLine& budget) {
  std::string html = fmt::format(
      "<div class=\"budget\"><p class=\"budget-line\"><label for=\"budget\">{}</label> "
      "<output id=\"budget-value\" for=\"budget\">{}</output></p>"
      "<input id=\"budget\" type=\"range\" min=\"0\" max=\"{}\" value=\"{}\" hidden>"
      "<p class=\"hint\" id=\"budget-hint\" hidden>Drag the line in the chart, or move the slider with the arrow "
      "keys.</p>",
      budget.given ? "Chance to cost more than a budget of" : "Chance to cost more than",
      escape(money_with_unit(budget.stops[budget.start], material.currency())), budget.stops.size() - 1, budget.start);
  html += "<ul class=\"chances\" aria-live=\"polite\">";
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    const double share = static_cast<double>(budget.over[plan][budget.start]) /
                         static_cast<double>(std::max<std::uint64_t>(1, material.results.paths));
    html += fmt::format(
        "<li data-plan=\"{0}\"><span class=\"who\">{1}{2}</span><b data-over=\"{0}\">{3}</b>"
        "<span class=\"bar\"><i class=\"b{4}\" data-bar=\"{0}\" style=\"width:{5:.2f}%\"></i></span></li>",
        plan, swatch(static_cast<int>(plan)), escape(material.plan_name(plan)), escape(percent(share)),
        color_of(static_cast<int>(plan)), 100.0 * share);
  }
  return html + "</ul></div>";
}

/// At most `count` places of a list, evenly spread, the last among them.
std::vector<std::size_t> thinned(std::size_t size, std::size_t count) {
  std::vector<std::size_t> places;
  const std::size_t kept = std::min(size, count);
  for (std::size_t i = 1; i <= kept; ++i) places.push_back(i * size / kept - 1);
  return places;
}

Table fan_table(const Material& material, std::size_t plan, std::size_t rows) {
  const tally::Results& results = material.results;
  const std::vector<double>& time = results.context.time_hours;
  const std::size_t probabilities = material.summary.probabilities.size();
  const auto value = [&](const std::vector<double>& quantiles, std::size_t t, std::size_t level) {
    return quantiles[(plan * time.size() + t) * probabilities + level];
  };
  const MoneyUnit unit = money_unit(
      std::vector<double>{value(results.fan_quantile, time.size() - 1, material.levels.high)}, material.currency());
  const MoneyUnit period_unit = unit;
  Table table;
  table.caption = fmt::format("{}: cost from the start, and within the period that ends then, {}",
                              material.plan_name(plan), unit.name);
  table.columns = {"until"};
  const std::vector<std::size_t> levels = {material.levels.low, material.levels.middle, material.levels.high};
  for (const std::size_t level : levels) table.columns.push_back(material.level_name(level));
  const std::vector<std::size_t> kept = thinned(time.size(), rows);
  const bool all = kept.size() == time.size();
  if (all)
    for (const std::size_t level : levels) table.columns.push_back("period " + material.level_name(level));
  for (const std::size_t t : kept) {
    TableRow row{-1, {instant(time[t], material.start())}};
    for (const std::size_t level : levels) row.cells.push_back(money(value(results.fan_quantile, t, level), unit));
    if (all)
      for (const std::size_t level : levels)
        row.cells.push_back(money(value(results.period_quantile, t, level), period_unit));
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

BudgetLine budget_line(const Material& material) {
  BudgetLine line;
  line.given = material.summary.budget.has_value();
  const double wanted = line.given ? *material.summary.budget
                                   : material.summary.plans[material.featured].quantile[material.levels.high].value;
  Span span = cost_span(material);
  span.low = std::min(span.low, wanted);
  span.high = std::max(span.high, wanted);
  const double step = round_step(span.high - span.low, static_cast<int>(material.share_of(3072, 48, 400)));
  for (double i = std::floor(span.low / step); i <= std::ceil(span.high / step); ++i) line.stops.push_back(i * step);
  const auto place = std::lower_bound(line.stops.begin(), line.stops.end(), wanted);
  line.start = static_cast<std::size_t>(place - line.stops.begin());
  if (place == line.stops.end() || *place != wanted) line.stops.insert(place, wanted);
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    const CostDistribution cost(material.tally, static_cast<int>(plan));
    std::vector<std::uint64_t>& over = line.over.emplace_back();
    for (const double stop : line.stops) over.push_back(cost.count_above(stop));
  }
  // The tally counts these itself, to the path.
  if (line.given)
    for (std::size_t plan = 0; plan < material.plan_count(); ++plan)
      line.over[plan][line.start] = material.tally.data().over_budget[plan];
  return line;
}

Section exceedance_section(const Material& material, const BudgetLine& budget) {
  Section section;
  section.id = "exceedance";
  section.title = "How likely is it to cost more?";
  section.lead =
      "Each curve tells in what share of the futures a plan costs more than the amount below it. The further left and "
      "the steeper, the better.";
  section.extra = budget_markup(material, budget);
  LineChart lines;
  lines.budget = true;
  lines.x = money_axis("cost", budget.stops.front(), budget.stops.back(), material.currency());
  lines.y = share_axis("share of futures");
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan)
    lines.lines.push_back(exceedance(CostDistribution(material.tally, static_cast<int>(plan)), static_cast<int>(plan),
                                     material.share_of(1600, 25, 200)));
  if (budget.given)
    lines.marks.push_back({Mark::Direction::vertical, *material.summary.budget, budget_words(material)});
  section.charts.push_back({"exceedance-chart", "Share of futures that cost more",
                            "Curves that fall from 100 % on the left to 0 % on the right, one a plan. The quantiles in "
                            "the table are their points.",
                            -1, lines});
  section.tables = {quantile_table(material), interval_table(material)};
  return section;
}

Section density_section(const Material& material) {
  Section section;
  section.id = "density";
  section.title = "Where do the costs lie?";
  section.lead = fmt::format(
      "The heights say how often a cost occurs; each plan has its own scale. The dot is the median, the thick line "
      "reaches from P10 to P90, and the outermost thousandths are left out.");
  const Span span = cost_span(material);
  RidgeChart ridges;
  ridges.x = money_axis("cost", span.low, span.high, material.currency());
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan)
    ridges.ridges.push_back(
        density(CostDistribution(material.tally, static_cast<int>(plan)), static_cast<int>(plan), 60));
  if (material.summary.budget && *material.summary.budget >= span.low && *material.summary.budget <= span.high)
    ridges.marks.push_back({Mark::Direction::vertical, *material.summary.budget, budget_words(material)});
  section.charts.push_back({"density-chart", "Distribution of cost",
                            "A hill a plan over an axis of cost, with its median and its span from P10 to P90.", -1,
                            ridges});
  std::vector<double> amounts;
  for (const PlanSummary& plan : material.summary.plans) amounts.push_back(plan.mean);
  const MoneyUnit unit = money_unit(amounts, material.currency());
  Table table;
  table.caption = fmt::format("Mean, spread and extremes of cost, {}", unit.name);
  table.columns = {"plan", "mean", "standard deviation", "cheapest future", "dearest future"};
  for (std::size_t p = 0; p < material.plan_count(); ++p)
    table.rows.push_back(
        {static_cast<int>(p),
         {material.plan_name(p), money(material.results.cost_mean[p], unit), money(material.results.cost_sd[p], unit),
          money(material.results.cost_min[p], unit), money(material.results.cost_max[p], unit)}});
  section.tables.push_back(table);
  return section;
}

FanChart fan_of(const Material& material, std::size_t plan, double highest) {
  const tally::Results& results = material.results;
  const std::vector<double>& time = results.context.time_hours;
  const std::vector<double>& probabilities = material.summary.probabilities;
  FanChart fan;
  fan.plan = static_cast<int>(plan);
  if (time.empty()) return fan;
  fan.x = time_axis(results.context.horizon_hours, material.start());
  const std::vector<std::size_t> kept = thinned(time.size(), material.share_of(768, 12, 160));
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
    const int mirrored = find_probability(probabilities, 1.0 - probabilities[i]);
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
  const tally::Results& results = material.results;
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

std::vector<Chart> overview_charts(const Material& material) {
  const std::size_t plan = material.featured;
  const tally::Results& results = material.results;
  if (results.context.time_hours.empty()) return {};
  const std::size_t last = results.context.time_hours.size() - 1;
  const double highest =
      results.fan_quantile[(plan * (last + 1) + last) * material.summary.probabilities.size() + material.tail()];
  return {{"overview-fan", fmt::format("{}: cost so far", material.plan_name(plan)),
           fmt::format("Cost of {} over time: median and spread{}.", material.plan_name(plan),
                       material.summary.budget ? ", against the budget" : ""),
           static_cast<int>(plan), fan_of(material, plan, 1.02 * highest)}};
}

}  // namespace costrisk::report::html
