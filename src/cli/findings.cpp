// The three ways in which a calibration is shown.
#include "src/cli/findings.hpp"

#include <fmt/format.h>

#include "costrisk/files.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/terminal.hpp"

namespace costrisk::cli {

void add_findings_options(CLI::App& command, FindingsOptions& options) {
  command.add_option("--plot", options.plot, "Write the plots to a page that loads nothing else")
      ->check(not_empty("plots.html"))
      ->type_name("FILE.html");
  command.add_flag("--json", options.json, "Print JSON: every figure and the fragment");
  command.add_flag("--quiet", options.quiet, "No tables and no warnings, only the fragment and errors");
}

void print_findings(const Calibration& found, const FindingsOptions& options) {
  const Notices notices(options.quiet);
  if (!options.json)
    for (const Table& table : found.tables) notices.note(table.text(styled(stderr)));
  for (const std::string& note : found.notes) notices.note(note);
  for (const std::string& warning : found.warnings) notices.warning(warning);
  if (!options.plot.empty()) {
    prepare_outputs({{"--plot", options.plot, FileKind::calibration}});
    write_file(options.plot, found.page);
    notices.note(fmt::format("plots in {}", options.plot));
  }
  print(options.json ? found.json : found.toml);
}

}  // namespace costrisk::cli
