// `costrisk run`: a scenario file in, a table and a result file out.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <filesystem>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "costrisk/files.hpp"
#include "costrisk/merge.hpp"
#include "costrisk/ranks.hpp"
#include "costrisk/simulate.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/overrides.hpp"
#include "src/cli/result_files.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/show_results.hpp"
#include "src/cli/signals.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/numbers.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::cli {

namespace {

namespace fs = std::filesystem;

struct RunArguments {
  std::string file, root, output, timings, until_error, shard, beyond, checkpoint, max_time;
  std::uint64_t paths = 0;  ///< 0: what the scenario says
  std::int64_t seed = -1;   ///< likewise −1
  std::string backend = "auto";
  int threads = 0;
  std::vector<int> devices;
  bool resume = false, keep_paths = false, report = false, drivers = false, intervals = false, json = false,
       quiet = false;
  std::vector<std::string> overrides, gates, breakdowns;
};

fs::path output_path(const RunArguments& options) {
  return options.output.empty() ? fs::path("results") / fs::path(options.file).stem().concat(".h5")
                                : fs::path(options.output);
}

/// All that the run may write, also if it is stopped.
std::vector<OutputFile> outputs_of(const RunArguments& options, const fs::path& output) {
  std::vector<OutputFile> files;
  const auto add = [&](const fs::path& results) {
    files.push_back({"-o", results, FileKind::results});
    if (options.report) files.push_back({"--report", report_path(results), FileKind::report});
  };
  add(output);
  if (const fs::path partial = partial_path(output, nullptr); partial != output) add(partial);
  files.push_back({"--timings", options.timings, FileKind::timings});
  return files;
}

/// Says what a look showed: "8,192 futures: cvar95 of 'spot' is known to ±0.81 %".
void report_look(const Look& look, const Notices& notices) {
  notices.note(std::isinf(look.error)
                   ? fmt::format("{} futures: too few to say how well {} of '{}' is known", present::count(look.paths),
                                 look.statistic, look.plan)
                   : fmt::format("{} futures: {} of '{}' is known to ±{:.2g} %", present::count(look.paths),
                                 look.statistic, look.plan, 100.0 * look.error));
}

/// Says how a run was computed, and whether it came to the error that it was to reach.
/// @param last look; of no paths where there was none
void report_run(const Timings& timings, const Look& last, ProgressBar& bar, const Notices& notices) {
  if (timings.complete && last.paths > 0 && last.error > last.wanted)
    notices.warning(fmt::format("{} futures are not enough for an error of {:.3g} %; allow more with --paths",
                                present::count(timings.paths), 100.0 * last.wanted));
  bar.clear();
  for (const std::string& device : timings.devices) notices.note(device);
  const double seconds = timings.wall_seconds;
  const std::uint64_t simulated = timings.paths - timings.resumed_paths;
  if (simulated == 0) return;
  notices.note(fmt::format("{} on {}, {}, in {} ({} futures/s)", present::counted(simulated, "future"), timings.backend,
                           present::counted(static_cast<std::uint64_t>(timings.threads), "thread"),
                           present::wait(seconds),
                           present::rate(seconds > 0.0 ? static_cast<double>(simulated) / seconds : 0.0)));
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

/// Which part of the run is simulated, and for how long.
struct Extent {
  std::optional<Shard> shard;
  double checkpoint_seconds = 0.0, max_seconds = 0.0;  ///< 0: none
};

/// @param is_ranked whether this is a rank of several, which have a shard each
/// @throws UsageError
Extent extent_of(const RunArguments& arguments, bool is_ranked) {
  constexpr double seconds_per_hour = 3600.0;
  Extent extent;
  if (!arguments.shard.empty() && !is_ranked)
    extent.shard = of_option(
        "--shard", [&] { return arguments.shard == "auto" ? shard_of_environment() : parse_shard(arguments.shard); });
  if (!arguments.checkpoint.empty())
    extent.checkpoint_seconds = seconds_per_hour * hours_option(arguments.checkpoint, "--checkpoint");
  if (!arguments.max_time.empty())
    extent.max_seconds = seconds_per_hour * hours_option(arguments.max_time, "--max-time");
  if (extent.shard && !arguments.gates.empty())
    throw UsageError("--require judges whole runs, and --shard makes a part of one: give it to costrisk merge");
  if (!arguments.until_error.empty() && (extent.shard || !arguments.beyond.empty()))
    throw UsageError(
        fmt::format("{} makes a part of a run, which does not know what the others have, and cannot go on "
                    "until an error: leave out --until-error, and ask costrisk merge --need-error how many "
                    "futures are still missing",
                    extent.shard ? "--shard" : "--beyond"));
  return extent;
}

/// What is simulated, in a line.
void announce(const Contents& contents, const RunArguments& arguments, const Extent& extent, const Notices& notices) {
  if (extent.shard) notices.note(fmt::format("shard {} of {}", extent.shard->index, extent.shard->count));
  const std::string plans = present::counted(contents.plans, "plan"), steps = present::counted(contents.steps, "step");
  notices.note(
      arguments.until_error.empty()
          ? fmt::format("simulating {} over {} of {}", plans, present::counted(contents.paths, "future"), steps)
          : fmt::format("simulating {} over futures of {} until the error is small enough", plans, steps));
}

/// Results, and how they were computed; without results where the run was stopped before the first paths.
struct Run {
  std::optional<Results> results;
  Timings timings;
};

Run simulate_scenario(const Scenario& scenario, const Contents& contents, const RunArguments& arguments,
                      const Extent& extent, const fs::path& output, const StopSignals& signals,
                      const Notices& notices) {
  announce(contents, arguments, extent, notices);
  ProgressBar bar(!notices.quiet());
  Forecast forecast(notices);
  Look last;
  Run run;
  if (arguments.until_error.empty()) bar.update(0, contents.paths);
  RunOptions options;
  options.paths = arguments.paths;
  if (arguments.seed >= 0) options.seed = static_cast<std::uint64_t>(arguments.seed);
  options.until_error = arguments.until_error;
  options.backend = arguments.backend;
  options.threads = arguments.threads;
  options.devices = arguments.devices;
  options.keep_paths = arguments.keep_paths;
  options.notice = [&](const std::string& line) {
    bar.clear();
    notices.note(line);
  };
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    if (arguments.until_error.empty()) forecast.update(done, total, [&bar] { bar.clear(); });
    bar.update(done, total);
  };
  options.look = [&](const Look& look) {
    last = look;
    report_look(look, notices);
  };
  options.simulated = [&](const Timings& timings) {
    run.timings = timings;
    report_run(timings, last, bar, notices);
  };
  options.cancellation = signals.stop();
  options.shard = extent.shard;
  options.beyond = arguments.beyond;
  if (arguments.resume) options.resume = files_to_go_on_from(output);
  options.max_seconds = extent.max_seconds;
  options.checkpoint_seconds = extent.checkpoint_seconds;
  options.checkpoint = [&](const Results& so_far) {
    try {
      so_far.write(partial_path(output, &so_far));
    } catch (const FileError& error) {
      bar.clear();
      notices.warning(fmt::format("a checkpoint failed, and the run goes on: {}", error.what()));
    }
  };
  try {
    run.results = simulate(scenario, options);
    run.timings = run.results->timings();
  } catch (const Cancelled&) {
    notices.note("stopped before the first futures were done; nothing is written");
  }
  return run;
}

void write_timings(const fs::path& path, const Timings& timings) {
  nlohmann::ordered_json document = {{"backend", timings.backend},
                                     {"threads", timings.threads},
                                     {"paths", timings.paths},
                                     {"wall_seconds", timings.wall_seconds},
                                     {"start_up_seconds", timings.start_up_seconds},
                                     {"world_seconds", timings.world_seconds},
                                     {"jobs_seconds", timings.jobs_seconds},
                                     {"services_seconds", timings.services_seconds},
                                     {"plans_seconds", timings.plans_seconds},
                                     {"tally_seconds", timings.tally_seconds},
                                     {"devices", timings.devices},
                                     {"launches", nlohmann::ordered_json::array()}};
  for (const Launches& kind : timings.launches)
    document["launches"].push_back(
        {{"name", kind.name}, {"device", kind.device}, {"count", kind.count}, {"seconds", kind.seconds}});
  write_file(path, trace::json_text(document));
}

ShownOptions shown_options(const RunArguments& options) {
  ShownOptions shown;
  shown.json = options.json;
  shown.tables.intervals = options.intervals;
  shown.tables.drivers = options.drivers;
  shown.tables.by = breakdowns_of(options.breakdowns);
  return shown;
}

/// Whether a file has all of the results already, so that there is nothing to write.
bool holds_all(const fs::path& file, const Results& results, const Timings& timings) {
  if (timings.resumed_paths < results.paths()) return false;
  const auto earlier = earlier_result(file);
  return earlier && earlier->paths() == results.paths() && earlier->run_paths() == results.run_paths() &&
         results.supersede(*earlier);
}

/// What the run's end says to the shell, but for gates.
int ending(const Timings& timings, const StopSignals& signals, const Notices& notices) {
  if (timings.complete) return exit_done;
  if (!timings.out_of_time) return signals.exit_code();
  notices.note("the time that --max-time allows was up; --resume goes on from here");
  return exit_time;
}

/// @throws UsageError where gates or the error cannot be judged by results of the scenario
void check_statistics(const Scenario& scenario, const RunArguments& options) {
  of_option("--require", [&] { check_gates(scenario, options.gates); });
  if (!options.until_error.empty())
    of_option("--until-error", [&] { check_until_error(scenario, options.until_error); });
}

/// Simulates a part of a run and writes it, without a table.
/// @returns the exit code
int write_part(const Scenario& scenario, const Contents& contents, const RunArguments& options, const Extent& extent,
               const fs::path& output, const StopSignals& signals, const Notices& notices) {
  const Run run = simulate_scenario(scenario, contents, options, extent, output, signals, notices);
  if (run.results) {
    const Results& results = *run.results;
    const fs::path target = run.timings.complete ? output : partial_path(output, &results);
    if (!holds_all(target, results, run.timings)) results.write(target);
    if (run.timings.complete) remove_superseded(output, results);
  }
  return ending(run.timings, signals, notices);
}

/// What `work` returns, or the largest that it returns on any rank; where it throws on one, all others end, too.
template <class Work>
int agreed(const Ranks& ranks, Work work) {
  int code = exit_internal;
  std::exception_ptr failure;
  try {
    code = work();
  } catch (...) {
    failure = std::current_exception();
  }
  code = ranks.largest(code);
  if (failure) std::rethrow_exception(failure);
  return code;
}

int gate_code(const Results& results, const std::vector<std::string>& gates) {
  const std::vector<std::string> failed = results.failed_gates(gates);
  for (const std::string& line : failed) print_error("required, but not so: " + line);
  return failed.empty() ? exit_done : exit_gate;
}

/// A run that ranks share: each does a shard in a file of its own, and the first one merges them. Until an error that
/// goes round by round, each beyond the file of those before.
class RankedRun {
 public:
  RankedRun(const Ranks& ranks, const Scenario& scenario, const Contents& contents, const RunArguments& options,
            const Extent& extent, const StopSignals& signals, const Notices& notices)
      : ranks_(ranks),
        scenario_(scenario),
        contents_(contents),
        options_(options),
        extent_(extent),
        signals_(signals),
        notices_(notices),
        output_(output_path(options)),
        so_far_(fs::path(output_).replace_extension(".so-far" + output_.extension().string())),
        until_(!options.until_error.empty()) {
    extent_.shard = Shard{ranks.rank() + 1, ranks.count()};
  }

