// Scenario and costs by path, from a file or from the engine.
#include "src/cli/explained_run.hpp"

#include <fmt/format.h>

#include "src/cli/exit_codes.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/store/file_type.hpp"
#include "src/results/store/results_file.hpp"
#include "src/run/run.hpp"

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
                    run::ExplainedRun& run) {
  run::require_backend(options.backend, {});
  notices.note(fmt::format("simulating {} to find the one", present::counted(paths, "future")));
  run::Options simulation;
  simulation.backend = options.backend;
  simulation.threads = options.threads;
  ProgressBar bar(!notices.quiet());
  simulation.notice = [&](const std::string& line) {
    bar.clear();
    notices.note(line);
  };
  simulation.progress = [&bar](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
  run::simulate_costs(run, paths, simulation);
  bar.clear();
}

}  // namespace

run::ExplainedRun load_explained_run(const ExplainedRunOptions& options,
                                     const std::function<std::size_t(const scenario::Scenario&)>& find_plan,
                                     const Notices& notices) {
  require_file(options.file);
  run::ExplainedRun run;
  run.file = options.file;
  if (!is_hdf5(options.file)) {
    if (const std::string ending = std::filesystem::path(options.file).extension().string();
        ending == ".h5" || ending == ".hdf5")
      throw UsageError(fmt::format(
          "{} is no result file, though its name ends like one: name a file that costrisk run wrote, or a scenario",
          options.file));
    if (!options.histories.empty())
      throw UsageError("--histories is for result files: a scenario file names its histories itself");
    run.scenario = load_scenario(options.file, options.overrides, options.root, notices).scenario;
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
  run.scenario = run::scenario_of(results, options.file, options.histories, options.root);
  run.plan = find_plan(run.scenario);
  run.first_path = results.first_path;
  const results::Tally tally = results::read_tally(options.file);
  if (tally.layout().holds_costs())
    run.costs = tally.costs_by_path(static_cast<int>(run.plan));
  else
    simulate_costs(options, results.paths, notices, run);
  return run;
}

}  // namespace costrisk::cli
