// Loads the scenario's text again.
#include "src/present/text/stored_scenario.hpp"

#include "src/scenario/reader/load.hpp"

namespace costrisk::present {

std::optional<scenario::Scenario> stored_scenario(const results::Results& results) {
  try {
    scenario::Scenario scenario =
        scenario::load_text(results.context.scenario_toml, "scenario_toml", {}, {}, scenario::HistoryFiles::left_unread)
            .scenario;
    const auto same = [](const auto& entities, const std::vector<std::string>& names) {
      return entities.size() == names.size();
    };
    // A text that does not fit the numbers says nothing about them.
    if (!same(scenario.plans, results.context.plans) || !same(scenario.jobs, results.context.jobs) ||
        !same(scenario.services, results.context.services))
      return std::nullopt;
    return scenario;
  } catch (const scenario::InvalidScenario&) {
    return std::nullopt;
  }
}

}  // namespace costrisk::present