  int run() {
    const int prepared = agreed(ranks_, [&] {
      const fs::path own = shard_path(output_, *extent_.shard);
      prepare_outputs({{"-o", is_first() ? output_ : own, FileKind::results}, {"-o", is_first() ? own : fs::path()}});
      if (is_first() && !until_) warn_of_replaced(output_, scenario_.name(), contents_.paths, notices_);
      return exit_done;
    });
    if (prepared != exit_done) return prepared;
    for (int look = 1 + ranks_.of_first(options_.resume ? looks_done() : 0);; ++look) {
      if (const int code = agreed(ranks_, [&] { return simulate_round(look); }); code != exit_done) return code;
      int code = exit_done;
      agreed(ranks_, [&] {
        if (is_first()) code = merge_round(look);
        return exit_done;
      });
      if (code = ranks_.of_first(code); code != goes_on) return code;
    }
  }

 private:
  static constexpr int goes_on = -1;

  bool is_first() const { return ranks_.rank() == 0; }
  std::uint64_t most() const { return until_ && options_.paths == 0 ? last_look : contents_.paths; }
  std::uint64_t paths_at(int look) const { return until_ ? std::min(first_look << (look - 1), most()) : most(); }

  /// How many rounds the file of those before has in it.
  int looks_done() const {
    const auto earlier = until_ ? earlier_result(so_far_) : std::nullopt;
    int looks = 0;
    while (earlier && paths_at(looks + 1) <= earlier->paths() && paths_at(looks + 1) < most()) ++looks;
    return looks;
  }

