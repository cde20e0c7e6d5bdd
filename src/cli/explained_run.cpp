// Scenario and costs by path, from a file or from the engine.
#include "src/cli/explained_run.hpp"

#include <fmt/format.h>

#include "src/cli/exit_codes.hpp"
#include "src/cli/history_folder.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/store/errors.hpp"
#include "src/results/store/file_type.hpp"
#include "src/results/store/results_file.hpp"
#include "src/run/run.hpp"
#include "src/scenario/lower/lower.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::cli {

namespace {

/// A pipe is none, and what is read of it to find out would be gone.
bool is_hdf5(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) &&
         results::start_of(path, results::hdf5_signature.size()) == results::hdf5_signature;
}

/// Simulates the run's futures for the costs of one plan, path by path.
void simulate_costs(const ExplainedRunOptions& options, std::uint64_t paths, const Notices& notices,
                    ExplainedRun& run) {
  run::require_backend(options.backend, {});
  notices.note(fmt::format("simulating {} to find the one", present::counted(paths, "future")));
  run::Options simulation;
  simulation.backend = options.backend;
  simulation.threads = options.threads;
  simulation.first_path = run.first_path;
  simulation.paths = paths;
  // Costs are held path by path up to some size of run, and beyond it where that is asked for.
  results::TallyLayout layout;
  layout.shape.plans = static_cast<int>(run.scenario.plans.size());
  layout.paths = paths;
  simulation.keep_paths = !layout.exact();
  ProgressBar bar(!notices.quiet());
  simulation.notice = [&](const std::string& line) {
    bar.clear();
    notices.note(line);
  };
  simulation.progress = [&bar](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
  const run::Outcome outcome = run::simulate(run.scenario, simulation);
  bar.clear();
  run.costs = outcome.tally.costs_by_path(static_cast<int>(run.plan));
}

/// The scenario that a result file carries, which must lower to the parameters that its numbers came from.
scenario::Scenario scenario_of(const results::Results& results, const std::string& file, const std::string& histories) {
  const auto refuse = [&](const std::string& why) {
    throw results::FormatError(
        fmt::format("'{}' cannot be explained by this version, {}: {}; run the scenario again, or use the version that "
                    "made the file",
                    file, results.context.costrisk_version, why));
  };
  const std::filesystem::path folder = history_folder(results.context.histories, file, histories);
  scenario::Scenario scenario;
  try {
    scenario = scenario::load_text(results.context.scenario_toml, file + ": scenario_toml", {}, folder).scenario;
  } catch (const scenario::InvalidScenario& error) {
    refuse(fmt::format("the scenario in it does not load here ({})", error.what()));
  }
  scenario.simulation.seed = results.context.seed;
  scenario.simulation.paths = results.paths;
  if (scenario::lower(scenario).sha256 != results.context.parameters_sha256)
    refuse("the scenario in it comes to other parameters here (parameters_sha256 differs)");
  return scenario;
}

}  // namespace

ExplainedRun load_explained_run(const ExplainedRunOptions& options,
                                const std::function<std::size_t(const scenario::Scenario&)>& find_plan,
                                const Notices& notices) {
  require_file(options.file);
  ExplainedRun run;
  run.file = options.file;
  if (!is_hdf5(options.file)) {
    if (const std::string ending = std::filesystem::path(options.file).extension().string();
        ending == ".h5" || ending == ".hdf5")
      throw UsageError(fmt::format(
          "{} is no result file, though its name ends like one: name a file that costrisk run wrote, or a scenario",
          options.file));
    if (!options.histories.empty())
      throw UsageError("--histories is for result files: a scenario file names its histories itself");
    run.scenario = load_scenario(options.file, options.overrides, notices).scenario;
    if (options.paths > 0) run.scenario.simulation.paths = options.paths;
    if (options.seed >= 0) run.scenario.simulation.seed = static_cast<std::uint64_t>(options.seed);
    run.plan = find_plan(run.scenario);
    simulate_costs(options, run.scenario.simulation.paths, notices, run);
    return run;
  }
  if (!options.overrides.empty() || options.paths > 0 || options.seed >= 0)
    throw UsageError(fmt::format(
        "--set, --paths and --seed change what is simulated, and {} holds a run that is done: name its scenario file",
        options.file));
  const results::Results results = results::read_results(options.file);
  run.scenario = scenario_of(results, options.file, options.histories);
  run.plan = find_plan(run.scenario);
  run.first_path = results.first_path;
  const results::Tally tally = results::read_tally(options.file);
  if (tally.layout().holds_costs())
    run.costs = tally.costs_by_path(static_cast<int>(run.plan));
  else
    simulate_costs(options, results.paths, notices, run);
  return run;
}

run::Timeline trace_checked(const ExplainedRun& run, std::size_t place) {
  const std::uint64_t path = run.first_path + place;
  run::Timeline timeline = run::trace_path(run.scenario, run.plan, path);
  if (timeline.total_micros() != run.costs[place])
    throw results::FormatError(
        fmt::format("'{}': its future {} costs {} micro-units of the currency, and {} when it is simulated here: the "
                    "file was made by another version of costrisk; run the scenario again",
                    run.file, path, run.costs[place], timeline.total_micros()));
  return timeline;
}

}  // namespace costrisk::cli
