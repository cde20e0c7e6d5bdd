// `costrisk run`: a scenario file in, a table and a result file out.
#include <fmt/format.h>
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/gates.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/signals.hpp"
#include "src/cli/terminal.hpp"
#include "src/io/atomic_file.hpp"
#include "src/io/errors.hpp"
#include "src/io/results_file.hpp"
#include "src/report/goal.hpp"
#include "src/report/numbers.hpp"
#include "src/report/tables.hpp"
#include "src/run/context.hpp"
#include "src/run/run.hpp"
#include "src/scenario/unsupported.hpp"
#include "src/tally/results.hpp"

namespace costrisk::cli {

namespace {

namespace fs = std::filesystem;

struct RunOptions {
  std::string file, output, timings;
  std::uint64_t paths = 0;  ///< 0: what the scenario says
  std::int64_t seed = -1;   ///< likewise −1
  std::string backend = "auto";
  int threads = 0;
  bool keep_paths = false, intervals = false, json = false, quiet = false;
  std::vector<std::string> overrides, gates;
};

fs::path output_path(const RunOptions& options) {
  return options.output.empty() ? fs::path("results") / fs::path(options.file).stem().concat(".h5")
                                : fs::path(options.output);
}

/// Makes the folder of an output file and sees that the file can be written, before any work is done.
/// @throws io::IoError
void prepare_output(const fs::path& path) {
  std::error_code error;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  fs::create_directories(folder, error);
  if (error)
    throw io::IoError(fmt::format("cannot make the folder {} for the output: {}", folder.string(), error.message()));
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    throw io::IoError(fmt::format("cannot write in the folder {}: choose another output with -o", folder.string()));
  if (fs::is_directory(path, error))
    throw io::IoError(
        fmt::format("the output {} is a folder: name a file, as in -o {}/out.h5", path.string(), path.string()));
}

/// Sees that a result would replace nothing but an earlier HDF5 file.
/// @throws UsageError
void protect_other_files(const fs::path& output) {
  constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
  std::error_code error;
  if (!fs::exists(output, error) || fs::file_size(output, error) == 0) return;
  std::ifstream file(output, std::ios::binary);
  std::string start(signature.size(), '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (!fs::is_regular_file(output, error) || start != signature)
    throw UsageError(fmt::format(
        "{} is there already and is no result file: choose another output with -o, or remove it", output.string()));
}

std::vector<Gate> parse_gates(const std::vector<std::string>& texts, const scenario::Scenario& scenario) {
  report::StatisticScope scope;
  scope.budget = scenario.budget.has_value();
  scope.probabilities = scenario.simulation.probabilities;
  for (const auto& job : scenario.jobs) scope.jobs.push_back(job.name);
  std::vector<std::string> plans;
  for (const auto& plan : scenario.plans) plans.push_back(plan.name);
  std::vector<Gate> gates;
  for (const std::string& text : texts) gates.push_back(parse_gate(text, plans, scope));
  return gates;
}

/// @throws UsageError that names what the engine cannot simulate
void refuse_unsupported(const scenario::Scenario& scenario, const std::string& file) {
  const std::vector<std::string> features = scenario::unsupported(scenario);
  if (!features.empty())
    throw UsageError(fmt::format("{} is valid, but uses what this version cannot simulate yet: {}", file,
                                 fmt::join(features, ", ")));
}

run::Outcome simulate(const scenario::Scenario& scenario, const RunOptions& options, const StopSignals& signals,
                      const Notices& notices) {
  notices.note(fmt::format("simulating {} plans over {} futures of {} steps", scenario.plans.size(),
                           report::count(scenario.simulation.paths),
                           report::count(static_cast<std::uint64_t>(scenario.steps()))));
  ProgressBar bar(!notices.quiet());
  bar.update(0, scenario.simulation.paths);
  run::Options run_options;
  run_options.backend = options.backend;
  run_options.threads = options.threads;
  run_options.keep_paths = options.keep_paths;
  run_options.progress = [&bar](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
  run_options.stop = &signals.stop();
  run::Outcome outcome = run::simulate(scenario, run_options);
  bar.clear();
  const double seconds = outcome.timings.wall_seconds;
  notices.note(fmt::format("{} futures on {}, {} {}, in {} ({} futures/s)", report::count(outcome.tally.paths()),
                           outcome.backend, outcome.threads, outcome.threads == 1 ? "thread" : "threads",
                           report::wait(seconds),
                           report::rate(seconds > 0.0 ? static_cast<double>(outcome.tally.paths()) / seconds : 0.0)));
  return outcome;
}

void write_timings(const fs::path& path, const run::Outcome& outcome) {
  const run::Timings& timings = outcome.timings;
  nlohmann::ordered_json document = {{"backend", outcome.backend},
                                     {"threads", outcome.threads},
                                     {"paths", outcome.tally.paths()},
                                     {"wall_seconds", timings.wall_seconds},
                                     {"world_seconds", timings.world_seconds},
                                     {"components_seconds", timings.components_seconds},
                                     {"plans_seconds", timings.plans_seconds},
                                     {"tally_seconds", timings.tally_seconds}};
  const std::string text = document.dump(2) + "\n";
  io::write_file_atomically(path, std::as_bytes(std::span(text)));
}

void print_results(const scenario::Scenario& scenario, const report::Summary& summary, const fs::path& output,
                   const RunOptions& options) {
  if (options.json) {
    print(report::as_json(summary, output.string()));
    return;
  }
  print(report::plan_table(summary, {options.intervals, styled(stdout)}));
  const std::string goal = report::goal_text(scenario, summary);
  if (!goal.empty()) print("\n" + goal);
}

/// Where an outcome goes: what a stopped run has done does not replace an earlier result.
fs::path target_of(const fs::path& output, const run::Outcome& outcome) {
  if (outcome.complete || !fs::exists(output)) return output;
  fs::path partial = output;
  return partial.replace_extension(".partial" + output.extension().string());
}

int run_scenario(const RunOptions& options) {
  const Notices notices(options.quiet);
  const StopSignals signals;
  scenario::Loaded loaded = load_scenario(options.file, options.overrides, notices);
  scenario::Scenario& scenario = loaded.scenario;
  if (options.paths > 0) scenario.simulation.paths = options.paths;
  if (options.seed >= 0) scenario.simulation.seed = static_cast<std::uint64_t>(options.seed);
  refuse_unsupported(scenario, options.file);
  const std::vector<Gate> gates = parse_gates(options.gates, scenario);
  const fs::path output = output_path(options);
  prepare_output(output);
  protect_other_files(output);
  if (!options.timings.empty()) prepare_output(options.timings);

  const run::Outcome outcome = simulate(scenario, options, signals, notices);
  if (!options.timings.empty()) write_timings(options.timings, outcome);
  if (outcome.tally.paths() == 0) {
    notices.note("stopped before the first futures were done; nothing is written");
    return signals.exit_code();
  }
  const tally::Results results = tally::evaluate(outcome.tally, run::results_context(scenario, outcome));
  const fs::path target = target_of(output, outcome);
  const report::Summary summary = report::summarize(results);
  // The table stands even where the file cannot be written, and the file even where the table cannot.
  std::exception_ptr unprinted;
  try {
    print_results(scenario, summary, target, options);
  } catch (const io::IoError&) {
    unprinted = std::current_exception();
  }
  io::write_results(target, results, outcome.tally);
  if (unprinted) std::rethrow_exception(unprinted);
  if (!options.json) print(fmt::format("\nwritten to {}\n", target.string()));
  if (!outcome.complete) return signals.exit_code();
  const std::vector<std::string> failed = failures(gates, summary);
  for (const std::string& line : failed) print_error("required, but not so: " + line);
  return failed.empty() ? exit_done : exit_gate;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Simulate a scenario: print the table, write the result file");
  command->add_option("FILE", options->file, "Scenario file (TOML)")->required();
  command->add_option("-o,--output", options->output, "Result file [results/<name of FILE>.h5]")->type_name("OUT.h5");
  command->add_option("--paths", options->paths, "Futures to simulate, instead of what FILE says")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40))
      ->type_name("N");
  command->add_option("--seed", options->seed, "Seed of the futures, instead of what FILE says")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()))
      ->type_name("S");
  command->add_option("--backend", options->backend, "What to compute on [auto]: the named one, or exit code 4")
      ->check(CLI::IsMember({"auto", "cuda", "avx512", "avx2", "scalar"}))
      ->type_name("NAME");
  command->add_option("--threads", options->threads, "Threads [as many as there are cores]; never changes a result")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  command->add_option("--set", options->overrides, "Set the value at an address of the scenario; may be repeated")
      ->allow_extra_args(false)
      ->type_name("ADDRESS=VALUE");
  command->add_option("--require", options->gates, "Fail with exit code 3 unless this holds; may be repeated")
      ->allow_extra_args(false)
      ->type_name("GATE");
  command->add_flag("--keep-paths", options->keep_paths, "Keep cost and finish of every path in the result file");
  command->add_option("--timings", options->timings, "Write where the time went to this file")->type_name("FILE.json");
  command->add_flag("--intervals", options->intervals, "Show the ends of the 95 % intervals");
  command->add_flag("--json", options->json, "Print JSON instead of a table");
  command->add_flag("--quiet", options->quiet, "No notices and no progress, only results and errors");
  command->footer(
      "A gate is [PLAN:]STATISTIC<NUMBER, with <, <=, > or >=; without PLAN it must hold for every plan.\n"
      "Statistics: mean, sd, p50, p95, ..., cvar95, ..., over_budget, cheapest, late, late.JOB,\n"
      "finish_p90.JOB (hours), interruptions.JOB. Numbers: 0.05, 5%, 60000, 60k, 1.5M.\n"
      "\n"
      "Examples:\n"
      "  costrisk run configs/quickstart.toml\n"
      "  costrisk run my.toml --paths 1000000 --set budget=60000 -o bigger.h5\n"
      "  costrisk run my.toml --set market.p4d-east.spot.price.mean=8 --json\n"
      "  costrisk run my.toml --quiet --require 'spot:over_budget<5%' --require 'late<=0.1'\n");
  command->callback([options, &exit_code] { exit_code = run_scenario(*options); });
}

}  // namespace costrisk::cli
