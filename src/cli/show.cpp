// `costrisk show`: the table of a result file.
#include <fmt/format.h>

#include <memory>

#include "src/cli/commands.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/terminal.hpp"
#include "src/io/results_file.hpp"
#include "src/report/tables.hpp"

namespace costrisk::cli {

namespace {

struct ShowOptions {
  std::string file;
  bool intervals = false, jobs = false, json = false;
};

void show(const ShowOptions& options) {
  require_file(options.file);
  const report::Summary summary = report::summarize(io::read_results(options.file));
  if (options.json) {
    print(report::as_json(summary, options.file));
    return;
  }
  const report::TableOptions table{options.intervals, styled(stdout)};
  print(report::plan_table(summary, table));
  if (options.jobs) print("\n" + report::job_table(summary, table));
}

}  // namespace

void add_show(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = app.add_subcommand("show", "Print the table of a result file");
  command->add_option("RESULT", options->file, "Result file (HDF5), as run writes it")->required();
  command->add_flag("--intervals", options->intervals, "Show the ends of the 95 % intervals");
  command->add_flag("--jobs", options->jobs, "Show lateness, interruptions and finish of every job");
  command->add_flag("--json", options->json, "Print JSON instead of a table");
  command->footer(
      "Examples:\n"
      "  costrisk show results/quickstart.h5\n"
      "  costrisk show results/quickstart.h5 --intervals --jobs\n"
      "  costrisk show results/quickstart.h5 --json\n");
  command->callback([options, &exit_code] {
    show(*options);
    exit_code = 0;
  });
}

}  // namespace costrisk::cli
