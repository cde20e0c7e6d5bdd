// `costrisk report`: a result file in, one HTML file out.
#include "src/report/html/page.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <span>

#include "src/cli/commands.hpp"
#include "src/cli/report_file.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/terminal.hpp"
#include "src/io/atomic_file.hpp"
#include "src/io/results_file.hpp"

namespace costrisk::cli {

namespace fs = std::filesystem;

namespace {

struct ReportOptions {
  std::string file, output;
};

void report(const ReportOptions& options) {
  require_file(options.file);
  const fs::path output = options.output.empty() ? report_path(options.file) : fs::path(options.output);
  protect_other_pages(output);
  write_report(output, io::read_results(options.file), io::read_tally(options.file));
  print(fmt::format("written to {}\n", output.string()));
}

}  // namespace

fs::path report_path(const fs::path& results) { return fs::path(results).replace_extension(".html"); }

void protect_other_pages(const fs::path& output) {
  std::error_code error;
  if (fs::is_directory(output, error))
    throw UsageError(fmt::format("{} is a folder: name a file for the report", output.string()));
  if (!fs::exists(output, error) || fs::file_size(output, error) == 0) return;
  std::ifstream file(output, std::ios::binary);
  std::string start(4096, '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (!fs::is_regular_file(output, error) || start.find("content=\"costrisk ") == std::string::npos)
    throw UsageError(
        fmt::format("{} is there already and is no report: choose another file for it, or remove it", output.string()));
}

void write_report(const fs::path& output, const tally::Results& results, const tally::Tally& tally) {
  const std::string page = report::html_report(results, tally);
  io::write_file_atomically(output, std::as_bytes(std::span(page)));
}

void add_report(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = app.add_subcommand("report", "Make an HTML report of a result file");
  command->add_option("RESULT", options->file, "Result file (HDF5), as run writes it")->required();
  command->add_option("-o,--output", options->output, "The report [RESULT with .html]")->type_name("FILE.html");
  command->footer(
      "The report is one file that opens in any browser and loads nothing else.\n"
      "\n"
      "Examples:\n"
      "  costrisk report results/quickstart.h5\n"
      "  costrisk report results/quickstart.h5 -o quickstart.html\n"
      "  costrisk run configs/quickstart.toml --report\n");
  command->callback([options, &exit_code] {
    report(*options);
    exit_code = 0;
  });
}

}  // namespace costrisk::cli
