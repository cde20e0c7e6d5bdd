// Costs by path from the engine, and timelines that must come to them.
#include "src/run/explained_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "src/results/store/errors.hpp"
#include "src/run/history_folder.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::run {

scenario::Scenario scenario_of(const results::Results& results, const std::string& file, const std::string& histories,
                               const std::string& root) {
  const auto refuse = [&](const std::string& why) {
    throw results::FormatError(
        fmt::format("'{}' cannot be explained by this version, {}: {}; run the scenario again, or use the version that "
                    "made the file",
                    file, results.context.costrisk_version, why));
  };
  const std::filesystem::path folder = history_folder(results.context.histories, file, histories, root);
  scenario::Scenario scenario;
  try {
    scenario = scenario::load_text(results.context.scenario_toml, file + ": scenario_toml", {}, folder,
                                   scenario::HistoryFiles::read, root)
                   .scenario;
  } catch (const scenario::InvalidScenario& error) {
    refuse(fmt::format("the scenario in it does not load here ({})", error.what()));
  }
  scenario.simulation.seed = results.context.seed;
  scenario.simulation.paths = results.paths;
  if (scenario::lower(scenario).sha256 != results.context.parameters_sha256)
    refuse("the scenario in it comes to other parameters here (parameters_sha256 differs)");
  return scenario;
}

void simulate_costs(ExplainedRun& run, std::uint64_t paths, Options options) {
  options.first_path = run.first_path;
  options.paths = paths;
  // Costs are held path by path up to some size of run, and beyond it where that is asked for.
  results::TallyLayout layout;
  layout.shape.plans = 1;
  layout.paths = paths;
  options.keep_paths = !layout.exact();
  run.costs = simulate(with_plan_alone(run.scenario, run.plan), options).tally.costs_by_path(0);
}

std::size_t place_of_rank(const std::vector<std::int64_t>& costs, std::uint64_t rank) {
  std::vector<std::int64_t> ordered = costs;
  const auto wanted = ordered.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(ordered.begin(), wanted, ordered.end());
  return static_cast<std::size_t>(std::find(costs.begin(), costs.end(), *wanted) - costs.begin());
}

Timeline trace_checked(const ExplainedRun& run, std::size_t place) {
  const std::uint64_t path = run.first_path + place;
  Timeline timeline = trace_path(run.scenario, run.plan, path);
  if (timeline.total_micros() != run.costs[place])
    throw results::FormatError(
        fmt::format("'{}': its future {} costs {} micro-units of the currency, and {} when it is simulated here: the "
                    "file was made by another version of costrisk; run the scenario again",
                    run.file, path, run.costs[place], timeline.total_micros()));
  return timeline;
}

}  // namespace costrisk::run
