// `costrisk merge`: the parts of a run in, the file of the whole out.
#include "costrisk/merge.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/result_files.hpp"
#include "src/cli/show_results.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/numbers.hpp"

namespace costrisk::cli {

namespace {

namespace fs = std::filesystem;

struct MergeArguments {
  std::string output, need_error;
  std::vector<std::string> files, gates, breakdowns;
  bool partial = false, report = false, drivers = false, intervals = false, json = false, quiet = false;
};

/// @throws UsageError where the output holds paths of the same run that are in none of the files
void protect_parts(const fs::path& output, const Results& merged) {
  const auto earlier = earlier_result(output);
  if (earlier && merged.same_run(*earlier) && !merged.supersede(*earlier))
    throw UsageError(
        fmt::format("{} holds futures of this run that are in none of the files: is it one of them? The "
                    "first file that is named is written; name another",
                    output.string()));
}

/// Says how many futures an error still needs.
/// @returns whether there are enough
bool judge_error(const Results& results, const std::string& need_error, const fs::path& output) {
  const NeededPaths needed = of_option("--need-error", [&] { return needed_paths(results, need_error); });
  const std::string known =
      std::isinf(needed.error)
          ? fmt::format("{} futures are too few to say how well {} of '{}' is known", present::count(needed.paths),
                        needed.statistic, needed.plan)
          : fmt::format("{} futures: {} of '{}' is known to ±{:.2g} %", present::count(needed.paths), needed.statistic,
                        needed.plan, 100.0 * needed.error);
  if (needed.needed <= needed.paths) return true;
  const std::string missing =
      std::isinf(needed.error)
          ? fmt::format("simulate {} at least", present::count(needed.needed))
          : fmt::format("{:.3g} % needs about {}, of which {} are missing", 100.0 * needed.wanted,
                        present::count(needed.needed), present::count(needed.needed - needed.paths));
  const std::string remedy = results.complete()
                                 ? fmt::format("costrisk run --paths {} --beyond {}", needed.needed, output.string())
                                 : "merge the shards that are missing first";
  print_error(fmt::format("required, but not so: {}; {}: {}", known, missing, remedy));
  return false;
}

int merge_shards(const MergeArguments& arguments) {
  const Notices notices(arguments.quiet);
  const fs::path output = arguments.output;
  std::vector<OutputFile> outputs = {{"OUT", output, FileKind::results}};
  if (arguments.report) outputs.push_back({"--report", report_path(output), FileKind::report});
  prepare_outputs(outputs);
  const Results results =
      merge(std::vector<fs::path>(arguments.files.begin(), arguments.files.end()), {arguments.partial});
  std::vector<std::string> failed = of_option("--require", [&] { return results.failed_gates(arguments.gates); });
  if (!arguments.need_error.empty())
    of_option("--need-error", [&] { return needed_paths(results, arguments.need_error); });
  protect_parts(output, results);
  warn_of_replaced(output, results.name(), results.paths(), notices);
  if (!results.complete())
    notices.note(fmt::format("{} of {} futures: the others are in none of the files", present::count(results.paths()),
                             present::count(results.run_paths())));

  ShownOptions shown;
  shown.json = arguments.json;
  shown.tables.intervals = arguments.intervals;
  shown.tables.drivers = arguments.drivers;
  shown.tables.by = breakdowns_of(arguments.breakdowns);
  constexpr bool write = true;
  print_and_write(results, output, shown, arguments.report, write, notices);
  for (const std::string& line : failed) print_error("required, but not so: " + line);
  const bool enough = arguments.need_error.empty() || judge_error(results, arguments.need_error, output);
  return failed.empty() && enough ? exit_done : exit_gate;
}

}  // namespace

void add_merge(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<MergeArguments>();
  CLI::App* command = app.add_subcommand("merge", "Put the shards of a run together: print the table, write the file");
  command->add_option("OUT", options->output, "Result file that is written")->required();
  command->add_option("SHARDS", options->files, "Result files of parts of one run, in any order")->required();
  command->add_flag("--partial", options->partial, "Futures may be missing; the result says so");
  command
      ->add_option("--need-error", options->need_error,
                   "Say how many futures are missing for this error, with exit code 3 where there are any")
      ->check(not_empty("0.5%"))
      ->type_name("[[PLAN:]STAT=]X%");
  command->add_option("--require", options->gates, "Fail with exit code 3 unless this holds; may be repeated")
      ->allow_extra_args(false)
      ->type_name("GATE");
  command->add_flag("--report", options->report, "Write an HTML report beside the result file");
  add_breakdown_option(*command, options->breakdowns);
  command->add_flag("--drivers", options->drivers, "Show which unknowns make the cost of each plan");
  command->add_flag("--intervals", options->intervals, "Show the ends of the 95 % intervals");
  command->add_flag("--json", options->json, "Print JSON instead of a table");
  command->add_flag("--quiet", options->quiet, "No notices, only results and errors");
  command->footer(
      "The file is, to the byte, that of a single run of all the futures. Files of another version, scenario,\n"
      "seed or choice of --keep-paths are refused by name, as are futures that are in two files or in none.\n"
      "A GATE and an error are those of costrisk run.\n"
      "\n"
      "Examples:\n"
      "  costrisk merge all.h5 all.shard-*.h5\n"
      "  costrisk merge so-far.h5 all.shard-*.h5 --partial --need-error 0.5%\n"
      "  costrisk merge all.h5 first.h5 more.shard-*.h5 --report\n");
  command->callback([options, &exit_code] { exit_code = merge_shards(*options); });
}

}  // namespace costrisk::cli
