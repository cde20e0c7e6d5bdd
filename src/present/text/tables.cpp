// The results of a run as tables.
#include "src/present/text/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/statistics.hpp"
#include "src/present/text/text_table.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

namespace {

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

/// Columns of the shares of requests served: titles, and the statistics they show.
struct ServedColumns {
  std::vector<std::string> titles, statistics;
};

ServedColumns served_columns(const Summary& summary) {
  std::vector<std::string> services;
  for (const PlanSummary& plan : summary.plans)
    for (const ServiceSummary& service : plan.services)
      if (std::find(services.begin(), services.end(), service.service) == services.end())
        services.push_back(service.service);
  if (services.empty()) return {};
  if (services.size() == 1) return {{"served"}, {"served." + services.front()}};
  ServedColumns columns;
  for (const std::string& service : services) {
    columns.titles.push_back(service + " served");
    columns.statistics.push_back("served." + service);
  }
  return columns;
}

bool any_late(const Summary& summary) {
  for (const PlanSummary& plan : summary.plans)
    if (!std::isnan(statistic(summary, plan, "late"))) return true;
  return false;
}

std::string caption(const Summary& summary, const MoneyUnit& unit) {
  std::string text = fmt::format("{}: cost in {} over {}{}", summary.scenario, unit.name,
                                 counted(summary.paths, "future"), summary.complete ? "" : " (stopped early)");
  if (summary.budget) text += fmt::format(", budget {}", money_with_unit(*summary.budget, summary.currency));
  return text + "\n\n";
}

/// Columns that tables are to fit in where nobody says; in wider ones of plans the services share one.
constexpr int comfortable_width = 110;

int room_of(const TableOptions& options) { return options.width > 0 ? options.width : comfortable_width; }

constexpr int caption_width = 80;

std::string caption(const std::string& words) { return broken_text(words, caption_width) + "\n"; }

TextTable make_plan_table(const Summary& summary, const TableOptions& options, const std::vector<CostColumn>& columns,
                          const ServedColumns& served, const MoneyUnit& unit) {
  const bool late = any_late(summary);
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  for (const CostColumn& column : columns) table.add_column(column.title);
  if (summary.budget) table.add_column("over budget");
  if (late) table.add_column("late");
  for (const std::string& title : served.titles) table.add_column(title);
  table.add_column("cheapest");
  if (options.sparklines) table.add_column("cost, low to high", TextTable::Align::left);

  for (std::size_t place = 0; place < summary.plans.size(); ++place) {
    const PlanSummary& plan = summary.plans[place];
    std::vector<std::string> row = {plan.plan}, low = {"  from"}, high = {"  to"};
    for (const CostColumn& column : columns) {
      if (column.tail_mean && !tail_is_told(summary.paths, summary.probabilities[column.probability])) {
        for (auto* cells : {&row, &low, &high}) cells->push_back("\u2013");
        continue;
      }
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
    for (const std::string& name : served.statistics) row.push_back(percent(statistic(summary, plan, name)));
    row.push_back(percent(plan.cheapest));
    if (options.sparklines) row.push_back(sparkline(options.sparklines->paths[place]));
    table.add_row(row);
    if (options.intervals) {
      table.add_row(low);
      table.add_row(high);
    }
  }
  return table;
}

/// A column of prices: its title and where its figure stands.
struct PriceColumn {
  std::string title;
  std::vector<double> ServiceSummary::*prices;
  std::size_t probability = 0;
};

std::vector<PriceColumn> price_columns(const Summary& summary) {
  bool tokens = false;
  for (const PlanSummary& plan : summary.plans)
    for (const ServiceSummary& service : plan.services) tokens = tokens || !service.token_cost.empty();
  std::vector<PriceColumn> columns;
  const auto add = [&](const std::string& title, std::vector<double> ServiceSummary::*prices) {
    for (const double wanted : {0.5, 0.95})
      if (const int place = find_probability(summary.probabilities, wanted); place >= 0)
        columns.push_back({title + "\nP" + percent_name(wanted), prices, static_cast<std::size_t>(place)});
  };
  add("1000 req.", &ServiceSummary::unit_cost);
  if (tokens) add("M tokens", &ServiceSummary::token_cost);
  return columns;
}

std::string wait_cell(double hours) {
  if (std::isnan(hours)) return "\u2013";
  return hours == 0.0 ? "0" : wait(hours * seconds_per_hour);
}

/// The place of the probability that breakdowns show besides the mean: 0.95, or else the highest.
int high_probability(const Summary& summary) {
  const int place = find_probability(summary.probabilities, 0.95);
  return place >= 0 ? place : static_cast<int>(summary.probabilities.size()) - 1;
}

const std::vector<PartSummary>& parts_of(const PlanSummary& plan, Breakdown by) {
  return by == Breakdown::category ? plan.categories : plan.owners;
}

constexpr std::size_t most_drivers_shown = 8;

bool is_nothing(const PartSummary& part) {
  return part.mean == 0.0 &&
         std::all_of(part.quantile.begin(), part.quantile.end(), [](double amount) { return amount == 0.0; });
}

}  // namespace

std::string plan_table(const Summary& summary, const TableOptions& options) {
  const std::vector<CostColumn> columns = cost_columns(summary);
  std::vector<double> amounts;
  for (const PlanSummary& plan : summary.plans)
    for (const CostColumn& column : columns) amounts.push_back(column.of(plan).value);
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  const int room = options.width > 0 ? std::min(options.width, comfortable_width) : comfortable_width;
  TableOptions fitting = options;
  TextTable table = make_plan_table(summary, fitting, columns, served_columns(summary), unit);
  if (options.width > 0 && table.width() > options.width && options.sparklines) {
    fitting.sparklines = nullptr;
    table = make_plan_table(summary, fitting, columns, served_columns(summary), unit);
  }
  if (table.width() > room && served_columns(summary).titles.size() > 1)
    table = make_plan_table(summary, fitting, columns, {{"worst served"}, {"served"}}, unit);
  return caption(summary, unit) + table.text(options.styled);
}

std::string service_table(const Summary& summary, const TableOptions& options) {
  const std::vector<PriceColumn> prices = price_columns(summary);
  bool any = false, waits = false;
  for (const PlanSummary& plan : summary.plans)
    for (const ServiceSummary& service : plan.services) {
      any = true;
      waits = waits || service.wait_hours > 0.0;
    }
  if (!any) return "";
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  table.add_column("service", TextTable::Align::left);
  table.add_column("served");
  if (waits) table.add_column("mean wait");
  table.add_column("peak");
  for (const PriceColumn& column : prices) table.add_column(column.title);
  for (const PlanSummary& plan : summary.plans)
    for (const ServiceSummary& service : plan.services) {
      std::vector<std::string> row = {plan.plan, service.service, percent(service.served)};
      if (waits) row.push_back(wait_cell(service.wait_hours));
      row.push_back(fmt::format("{:.1f}", service.peak_instances));
      for (const PriceColumn& column : prices) {
        const std::vector<double>& values = service.*column.prices;
        row.push_back(values.empty() ? "\u2013" : price(values[column.probability]));
      }
      table.add_row(row);
    }
  return caption(fmt::format("Services: requests served, peak instances, cost in {} per 1000 requests{}",
                             currency_sign(summary.currency),
                             prices.size() > 2 ? " and per million output tokens" : "")) +
         table.text(options.styled, room_of(options));
}

std::string commitment_table(const Summary& summary, const TableOptions& options) {
  std::vector<double> amounts;
  for (const PlanSummary& plan : summary.plans)
    if (plan.commitments)
      amounts.insert(amounts.end(), {plan.commitments->cost, plan.commitments->unused, plan.commitments->savings,
                                     plan.commitments->obligation});
  if (amounts.empty()) return "";
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  for (const char* title : {"coverage", "utilization", "cost", "unused", "saved", "still owed"})
    table.add_column(title);
  for (const PlanSummary& plan : summary.plans) {
    if (!plan.commitments) continue;
    const CommitmentSummary& c = *plan.commitments;
    table.add_row({plan.plan, percent(c.coverage), percent(c.utilization), money(c.cost, unit), money(c.unused, unit),
                   money(c.savings, unit), money(c.obligation, unit)});
  }
  return caption(
             fmt::format("Commitments: cost, unused part, saving against list price and what is owed at the end, in {}",
                         unit.name)) +
         table.text(options.styled, room_of(options));
}

std::string breakdown_table(const Summary& summary, Breakdown by, const TableOptions& options) {
  const bool owners = by == Breakdown::owner;
  const int high = owners ? high_probability(summary) : -1;
  std::vector<double> amounts;
  for (const PlanSummary& plan : summary.plans) {
    amounts.push_back(plan.mean);
    for (const PartSummary& part : parts_of(plan, by)) {
      amounts.push_back(part.mean);
      if (high >= 0) amounts.push_back(part.quantile[static_cast<std::size_t>(high)]);
    }
  }
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  const char* what = owners ? "owner" : "category";
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  table.add_column(what, TextTable::Align::left);
  table.add_column("mean");
  table.add_column("share");
  if (high >= 0) table.add_column("P" + percent_name(summary.probabilities[static_cast<std::size_t>(high)]));
  for (const PlanSummary& plan : summary.plans) {
    std::string name = plan.plan;
    for (const PartSummary& part : parts_of(plan, by)) {
      if (is_nothing(part)) continue;
      std::vector<std::string> row = {name, part.name, money(part.mean, unit), percent(part.share)};
      if (high >= 0) row.push_back(money(part.quantile[static_cast<std::size_t>(high)], unit));
      table.add_row(row);
      name.clear();
    }
    std::vector<std::string> row = {name, "all", money(plan.mean, unit), ""};
    if (high >= 0) row.push_back(money(plan.quantile[static_cast<std::size_t>(high)].value, unit));
    table.add_row(row);
  }
  return fmt::format("Mean cost by {} in {}\n\n", what, unit.name) + table.text(options.styled);
}

std::string driver_table(const Summary& summary, const TableOptions& options) {
  std::vector<double> amounts;
  for (const PlanSummary& plan : summary.plans)
    for (const DriverSummary& driver : plan.drivers)
      amounts.insert(amounts.end(), {driver.lowest.mean, driver.highest.mean});
  if (amounts.empty())
    return "Drivers: no value of the scenario is unknown and the same all through a future; all spread is "
           "fluctuation.\n";
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  table.add_column("driver", TextTable::Align::left);
  for (const char* title : {"share", "lowest", "highest"}) table.add_column(title);
  if (summary.budget)
    for (const char* title : {"over\nbudget:\nlowest", "highest", "budget\nbreaks"}) table.add_column(title);
  for (const PlanSummary& plan : summary.plans) {
    std::string name = plan.plan;
    std::vector<double> others;
    std::size_t shown = 0;
    for (const DriverSummary& driver : plan.drivers) {
      if (!driver.stands_out || shown == most_drivers_shown) {
        others.push_back(driver.share);
        continue;
      }
      ++shown;
      std::string share = variance_percent(driver.share);
      if (options.intervals)
        share += fmt::format(" ± {:.1f}", 100.0 * results::z_of_95_percent * driver.standard_error);
      std::vector<std::string> row = {name, driver.driver, share, money(driver.lowest.mean, unit),
                                      money(driver.highest.mean, unit)};
      if (driver.lowest.over_budget) {
        row.push_back(percent(*driver.lowest.over_budget));
        row.push_back(percent(*driver.highest.over_budget));
        row.push_back(break_words(driver.budget_break));
      }
      table.add_row(row);
      name.clear();
    }
    if (shown < plan.drivers.size()) {
      table.add_row(
          {name, counted(plan.drivers.size() - shown, "other unknown"), variance_percent(sum_of_shares(others))});
      name.clear();
    }
    table.add_row({name, "fluctuation and interactions", variance_percent(plan.driver_rest)});
  }
  return caption(fmt::format(
             "Drivers: share of the variance of cost, and mean cost in {} in the sixteenth of the futures with the "
             "lowest and the highest value (of a chance: where it happens and where it does not){}",
             unit.name, summary.budget ? "; the budget breaks where more than half of the futures are over it" : "")) +
         table.text(options.styled, room_of(options));
}

std::string tables(const Summary& summary, const TableOptions& options) {
  std::vector<std::string> texts = {plan_table(summary, options), service_table(summary, options),
                                    commitment_table(summary, options)};
  if (options.jobs) texts.push_back(job_table(summary, options));
  if (options.drivers) texts.push_back(driver_table(summary, options));
  for (const Breakdown by : options.by) texts.push_back(breakdown_table(summary, by, options));
  std::erase(texts, "");
  return fmt::format("{}", fmt::join(texts, "\n"));
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
  bool any = false, beyond = false;
  for (const PlanSummary& plan : summary.plans)
    for (const JobSummary& job : plan.jobs) {
      any = true;
      std::vector<std::string> row = {plan.plan, job.job, percent(job.late), fmt::format("{:.1f}", job.interruptions)};
      for (const int place : {middle, late_end}) {
        if (place < 0) continue;
        const double done = job.finish_hours[static_cast<std::size_t>(place)];
        beyond = beyond || std::isinf(done);
        row.push_back(std::isinf(done) ? "> horizon" : hours(done));
      }
      table.add_row(row);
    }
  if (!any) return "";
  return table.text(options.styled) +
         (beyond ? "done > horizon: the last run is not done when the horizon ends\n" : "");
}

}  // namespace costrisk::present
