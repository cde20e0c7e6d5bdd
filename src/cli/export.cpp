// `costrisk export`: results and studies for spreadsheets.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "costrisk/spreadsheets.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"

namespace costrisk::cli {

namespace {

struct ExportArguments {
  std::string file, output;
  bool quiet = false;
};

int export_file(const ExportArguments& arguments) {
  const std::filesystem::path output = arguments.output;
  const std::string ending = output.extension().string();
  const bool as_table = ending == ".csv";
  if (!as_table && ending != ".xlsx")
    throw UsageError(fmt::format("-o {}: expected a name that ends in .csv or .xlsx", arguments.output));
  prepare_outputs({{"-o", output, as_table ? FileKind::table_csv : FileKind::workbook}});
  if (as_table)
    write_file(output, csv_table(arguments.file));
  else
    write_file(output, workbook(arguments.file));
  Notices(arguments.quiet).note(fmt::format("written to {}", arguments.output));
  return exit_done;
}

}  // namespace

void add_export(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ExportArguments>();
  CLI::App* command = app.add_subcommand("export", "All figures of a result or a study for spreadsheets: CSV or XLSX");
  command->add_option("FILE", options->file, "Result file (HDF5), or what sweep and the like wrote with -o")
      ->required();
  command->add_option("-o,--output", options->output, "The table to write: *.csv, or a workbook, *.xlsx")
      ->required()
      ->check(not_empty("figures.csv"))
      ->type_name("OUT");
  command->add_flag("--quiet", options->quiet, "No notices, only errors");
  command->footer(
      "CSV: one long table, a row a value: quantity, statistic, the dimensions (plan, job, owner, ...), value, unit.\n"
      "XLSX: a sheet about the run, one for each set of dimensions, one that says what each column is.\n"
      "\n"
      "Examples:\n"
      "  costrisk export results/quickstart.h5 -o quickstart.xlsx\n"
      "  costrisk export sweep.h5 -o sweep.csv\n");
  command->callback([options, &exit_code] { exit_code = export_file(*options); });
}

}  // namespace costrisk::cli
