// Which unknowns make the cost: a tornado a plan.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/present/page/sections.hpp"
#include "src/present/text/drivers.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/estimators/statistics.hpp"

namespace costrisk::present::html {

std::vector<const results::DriverSummary*> leading_drivers(const results::PlanSummary& plan, std::size_t most) {
  std::vector<const results::DriverSummary*> leading;
  for (const results::DriverSummary& driver : plan.drivers)
    if (driver.stands_out && leading.size() < most) leading.push_back(&driver);
  return leading;
}

std::string label_of(const results::DriverSummary& driver) {
  const std::string words = driver_words(driver.driver);
  return words.starts_with("the ") ? words.substr(4) : words;
}

namespace {

/// The table of more plans than this leaves out what the lesser unknowns make together.
constexpr std::size_t most_plans_in_full = 16;

std::string share_with_error(const results::DriverSummary& driver) {
  return fmt::format("{} ± {:.1f}", variance_percent(driver.share),
                     100.0 * results::z_of_95_percent * driver.standard_error);
}

Table driver_table_of_all(const Material& material, std::size_t most) {
  const results::Summary& summary = material.summary;
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : summary.plans)
    for (const results::DriverSummary* driver : leading_drivers(plan, most))
      amounts.insert(amounts.end(), {driver->lowest.mean, driver->highest.mean});
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  Table table;
  table.caption = fmt::format(
      "Share of the variance of cost with its sampling error (95 %), and mean cost in {} in the sixteenth of the "
      "futures with the lowest and the highest value (of a chance: where it happens and where it does not){}",
      unit.name, summary.budget ? "; the budget breaks where more than half of the futures are over it" : "");
  table.columns = {"plan", "unknown", "share", "lowest", "highest"};
  table.text_columns = 2;
  if (summary.budget)
    table.columns.insert(table.columns.end(), {"over budget: lowest", "over budget: highest", "budget breaks"});
  const bool few_plans = summary.plans.size() <= most_plans_in_full;
  for (std::size_t p = 0; p < summary.plans.size(); ++p) {
    const results::PlanSummary& plan = summary.plans[p];
    const std::vector<const results::DriverSummary*> leading = leading_drivers(plan, most);
    for (const results::DriverSummary* driver : leading) {
      TableRow row{static_cast<int>(p),
                   {plan.plan, driver->driver, share_with_error(*driver), money(driver->lowest.mean, unit),
                    money(driver->highest.mean, unit)}};
      if (driver->lowest.over_budget)
        row.cells.insert(row.cells.end(), {percent(*driver->lowest.over_budget), percent(*driver->highest.over_budget),
                                           break_words(driver->budget_break)});
      table.rows.push_back(row);
    }
    const auto add_rest = [&](const std::string& words, const std::string& share) {
      TableRow row{static_cast<int>(p), {plan.plan, words, share}};
      row.cells.resize(table.columns.size());
      table.rows.push_back(row);
    };
    std::vector<double> others;
    for (const results::DriverSummary& driver : plan.drivers)
      if (std::none_of(leading.begin(), leading.end(), [&](const results::DriverSummary* of) { return of == &driver; }))
        others.push_back(driver.share);
    if (leading.size() < plan.drivers.size() && few_plans)
      add_rest(counted(plan.drivers.size() - leading.size(), "other unknown"),
               variance_percent(results::sum_of_shares(others)));
    add_rest("fluctuation and interactions", variance_percent(plan.driver_rest));
  }
  return table;
}

/// From where on another plan costs less: so many sixteenths of a driver's distribution at one of its ends.
struct Turn {
  std::size_t bins = 0;
  bool low_end = true;
};

/// @returns no bins where the other plan's mean is nowhere clearly below, or is so everywhere
Turn turn_of(const Material& material, std::size_t driver, std::size_t plan, std::size_t other) {
  const results::Results& results = material.results;
  const std::size_t plans = material.plan_count(), drivers = results.context.drivers.size();
  // A bin holds a sixteenth of the futures, so its mean difference has four times the standard error of all of them.
  const double clear =
      3.0 * std::sqrt(static_cast<double>(driver_bins)) * results.difference_mean_se[plan * plans + other];
  const auto cheaper = [&](std::size_t bin) {
    const auto mean = [&](std::size_t of) { return results.driver_mean[(of * drivers + driver) * driver_bins + bin]; };
    return mean(plan) - mean(other) > clear;
  };
  Turn low, high{0, false};
  while (low.bins < driver_bins && cheaper(low.bins)) ++low.bins;
  while (high.bins < driver_bins && cheaper(driver_bins - 1 - high.bins)) ++high.bins;
  const Turn& larger = low.bins >= high.bins ? low : high;
  return larger.bins == driver_bins ? Turn{} : larger;
}

}  // namespace

