// The validated scenario: what a scenario file means once every include, `like`, `extends`, default
// and reference is resolved. Plain data; nothing here reads a file or draws a number.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/scenario/entities/actuals.hpp"
#include "src/scenario/entities/budget.hpp"
#include "src/scenario/entities/demand.hpp"
#include "src/scenario/entities/factor.hpp"
#include "src/scenario/entities/history.hpp"
#include "src/scenario/entities/item.hpp"
#include "src/scenario/entities/job.hpp"
#include "src/scenario/entities/market.hpp"
#include "src/scenario/entities/optimization.hpp"
#include "src/scenario/entities/plan.hpp"
#include "src/scenario/entities/search.hpp"
#include "src/scenario/entities/serverless.hpp"
#include "src/scenario/entities/service.hpp"
#include "src/scenario/entities/simulation.hpp"
#include "src/scenario/entities/stress.hpp"
#include "src/scenario/entities/values.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

enum class Accounting { effective, billed };
inline constexpr std::array<const char*, 2> accounting_names = {"effective", "billed"};

/// How the cost of what contracts cover is shared between those who use it.
struct Allocation {
  enum class Covered { proportionally, in_turn };
  Covered covered = Covered::proportionally;

  static constexpr std::array<const char*, 2> covered_names = {"pro-rata", "order"};

  static constexpr std::string_view table_name = "allocation";
  template <class Rows>
  static void fields(Rows& row) {
    row.choice("covered", &Allocation::covered, covered_names,
               {.about = "which uses a contract covers in a period: all in the same proportion, or in turn, services "
                         "before jobs, in file order",
                .fallback = "\"pro-rata\""});
  }
};

struct Scenario {
  std::string name, currency = "USD";
  StartTime start;
  double horizon_seconds = 0.0;
  double step_seconds = 0.0;
  std::optional<double> budget;
  Accounting accounting = Accounting::effective;
  Allocation allocation;
  Simulation simulation;
  Goal goal;
  std::vector<Factor> factors;
  std::vector<Market> markets;
  std::vector<Demand> demands;
  std::vector<Job> jobs;
  std::vector<Service> services;
  std::vector<Serverless> serverless;
  std::vector<Item> items;
  std::vector<Optimization> optimizations;
  std::vector<Budget> budgets;
  std::vector<Plan> plans;
  std::optional<Search> search;
  std::vector<Stress> stresses;
  std::optional<Actuals> actuals;
  double elapsed_seconds = 0.0;  ///< of what remains of a scenario: from its start to that of what remains

  double step_hours() const { return step_seconds / seconds_per_hour; }
  double horizon_hours() const { return horizon_seconds / seconds_per_hour; }
  std::int64_t steps() const { return static_cast<std::int64_t>(horizon_seconds / step_seconds + 0.5); }

  static constexpr std::string_view table_name = "the scenario";
  template <class Rows>
  static void fields(Rows& row) {
    row.key({.name = "include",
             .about = "other files whose entities belong to this scenario, relative to this file",
             .type = Type::path,
             .arity = Arity::list});
    row.label("name", &Scenario::name, {.about = "title of the scenario; absent: the file's name"});
    row.label("currency", &Scenario::currency, {.about = "of all money", .fallback = "\"USD\""});
    row.date_time("start", &Scenario::start,
                  {.about = "local time of profiles and calendar months", .fallback = "2026-01-01T00:00:00"});
    row.duration("horizon", &Scenario::horizon_seconds,
                 {.about = "how far the simulation looks", .range = positive, .required = true});
    row.duration(
        "step", &Scenario::step_seconds,
        {.about = "grid of the world: 1m to 24h, divides the horizon", .range = {60.0, 86400.0}, .fallback = "\"1h\""});
    row.number("budget", &Scenario::budget,
               {.about = "enables the chance of exceeding it; a list, [[budget]], has budgets by owner and period",
                .range = positive});
    row.choice("accounting", &Scenario::accounting, accounting_names,
               {.about = "upfront payments spread over their term, or when paid", .fallback = "\"effective\""});
    row.section("allocation", &Scenario::allocation, {.about = "who pays for what several use"});
    row.section("simulation", &Scenario::simulation, {.about = "how to simulate"});
    row.section("actuals", &Scenario::actuals, {.about = "what was paid so far, from bills"});
    row.section("goal", &Scenario::goal, {.about = "what a plan must meet to be recommended"});
    row.entities(Kind::factor, &Scenario::factors, "standard-normal states that others load on");
    row.entities(Kind::market, &Scenario::markets, "where instances can be had");
    row.entities(Kind::demand, &Scenario::demands, "requests to answer");
    row.entities(Kind::job, &Scenario::jobs, "training and batch work");
    row.entities(Kind::service, &Scenario::services, "autoscaled fleets");
    row.entities(Kind::serverless, &Scenario::serverless, "hosted services paid by use");
    row.entities(Kind::item, &Scenario::items, "anything else on the bill");
    row.entities(Kind::optimization, &Scenario::optimizations, "what raises throughput");
    row.entities("budgets", Kind::budget, &Scenario::budgets,
                 "budgets by owner and period; [[budget]] is the same, where no 'budget' stands beside it");
    row.entities(Kind::plan, &Scenario::plans, "what is compared");
    row.section("search", &Scenario::search, {.about = "what `costrisk optimize` may vary, and what it minimizes"});
    row.sections("stress", &Scenario::stresses, {.about = "changes of the world that `costrisk stress` tries"});
    row.derived(&Scenario::elapsed_seconds);
  }
};

/// Workloads' and items' owners, each once, in file order; then those that bills alone name, by their names.
std::vector<std::string> owner_names(const Scenario& scenario);

/// Notes a name under `key` that is no owner of the scenario, nor one of `others`.
void check_owner(const TableReader& table, std::string_view key, const Scenario& scenario,
                 const std::vector<std::string>& others);

extern template const TableOf<Scenario>& table_of<Scenario>();

/// Completes everything that was read: fills in what one entity takes from another, and notes what the rows cannot
/// say, in the order of the kinds.
void complete(const TableReader& root, Scenario& scenario);

}  // namespace costrisk::scenario
