// Names and writes reports.
#include "src/cli/report_file.hpp"

#include <span>

#include "src/io/atomic_file.hpp"
#include "src/report/html/page.hpp"

namespace costrisk::cli {

namespace fs = std::filesystem;

fs::path report_path(const fs::path& results) { return fs::path(results).replace_extension(".html"); }

void write_report(const fs::path& output, const tally::Results& results, const tally::Tally& tally) {
  const std::string page = report::html_report(results, tally);
  io::write_file_atomically(output, std::as_bytes(std::span(page)));
}

}  // namespace costrisk::cli
