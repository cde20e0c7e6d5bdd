// The results of a run as tables.
#include "src/present/text/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "src/present/text/drivers.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/text_table.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/quantities/addresses.hpp"
#include "src/results/quantities/quantities.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

namespace {

using results::heading_of;
using results::Results;

/// The heading of a column of quantiles or tail means: "P95", "done P90".
std::string heading_at(std::vector<double> Results::*values, double probability) {
  return heading_of(values) + results::percent_name(probability);
}

/// A money column: its title and its figure of a plan.
struct CostColumn {
  std::string title;
  bool tail_mean = false;  ///< CVaR, rather than a quantile
  std::size_t probability = 0;

  const results::Estimate& of(const results::PlanSummary& plan) const {
    return tail_mean ? plan.cost_cvar[probability] : plan.cost_quantile[probability];
  }
};

/// The usual columns, as far as the run has their probabilities.
std::vector<CostColumn> cost_columns(const results::Summary& summary) {
  std::vector<CostColumn> columns;
  for (const double wanted : {0.1, 0.5, 0.9, 0.95})
    if (const int place = results::find_probability(summary.probabilities, wanted); place >= 0)
      columns.push_back({heading_at(&Results::cost_quantile, wanted), false, static_cast<std::size_t>(place)});
  if (const int place = results::find_probability(summary.probabilities, 0.95); place >= 0)
    columns.push_back({heading_at(&Results::cost_cvar, 0.95), true, static_cast<std::size_t>(place)});
  if (columns.empty())
    for (std::size_t i = 0; i < summary.probabilities.size(); ++i)
      columns.push_back({heading_at(&Results::cost_quantile, summary.probabilities[i]), false, i});
  return columns;
}

/// A column of shares of requests: its title, and the service it is of; none: the plan's worst.
struct ShareColumn {
  std::string title, service;
  double results::ServiceSummary::*share;
  double results::PlanSummary::*worst;

