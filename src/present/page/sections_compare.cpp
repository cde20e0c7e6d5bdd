// Plan against plan: cost against risk, and differences on the same futures.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/estimators/statistics.hpp"

namespace costrisk::present::html {

namespace {

/// Tables of every plan against every other get too wide to be read beyond this.
constexpr std::size_t most_compared = 16;

struct Dot {
  int plan = 0;
  double x = 0.0, y = 0.0;
};

/// Plans that no other one beats in both, in ascending order of x.
std::vector<int> frontier_of(const std::vector<Dot>& dots) {
  std::vector<Dot> sorted = dots;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.x < b.x || (a.x == b.x && a.y < b.y); });
  std::vector<int> frontier;
  double best = INFINITY;
  for (const Dot& dot : sorted)
    if (dot.y < best) {
      frontier.push_back(dot.plan);
      best = dot.y;
    }
  return frontier;
}

Table matrix(const Material& material, const std::string& caption, const auto& cell) {
  Table table;
  table.caption = caption;
  table.columns = {"plan"};
  for (std::size_t other = 0; other < material.plan_count(); ++other)
    table.columns.push_back(material.plan_name(other));
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    TableRow row{static_cast<int>(plan), {material.plan_name(plan)}};
    for (std::size_t other = 0; other < material.plan_count(); ++other)
      row.cells.push_back(plan == other ? "" : cell(plan * material.plan_count() + other));
    table.rows.push_back(row);
  }
  return table;
}

}  // namespace

Section risk_section(const Material& material) {
  Section section;
  section.id = "risk";
  section.title = "What does safety cost?";
  if (material.plan_count() < 2) return section;
  if (!material.tells_tail()) {
    section.lead = withheld_tail(material) + " A longer run sets the plans' mean costs against it.";
    section.extra = " ";
    return section;
  }
  const std::string tail = material.tail_name();
  std::vector<Dot> dots;
  std::vector<double> means, tails;
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    means.push_back(material.summary.plans[plan].cost_mean);
    tails.push_back(material.summary.plans[plan].cost_cvar[material.tail()].value);
    dots.push_back({static_cast<int>(plan), means.back(), tails.back()});
  }
  const std::vector<int> frontier = frontier_of(dots);
  section.lead = fmt::format(
      "Mean cost against {}, the mean of the futures beyond {}: further down and left is better. {}", tail,
      material.level_name(material.tail()),
      frontier.size() == 1
          ? material.plan_name(static_cast<std::size_t>(frontier.front())) + " beats all others in both."
          : "The line joins the plans that no other beats in both; of the rest each is beaten by one of these.");
  const MoneyUnit unit = money_unit(tails, material.currency());
  Table table;
  table.caption = fmt::format("Mean cost and {}, {}", tail, unit.name);
  table.columns = {"plan", "mean", tail, "on the frontier"};
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    const bool efficient = std::find(frontier.begin(), frontier.end(), static_cast<int>(plan)) != frontier.end();
    table.rows.push_back(
        {static_cast<int>(plan),
         {material.plan_name(plan), money(means[plan], unit), money(tails[plan], unit), efficient ? "yes" : "no"}});
  }
  section.figures.push_back({"risk-chart", fmt::format("Mean cost and {}", tail),
                             "A dot a plan; a line joins the plans that no other beats in both."});
  section.tables.push_back(table);
  return section;
}

Section latency_section(const Material& material) {
  Section section;
  section.id = "latency";
  section.title = "What does an answer in time cost?";
  const std::vector<std::string>& names = material.results.context.services;
  section.lead =
      "Mean cost against the share of requests that are not answered within the latency's objective: further down and "
      "left is better. The line joins the plans that no other beats in both.";
  for (std::size_t s = 0; s < names.size(); ++s) {
    Table table;
    const std::string late = "not within the objective";
    table.caption = fmt::format(
        "{}: mean cost of the plan, share of requests {}, and latency that so many of the "
        "requests to its fleet do not exceed",
        names[s], late);
    table.columns = {"plan", "mean cost", late};
    for (const std::size_t level : {material.levels.middle, material.levels.high})
      table.columns.push_back("latency, " + material.level_name(level));
    for (std::size_t p = 0; p < material.plan_count(); ++p) {
      const results::PlanSummary& plan = material.summary.plans[p];
      for (const results::ServiceSummary& service : plan.services) {
        if (service.service != names[s] || service.latency_quantile.empty()) continue;
        const double share = 1.0 - service.within;
        TableRow row{static_cast<int>(p),
                     {material.plan_name(p), money_with_unit(plan.cost_mean, material.currency()), percent(share)}};
        for (const std::size_t level : {material.levels.middle, material.levels.high})
          row.cells.push_back(latency(service.latency_quantile[level]));
        table.rows.push_back(row);
      }
    }
    if (table.rows.empty()) continue;
    section.figures.push_back({fmt::format("latency-{}", s), fmt::format("{}: mean cost and answers in time", names[s]),
                               "A dot a plan; a line joins the plans that no other beats in both."});
    section.tables.push_back(table);
  }
  return section;
}

Section difference_section(const Material& material) {
  Section section;
  section.id = "differences";
  section.title = "Which plan costs less in the same future?";
  const std::size_t plans = material.plan_count(), base = material.featured;
  if (plans < 2) return section;
  const results::Results& results = material.results;
  section.lead = fmt::format(
      "All plans meet the same futures, so their costs can be compared future by future. Right of zero a plan "
      "costs more than {} on average; the line is the 95 % interval of that mean.",
      material.plan_name(base));
  std::vector<double> amounts = {0.0};
  for (std::size_t plan = 0; plan < plans; ++plan) {
    if (plan == base) continue;
    const double mean = results.difference_mean[plan * plans + base],
                 se = results.difference_mean_se[plan * plans + base],
                 error = std::isnan(se) ? 0.0 : results::z_of_95_percent * se;
    amounts.insert(amounts.end(), {mean - error, mean + error});
  }
  section.figures.push_back(
      {"difference-chart", "Mean difference on the same futures", "A dot a plan with its interval, around zero."});
  section.figures.push_back({"waterfall-chart", "From one plan to another, category by category",
                             "Bars from the mean cost of one plan to that of another: what each category adds or "
                             "takes away. Which two can be chosen."});
  const MoneyUnit unit = money_unit(amounts, material.currency());
  Table table;
  table.caption =
      fmt::format("Against {}: mean difference with its sampling error (95 %), {}, and how often it is cheaper",
                  material.plan_name(base), unit.name);
  table.columns = {"plan", "difference", "±", "costs less", "cheapest of all"};
  for (std::size_t plan = 0; plan < plans; ++plan) {
    const bool self = plan == base;
    table.rows.push_back(
        {static_cast<int>(plan),
         {material.plan_name(plan), self ? "–" : money(results.difference_mean[plan * plans + base], unit),
          self ? "–" : money(results::z_of_95_percent * results.difference_mean_se[plan * plans + base], unit),
          self ? "–" : percent(results.cheaper[plan * plans + base]), percent(results.cheapest[plan])}});
  }
  section.tables.push_back(table);
  if (plans > 2 && plans <= most_compared) {
    section.tables.push_back(matrix(material,
                                    "Share of futures in which the plan of the row costs less than that of the column",
                                    [&](std::size_t place) { return percent(results.cheaper[place]); }));
    section.tables.push_back(
        matrix(material, fmt::format("Mean cost of the plan of the row less that of the column, {}", unit.name),
               [&](std::size_t place) { return money(results.difference_mean[place], unit); }));
  }
  return section;
}

}  // namespace costrisk::present::html
