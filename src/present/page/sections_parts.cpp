// What the money goes to: categories, owners, waste and commitments.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/estimators/statistics.hpp"

namespace costrisk::present::html {

namespace {

/// The parts that are not zero in every plan.
std::vector<std::size_t> parts_in_use(const std::vector<double>& means, std::size_t parts) {
  std::vector<std::size_t> used;
  for (std::size_t part = 0; part < parts; ++part)
    for (std::size_t place = part; place < means.size(); place += parts)
      if (means[place] != 0.0) {
        used.push_back(part);
        break;
      }
  return used;
}

/// What an owner's cost in the featured plan is made of: services, jobs and items with what is known of each, and the
/// periods of the owner's budgets.
std::string owner_markup(const Material& material, std::size_t owner, const MoneyUnit& unit) {
  const results::Results& results = material.results;
  const scenario::Scenario& scenario = *material.scenario;
  const results::PlanSummary& plan = material.summary.plans[material.featured];
  const std::string& name = results.context.owners[owner];
  const double mean = results.owner_mean[material.featured * results.context.owners.size() + owner];
  Table parts;
  parts.caption = name + ": what is charged to it";
  parts.columns = {"what", "kind", "mean cost, " + unit.name, "how it goes"};
  parts.text_columns = 2;
  for (const scenario::Service& service : scenario.services)
    for (const results::ServiceSummary& summary : plan.services)
      if (service.owner == name && summary.service == service.name)
        parts.rows.push_back(
            {-1,
             {service.name, "service", money(summary.service_cost_mean, unit), percent(summary.served) + " served"}});
  for (const scenario::Job& job : scenario.jobs)
    for (const results::JobSummary& summary : plan.jobs)
      if (job.owner == name && summary.job == job.name)
        parts.rows.push_back({-1, {job.name, "job", "–", percent(summary.late) + " of runs late"}});
  for (const scenario::Item& item : scenario.items)
    if (item.owner == name) parts.rows.push_back({-1, {item.name, "item", "–", ""}});
  Table periods;
  periods.caption = fmt::format("{}: its budgets, {}", name, unit.name);
  periods.columns = {"period", "amount", "mean", "over"};
  for (std::size_t b = 0; b < scenario.budgets.size() && b < plan.budgets.size(); ++b)
    if (scenario.budgets[b].owner == name)
      for (const results::BudgetPeriodSummary& period : plan.budgets[b].periods)
        periods.rows.push_back(
            {-1, {period.period, money(period.amount, unit), money(period.mean, unit), percent(period.over)}});
  if (parts.rows.empty() && periods.rows.empty()) return "";
  return fmt::format("<details class=\"owner\"><summary>{}: <b>{}</b>, {} of the mean cost</summary>{}{}</details>",
                     escape(name), escape(money_with_unit(mean, material.currency())),
                     escape(percent(mean / plan.cost_mean)), parts.rows.empty() ? "" : table_markup(parts),
                     periods.rows.empty() ? "" : table_markup(periods));
}

std::vector<double> plan_means(const Material& material) { return material.results.cost_mean; }

}  // namespace

Section category_section(const Material& material) {
  Section section;
  section.id = "categories";
  section.printed = true;
  section.title = "What is it spent on?";
  const results::Results& results = material.results;
  const std::vector<std::string>& names = results.context.categories;
  const std::vector<std::size_t> used = parts_in_use(results.category_mean, names.size());
  if (used.empty()) return section;
  section.lead = "Mean cost by category. Credits count against the rest and stand left of zero.";
  section.figures.push_back(
      {"category-chart", "Mean cost by category", "A bar a plan, cut by category; the table has the figures."});
  const MoneyUnit unit = money_unit(plan_means(material), material.currency());
  Table means, spreads;
  means.caption = fmt::format("Mean by category with its sampling error (95 %), {}", unit.name);
  spreads.caption = fmt::format("How much futures differ: standard deviation by category, {}", unit.name);
  means.columns = spreads.columns = {"plan"};
  for (const std::size_t category : used) {
    means.columns.push_back(names[category]);
    spreads.columns.push_back(names[category]);
  }
  means.columns.push_back("all");
  spreads.columns.push_back("all");
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    TableRow mean{static_cast<int>(plan), {material.plan_name(plan)}}, spread = mean;
    const auto add = [&](double value, double sd) {
      const double error = results::z_of_95_percent * sd / std::sqrt(static_cast<double>(results.paths));
      mean.cells.push_back(
          value == 0.0 && !(sd > 0.0) ? "0" : fmt::format("{} ± {}", money(value, unit), money(error, unit)));
      spread.cells.push_back(money(sd, unit));
    };
    for (const std::size_t category : used)
      add(results.category_mean[plan * names.size() + category], results.category_sd[plan * names.size() + category]);
    add(results.cost_mean[plan], results.cost_sd[plan]);
    means.rows.push_back(mean);
    spreads.rows.push_back(spread);
  }
  section.tables = {means, spreads};
  return section;
}

