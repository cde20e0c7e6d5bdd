// `costrisk explain`: one future of a run, from its start to its end.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/explain.hpp"
#include "costrisk/files.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/overrides.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/numbers.hpp"

namespace costrisk::cli {

namespace {

struct ExplainArguments {
  std::string file, root, plan, csv, hdf5, html, every;
  std::string histories;  ///< folder of the scenario file, for a result file made from histories; empty: looked for
  std::vector<std::string> overrides;
  RunOptions run;
  std::int64_t path = -1, seed = -1;  ///< −1: not given
  std::optional<double> quantile;
  bool worst = false, json = false, all = false, quiet = false;
};

/// @throws UsageError unless the command line asks for one future
void check_choice(const ExplainArguments& options) {
  const int choices = (options.path >= 0 ? 1 : 0) + (options.quantile ? 1 : 0) + (options.worst ? 1 : 0);
  if (choices == 0) throw UsageError("which future is to be explained? Say --path N, --quantile 0.99 or --worst");
  if (choices > 1) throw UsageError("--path, --quantile and --worst each choose the future: give one of them");
  if (options.quantile && !(*options.quantile > 0.0 && *options.quantile < 1.0))
    throw UsageError(
        fmt::format("--quantile {:g} is not between 0 and 1: the most expensive hundredth begins at 0.99, and "
                    "--worst is the most expensive future",
                    *options.quantile));
}

/// @throws UsageError
void require_plan(const std::vector<std::string>& plans, const std::string& name) {
  if (name.empty() && plans.size() == 1) return;
  if (std::find(plans.begin(), plans.end(), name) != plans.end()) return;
  std::vector<std::string> quoted;
  for (const std::string& plan : plans) quoted.push_back("'" + plan + "'");
  throw UsageError(fmt::format("{}; there are {}: choose one with --plan",
                               name.empty() ? "the plan is not named" : fmt::format("'{}' is no plan", name),
                               fmt::join(quoted, ", ")));
}

/// @param paths of the run
/// @throws UsageError where it has no such future
void require_path(const ExplainArguments& arguments, std::uint64_t first_path, std::uint64_t paths) {
  if (arguments.path < 0) return;
  const auto path = static_cast<std::uint64_t>(arguments.path);
  if (path < first_path || path - first_path >= paths)
    throw UsageError(
        fmt::format("--path {}: the run has the futures {} to {}", path, first_path, first_path + paths - 1));
}

Future future_of(const ExplainArguments& arguments) {
  if (arguments.worst) return Future::worst();
  if (arguments.quantile) return Future::quantile(*arguments.quantile);
  return Future::path(static_cast<std::uint64_t>(arguments.path));
}

/// Shows that futures are simulated to find the one, and how far that is.
class Search {
 public:
  explicit Search(const Notices& notices) : notices_(notices), bar_(!notices.quiet()) {}

  /// Gives the options what shows it.
  template <class Options>
  void watch(Options& options) {
    options.progress = [this](std::uint64_t done, std::uint64_t total) {
      if (done == 0 && !begun_) {
        begun_ = true;
        notices_.note(fmt::format("simulating {} to find the one", present::counted(total, "future")));
        return;
      }
      bar_.update(done, total);
    };
    options.notice = [this](const std::string& line) {
      bar_.clear();
      notices_.note(line);
    };
  }

