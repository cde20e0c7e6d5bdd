// `costrisk run`: a scenario file in, a table and a result file out.
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <exception>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "src/cli/breakdowns.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/overrides.hpp"
#include "src/cli/report_file.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/show_results.hpp"
#include "src/cli/signals.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/gates.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/precision.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/store/atomic_file.hpp"
#include "src/results/store/errors.hpp"
#include "src/results/store/file_type.hpp"
#include "src/results/store/results_file.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"
#include "src/run/until_error.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::cli {

namespace {

namespace fs = std::filesystem;

struct RunOptions {
  std::string file, root, output, timings, until_error;
  std::uint64_t paths = 0;  ///< 0: what the scenario says
  std::int64_t seed = -1;   ///< likewise −1
  std::string backend = "auto";
  int threads = 0;
  std::vector<int> devices;
  bool keep_paths = false, report = false, drivers = false, intervals = false, json = false, quiet = false;
  std::vector<std::string> overrides, gates, breakdowns;
};

fs::path output_path(const RunOptions& options) {
  return options.output.empty() ? fs::path("results") / fs::path(options.file).stem().concat(".h5")
                                : fs::path(options.output);
}

/// The run that a result file holds; absent where there is none, or none that this version reads.
std::optional<results::Results> earlier_result(const fs::path& path) {
  if (results::file_type(path) != results::FileType::results) return std::nullopt;
  try {
    return results::read_results(path);
  } catch (const results::FormatError&) {
    return std::nullopt;
  }
}

/// Where the outcome of a stopped run goes, since it does not replace an earlier result, nor a stopped one of more
/// futures: a second, third, … name where those before are taken.
fs::path partial_path(const fs::path& output, std::uint64_t paths) {
  std::error_code error;
  if (!fs::exists(output, error)) return output;
  for (int number = 1;; ++number) {
    fs::path partial = output;
    partial.replace_extension((number == 1 ? ".partial" : fmt::format(".partial-{}", number)) +
                              output.extension().string());
    if (!fs::exists(partial, error)) return partial;
    const auto earlier = earlier_result(partial);
    if (earlier && earlier->paths <= paths) return partial;
  }
}

/// Says so where a result is about to be replaced that this run does not come to again.
void warn_of_replaced(const fs::path& output, const scenario::Scenario& scenario, const Notices& notices) {
  const auto earlier = earlier_result(output);
  if (!earlier) return;
  const bool other = earlier->context.scenario_name != scenario.name,
             larger = earlier->paths > scenario.simulation.paths;
  if (other || larger)
    notices.warning(
        fmt::format("{} holds {} of '{}' and is replaced by this run{}; stop it, and name another file with "
                    "-o, to keep that",
                    output.string(), present::counted(earlier->paths, "future"), earlier->context.scenario_name,
                    other ? fmt::format(" of '{}'", scenario.name)
                          : fmt::format(" of {}", present::count(scenario.simulation.paths))));
}

/// All that the run may write, also if it is stopped.
std::vector<OutputFile> outputs_of(const RunOptions& options, const fs::path& output) {
  std::vector<OutputFile> files;
  const auto add = [&](const fs::path& results) {
    files.push_back({"-o", results, OutputKind::results});
    if (options.report) files.push_back({"--report", report_path(results), OutputKind::report});
  };
  add(output);
  if (const fs::path partial = partial_path(output, 0); partial != output) add(partial);
  files.push_back({"--timings", options.timings, OutputKind::timings});
  return files;
}

std::vector<present::Gate> parse_gates(const std::vector<std::string>& texts, const scenario::Scenario& scenario) {
  std::vector<present::Gate> gates;
  if (texts.empty()) return gates;
  const results::Scope scope = run::scope_of(scenario);
  for (const std::string& text : texts)
    gates.push_back(of_option("--require", [&] { return present::parse_gate(text, scope); }));
  return gates;
}

/// @throws UsageError
run::Precision precision_of(const RunOptions& options, const scenario::Scenario& scenario) {
  return of_option("--until-error",
                   [&] { return present::parse_precision(options.until_error, run::scope_of(scenario)); });
}

/// Where a run ends that is to be precise, and --paths does not say.
constexpr std::uint64_t most_paths_by_default = std::uint64_t{1} << 26;

/// Says what a look showed: "8,192 futures: cvar95 of 'spot' is known to ±0.81 %".
void report_look(const run::Look& look, const run::Precision& asked, const scenario::Scenario& scenario,
                 const Notices& notices) {
  const std::string& plan = scenario.plans[look.plan].name;
  notices.note(std::isinf(look.error)
                   ? fmt::format("{} futures: too few to say how well {} of '{}' is known", present::count(look.paths),
                                 asked.statistic.text, plan)
                   : fmt::format("{} futures: {} of '{}' is known to ±{:.2g} %", present::count(look.paths),
                                 asked.statistic.text, plan, 100.0 * look.error));
}

/// All futures that the scenario asks for or, with --until-error, as many as it takes.
run::Outcome run_futures(const scenario::Scenario& scenario, const RunOptions& options, const run::Options& run_options,
                         const Notices& notices) {
  if (options.until_error.empty()) return run::simulate(scenario, run_options);
  const run::Precision asked = precision_of(options, scenario);
  const std::uint64_t most = options.paths > 0 ? options.paths : most_paths_by_default;
  run::Look last;
  run::Outcome outcome = run::simulate_until(scenario, run_options, asked, most, [&](const run::Look& look) {
    last = look;
    report_look(look, asked, scenario, notices);
  });
  if (outcome.complete && !last.precise)
    notices.warning(fmt::format("{} futures are not enough for an error of {:.3g} %; allow more with --paths",
                                present::count(most), 100.0 * asked.error));
  return outcome;
}

/// Says once, when a second of a run shows how fast it is, how long it will take, where that is more than a minute.
class Forecast {
 public:
  explicit Forecast(const Notices& notices) : notices_(notices) {}

