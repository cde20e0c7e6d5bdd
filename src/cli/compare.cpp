// `costrisk compare`: what changed between two results, and what that did to the money.
#include <memory>

#include "src/cli/commands.hpp"
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
  return code_of_gates(study, arguments);
}

}  // namespace

void add_compare(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CompareArguments>();
  CLI::App* command = app.add_subcommand("compare", "What changed between two results, and what that did to the money");
  command->add_option("A", options->file, "Result file (HDF5) of before")->required();
  command->add_option("B", options->other, "Result file (HDF5) of after")->required();
  add_study_files(*command, *options);
  command->add_option("--histories", options->folder, "Folder that histories of the scenarios lie in [the current one]")
      ->check(CLI::ExistingDirectory)
      ->type_name("FOLDER");
  add_study_threads(*command, *options);
  add_study_printing(*command, *options, "difference.PLAN and changes");
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
