// Names and writes reports.
#include "src/cli/report_file.hpp"

#include <fmt/format.h>

#include <span>

#include "src/present/page/page.hpp"
#include "src/results/store/atomic_file.hpp"
#include "src/results/store/file_type.hpp"
#include "src/results/store/results_file.hpp"

namespace costrisk::cli {

namespace fs = std::filesystem;

fs::path report_path(const fs::path& results) { return fs::path(results).replace_extension(".html"); }

void write_report(const fs::path& output, const results::Results& results, const results::Tally& tally,
                  const std::string& checksum) {
  const std::string page = present::html_report(results, tally, checksum);
  results::write_file_atomically(output, std::as_bytes(std::span(page)));
}

void warn_of_other_report(const fs::path& results, const Notices& notices) {
  constexpr std::size_t reach = 4096, digits = 8;
  const fs::path report = report_path(results);
  std::error_code error;
  if (!fs::is_regular_file(report, error)) return;
  const std::string start = results::start_of(report, reach);
  const std::size_t mark = start.find(present::report_mark);
  if (mark == std::string::npos) return;
  const std::string of = start.substr(mark + present::report_mark.size(), digits);
  const std::string checksum = results::borne_checksum(results);
  if (of != checksum)
    notices.warning(
        fmt::format("the report {} was made from another result (checksum {}) than {} (checksum {}); make "
                    "it again with 'costrisk report'",
                    report.string(), of, results.string(), checksum));
}

}  // namespace costrisk::cli
