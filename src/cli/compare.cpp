// `costrisk compare`: what changed between two results, and what that did to the money.
#include <fmt/format.h>

#include <memory>

#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/signals.hpp"
#include "src/cli/study.hpp"

namespace costrisk::cli {

namespace {

struct CompareArguments : StudyArguments {
  std::string other, folder;
};

int compare_results(const CompareArguments& arguments) {
  const Notices notices(arguments.quiet);
  const StopSignals signals;
  const Results a = Results::read(arguments.file), b = Results::read(arguments.other);
  prepare_study_outputs(arguments);
  ProgressBar bar(!arguments.quiet);
  StudyOptions options;
  options.threads = arguments.threads;
  options.cancellation = signals.stop();
  options.progress = [&bar](std::uint64_t done, std::uint64_t total, const std::string&) { bar.update(done, total); };
  const Study study = compare(a, b, options, arguments.folder);
  bar.clear();
  show_study(study, arguments, notices);
  if (!study.complete) return signals.exit_code();
  const std::vector<std::string> failed = of_option("--require", [&] { return study.failed_gates(arguments.gates); });
  for (const std::string& line : failed) print_error("required, but not so: " + line);
  return failed.empty() ? exit_done : exit_gate;
}

}  // namespace

void add_compare(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CompareArguments>();
  CLI::App* command = app.add_subcommand("compare", "What changed between two results, and what that did to the money");
  command->add_option("A", options->file, "Result file (HDF5) of before")->required();
  command->add_option("B", options->other, "Result file (HDF5) of after")->required();
  command->add_option("-o,--output", options->output, "Write all figures to this file (HDF5)")
      ->check(not_empty("compare.h5"))
      ->type_name("OUT.h5");
  command->add_option("--html", options->html, "Write plots and tables to a page that loads nothing else")
      ->check(not_empty("compare.html"))
      ->type_name("FILE.html");
  command->add_option("--histories", options->folder, "Folder that histories of the scenarios lie in [the current one]")
      ->check(CLI::ExistingDirectory)
      ->type_name("FOLDER");
  command->add_option("--threads", options->threads, "Threads [as many as there are cores]; never changes a result")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  command
      ->add_option("--require", options->gates,
                   "Fail with exit code 3 unless this holds, of difference.PLAN and changes")
      ->allow_extra_args(false)
      ->type_name("GATE");
  command->add_flag("--json", options->json, "Print JSON instead of tables");
  command->add_flag("--quiet", options->quiet, "No notices and no progress, only results and errors");
  command->footer(
      "Goes from the scenario of A to that of B one change after the other and simulates each, on the futures of B.\n"
      "The parts add up to the difference of the mean costs to the micro-unit; how much falls to a change may hang on\n"
      "those before it.\n"
      "\n"
      "Examples:\n"
      "  costrisk compare results/march.h5 results/april.h5\n"
      "  costrisk compare before.h5 after.h5 --require 'difference.base<50k'\n");
  command->callback([options, &exit_code] { exit_code = compare_results(*options); });
}

}  // namespace costrisk::cli