  double of(const results::PlanSummary& plan) const {
    if (service.empty()) return plan.*worst;
    for (const results::ServiceSummary& one : plan.services)
      if (one.service == service) return one.*share;
    return std::numeric_limits<double>::quiet_NaN();
  }
};

/// The shares of requests served, and those within the objective where there is one; of each service, or the worst.
std::vector<ShareColumn> share_columns(const results::Summary& summary, bool worst) {
  using Service = results::ServiceSummary;
  std::vector<ShareColumn> columns;
  const auto add = [&](std::vector<double> Results::*values, double Service::*share,
                       double results::PlanSummary::*of_worst) {
    std::vector<std::string> services;
    for (const results::PlanSummary& plan : summary.plans)
      for (const Service& service : plan.services)
        if (!std::isnan(service.*share) &&
            std::find(services.begin(), services.end(), service.service) == services.end())
          services.push_back(service.service);
    const std::string heading = heading_of(values);
    if (services.size() > 1 && worst) {
      columns.push_back({"worst " + heading, "", share, of_worst});
      return;
    }
    for (const std::string& service : services)
      columns.push_back({services.size() == 1 ? heading : service + " " + heading, service, share, of_worst});
  };
  add(&Results::served, &Service::served, &results::PlanSummary::served);
  add(&Results::within, &Service::within, &results::PlanSummary::within);
  return columns;
}

bool any_late(const results::Summary& summary) {
  return std::any_of(summary.plans.begin(), summary.plans.end(),
                     [](const results::PlanSummary& plan) { return !std::isnan(plan.late); });
}

/// Which part of a run it is, where it is not all.
std::string extent(const results::Summary& summary) {
  if (summary.shard) return fmt::format(" (shard {} of {})", summary.shard->index, summary.shard->count);
  return summary.complete ? "" : " (stopped early)";
}

std::string caption(const results::Summary& summary, const MoneyUnit& unit) {
  std::string text = fmt::format("{}: cost in {} over {}{}", summary.scenario, unit.name,
                                 counted(summary.paths, "future"), extent(summary));
  if (summary.budget) text += fmt::format(", budget {}", money_with_unit(*summary.budget, summary.currency));
  return text + "\n\n";
}

/// Columns that tables are to fit in where nobody says; in wider ones of plans the services share one.
constexpr int comfortable_width = 110;

int room_of(const TableOptions& options) { return options.width > 0 ? options.width : comfortable_width; }

constexpr int caption_width = 80;

std::string caption(const std::string& words) { return broken_text(words, caption_width) + "\n"; }

TextTable make_plan_table(const results::Summary& summary, const TableOptions& options,
                          const std::vector<CostColumn>& columns, const std::vector<ShareColumn>& shares,
                          const MoneyUnit& unit) {
  const bool late = any_late(summary);
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  for (const CostColumn& column : columns) table.add_column(column.title);
  if (summary.budget) table.add_column(heading_of(&Results::over_budget));
  if (late) table.add_column(heading_of(&Results::late));
  for (const ShareColumn& column : shares) table.add_column(column.title);
  const bool owed = std::any_of(summary.plans.begin(), summary.plans.end(),
                                [&](const results::PlanSummary& plan) { return results::owes_much(summary, plan); });
  if (owed) table.add_column(heading_of(&Results::obligation));
  table.add_column(heading_of(&Results::cheapest));
  if (options.sparklines) table.add_column("cost, low to high", TextTable::Align::left);

  for (std::size_t place = 0; place < summary.plans.size(); ++place) {
    const results::PlanSummary& plan = summary.plans[place];
    std::vector<std::string> row = {plan.plan}, low = {"  from"}, high = {"  to"};
    for (const CostColumn& column : columns) {
      if (column.tail_mean && !results::tail_is_told(summary.paths, summary.probabilities[column.probability])) {
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
    if (late) row.push_back(percent(plan.late));
    for (const ShareColumn& column : shares) row.push_back(percent(column.of(plan)));
    if (owed) row.push_back(money(plan.commitments ? plan.commitments->obligation : 0.0, unit));
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
  std::vector<double> results::ServiceSummary::*prices;
  std::size_t probability = 0;
};

std::vector<PriceColumn> price_columns(const results::Summary& summary) {
  bool tokens = false;
  for (const results::PlanSummary& plan : summary.plans)
    for (const results::ServiceSummary& service : plan.services)
      tokens = tokens || !service.token_cost_quantile.empty();
  std::vector<PriceColumn> columns;
  const auto add = [&](std::vector<double> Results::*values, std::vector<double> results::ServiceSummary::*prices) {
    for (const double wanted : {0.5, 0.95})
      if (const int place = results::find_probability(summary.probabilities, wanted); place >= 0)
        columns.push_back({heading_at(values, wanted), prices, static_cast<std::size_t>(place)});
  };
  add(&Results::unit_cost_quantile, &results::ServiceSummary::unit_cost_quantile);
  if (tokens) add(&Results::token_cost_quantile, &results::ServiceSummary::token_cost_quantile);
  return columns;
}

std::string wait_cell(double hours) {
  if (std::isnan(hours)) return "\u2013";
  return hours == 0.0 ? "0" : wait(hours * seconds_per_hour);
}

/// The place of the probability that breakdowns show besides the mean: 0.95, or else the highest.
int high_probability(const results::Summary& summary) {
  const int place = results::find_probability(summary.probabilities, 0.95);
  return place >= 0 ? place : static_cast<int>(summary.probabilities.size()) - 1;
}

const std::vector<results::PartSummary>& parts_of(const results::PlanSummary& plan, Breakdown by) {
  return by == Breakdown::category ? plan.categories : plan.owners;
}

constexpr std::size_t most_drivers_shown = 8;

bool is_nothing(const results::PartSummary& part) {
  return part.mean == 0.0 &&
         std::all_of(part.quantile.begin(), part.quantile.end(), [](double amount) { return amount == 0.0; });
}

}  // namespace

std::string plan_table(const results::Summary& summary, const TableOptions& options) {
  const std::vector<CostColumn> columns = cost_columns(summary);
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : summary.plans)
    for (const CostColumn& column : columns) amounts.push_back(column.of(plan).value);
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  const int room = options.width > 0 ? std::min(options.width, comfortable_width) : comfortable_width;
  TableOptions fitting = options;
  const std::vector<ShareColumn> shares = share_columns(summary, false), worst = share_columns(summary, true);
  TextTable table = make_plan_table(summary, fitting, columns, shares, unit);
  if (options.width > 0 && table.width() > options.width && options.sparklines) {
    fitting.sparklines = nullptr;
    table = make_plan_table(summary, fitting, columns, shares, unit);
  }
  if (table.width() > room && worst.size() < shares.size())
    table = make_plan_table(summary, fitting, columns, worst, unit);
  return caption(summary, unit) + table.text(options.styled);
}

std::string service_table(const results::Summary& summary, const TableOptions& options) {
  const std::vector<PriceColumn> prices = price_columns(summary);
  bool any = false, waits = false, timed = false;
  for (const results::PlanSummary& plan : summary.plans)
    for (const results::ServiceSummary& service : plan.services) {
      any = true;
      waits = waits || service.wait_mean > 0.0;
      timed = timed || !service.latency_quantile.empty();
    }
  std::vector<std::size_t> latencies;
  for (const double wanted : {0.5, 0.95})
    if (const int place = results::find_probability(summary.probabilities, wanted); timed && place >= 0)
      latencies.push_back(static_cast<std::size_t>(place));
  if (!any) return "";
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  table.add_column("service", TextTable::Align::left);
  table.add_column(heading_of(&Results::served));
  if (waits) table.add_column(heading_of(&Results::wait_mean));
  if (timed) table.add_column(heading_of(&Results::within));
  for (const std::size_t place : latencies)
    table.add_column(heading_at(&Results::latency_quantile, summary.probabilities[place]));
  table.add_column(heading_of(&Results::peak_instances_mean));
  for (const PriceColumn& column : prices) table.add_column(column.title);
  for (const results::PlanSummary& plan : summary.plans)
    for (const results::ServiceSummary& service : plan.services) {
      std::vector<std::string> row = {plan.plan, service.service, percent(service.served)};
      if (waits) row.push_back(wait_cell(service.wait_mean));
      if (timed) row.push_back(percent(service.within));
      for (const std::size_t place : latencies)
        row.push_back(service.latency_quantile.empty() ? "\u2013" : latency(service.latency_quantile[place]));
      row.push_back(fmt::format("{:.1f}", service.peak_instances_mean));
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

std::string commitment_table(const results::Summary& summary, const TableOptions& options) {
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : summary.plans)
    if (plan.commitments)
      amounts.insert(amounts.end(), {plan.commitments->commitment_cost, plan.commitments->unused,
                                     plan.commitments->commitment_savings_mean, plan.commitments->obligation});
  if (amounts.empty()) return "";
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  for (const char* title :
       {heading_of(&Results::coverage), heading_of(&Results::utilization), heading_of(&Results::commitment_cost),
        "unused", heading_of(&Results::commitment_savings_mean), heading_of(&Results::obligation)})
    table.add_column(title);
  for (const results::PlanSummary& plan : summary.plans) {
    if (!plan.commitments) continue;
    const results::CommitmentSummary& c = *plan.commitments;
    table.add_row({plan.plan, percent(c.coverage), percent(c.utilization), money(c.commitment_cost, unit),
                   money(c.unused, unit), money(c.commitment_savings_mean, unit), money(c.obligation, unit)});
  }
  return caption(
             fmt::format("Commitments: cost, unused part, saving against list price and what is owed at the end, in {}",
                         unit.name)) +
         table.text(options.styled, room_of(options));
}

std::string breakdown_table(const results::Summary& summary, Breakdown by, const TableOptions& options) {
  const bool owners = by == Breakdown::owner;
  const int high = owners ? high_probability(summary) : -1;
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : summary.plans) {
    amounts.push_back(plan.cost_mean);
    for (const results::PartSummary& part : parts_of(plan, by)) {
      amounts.push_back(part.mean);
      if (high >= 0) amounts.push_back(part.quantile[static_cast<std::size_t>(high)]);
    }
  }
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  const char* what = owners ? "owner" : "category";
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  table.add_column(what, TextTable::Align::left);
  table.add_column(heading_of(owners ? &Results::owner_mean : &Results::category_mean));
  table.add_column("share");
  if (high >= 0)
    table.add_column(heading_at(&Results::owner_quantile, summary.probabilities[static_cast<std::size_t>(high)]));
  for (const results::PlanSummary& plan : summary.plans) {
    std::string name = plan.plan;
    for (const results::PartSummary& part : parts_of(plan, by)) {
      if (is_nothing(part)) continue;
      std::vector<std::string> row = {name, part.name, money(part.mean, unit), percent(part.share)};
      if (high >= 0) row.push_back(money(part.quantile[static_cast<std::size_t>(high)], unit));
      table.add_row(row);
      name.clear();
    }
    std::vector<std::string> row = {name, "all", money(plan.cost_mean, unit), ""};
    if (high >= 0) row.push_back(money(plan.cost_quantile[static_cast<std::size_t>(high)].value, unit));
    table.add_row(row);
  }
  return fmt::format("Mean cost by {} in {}\n\n", what, unit.name) + table.text(options.styled);
}

std::string driver_table(const results::Summary& summary, const TableOptions& options) {
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : summary.plans)
    for (const results::DriverSummary& driver : plan.drivers)
      amounts.insert(amounts.end(), {driver.lowest.mean, driver.highest.mean});
  if (amounts.empty())
    return "Drivers: no value of the scenario is unknown and the same all through a future; all spread is "
           "fluctuation.\n";
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  table.add_column("driver", TextTable::Align::left);
  for (const char* title : {heading_of(&Results::driver_share), "lowest", "highest"}) table.add_column(title);
  if (summary.budget)
    for (const char* title : {"over\nbudget:\nlowest", "highest", "budget\nbreaks"}) table.add_column(title);
  for (const results::PlanSummary& plan : summary.plans) {
    std::string name = plan.plan;
    std::vector<double> others;
    std::size_t shown = 0;
    for (const results::DriverSummary& driver : plan.drivers) {
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
      table.add_row({name, counted(plan.drivers.size() - shown, "other unknown"),
                     variance_percent(results::sum_of_shares(others))});
      name.clear();
    }
    table.add_row({name, heading_of(&Results::driver_rest), variance_percent(plan.driver_rest)});
  }
  return caption(fmt::format(
             "Drivers: share of the variance of cost, and mean cost in {} in the sixteenth of the futures with the "
             "lowest and the highest value (of a chance: where it happens and where it does not){}",
             unit.name, summary.budget ? "; the budget breaks where more than half of the futures are over it" : "")) +
         table.text(options.styled, room_of(options));
}

std::string tables(const results::Summary& summary, const TableOptions& options) {
  std::vector<std::string> texts = {plan_table(summary, options), service_table(summary, options),
                                    commitment_table(summary, options)};
  if (options.jobs) texts.push_back(job_table(summary, options));
  if (options.drivers) texts.push_back(driver_table(summary, options));
  for (const Breakdown by : options.by) texts.push_back(breakdown_table(summary, by, options));
  std::erase(texts, "");
  return fmt::format("{}", fmt::join(texts, "\n"));
}

std::string job_table(const results::Summary& summary, const TableOptions& options) {
  const int middle = results::find_probability(summary.probabilities, 0.5),
            late_end = results::find_probability(summary.probabilities, 0.9);
  TextTable table;
  table.add_column("plan", TextTable::Align::left);
  table.add_column("job", TextTable::Align::left);
  table.add_column(heading_of(&Results::late));
  table.add_column(heading_of(&Results::interruptions_mean));
  if (middle >= 0) table.add_column(heading_at(&Results::finish_quantile, 0.5));
  if (late_end >= 0) table.add_column(heading_at(&Results::finish_quantile, 0.9));
  bool any = false, beyond = false;
  for (const results::PlanSummary& plan : summary.plans)
    for (const results::JobSummary& job : plan.jobs) {
      any = true;
      std::vector<std::string> row = {plan.plan, job.job, percent(job.late),
                                      fmt::format("{:.1f}", job.interruptions_mean)};
      for (const int place : {middle, late_end}) {
        if (place < 0) continue;
        const double done = job.finish_quantile[static_cast<std::size_t>(place)];
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