 private:
  const Notices& notices_;
  ProgressBar bar_;
  bool begun_ = false;
};

/// Rows that a timeline's file has at most where the command line does not say.
constexpr std::size_t most_rows = 10000;

/// A story, and how its files are written.
struct Explained {
  Story story;
  double step_hours = 0.0;
  std::size_t steps = 0, steps_a_row = 1;
};

/// Steps in a row of the files. By default as many as people count time in: 1 minute, 5 minutes, an hour, a day.
/// @throws UsageError where --every is no multiple of the step
std::size_t steps_a_row(const std::string& every, std::size_t steps, double step_hours) {
  const auto whole = [&](double hours) {
    const double length = hours / step_hours;
    return std::abs(length - std::round(length)) < 1e-9 * length ? static_cast<std::size_t>(std::llround(length)) : 0;
  };
  if (every.empty()) {
    const auto fits = [&](std::size_t length) { return steps <= length * most_rows; };
    for (const double minutes : {1.0, 5.0, 15.0, 60.0, 240.0, 1440.0})
      if (const std::size_t length = whole(minutes / 60.0); length >= 1 && fits(length)) return fits(1) ? 1 : length;
    return (steps + most_rows - 1) / most_rows;
  }
  const std::size_t length = whole(duration_hours(every).value_or(0.0));
  if (length < 1 || length > steps)
    throw UsageError(
        fmt::format("--every {}: expected a duration such as \"1h\", a multiple of the step of {} within "
                    "the horizon",
                    every, duration_text(step_hours)));
  return length;
}

/// The story of a future of a scenario.
/// @throws UsageError
Explained story_of_scenario(const ExplainArguments& arguments, const Notices& notices) {
  std::error_code error;
  if (const std::string ending = std::filesystem::path(arguments.file).extension().string();
      (ending == ".h5" || ending == ".hdf5") && std::filesystem::exists(arguments.file, error))
    throw UsageError(fmt::format(
        "{} is no result file, though its name ends like one: name a file that costrisk run wrote, or a scenario",
        arguments.file));
  if (!arguments.histories.empty())
    throw UsageError("--histories is for result files: a scenario file names its histories itself");
  const Scenario scenario = load_scenario(arguments.file, arguments.overrides, arguments.root, notices);
  require_plan(scenario.plans(), arguments.plan);
  const Contents contents = scenario.contents();
  require_path(arguments, 0, arguments.run.paths > 0 ? arguments.run.paths : contents.paths);
  const std::size_t row = steps_a_row(arguments.every, contents.steps, contents.step_hours);
  Search search(notices);
  RunOptions options = arguments.run;
  if (arguments.seed >= 0) options.seed = static_cast<std::uint64_t>(arguments.seed);
  search.watch(options);
  return {explain(scenario, arguments.plan, future_of(arguments), options), contents.step_hours, contents.steps, row};
}

/// The story of a future of a run that is done.
/// @throws UsageError
Explained story_of_results(const ExplainArguments& arguments, const Notices& notices) {
  if (!arguments.overrides.empty() || arguments.run.paths > 0 || arguments.seed >= 0)
    throw UsageError(fmt::format(
        "--set, --paths and --seed change what is simulated, and {} holds a run that is done: name its scenario file",
        arguments.file));
  const Results results = Results::read(arguments.file);
  require_plan(results.dimension("plan").labels, arguments.plan);
  require_path(arguments, results.first_path(), results.paths());
  const double step_hours = results.step_hours();
  const auto steps = static_cast<std::size_t>(std::llround(results.horizon_hours() / step_hours));
  const std::size_t row = steps_a_row(arguments.every, steps, step_hours);
  Search search(notices);
  ExplainOptions options;
  options.histories = arguments.histories;
  options.root = arguments.root;
  options.threads = arguments.run.threads;
  options.backend = arguments.run.backend;
  search.watch(options);
  return {explain(results, arguments.plan, future_of(arguments), options), step_hours, steps, row};
}

/// Writes what was asked for, and says what.
std::string write_files(const ExplainArguments& arguments, const Explained& explained) {
  std::string written;
  const auto add = [&](const std::string& file, const auto& content, bool by_row) {
    write_file(file, content);
    written += fmt::format("written to {}", file);
    if (by_row && explained.steps_a_row > 1)
      written += fmt::format(", a row for every {}; --every {} gives all {} steps",
                             duration_text(static_cast<double>(explained.steps_a_row) * explained.step_hours),
                             duration_text(explained.step_hours), present::count(explained.steps));
    written += "\n";
  };
  if (!arguments.html.empty()) add(arguments.html, explained.story.html(), false);
  if (!arguments.csv.empty()) add(arguments.csv, explained.story.csv(explained.steps_a_row), true);
  if (!arguments.hdf5.empty()) add(arguments.hdf5, explained.story.hdf5(explained.steps_a_row), true);
  return written;
}

void explain_future(const ExplainArguments& arguments) {
  check_choice(arguments);
  prepare_outputs({{"--csv", arguments.csv, FileKind::timeline_csv},
                   {"--hdf5", arguments.hdf5, FileKind::timeline_hdf5},
                   {"--html", arguments.html, FileKind::story}});
  const Notices notices(arguments.quiet);
  const Explained explained =
      is_hdf5(arguments.file) ? story_of_results(arguments, notices) : story_of_scenario(arguments, notices);
  if (arguments.json) {
    print(explained.story.json());
  } else {
    StoryTextOptions text;
    text.width = text_width();
    text.bold = styled(stdout);
    text.every_event = arguments.all;
    print(explained.story.text(text));
  }
  const std::string written = write_files(arguments, explained);
  if (!written.empty() && !arguments.json) print("\n" + written);
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ExplainArguments>();
  CLI::App* command = app.add_subcommand("explain", "Give the story of one future: what happened, and what it cost");
  command->add_option("FILE", options->file, "Result file (HDF5), or scenario file (TOML), which is simulated first")
      ->required();
  command->add_option("--plan", options->plan, "Plan to follow [the only one]")->type_name("NAME");
  command->add_option("--path", options->path, "The future of this number, from 0 on")
      ->check(CLI::Range(std::int64_t{0}, (std::int64_t{1} << 40) - 1))
      ->type_name("N");
  command->add_option("--quantile", options->quantile, "The future whose cost is at this quantile, as 0.99")
      ->type_name("Q");
  command->add_flag("--worst", options->worst, "The most expensive future");
  command
      ->add_option("--histories", options->histories,
                   "Folder of the scenario file, where a result file was made from histories [looked for]")
      ->check(not_empty("."))
      ->type_name("FOLDER");
  command
      ->add_option("--every", options->every,
                   "Time from row to row of --csv and --hdf5 [the step, or more where it takes over 10,000 rows]")
      ->check(not_empty("1h"))
      ->type_name("DURATION");
  command->add_option("--csv", options->csv, "Write the timeline, a row a step")
      ->check(not_empty("timeline.csv"))
      ->type_name("FILE.csv");
  command->add_option("--hdf5", options->hdf5, "Write the timeline for h5py and xarray")
      ->check(not_empty("timeline.h5"))
      ->type_name("FILE.h5");
  command->add_option("--html", options->html, "Write the story as a page with charts")
      ->check(not_empty("story.html"))
      ->type_name("FILE.html");
  command->add_flag("--all", options->all, "List every event, not only the weightiest");
  command->add_flag("--json", options->json, "Print JSON instead of text");
  add_root_option(*command, options->root);
  add_override_options(*command, options->overrides);
  command->add_option("--paths", options->run.paths, "Futures to simulate, instead of what FILE says")
      ->transform(whole_number(1, std::uint64_t{1} << 32))
      ->type_name("N");
  command->add_option("--seed", options->seed, "Seed of the futures, instead of what FILE says")
      ->transform(whole_number(0, std::numeric_limits<std::int64_t>::max()))
      ->type_name("S");
  command->add_option("--backend", options->run.backend, "What to compute on [auto], where futures are simulated")
      ->check(backend_or_auto())
      ->type_name("NAME");
  command->add_option("--threads", options->run.threads, "Threads [as many as there are cores]")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  command->add_flag("--quiet", options->quiet, "No notices, only the story and errors");
  command->footer(
      "The future is compared with the median one of the same plan. Of equal costs the lowest number is taken.\n"
      "\n"
      "Examples:\n"
      "  costrisk explain results/quickstart.h5 --plan uniform --quantile 0.99\n"
      "  costrisk explain results/quickstart.h5 --plan spot --worst --html worst.html\n"
      "  costrisk explain configs/quickstart.toml --plan spot --path 17 --csv future-17.csv\n"
      "  costrisk explain my.toml --plan spot --worst --paths 10000 --set budget=60000 --json\n");
  command->callback([options, &exit_code] {
    explain_future(*options);
    exit_code = exit_done;
  });
}

}  // namespace costrisk::cli
