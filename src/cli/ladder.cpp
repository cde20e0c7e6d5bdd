// `costrisk ladder`: the optimization course, measured here.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <vector>

#include "costrisk/errors.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/terminal.hpp"
#include "src/course/ladder.hpp"
#include "src/course/ladder_table.hpp"

namespace costrisk::cli {

namespace {

struct LadderArguments {
  course::LadderOptions options;
  std::string rungs;
  int explain = 0;
  std::vector<int> diff;
  bool json = false, csv = false, scenario = false;
};

/// "3" or "1-8".
/// @throws UsageError
void read_rungs(const std::string& text, course::LadderOptions& options) {
  const char* end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, options.first);
  options.last = options.first;
  if (read.ec == std::errc() && read.ptr != end && *read.ptr == '-')
    read = std::from_chars(read.ptr + 1, end, options.last);
  const int count = static_cast<int>(course::ladder_rungs().size());
  if (read.ec != std::errc() || read.ptr != end || options.first < 1 || options.last < options.first ||
      options.last > count)
    throw UsageError(
        fmt::format("--rungs '{}' names no rungs; there are 1-{}, as in --rungs 3 or --rungs 1-8", text, count));
}

const course::LadderRung& rung_of(int number) { return course::ladder_rungs()[static_cast<std::size_t>(number - 1)]; }

/// @throws std::runtime_error where a rung's costs are not the engine's
void check_bits(const course::LadderReport& report) {
  for (const course::LadderRow& row : report.rows)
    if (row.problem.empty() && row.rung.engine_bits && !row.same_bits)
      throw std::runtime_error(fmt::format(
          "rung {} does not compute the engine's costs ({}): this build or this machine does not follow the arithmetic "
          "that the source asks for; costrisk --version names the compiler",
          row.rung.number, row.place));
}

/// @throws BackendUnavailable where none of the rungs that were asked for ran
void check_that_some_ran(const course::LadderReport& report) {
  const auto ran = [](const course::LadderRow& row) { return row.problem.empty(); };
  if (std::any_of(report.rows.begin(), report.rows.end(), ran)) return;
  const int first = report.rows.front().rung.number, last = report.rows.back().rung.number;
  throw BackendUnavailable(fmt::format(
      "{} cannot run here: {}", first == last ? fmt::format("rung {}", first) : fmt::format("rungs {}-{}", first, last),
      report.rows.front().problem));
}

void measure(const LadderArguments& arguments) {
  const course::LadderReport report = course::measure_ladder(arguments.options);
  check_that_some_ran(report);
  print(arguments.json  ? course::ladder_json(report)
        : arguments.csv ? course::ladder_csv(report)
                        : course::ladder_table(report, styled(stdout)));
  check_bits(report);
}

}  // namespace

void add_ladder(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<LadderArguments>();
  const int count = static_cast<int>(course::ladder_rungs().size());
  CLI::App* command = app.add_subcommand("ladder", "Climb from a plain program to the engine's speed, a change a rung");
  auto* rungs = command->add_option("--rungs", arguments->rungs, "Rungs to run, as 3 or 1-8 [all that run here]")
                    ->check(not_empty("1-8"));
  auto* paths =
      command->add_option("--paths", arguments->options.paths, "Futures to simulate [4096; a GPU is timed on 262144]")
          ->transform(whole_number(2, 65536));
  auto* seconds =
      command->add_option("--seconds", arguments->options.seconds, "Seconds that a rung is repeated for [0.5]")
          ->check(number_between(0.0, 3600.0));
  auto* repetitions = command->add_option("--repetitions", arguments->options.repetitions, "And how often at least [5]")
                          ->check(CLI::Range(1, 1000));
  auto* explain = command->add_option("--explain", arguments->explain, "Say what a rung changes and why it is faster")
                      ->check(CLI::Range(1, count));
  auto* diff = command->add_option("--diff", arguments->diff, "Show what changes from one rung's source to another's")
                   ->expected(2)
                   ->check(CLI::Range(1, count));
  auto* json = command->add_flag("--json", arguments->json, "Print JSON instead of a table");
  auto* csv = command->add_flag("--csv", arguments->csv, "Print CSV instead of a table")->excludes(json);
  auto* scenario = command->add_flag("--scenario", arguments->scenario, "Print the ladder's scenario instead");
  diff->excludes(explain);
  scenario->excludes(explain)->excludes(diff);
  // What measures nothing takes nothing that says how.
  for (CLI::Option* instead : {explain, diff, scenario})
    for (CLI::Option* of_measuring : {rungs, paths, seconds, repetitions, json, csv}) instead->excludes(of_measuring);
  command->footer(
      "Examples:\n"
      "  costrisk ladder\n"
      "  costrisk ladder --explain 5\n"
      "  costrisk ladder --diff 4 5\n"
      "  costrisk ladder --rungs 3-8 --json >ladder.json\n");
  command->callback([arguments, &exit_code] {
    if (!arguments->rungs.empty()) read_rungs(arguments->rungs, arguments->options);
    if (arguments->scenario)
      print(course::ladder_scenario());
    else if (arguments->explain > 0)
      print(course::explain_rung(rung_of(arguments->explain)));
    else if (!arguments->diff.empty() && arguments->diff[0] == arguments->diff[1])
      throw UsageError(
          fmt::format("--diff {0} {0} compares a rung with itself; name two, as in --diff 4 5", arguments->diff[0]));
    else if (!arguments->diff.empty())
      print(course::rung_diff(rung_of(arguments->diff[0]), rung_of(arguments->diff[1])));
    else
      measure(*arguments);
    exit_code = exit_done;
  });
}

}  // namespace costrisk::cli