Section owner_section(const Material& material) {
  Section section;
  section.id = "owners";
  section.printed = true;
  section.title = "Whose cost is it?";
  const results::Results& results = material.results;
  const std::vector<std::string>& names = results.context.owners;
  const std::vector<std::size_t> used = parts_in_use(results.owner_mean, names.size());
  if (used.size() < 2) return section;
  section.lead = fmt::format(
      "Cost by owner: the dot is the median future, the line reaches from {} to {}. What commitments cost beyond their "
      "use belongs to the owner “unused”.",
      material.level_name(material.levels.low), material.level_name(material.levels.high));
  const std::size_t probabilities = material.summary.probabilities.size();
  const MoneyUnit unit = money_unit(plan_means(material), material.currency());
  Table table;
  table.caption = fmt::format("Cost by owner, {}", unit.name);
  table.columns = {"plan", "owner", "mean", "share"};
  table.text_columns = 2;
  for (const std::size_t level : {material.levels.low, material.levels.middle, material.levels.high})
    table.columns.push_back(material.level_name(level));
  for (const std::size_t owner : used) {
    for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
      const std::size_t place = plan * names.size() + owner;
      const auto quantile = [&](std::size_t level) { return results.owner_quantile[place * probabilities + level]; };
      if (results.owner_mean[place] == 0.0) continue;
      table.rows.push_back(
          {static_cast<int>(plan),
           {material.plan_name(plan), names[owner], money(results.owner_mean[place], unit),
            percent(results.owner_mean[place] / results.cost_mean[plan]), money(quantile(material.levels.low), unit),
            money(quantile(material.levels.middle), unit), money(quantile(material.levels.high), unit)}});
    }
  }
  std::string owners;
  if (material.scenario)
    for (const std::size_t owner : used) owners += owner_markup(material, owner, unit);
  if (!owners.empty()) section.extra = "<h3>Within " + escape(material.plan_name(material.featured)) + "</h3>" + owners;
  section.figures.push_back({"owner-chart", "Cost by owner",
                             "A group of lines an owner, a line a plan, from low to high futures.", -1, false});
  section.tables.push_back(table);
  return section;
}

Section budget_section(const Material& material) {
  Section section;
  section.id = "budgets";
  section.printed = true;
  section.title = "Who keeps to their budget?";
  const results::Results& results = material.results;
  if (results.context.budgets.empty()) return section;
  section.lead = fmt::format(
      "What is charged by budget and period: the dot is the median future, the line reaches from {} to {}. The table "
      "has "
      "the amounts, and in which share of the futures they are not enough.",
      material.level_name(material.levels.low), material.level_name(material.levels.high));
  const std::vector<std::string>& periods = results.context.budget_periods;
  const std::size_t probabilities = material.summary.probabilities.size();
  const MoneyUnit unit = money_unit(plan_means(material), material.currency());
  Table table, chances;
  table.caption = fmt::format("Budgets by period, {}", unit.name);
  table.columns = {"plan", "period", "amount", "mean"};
  table.text_columns = 2;
  for (const std::size_t level : {material.levels.low, material.levels.middle, material.levels.high})
    table.columns.push_back(material.level_name(level));
  table.columns.push_back("over");
  for (std::size_t period = 0; period < periods.size(); ++period) {
    for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
      const std::size_t place = plan * periods.size() + period;
      const auto quantile = [&](std::size_t level) {
        return results.budget_period_quantile[place * probabilities + level];
      };
      table.rows.push_back({static_cast<int>(plan),
                            {material.plan_name(plan), periods[period], money(results.budget_amount[period], unit),
                             money(results.budget_period_mean[place], unit), money(quantile(material.levels.low), unit),
                             money(quantile(material.levels.middle), unit), money(quantile(material.levels.high), unit),
                             percent(results.budget_period_over[place])}});
    }
  }
  section.figures.push_back({"budget-heat", "Chance of going over, by budget and period",
                             "A row a budget, a column a period: the darker, the likelier the amount is not enough.",
                             -1});
  section.figures.push_back({"budget-chart", "Cost by budget and period",
                             "A group of lines a period, a line a plan, from low to high futures.", -1, false});
  chances.caption = "Chance of breaking a budget in any of its periods, with its 95 % interval";
  chances.columns = {"plan"};
  for (const std::string& budget : results.context.budgets) chances.columns.push_back(budget);
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    TableRow row{static_cast<int>(plan), {material.plan_name(plan)}};
    for (const results::BudgetSummary& budget : material.summary.plans[plan].budgets)
      row.cells.push_back(fmt::format("{} ({} to {})", percent(budget.over.value), percent(budget.over.low),
                                      percent(budget.over.high)));
    chances.rows.push_back(row);
  }
  section.tables = {chances, table};
  return section;
}

