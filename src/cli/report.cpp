// `costrisk report`: a result file in, one HTML file out.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "costrisk/files.hpp"
#include "costrisk/results.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/terminal.hpp"

namespace costrisk::cli {

namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::string file, output;
};

void report(const ReportOptions& options) {
  const fs::path output = options.output.empty() ? report_path(options.file) : fs::path(options.output);
  const Results results = Results::read(options.file);
  prepare_outputs({{"-o", output, FileKind::report}});
  write_file(output, results.report());
  print(fmt::format("written to {}\n", output.string()));
}

}  // namespace

void add_report(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = app.add_subcommand("report", "Make an HTML report of a result file");
  command->add_option("RESULT", options->file, "Result file (HDF5), as run writes it")->required();
  command->add_option("-o,--output", options->output, "The report [RESULT with .html]")
      ->check(not_empty("report.html"))
      ->type_name("FILE.html");
  command->footer(
      "The report is one file that opens in any browser and loads nothing else.\n"
      "\n"
      "Examples:\n"
      "  costrisk report results/quickstart.h5\n"
      "  costrisk report results/quickstart.h5 -o quickstart.html\n"
      "  costrisk run configs/quickstart.toml --report\n");
  command->callback([options, &exit_code] {
    report(*options);
    exit_code = exit_done;
  });
}

}  // namespace costrisk::cli
