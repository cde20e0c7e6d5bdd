// The three ways in which a calibration is shown.
#include "src/cli/findings.hpp"

#include <fmt/format.h>

#include <span>

#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/page/plots.hpp"
#include "src/results/store/atomic_file.hpp"

namespace costrisk::cli {

void add_findings_options(CLI::App& command, FindingsOptions& options) {
  command.add_option("--plot", options.plot, "Write the plots to a page that loads nothing else")
      ->check(not_empty("plots.html"))
      ->type_name("FILE.html");
  command.add_flag("--json", options.json, "Print JSON: every figure and the fragment");
  command.add_flag("--quiet", options.quiet, "No tables and no warnings, only the fragment and errors");
}

void print_findings(const present::Findings& findings, const FindingsOptions& options) {
  const Notices notices(options.quiet);
  if (!options.json)
    for (const present::PlainTable& table : findings.tables) notices.note(present::table_text(table, styled(stderr)));
  for (const std::string& note : findings.notes) notices.note(note);
  for (const std::string& warning : findings.warnings) notices.warning(warning);
  if (!options.plot.empty()) {
    prepare_outputs({{"--plot", options.plot, OutputKind::calibration}});
    const std::string page =
        present::plots_page(findings.title, findings.plots, findings.tables, findings.toml, "", "calibrate");
    results::write_file_atomically(options.plot, std::as_bytes(std::span(page)));
    notices.note(fmt::format("plots in {}", options.plot));
  }
  print(options.json ? present::json_text(findings) : findings.toml);
}

}  // namespace costrisk::cli