  std::vector<fs::path> shards() const {
    std::vector<fs::path> files;
    for (int i = 1; i <= ranks_.count(); ++i) files.push_back(shard_path(output_, {i, ranks_.count()}));
    return files;
  }

  int simulate_round(int look) const {
    RunArguments part = options_;
    part.until_error.clear();
    part.paths = paths_at(look);
    if (look > 1) part.beyond = so_far_;
    Contents contents = contents_;
    contents.paths = part.paths;
    return write_part(scenario_, contents, part, extent_, shard_path(output_, *extent_.shard), signals_, notices_);
  }

  /// On the first rank: puts the round to those before.
  /// @returns the exit code, or goes_on
  int merge_round(int look) const {
    std::vector<fs::path> files = shards();
    if (look > 1) files.push_back(so_far_);
    if (!options_.beyond.empty()) files.emplace_back(options_.beyond);
    const Results results = merge(files);
    if (until_) {
      const NeededPaths seen = needed_paths(results, options_.until_error);
      report_look({seen.paths, seen.plan, seen.statistic, seen.error, seen.wanted}, notices_);
      if (seen.needed > seen.paths && results.paths() < most()) {
        results.write(so_far_);
        remove(shards());
        return goes_on;
      }
    }
    print_and_write(results, output_, shown_options(options_), options_.report, true, notices_);
    remove(shards());
    remove({so_far_});
    return gate_code(results, options_.gates);
  }

