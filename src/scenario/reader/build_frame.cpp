// Builds what belongs to no entity: title, time, money, simulation.
#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "src/scenario/reader/build.hpp"
#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {
namespace {

constexpr double most_steps = 1 << 20;
constexpr double most_bins = 8192;
constexpr std::size_t most_probabilities = 64;

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

Simulation built_simulation(const TableReader& root, const Scenario& scenario) {
  const TableReader table = root.table("simulation");
  Simulation simulation;
  simulation.paths = static_cast<std::uint64_t>(table.integer("paths"));
  simulation.seed = static_cast<std::uint64_t>(table.integer("seed"));
  simulation.probabilities = table.numbers("probabilities");
  const std::vector<double>& probabilities = simulation.probabilities;
  for (std::size_t i = 1; i < probabilities.size(); ++i)
    if (probabilities[i] <= probabilities[i - 1]) {
      table.error("probabilities", fmt::format("{} follows {}; expected ascending probabilities, each once",
                                               probabilities[i], probabilities[i - 1]));
      break;
    }
  if (probabilities.size() > most_probabilities)
    table.error("probabilities",
                fmt::format("{} probabilities; expected at most {}", probabilities.size(), most_probabilities));

  simulation.calendar_months = table.is("bins", "month");
  if (simulation.calendar_months) return simulation;
  simulation.bin_seconds = table.seconds("bins");
  if (table.broken("bins") || !root.has("horizon") || root.broken("step")) return simulation;
  if (simulation.bin_seconds < scenario.step_seconds)
    table.error("bins", fmt::format("'bins' is {}; expected at least the step, {}",
                                    duration_text(simulation.bin_seconds), duration_text(scenario.step_seconds)));
  else if (scenario.horizon_seconds / simulation.bin_seconds > most_bins)
    table.error("bins", fmt::format("the horizon has more than {:.0f} bins of {}; expected longer bins", most_bins,
                                    duration_text(simulation.bin_seconds)));
  return simulation;
}

}  // namespace

void build_frame(const TableReader& root, const std::string& default_name, Scenario& scenario) {
  scenario.name = root.has("name") ? root.text("name") : default_name;
  scenario.currency = root.text("currency");
  scenario.start = root.date_time("start");
  const StartTime& start = scenario.start;
  const std::chrono::year_month_day day{std::chrono::year{start.year},
                                        std::chrono::month{static_cast<unsigned>(start.month)},
                                        std::chrono::day{static_cast<unsigned>(start.day)}};
  if (root.has("start") && (!day.ok() || start.second > 59))
    root.error("start", "'start' is no date and time of the calendar; expected one such as 2026-01-05T00:00:00");
  scenario.horizon_seconds = root.seconds("horizon");
  scenario.step_seconds = root.seconds("step");
  check_grid(root, scenario);
  scenario.budget = root.optional_number("budget");
  scenario.accounting = root.is("accounting", "billed") ? Accounting::billed : Accounting::effective;
  scenario.simulation = built_simulation(root, scenario);
}

}  // namespace costrisk::scenario
