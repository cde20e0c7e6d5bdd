#include "src/scenario/entities/simulation.hpp"

#include <fmt/format.h>

#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/scenario/reader/table_reader.hpp"

namespace costrisk::scenario {
namespace {

constexpr double most_bins = 8192;
constexpr std::size_t most_probabilities = 64;

void check_probabilities(const TableReader& table, const std::vector<double>& probabilities) {
  for (std::size_t i = 1; i < probabilities.size(); ++i)
    if (probabilities[i] <= probabilities[i - 1]) {
      table.error("probabilities", fmt::format("{} follows {}; expected ascending probabilities, each once",
                                               probabilities[i], probabilities[i - 1]));
      break;
    }
  if (probabilities.size() > most_probabilities)
    table.error("probabilities",
                fmt::format("{} probabilities; expected at most {}", probabilities.size(), most_probabilities));
}

}  // namespace

void complete(const TableReader& table, const Simulation& simulation, const TableReader& root,
              const Scenario& scenario) {
  check_probabilities(table, simulation.probabilities);
  if (simulation.calendar_months || table.broken("bins") || !root.has("horizon") || root.broken("step")) return;
  if (simulation.bin_seconds < scenario.step_seconds)
    table.error("bins", fmt::format("'bins' is {}; expected at least the step, {}",
                                    duration_text(simulation.bin_seconds), duration_text(scenario.step_seconds)));
  else if (scenario.horizon_seconds / simulation.bin_seconds > most_bins)
    table.error("bins", fmt::format("the horizon has more than {:.0f} bins of {}; expected longer bins", most_bins,
                                    duration_text(simulation.bin_seconds)));
}

void complete(const TableReader& table, const Goal& goal, const TableReader& root, const Scenario& scenario) {
  if (goal.over_budget && !scenario.budget && !root.given("budget"))
    table.error("over_budget", "'over_budget' needs a budget; expected 'budget' in the scenario");
  for (const auto& [index, largest] : goal.late) {
    const Job& job = scenario.jobs[static_cast<std::size_t>(index)];
    if (!job.deadline_seconds)
      table.error("late", fmt::format("the job '{}' has no deadline to miss; expected 'deadline' there", job.name));
  }
  for (const auto& [index, least] : goal.within) {
    const Service& service = scenario.services[static_cast<std::size_t>(index)];
    if (!service.latency)
      table.error("within",
                  fmt::format("the service '{}' has no objective to meet; expected 'latency' there", service.name));
  }
}

}  // namespace costrisk::scenario
