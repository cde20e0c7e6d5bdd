// `costrisk show`: the table of a result file.
#include <memory>
#include <string>
#include <vector>

#include "costrisk/results.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/show_results.hpp"
#include "src/cli/terminal.hpp"

namespace costrisk::cli {

namespace {

struct ShowOptions {
  std::string file;
  bool intervals = false, jobs = false, drivers = false, json = false;
  std::vector<std::string> breakdowns;
};

void show(const ShowOptions& options) {
  ShownOptions shown;
  shown.json = options.json;
  shown.tables.intervals = options.intervals;
  shown.tables.jobs = options.jobs;
  shown.tables.drivers = options.drivers;
  shown.tables.by = breakdowns_of(options.breakdowns);
  show_results(Results::read(options.file), options.file, shown);
  warn_of_other_report(options.file, Notices());
}

}  // namespace

void add_show(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = app.add_subcommand("show", "Print the table of a result file");
  command->add_option("RESULT", options->file, "Result file (HDF5), as run writes it")->required();
  command->add_flag("--intervals", options->intervals, "Show the ends of the 95 % intervals");
  command->add_flag("--jobs", options->jobs, "Show lateness, interruptions and finish of every job");
  add_breakdown_option(*command, options->breakdowns);
  command->add_flag("--drivers", options->drivers, "Show which unknowns make the cost of each plan");
  command->add_flag("--json", options->json, "Print JSON instead of a table");
  command->footer(
      "Examples:\n"
      "  costrisk show results/quickstart.h5\n"
      "  costrisk show results/quickstart.h5 --intervals --jobs\n"
      "  costrisk show results/quickstart.h5 --by owner\n"
      "  costrisk show results/quickstart.h5 --drivers\n"
      "  costrisk show results/quickstart.h5 --json\n");
  command->callback([options, &exit_code] {
    show(*options);
    exit_code = exit_done;
  });
}

}  // namespace costrisk::cli
