// The three ways in which a calibration is shown.
#include "src/cli/findings.hpp"

#include <fmt/format.h>

#include <span>

#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/terminal.hpp"
#include "src/present/text/text_table.hpp"
#include "src/results/store/atomic_file.hpp"
#include "src/scenario/reader/duration.hpp"

namespace costrisk::cli {

namespace {

std::string json_of(const calibrate::Findings& findings) {
  nlohmann::ordered_json document = findings.json;
  document["notes"] = findings.notes;
  document["warnings"] = findings.warnings;
  document["toml"] = findings.toml;
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

void add_findings_options(CLI::App& command, FindingsOptions& options) {
  command.add_option("--plot", options.plot, "Write the plots to a page that loads nothing else")
      ->check(not_empty("plots.html"))
      ->type_name("FILE.html");
  command.add_flag("--json", options.json, "Print JSON: every figure and the fragment");
  command.add_flag("--quiet", options.quiet, "No tables and no warnings, only the fragment and errors");
}

void present(const calibrate::Findings& findings, const FindingsOptions& options) {
  const Notices notices(options.quiet);
  if (!options.json)
    for (const calibrate::Table& table : findings.tables) notices.note(table_text(table, stderr));
  for (const std::string& note : findings.notes) notices.note(note);
  for (const std::string& warning : findings.warnings) notices.warning(warning);
  if (!options.plot.empty()) {
    prepare_outputs({{"--plot", options.plot, OutputKind::calibration}});
    const std::string page = calibrate::html_page(findings.title, findings.charts, findings.tables, findings.toml);
    results::write_file_atomically(options.plot, std::as_bytes(std::span(page)));
    notices.note(fmt::format("plots in {}", options.plot));
  }
  print(options.json ? json_of(findings) : findings.toml);
}

std::string table_text(const calibrate::Table& table, std::FILE* stream) {
  using Align = present::TextTable::Align;
  present::TextTable text;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    text.add_column(table.columns[i], i == 0 ? Align::left : Align::right);
  for (const auto& row : table.rows) text.add_row(row);
  return table.title + "\n" + text.text(styled(stream));
}

double hours_option(const std::string& text, const char* option) {
  const auto duration = scenario::parse_duration(text);
  if (!duration) throw UsageError(fmt::format("{} {} is no duration; expected one such as 15m or 36h", option, text));
  if (!(duration->hours > 0.0))
    throw UsageError(fmt::format("{} is {}; expected a positive duration such as 15m or 36h", option, text));
  return duration->hours;
}

}  // namespace costrisk::cli
