// The results of a run as tables and as JSON.
#include "src/report/tables.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "src/report/numbers.hpp"
#include "src/report/statistics.hpp"
#include "src/report/text_table.hpp"

namespace costrisk::report {

namespace {

using Json = nlohmann::ordered_json;

/// A money column: its title and its figure of a plan.
struct CostColumn {
  std::string title;
  bool tail_mean = false;  ///< CVaR, rather than a quantile
  std::size_t probability = 0;

  const Estimate& of(const PlanSummary& plan) const {
    return tail_mean ? plan.cvar[probability] : plan.quantile[probability];
  }
};

/// The usual columns, as far as the run has their probabilities.
std::vector<CostColumn> cost_columns(const Summary& summary) {
  std::vector<CostColumn> columns;
  for (const double wanted : {0.1, 0.5, 0.9, 0.95})
    if (const int place = find_probability(summary.probabilities, wanted); place >= 0)
      columns.push_back({"P" + percent_name(wanted), false, static_cast<std::size_t>(place)});
  if (const int place = find_probability(summary.probabilities, 0.95); place >= 0)
    columns.push_back({"CVaR95", true, static_cast<std::size_t>(place)});
  if (columns.empty())
    for (std::size_t i = 0; i < summary.probabilities.size(); ++i)
      columns.push_back({"P" + percent_name(summary.probabilities[i]), false, i});
  return columns;
}

bool any_late(const Summary& summary) {
  for (const PlanSummary& plan : summary.plans)
    if (!std::isnan(statistic(summary, plan, "late"))) return true;
  return false;
}

std::string caption(const Summary& summary, const MoneyUnit& unit) {
  std::string text = fmt::format("{}: cost in {} over {} futures{}", summary.scenario, unit.name, count(summary.paths),
                                 summary.complete ? "" : " (stopped early)");
  if (summary.budget) text += fmt::format(", budget {}", money_with_unit(*summary.budget, summary.currency));
  return text + "\n\n";
}

Json estimate(const Estimate& figure) { return {{"value", figure.value}, {"low", figure.low}, {"high", figure.high}}; }

Json job_json(const Summary& summary, const JobSummary& job) {
  Json finish;
  for (std::size_t i = 0; i < summary.probabilities.size(); ++i)
    finish["p" + percent_name(summary.probabilities[i])] = job.finish_hours[i];
  return {{"job", job.job}, {"late", job.late}, {"interruptions", job.interruptions}, {"finish_hours", finish}};
}

Json plan_json(const Summary& summary, const PlanSummary& plan) {
  Json quantiles, tails;
  for (std::size_t i = 0; i < summary.probabilities.size(); ++i) {
    const std::string percent = percent_name(summary.probabilities[i]);
    quantiles["p" + percent] = estimate(plan.quantile[i]);
    tails["cvar" + percent] = estimate(plan.cvar[i]);
  }
  Json jobs = Json::array();
  for (const JobSummary& job : plan.jobs) jobs.push_back(job_json(summary, job));
  return {{"plan", plan.plan},
          {"mean", plan.mean},
          {"sd", plan.sd},
          {"standard_error", plan.standard_error},
          {"quantiles", quantiles},
          {"cvar", tails},
          {"over_budget", plan.over_budget ? estimate(*plan.over_budget) : Json(nullptr)},
          {"cheapest", plan.cheapest},
          {"jobs", jobs}};
}

}  // namespace

std::string plan_table(const Summary& summary, const TableOptions& options) {
  const std::vector<CostColumn> columns = cost_columns(summary);
  const bool late = any_late(summary);
  std::vector<double> amounts;
  for (const PlanSummary& plan : summary.plans)
    for (const CostColumn& column : columns) amounts.push_back(column.of(plan).value);
  const MoneyUnit unit = money_unit(amounts, summary.currency);

  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  for (const CostColumn& column : columns) table.add_column(column.title);
  if (summary.budget) table.add_column("over budget");
  if (late) table.add_column("late");
  table.add_column("cheapest");

  for (const PlanSummary& plan : summary.plans) {
    std::vector<std::string> row = {plan.plan}, low = {"  from"}, high = {"  to"};
    for (const CostColumn& column : columns) {
      row.push_back(money(column.of(plan).value, unit));
      low.push_back(money(column.of(plan).low, unit));
      high.push_back(money(column.of(plan).high, unit));
    }
    if (plan.over_budget) {
      row.push_back(percent(plan.over_budget->value));
      low.push_back(percent(plan.over_budget->low));
      high.push_back(percent(plan.over_budget->high));
    }
    if (late) row.push_back(percent(statistic(summary, plan, "late")));
    row.push_back(percent(plan.cheapest));
    table.add_row(row);
    if (options.intervals) {
      table.add_row(low);
      table.add_row(high);
    }
  }
  return caption(summary, unit) + table.text(options.styled);
}

std::string job_table(const Summary& summary, const TableOptions& options) {
  const int middle = find_probability(summary.probabilities, 0.5),
            late_end = find_probability(summary.probabilities, 0.9);
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  table.add_column("job", TextTable::Align::left);
  table.add_column("late");
  table.add_column("interruptions");
  if (middle >= 0) table.add_column("done P50");
  if (late_end >= 0) table.add_column("done P90");
  bool any = false;
  for (const PlanSummary& plan : summary.plans)
    for (const JobSummary& job : plan.jobs) {
      any = true;
      std::vector<std::string> row = {plan.plan, job.job, percent(job.late), fmt::format("{:.1f}", job.interruptions)};
      for (const int place : {middle, late_end})
        if (place >= 0) row.push_back(hours(job.finish_hours[static_cast<std::size_t>(place)]));
      table.add_row(row);
    }
  return any ? table.text(options.styled) : "";
}

std::string as_json(const Summary& summary, const std::string& file) {
  Json document;
  document["file"] = file;
  document["scenario"] = summary.scenario;
  document["status"] = summary.complete ? "complete" : "partial";
  document["paths"] = summary.paths;
  document["seed"] = summary.seed;
  document["currency"] = summary.currency;
  document["budget"] = summary.budget ? Json(*summary.budget) : Json(nullptr);
  document["plans"] = Json::array();
  for (const PlanSummary& plan : summary.plans) document["plans"].push_back(plan_json(summary, plan));
  return document.dump(2) + "\n";
}

}  // namespace costrisk::report
