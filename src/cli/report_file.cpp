// Names and writes reports.
#include "src/cli/report_file.hpp"

#include <span>

#include "src/present/page/page.hpp"
#include "src/results/store/atomic_file.hpp"

namespace costrisk::cli {

namespace fs = std::filesystem;

fs::path report_path(const fs::path& results) { return fs::path(results).replace_extension(".html"); }

void write_report(const fs::path& output, const results::Results& results, const results::Tally& tally) {
  const std::string page = present::html_report(results, tally);
  results::write_file_atomically(output, std::as_bytes(std::span(page)));
}

}  // namespace costrisk::cli
