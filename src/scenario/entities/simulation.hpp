// How a scenario is simulated, and what a plan must meet to be recommended.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Scenario;

struct Simulation {
  std::uint64_t paths = 100'000;
  std::uint64_t seed = 42;
  std::vector<double> probabilities = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999};
  double bin_seconds = 604'800.0;
  int calendar_months = 0;  ///< of a bin: "month" or "quarter"; 0: bins of bin_seconds

  static constexpr std::string_view table_name = "simulation";
  template <class Rows>
  static void fields(Rows& row) {
    row.integer("paths", &Simulation::paths,
                {.about = "futures to simulate", .range = {1.0, 1099511627776.0}, .fallback = "100000"});
    row.integer("seed", &Simulation::seed,
                {.about = "of the random numbers: 0 … 2^63 - 1", .range = non_negative, .fallback = "42"});
    row.numbers("probabilities", &Simulation::probabilities,
                {.about = "of the quantiles, ascending",
                 .range = open_share,
                 .fallback = "[0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999]"});
    row.duration_or_calendar("bins", &Simulation::bin_seconds, &Simulation::calendar_months,
                             {.about = "grid of the fan charts; \"month\" and \"quarter\" are those of the calendar",
                              .range = positive,
                              .fallback = "\"1w\""});
  }
};

/// Notes probabilities out of order and bins that do not fit the grid. Both tables are readers of the document.
void complete(const TableReader& table, const Simulation& simulation, const TableReader& root,
              const Scenario& scenario);

struct Goal {
  std::optional<double> over_budget;
  std::vector<std::pair<int, double>> late;    ///< job, largest share accepted
  std::vector<std::pair<int, double>> served;  ///< service, smallest share accepted
  std::vector<std::pair<int, double>> within;  ///< likewise
  std::vector<std::pair<int, double>> budget;  ///< budget, largest chance of breaking it

  static constexpr std::string_view table_name = "goal";
  template <class Rows>
  static void fields(Rows& row) {
    row.number("over_budget", &Goal::over_budget, {.about = "largest chance of exceeding the budget", .range = shares});
    row.numbers_by_name("budget", &Goal::budget, Kind::budget,
                        {.about = "largest chance of breaking it, by budget", .range = shares});
    row.numbers_by_name("late", &Goal::late, Kind::job,
                        {.about = "largest share of late runs, by job", .range = shares});
    row.numbers_by_name("served", &Goal::served, Kind::service,
                        {.about = "smallest share of requests served, by service", .range = shares});
    row.numbers_by_name(
        "within", &Goal::within, Kind::service,
        {.about = "smallest share of requests answered within their latency's objective, by service", .range = shares});
  }
};

/// Notes aims that need a budget, a deadline or a latency that is not there.
void complete(const TableReader& table, const Goal& goal, const TableReader& root, const Scenario& scenario);

}  // namespace costrisk::scenario