  /// Files that are in the result now; what cannot be removed stays.
  static void remove(const std::vector<fs::path>& files) {
    std::error_code stays;
    for (const fs::path& file : files) fs::remove(file, stays);
  }

  const Ranks& ranks_;
  const Scenario& scenario_;
  const Contents& contents_;
  const RunArguments& options_;
  Extent extent_;
  const StopSignals& signals_;
  const Notices& notices_;
  fs::path output_, so_far_;
  bool until_;
};

int run_scenario(const RunArguments& options) {
  std::optional<Ranks> ranks;
  if (options.shard.empty() || options.shard == "auto") ranks.emplace();
  const bool is_ranked = ranks && ranks->count() > 1;
  const Notices notices(options.quiet || (is_ranked && ranks->rank() > 0));
  const StopSignals signals;
  std::optional<Scenario> loaded;
  Extent extent;
  const auto prepare = [&] {
    loaded = load_scenario(options.file, options.overrides, options.root, notices);
    if (!options.devices.empty() && options.backend != "auto" && options.backend != "cuda")
      throw UsageError(fmt::format(
          "--devices names GPUs, and --backend {} runs on the processor: leave out one of them", options.backend));
    extent = extent_of(options, is_ranked);
    check_statistics(*loaded, options);
    require_backend(options.backend, options.devices);
    return exit_done;
  };
  if (const int code = is_ranked ? agreed(*ranks, prepare) : prepare(); code != exit_done) return code;
  const Scenario& scenario = *loaded;
  Contents contents = scenario.contents();
  if (options.paths > 0) contents.paths = options.paths;
  if (is_ranked) return RankedRun(*ranks, scenario, contents, options, extent, signals, notices).run();
  const fs::path whole = output_path(options);
  const fs::path output = extent.shard ? shard_path(whole, *extent.shard) : whole;
  prepare_outputs(outputs_of(options, output));
  if (options.until_error.empty()) warn_of_replaced(output, scenario.name(), contents.paths, notices);

  const Run run = simulate_scenario(scenario, contents, options, extent, output, signals, notices);
  if (!options.timings.empty()) write_timings(options.timings, run.timings);
  if (!run.results) return ending(run.timings, signals, notices);
  const Results& results = *run.results;
  const fs::path target = run.timings.complete ? output : partial_path(output, &results);
  print_and_write(results, target, shown_options(options), options.report, !holds_all(target, results, run.timings),
                  notices);
  if (!run.timings.complete) return ending(run.timings, signals, notices);
  if (options.resume || !options.checkpoint.empty()) remove_superseded(output, results);
  return gate_code(results, options.gates);
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<RunArguments>();
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
  command
      ->add_option("--shard", options->shard,
                   "Simulate the I-th of N parts alone, beside OUT.h5 as OUT.shard-I-of-N.h5; auto: as the array of a "
                   "batch system, or MPI, says")
      ->check(not_empty("3/8"))
      ->type_name("I/N|auto");
  command
      ->add_option("--beyond", options->beyond,
                   "Simulate the futures alone that this result file of the first ones lacks")
      ->check(not_empty("results/first.h5"))
      ->type_name("RESULT.h5");
  command->add_option("--checkpoint", options->checkpoint, "Write what is done every so often, for --resume")
      ->check(not_empty("5m"))
      ->type_name("DURATION");
  command->add_flag(
      "--resume", options->resume,
      "Go on from what an earlier run of the same wrote before it ended; from the start where there is none");
  command->add_option("--max-time", options->max_time, "Stop after so long, with exit code 6 and what is done written")
      ->check(not_empty("2h"))
      ->type_name("DURATION");
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
      "  costrisk run my.toml --paths 1000M --checkpoint 5m --resume --max-time 2h\n"
      "  costrisk run my.toml --paths 1000M --shard 3/8 -o all.h5; costrisk merge all.h5 all.shard-*.h5\n"
      "  costrisk run my.toml --by category --by owner\n"
      "  costrisk run my.toml --drivers\n"
      "  costrisk run my.toml --quiet --require 'spot:over_budget<5%' --require 'late<=0.1'\n"
      "  costrisk run chat.toml --require 'served.chat-api>=99.9%'\n");
  command->callback([options, &exit_code] { exit_code = run_scenario(*options); });
}

}  // namespace costrisk::cli
