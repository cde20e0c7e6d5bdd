// `costrisk explain`: one future of a run, from its start to its end.
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/explained_run.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/overrides.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/page/story_page.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/story.hpp"
#include "src/present/text/story_text.hpp"
#include "src/present/text/timeline_files.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/store/atomic_file.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/reader/duration.hpp"

namespace costrisk::cli {

namespace {

struct ExplainOptions {
  ExplainedRunOptions run;
  std::string plan, csv, hdf5, html, every;
  std::int64_t path = -1;
  std::optional<double> quantile;
  bool worst = false, json = false, all = false;
};

/// @throws UsageError unless the command line asks for one future
void check_choice(const ExplainOptions& options) {
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
std::size_t find_plan(const scenario::Scenario& scenario, const std::string& name) {
  std::vector<std::string> names;
  for (const scenario::Plan& plan : scenario.plans) names.push_back("'" + plan.name + "'");
  if (name.empty() && names.size() == 1) return 0;
  for (std::size_t i = 0; i < scenario.plans.size(); ++i)
    if (scenario.plans[i].name == name) return i;
  throw UsageError(fmt::format("{}; there are {}: choose one with --plan",
                               name.empty() ? "the plan is not named" : fmt::format("'{}' is no plan", name),
                               fmt::join(names, ", ")));
}

/// @throws UsageError where the run has no such future
std::size_t choose_place(const ExplainOptions& options, const run::ExplainedRun& run) {
  if (options.worst) return run::place_of_rank(run.costs, run.costs.size());
  if (options.quantile)
    return run::place_of_rank(run.costs, results::quantile_rank(run.costs.size(), *options.quantile));
  const auto path = static_cast<std::uint64_t>(options.path);
  if (path < run.first_path || path - run.first_path >= run.costs.size())
    throw UsageError(fmt::format("--path {}: the run has the futures {} to {}", path, run.first_path,
                                 run.first_path + run.costs.size() - 1));
  return static_cast<std::size_t>(path - run.first_path);
}

template <class Bytes>
void write_file(const std::string& name, const Bytes& bytes) {
  results::write_file_atomically(name, std::as_bytes(std::span(bytes)));
}

/// Rows that a timeline's file has at most where the command line does not say.
constexpr std::size_t most_rows = 10000;

/// Steps in a row of the files. By default as many as people count time in: 1 minute, 5 minutes, an hour, a day.
/// @throws UsageError where --every is no multiple of the step
std::size_t steps_a_row(const std::string& every, const scenario::Scenario& scenario) {
  const auto steps = static_cast<std::size_t>(scenario.steps());
  if (every.empty()) {
    const auto fits = [&](std::size_t length) { return steps <= length * most_rows; };
    for (const double seconds : {60.0, 300.0, 900.0, 3600.0, 4 * 3600.0, 24 * 3600.0})
      if (const double length = seconds / scenario.step_seconds;
          length >= 1.0 && length == std::floor(length) && fits(static_cast<std::size_t>(length)))
        return fits(1) ? 1 : static_cast<std::size_t>(length);
    return (steps + most_rows - 1) / most_rows;
  }
  const auto duration = scenario::parse_duration(every);
  const double length = duration ? duration->seconds / scenario.step_seconds : 0.0;
  if (!(length >= 1.0) || length != std::floor(length) || length > static_cast<double>(steps))
    throw UsageError(
        fmt::format("--every {}: expected a duration such as \"1h\", a multiple of the step of {} within "
                    "the horizon",
                    every, scenario::duration_text(scenario.step_seconds)));
  return static_cast<std::size_t>(length);
}

/// Writes what was asked for, and says what.
std::string write_files(const ExplainOptions& options, std::size_t steps, const scenario::Scenario& scenario,
                        run::Timeline timeline, const run::Timeline& median, const present::Story& story) {
  std::string written;
  const std::size_t all = timeline.steps();
  const auto add = [&](const std::string& file, const auto& bytes, bool by_row) {
    write_file(file, bytes);
    written += fmt::format("written to {}", file);
    if (by_row && steps > 1)
      written += fmt::format(", a row for every {}; --every {} gives all {} steps",
                             scenario::duration_text(static_cast<double>(steps) * scenario.step_seconds),
                             scenario::duration_text(scenario.step_seconds), present::count(all));
    written += "\n";
  };
  if (!options.html.empty()) add(options.html, present::html_story(scenario, timeline, median, story), false);
  if (options.csv.empty() && options.hdf5.empty()) return written;
  if (steps > 1) timeline = run::in_intervals(std::move(timeline), steps);
  if (!options.csv.empty()) add(options.csv, present::timeline_csv(scenario, timeline), true);
  if (!options.hdf5.empty()) add(options.hdf5, present::timeline_hdf5(scenario, timeline), true);
  return written;
}

void explain(const ExplainOptions& options) {
  check_choice(options);
  prepare_outputs({{"--csv", options.csv, OutputKind::timeline_csv},
                   {"--hdf5", options.hdf5, OutputKind::timeline_hdf5},
                   {"--html", options.html, OutputKind::story}});
  const Notices notices(options.run.quiet);
  const run::ExplainedRun run = load_explained_run(
      options.run, [&](const scenario::Scenario& scenario) { return find_plan(scenario, options.plan); }, notices);
  const std::size_t steps = steps_a_row(options.every, run.scenario);
  const std::size_t place = choose_place(options, run);
  const std::size_t median_place = run::place_of_rank(run.costs, results::quantile_rank(run.costs.size(), 0.5));
  run::Timeline timeline = run::trace_checked(run, place);
  const run::Timeline median = run::trace_checked(run, median_place);
  const present::Story story =
      present::make_story(run.scenario, timeline, median, present::standing_of(run.costs, run.costs[place]));
  if (options.json) {
    print(present::story_json(story, run.scenario));
  } else {
    present::StoryTextOptions text;
    text.width = text_width();
    text.styled = styled(stdout);
    if (options.all) text.most_events = story.events.size();
    print(present::story_text(story, run.scenario, text));
  }
  const std::string written = write_files(options, steps, run.scenario, std::move(timeline), median, story);
  if (!written.empty() && !options.json) print("\n" + written);
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = app.add_subcommand("explain", "Give the story of one future: what happened, and what it cost");
  command
      ->add_option("FILE", options->run.file, "Result file (HDF5), or scenario file (TOML), which is simulated first")
      ->required();
  command->add_option("--plan", options->plan, "Plan to follow [the only one]")->type_name("NAME");
  command->add_option("--path", options->path, "The future of this number, from 0 on")
      ->check(CLI::Range(std::int64_t{0}, (std::int64_t{1} << 40) - 1))
      ->type_name("N");
  command->add_option("--quantile", options->quantile, "The future whose cost is at this quantile, as 0.99")
      ->type_name("Q");
  command->add_flag("--worst", options->worst, "The most expensive future");
  command
      ->add_option("--histories", options->run.histories,
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
  add_root_option(*command, options->run.root);
  add_override_options(*command, options->run.overrides);
  command->add_option("--paths", options->run.paths, "Futures to simulate, instead of what FILE says")
      ->transform(whole_number(1, std::uint64_t{1} << 32))
      ->type_name("N");
  command->add_option("--seed", options->run.seed, "Seed of the futures, instead of what FILE says")
      ->transform(whole_number(0, std::numeric_limits<std::int64_t>::max()))
      ->type_name("S");
  command->add_option("--backend", options->run.backend, "What to compute on [auto], where futures are simulated")
      ->check(backend_or_auto())
      ->type_name("NAME");
  command->add_option("--threads", options->run.threads, "Threads [as many as there are cores]")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  command->add_flag("--quiet", options->run.quiet, "No notices, only the story and errors");
  command->footer(
      "The future is compared with the median one of the same plan. Of equal costs the lowest number is taken.\n"
      "\n"
      "Examples:\n"
      "  costrisk explain results/quickstart.h5 --plan uniform --quantile 0.99\n"
      "  costrisk explain results/quickstart.h5 --plan spot --worst --html worst.html\n"
      "  costrisk explain configs/quickstart.toml --plan spot --path 17 --csv future-17.csv\n"
      "  costrisk explain my.toml --plan spot --worst --paths 10000 --set budget=60000 --json\n");
  command->callback([options, &exit_code] {
    explain(*options);
    exit_code = exit_done;
  });
}

}  // namespace costrisk::cli