std::vector<std::string> driver_turns(const Material& material) {
  const results::Summary& summary = material.summary;
  const std::size_t plan = material.featured;
  std::vector<std::string> lines;
  const std::vector<std::string>& names = material.results.context.drivers;
  if (material.results.driver_mean.empty()) return lines;
  for (const results::DriverSummary* driver : leading_drivers(summary.plans[plan], 3)) {
    if (const std::string where = break_condition(*driver); !where.empty())
      lines.push_back(
          fmt::format("Where {}, {} breaks the budget more often than not.", where, summary.plans[plan].plan));
    if (driver->sort == results::DriverSort::chance) continue;
    const auto place = static_cast<std::size_t>(std::find(names.begin(), names.end(), driver->driver) - names.begin());
    for (std::size_t other = 0; other < summary.plans.size(); ++other) {
      if (other == plan || (!material.recommendation.bounds.empty() && !material.recommendation.meets_all(other)))
        continue;
      const Turn turn = turn_of(material, place, plan, other);
      if (turn.bins == 0) continue;
      const std::vector<double>& ends =
          turn.low_end ? material.results.driver_bin_high : material.results.driver_bin_low;
      const std::size_t bin = turn.low_end ? turn.bins - 1 : driver_bins - turn.bins;
      const double value = ends[place * driver_bins + bin];
      const double level =
          static_cast<double>(turn.low_end ? turn.bins : driver_bins - turn.bins) / static_cast<double>(driver_bins);
      if (std::isnan(value)) continue;
      lines.push_back(fmt::format("Where {} is {} {} (P{:.0f}), {} costs less on average.",
                                  driver_words(driver->driver), turn.low_end ? "below" : "above", driver_value(value),
                                  100.0 * level, summary.plans[other].plan));
      break;
    }
  }
  return lines;
}

Section driver_section(const Material& material) {
  Section section;
  section.id = "drivers";
  section.printed = true;
  section.title = "What makes it uncertain?";
  if (material.results.context.drivers.empty()) {
    section.lead =
        "No value of this scenario is unknown and the same all through a future: costs differ by what fluctuates "
        "alone, such as prices, capacity, failures, demand and what each run of a repeated job needs. A value that you "
        "are not sure of can be given as a law, for example work = { low = 8000, "
        "mode = 9000, high = 14000 }; the report then shows how much of the spread is due to it.";
    section.extra = " ";
    return section;
  }
  const std::size_t most = material.share_of(128, 2, 8);
  section.lead =
      "Each unknown that is drawn once per future, cut into sixteen equally likely parts: the bar reaches from the "
      "mean cost in the lowest part to that in the highest, all else as it comes; of a chance, from where it happens "
      "to where it does not. The longest bars are where better "
      "information, a contract or a design is worth most. What no unknown makes alone is fluctuation and interactions.";
  section.panels = true;
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan)
    if (!leading_drivers(material.summary.plans[plan], most).empty())
      section.figures.push_back(
          {fmt::format("tornado-{}", plan), material.plan_name(plan),
           fmt::format("A bar an unknown: how far the mean cost of {} lies from its mean where the unknown is lowest "
                       "and where it is highest; a chance's, where it happens and where it does not.",
                       material.plan_name(plan)),
           static_cast<int>(plan)});
  if (section.figures.empty())
    section.lead += " In this run no unknown stands out: there are too few futures, or what fluctuates outweighs them.";
  section.tables.push_back(driver_table_of_all(material, most));
  return section;
}

}  // namespace costrisk::present::html
