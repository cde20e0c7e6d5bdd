// How much it could cost: exceedance and density.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/distribution.hpp"
#include "src/present/page/scale.hpp"
#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/quantities/quantities.hpp"

namespace costrisk::present::html {

namespace {

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

Table quantile_table(const Material& material) {
  const results::Summary& summary = material.summary;
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : summary.plans)
    for (const results::Estimate& estimate : plan.cost_quantile) amounts.push_back(estimate.value);
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  Table table;
  table.caption =
      fmt::format("Quantiles of cost, {}: in P95's share of the futures, 95 %, the plan costs no more", unit.name);
  table.columns = {"plan"};
  for (std::size_t i = 0; i < summary.probabilities.size(); ++i) table.columns.push_back(material.level_name(i));
  for (std::size_t p = 0; p < summary.plans.size(); ++p) {
    TableRow row{static_cast<int>(p), {material.plan_name(p)}};
    for (const results::Estimate& estimate : summary.plans[p].cost_quantile)
      row.cells.push_back(money(estimate.value, unit));
    table.rows.push_back(row);
  }
  return table;
}

std::string interval(const results::Estimate& estimate, const MoneyUnit& unit) {
  return fmt::format("{} to {}", money(estimate.low, unit), money(estimate.high, unit));
}

Table interval_table(const Material& material) {
  const results::Summary& summary = material.summary;
  const std::vector<std::size_t> places = {material.levels.low, material.levels.middle, material.levels.high,
                                           material.tail()};
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : summary.plans)
    amounts.push_back(plan.cost_quantile[material.levels.high].value);
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  Table table;
  table.caption = fmt::format(
      "What the sample leaves open: 95 % intervals of the estimates, {}. More paths narrow them", unit.name);
  table.columns = {"plan", "mean"};
  for (const std::size_t place : places) table.columns.push_back(material.level_name(place));
  if (material.tells_tail()) table.columns.push_back(material.tail_name());
  if (summary.budget) table.columns.push_back(results::heading_of(&results::Results::over_budget));
  for (std::size_t p = 0; p < summary.plans.size(); ++p) {
    const results::PlanSummary& plan = summary.plans[p];
    const double error = results::z_of_95_percent * plan.cost_mean_se;
    TableRow row{static_cast<int>(p),
                 {plan.plan, interval({plan.cost_mean, plan.cost_mean - error, plan.cost_mean + error}, unit)}};
    for (const std::size_t place : places) row.cells.push_back(interval(plan.cost_quantile[place], unit));
    if (material.tells_tail()) row.cells.push_back(interval(plan.cost_cvar[material.tail()], unit));
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

}  // namespace

BudgetLine budget_line(const Material& material) {
  BudgetLine line;
  line.given = material.summary.budget.has_value();
  const double wanted = line.given
                            ? *material.summary.budget
                            : material.summary.plans[material.featured].cost_quantile[material.levels.high].value;
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
  section.printed = true;
  section.title = "How likely is it to cost more?";
  section.lead =
      "Each curve shows in what share of the futures a plan costs more than the amount below it. The further left and "
      "the steeper, the better.";
  section.extra = budget_markup(material, budget);
  section.figures.push_back(
      {"exceedance-chart", "Share of futures that cost more",
       "Curves that fall from 100 % on the left to 0 % on the right, one a plan. The quantiles in "
       "the table are their points."});
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
  section.figures.push_back({"density-chart", "Distribution of cost",
                             "A hill a plan over an axis of cost, with its median and its span from P10 to P90."});
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : material.summary.plans) amounts.push_back(plan.cost_mean);
  const MoneyUnit unit = money_unit(amounts, material.currency());
  Table table;
  table.caption = fmt::format("Mean, spread and extremes of cost, {}", unit.name);
  table.columns = {"plan", "mean", "standard deviation", "cheapest future", "most expensive future"};
  for (std::size_t p = 0; p < material.plan_count(); ++p)
    table.rows.push_back(
        {static_cast<int>(p),
         {material.plan_name(p), money(material.results.cost_mean[p], unit), money(material.results.cost_sd[p], unit),
          money(material.results.cost_min[p], unit), money(material.results.cost_max[p], unit)}});
  section.tables.push_back(table);
  return section;
}

}  // namespace costrisk::present::html
