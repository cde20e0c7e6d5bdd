#include "src/scenario/entities/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <chrono>
#include <cmath>

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {
namespace {

constexpr double most_steps = 1 << 20;

void check_start(const TableReader& root, const StartTime& start) {
  const std::chrono::year_month_day day{std::chrono::year{start.year},
                                        std::chrono::month{static_cast<unsigned>(start.month)},
                                        std::chrono::day{static_cast<unsigned>(start.day)}};
  if (root.has("start") && (!day.ok() || start.second > 59))
    root.error("start", "'start' is no date and time of the calendar; expected one such as 2026-01-05T00:00:00");
}

void check_grid(const TableReader& root, const Scenario& scenario) {
  if (!root.has("horizon") || root.broken("step")) return;
  const double steps = scenario.horizon_seconds / scenario.step_seconds;
  const std::string_view blamed = root.given("step") ? "step" : "horizon";
  if (steps != std::floor(steps)) {
    root.error(blamed, fmt::format("the step {} does not divide the horizon {}; expected a whole number of steps",
                                   duration_text(scenario.step_seconds), duration_text(scenario.horizon_seconds)));
  } else if (steps > most_steps) {
    root.error(blamed,
               fmt::format("the horizon has {:.0f} steps; expected at most {:.0f}: a longer step or a shorter horizon",
                           steps, most_steps));
  }
}

/// Completes each entity of a kind with its table and what else it needs.
template <class T, class... Rest>
void complete_each(const std::vector<TableReader>& tables, std::vector<T>& entities, const Rest&... rest) {
  for (std::size_t i = 0; i < tables.size(); ++i) complete(tables[i], entities.at(i), rest...);
}

}  // namespace

std::vector<std::string> owner_names(const Scenario& scenario) {
  std::vector<std::string> owners;
  const auto add = [&](const std::string& owner) {
    if (std::find(owners.begin(), owners.end(), owner) == owners.end()) owners.push_back(owner);
  };
  for (const Job& job : scenario.jobs) add(job.owner);
  for (const Service& service : scenario.services) add(service.owner);
  for (const Item& item : scenario.items) add(item.owner);
  if (scenario.actuals && scenario.actuals->paid)
    for (const std::string& owner : scenario.actuals->paid->owners)
      if (owner != unused_owner) add(owner);
  return owners;
}

void check_owner(const TableReader& table, std::string_view key, const Scenario& scenario,
                 const std::vector<std::string>& others) {
  if (!table.has(key)) return;
  std::vector<std::string> known = owner_names(scenario);
  known.insert(known.end(), others.begin(), others.end());
  const std::string name = table.text(key);
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = "; expected " + one_of(known);
  table.error(key, fmt::format("no workload or item has the owner '{}'{}", name, hint));
}

template const TableOf<Scenario>& table_of<Scenario>();

const Table& root_table() { return table_of<Scenario>(); }

void complete(const TableReader& root, Scenario& scenario) {
  check_start(root, scenario.start);
  check_grid(root, scenario);
  complete(root.table("simulation"), scenario.simulation, root, scenario);
  complete_each(root.tables("market"), scenario.markets);
  complete_each(root.tables("demand"), scenario.demands, scenario);
  complete_each(root.tables("job"), scenario.jobs, scenario);
  complete_each(root.tables("service"), scenario.services, scenario);
  complete_each(root.tables("item"), scenario.items, scenario);
  complete_each(root.tables("budgets"), scenario.budgets, scenario);
  if (scenario.actuals) complete(root.table("actuals"), *scenario.actuals, scenario);
  for (const Budget& budget : scenario.budgets)
    if (!scenario.budget && budget.owner.empty() && budget.per == Per::horizon && budget.amount > 0.0)
      scenario.budget = budget.amount;
  complete_each(root.tables("plan"), scenario.plans, scenario, root.tables("service"));
  if (scenario.plans.empty() && !root.broken("plan"))
    root.error("plan", "the scenario has no plan; expected at least one [[plan]]");
  complete(root.table("goal"), scenario.goal, root, scenario);
  if (scenario.search) complete(root.table("search"), *scenario.search);
  complete_each(root.tables("stress"), scenario.stresses);
}

}  // namespace costrisk::scenario