  /// @param clear takes away what stands in the line of the notice
  template <class Clear>
  void update(std::uint64_t done, std::uint64_t total, const Clear& clear) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    if (told_ || done == 0 || seconds < 1.0) return;
    told_ = true;
    const double left = seconds * static_cast<double>(total - done) / static_cast<double>(done);
    if (left < 60.0) return;
    clear();
    notices_.note(fmt::format("{} futures will take about {}; Ctrl-C stops, and keeps what is done",
                              present::count(total), present::wait(left)));
  }

 private:
  const Notices& notices_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  bool told_ = false;
};

run::Outcome simulate(const scenario::Scenario& scenario, const RunOptions& options, const StopSignals& signals,
                      const Notices& notices) {
  if (options.until_error.empty())
    notices.note(fmt::format("simulating {} over {} of {}", present::counted(scenario.plans.size(), "plan"),
                             present::counted(scenario.simulation.paths, "future"),
                             present::counted(static_cast<std::uint64_t>(scenario.steps()), "step")));
  else
    notices.note(fmt::format("simulating {} over futures of {} until the error is small enough",
                             present::counted(scenario.plans.size(), "plan"),
                             present::counted(static_cast<std::uint64_t>(scenario.steps()), "step")));
  ProgressBar bar(!notices.quiet());
  if (options.until_error.empty()) bar.update(0, scenario.simulation.paths);
  run::Options run_options;
  run_options.backend = options.backend;
  run_options.threads = options.threads;
  run_options.devices = options.devices;
  run_options.notice = [&](const std::string& line) {
    bar.clear();
    notices.note(line);
  };
  run_options.keep_paths = options.keep_paths;
  Forecast forecast(notices);
  run_options.progress = [&](std::uint64_t done, std::uint64_t total) {
    if (options.until_error.empty()) forecast.update(done, total, [&bar] { bar.clear(); });
    bar.update(done, total);
  };
  run_options.stop = &signals.stop();
  run::Outcome outcome = run_futures(scenario, options, run_options, notices);
  bar.clear();
  for (const std::string& device : outcome.devices) notices.note(device);
  const double seconds = outcome.timings.wall_seconds;
  notices.note(fmt::format("{} on {}, {}, in {} ({} futures/s)", present::counted(outcome.tally.paths(), "future"),
                           outcome.backend, present::counted(static_cast<std::uint64_t>(outcome.threads), "thread"),
                           present::wait(seconds),
                           present::rate(seconds > 0.0 ? static_cast<double>(outcome.tally.paths()) / seconds : 0.0)));
  return outcome;
}