Section waste_section(const Material& material) {
  Section section;
  section.id = "waste";
  section.title = "What is spent to no use?";
  const results::Results& results = material.results;
  const std::vector<std::string> names(waste_kind_names.begin(), waste_kind_names.end());
  const std::vector<std::size_t> used = parts_in_use(results.waste_mean, names.size());
  if (used.empty()) return section;
  section.lead =
      "Part of the cost, not on top of it, at what was paid: commitments that nobody uses, instances that stand idle "
      "beyond what the autoscaler aims at, time to restart and work that interruptions undo. Planned headroom is what "
      "it "
      "aims at, and counts in no sum.";
  section.figures.push_back({"waste-chart", "Mean waste by kind", "A bar a plan, cut by kind of waste."});
  std::vector<double> totals;
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    totals.push_back(0.0);
    for (std::size_t kind = 0; kind < names.size(); ++kind)
      if (is_avoidable(static_cast<WasteKind>(kind))) totals.back() += results.waste_mean[plan * names.size() + kind];
  }
  const MoneyUnit unit = money_unit(totals, material.currency());
  Table table;
  table.caption = fmt::format("Mean waste, {}", unit.name);
  table.columns = {"plan"};
  for (const std::size_t kind : used) table.columns.push_back(names[kind]);
  table.columns.insert(table.columns.end(), {"all", "share of cost"});
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    TableRow row{static_cast<int>(plan), {material.plan_name(plan)}};
    for (const std::size_t kind : used)
      row.cells.push_back(money(results.waste_mean[plan * names.size() + kind], unit));
    row.cells.push_back(money(totals[plan], unit));
    row.cells.push_back(percent(totals[plan] / results.cost_mean[plan]));
    table.rows.push_back(row);
  }
  section.tables.push_back(table);
  return section;
}

Section commitment_section(const Material& material) {
  Section section;
  section.id = "commitments";
  section.title = "What do the commitments bring?";
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : material.summary.plans)
    if (plan.commitments) amounts.push_back(std::max(plan.commitments->commitment_cost, plan.commitments->obligation));
  if (amounts.empty()) return section;
  section.lead =
      "Coverage is the share of on-demand use, at list price, that discounts cover; utilization the share of what is "
      "committed that gets used. The obligation is what is still owed when the horizon ends.";
  const MoneyUnit unit = money_unit(amounts, material.currency());
  Table table;
  table.caption = fmt::format("Commitments and savings plans, money in {}", unit.name);
  table.columns = {"plan", "cost", "unused", "utilization", "coverage", "savings", "obligation"};
  for (std::size_t p = 0; p < material.plan_count(); ++p)
    if (const std::optional<results::CommitmentSummary>& commitments = material.summary.plans[p].commitments)
      table.rows.push_back(
          {static_cast<int>(p),
           {material.plan_name(p), money(commitments->commitment_cost, unit), money(commitments->unused, unit),
            percent(commitments->utilization), percent(commitments->coverage),
            money(commitments->commitment_savings_mean, unit), money(commitments->obligation, unit)}});
  section.tables.push_back(table);
  section.open = true;
  return section;
}

}  // namespace costrisk::present::html