void write_timings(const fs::path& path, const run::Outcome& outcome) {
  const run::Timings& timings = outcome.timings;
  nlohmann::ordered_json document = {{"backend", outcome.backend},
                                     {"threads", outcome.threads},
                                     {"paths", outcome.tally.paths()},
                                     {"wall_seconds", timings.wall_seconds},
                                     {"start_up_seconds", timings.start_up_seconds},
                                     {"world_seconds", timings.world_seconds},
                                     {"jobs_seconds", timings.jobs_seconds},
                                     {"services_seconds", timings.services_seconds},
                                     {"plans_seconds", timings.plans_seconds},
                                     {"tally_seconds", timings.tally_seconds},
                                     {"devices", outcome.devices},
                                     {"launches", nlohmann::ordered_json::array()}};
  for (const auto& launch : timings.launches)
    document["launches"].push_back(
        {{"name", launch.name}, {"device", launch.device}, {"count", launch.launches}, {"seconds", launch.seconds}});
  const std::string text = trace::json_text(document);
  results::write_file_atomically(path, std::as_bytes(std::span(text)));
}

void print_results(const results::Results& results, const results::Tally& tally, const fs::path& output,
                   const RunOptions& options) {
  ShownOptions shown;
  shown.json = options.json;
  shown.tables.intervals = options.intervals;
  shown.tables.drivers = options.drivers;
  shown.tables.by = breakdowns_of(options.breakdowns);
  show_results(
      results, [&] { return &tally; }, output.string(), shown);
}

int run_scenario(const RunOptions& options) {
  const Notices notices(options.quiet);
  const StopSignals signals;
  scenario::Loaded loaded = load_scenario(options.file, options.overrides, options.root, notices);
  scenario::Scenario& scenario = loaded.scenario;
  if (options.paths > 0) scenario.simulation.paths = options.paths;
  if (options.seed >= 0) scenario.simulation.seed = static_cast<std::uint64_t>(options.seed);
  if (!options.devices.empty() && options.backend != "auto" && options.backend != "cuda")
    throw UsageError(fmt::format("--devices names GPUs, and --backend {} runs on the processor: leave out one of them",
                                 options.backend));
  const std::vector<present::Gate> gates = parse_gates(options.gates, scenario);
  if (!options.until_error.empty()) precision_of(options, scenario);
  run::require_backend(options.backend, options.devices);
  const fs::path output = output_path(options);
  prepare_outputs(outputs_of(options, output));
  if (options.until_error.empty()) warn_of_replaced(output, scenario, notices);

  run::Outcome outcome = simulate(scenario, options, signals, notices);
  if (outcome.tally.paths() == 0) {
    if (!options.timings.empty()) write_timings(options.timings, outcome);
    notices.note("stopped before the first futures were done; nothing is written");
    return signals.exit_code();
  }
  scenario.simulation.paths = outcome.tally.layout().paths;
  const results::Results results =
      run::evaluate(scenario, outcome, [&notices](const std::string& line) { notices.note(line); });
  if (!options.timings.empty()) write_timings(options.timings, outcome);
  const fs::path target = outcome.complete ? output : partial_path(output, outcome.tally.paths());
  // The table stands even where the file cannot be written, and the file even where the table cannot.
  std::exception_ptr unprinted;
  try {
    print_results(results, outcome.tally, target, options);
  } catch (const results::IoError&) {
    unprinted = std::current_exception();
  }
  const std::string checksum =
      results::write_results(target, results, outcome.tally, options.report ? report_path(target) : fs::path());
  if (options.report) write_report(report_path(target), results, outcome.tally, checksum);
  warn_of_other_report(target, notices);
  if (unprinted) std::rethrow_exception(unprinted);
  if (!options.json) print(fmt::format("\nwritten to {}\n", target.string()));
  if (!options.json && options.report) print(fmt::format("report in {}\n", report_path(target).string()));
  if (!outcome.complete) return signals.exit_code();
  const std::vector<std::string> failed = present::failures(gates, results);
  for (const std::string& line : failed) print_error("required, but not so: " + line);
  return failed.empty() ? exit_done : exit_gate;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Simulate a scenario: print the table, write the result file");
  command->add_option("FILE", options->file, "Scenario file (TOML)")->required();
  command->add_option("-o,--output", options->output, "Result file [results/<name of FILE>.h5]")
      ->check(not_empty("results/out.h5"))
      ->type_name("OUT.h5");
  command->add_option("--paths", options->paths, "Futures to simulate, instead of what FILE says")
      ->transform(whole_number(1, std::uint64_t{1} << 40))
      ->type_name("N");
  command
      ->add_option("--until-error", options->until_error,
                   "Simulate until this error is reached, 4096, 8192, ... futures, --paths [67,108,864] at most")
      ->check(not_empty("0.5%"))
      ->type_name("[[PLAN:]STAT=]X%");
  command->add_option("--seed", options->seed, "Seed of the futures, instead of what FILE says")
      ->transform(whole_number(0, std::numeric_limits<std::int64_t>::max()))
      ->type_name("S");
  command->add_option("--backend", options->backend, "What to compute on [auto]: the named one, or exit code 4")
      ->check(backend_or_auto())
      ->type_name("NAME");
  command->add_option("--threads", options->threads, "Threads [as many as there are cores]; never changes a result")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  command
      ->add_option("--devices", options->devices,
                   "GPUs to compute on, by number, as 0,1 [all]; `costrisk devices` lists them")
      ->delimiter(',')
      ->check(CLI::Range(0, 1023))
      ->type_name("N,...");
  add_override_options(*command, options->overrides);
  add_root_option(*command, options->root);
  command->add_option("--require", options->gates, "Fail with exit code 3 unless this holds; may be repeated")
      ->allow_extra_args(false)
      ->type_name("GATE");
  command->add_flag("--keep-paths", options->keep_paths,
                    "Keep cost, finish and served share of every path in the result file");
  command->add_flag("--report", options->report, "Write an HTML report beside the result file");
  command->add_option("--timings", options->timings, "Write where the time went to this file")
      ->check(not_empty("timings.json"))
      ->type_name("FILE.json");
  add_breakdown_option(*command, options->breakdowns);
  command->add_flag("--drivers", options->drivers, "Show which unknowns make the cost of each plan");
  command->add_flag("--intervals", options->intervals, "Show the ends of the 95 % intervals");
  command->add_flag("--json", options->json, "Print JSON instead of a table");
  command->add_flag("--quiet", options->quiet, "No notices and no progress, only results and errors");
  command->footer(
      "A gate is [PLAN:]STATISTIC<NUMBER, with <, <=, > or >=; without PLAN it must hold for every plan.\n"
      "Statistics: mean, sd, p50, p95, ..., cvar95, ..., over_budget, cheapest, late, late.JOB,\n"
      "finish_p90.JOB (hours), interruptions.JOB, served, served.SERVICE, wait.SERVICE (hours),\n"
      "within, within.SERVICE, latency_p95.SERVICE (seconds),\n"
      "unit_cost_p95.SERVICE (1000 requests), token_cost_p95.SERVICE (a million), coverage,\n"
      "utilization, and every other dataset of the file with its labels: category_mean.penalty,\n"
      "cost_quantile_high.0.9, difference_mean.PLAN. Numbers: 0.05, 5%, 60000, 60k, 1.5M.\n"
      "\n"
      "An error is half the width of an interval, in percent of the statistic (of\n"
      "over_budget: in points): of mean, p50, p95, ..., cvar95, ... [cvar95],\n"
      "difference_mean.PLAN or over_budget, of one plan [all]. Looking often is paid for: all looks together\n"
      "are right in 95 of 100 runs, so the intervals of the table are a little tighter.\n"
      "\n"
      "Examples:\n"
      "  costrisk run configs/quickstart.toml\n"
      "  costrisk run my.toml --until-error 0.5%\n"
      "  costrisk run my.toml --until-error 'spot:mean=0.1%' --paths 10000000\n"
      "  costrisk run my.toml --paths 1000000 --set budget=60000 -o bigger.h5\n"
      "  costrisk run my.toml --set market.p4d-east.spot.price.mean=8 --json\n"
      "  costrisk run my.toml --report\n"
      "  costrisk run my.toml --by category --by owner\n"
      "  costrisk run my.toml --drivers\n"
      "  costrisk run my.toml --quiet --require 'spot:over_budget<5%' --require 'late<=0.1'\n"
      "  costrisk run chat.toml --require 'served.chat-api>=99.9%'\n");
  command->callback([options, &exit_code] { exit_code = run_scenario(*options); });
}

}  // namespace costrisk::cli
