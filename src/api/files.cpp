// Files: how each kind begins, and how they are written.
#include "costrisk/files.hpp"

#include <fmt/format.h>

#include <string_view>

#include "src/api/boundary.hpp"
#include "src/present/page/page.hpp"
#include "src/present/text/exported.hpp"
#include "src/results/store/atomic_file.hpp"
#include "src/results/store/file_type.hpp"
#include "src/results/store/results_file.hpp"

namespace costrisk {

namespace {

/// Bytes in which a page says what it is.
constexpr std::size_t page_reach = 4096;

/// Whether a page says near its start that a command made it.
bool is_page_of(const std::filesystem::path& path, std::string_view command) {
  return results::start_of(path, page_reach).find(fmt::format("name=\"generator\" content=\"costrisk {}", command)) !=
         std::string::npos;
}

bool starts_with(const std::filesystem::path& path, std::string_view start) {
  return results::start_of(path, start.size()) == start;
}

}  // namespace

bool is_of_kind(const std::filesystem::path& path, FileKind kind) {
  return at_boundary([&] {
    switch (kind) {
      case FileKind::results:
        return results::file_type(path) == results::FileType::results;
      case FileKind::timings:
        return starts_with(path, "{\n  \"backend\": ");
      case FileKind::timeline_csv:
        return starts_with(path, "hours,start,cost,cumulative_cost");
      case FileKind::timeline_hdf5:
        return results::file_type(path) == results::FileType::timeline;
      case FileKind::report:
        return is_page_of(path, "report");
      case FileKind::story:
        return is_page_of(path, "explain");
      case FileKind::calibration:
        return is_page_of(path, "calibrate");
      case FileKind::backtest:
        return is_page_of(path, "backtest");
      case FileKind::study:
        return results::file_type(path) == results::FileType::study;
      case FileKind::study_page:
        return is_page_of(path, "study");
      case FileKind::live_page:
        return is_page_of(path, "live");
      case FileKind::table_csv:
        return starts_with(path, "quantity,statistic,");
      case FileKind::workbook:
        return results::end_of(path, std::string_view(present::workbook_mark).size()) == present::workbook_mark;
    }
    return false;
  });
}

bool is_hdf5(const std::filesystem::path& path) {
  return at_boundary([&] {
    std::error_code error;
    return std::filesystem::is_regular_file(path, error) && starts_with(path, results::hdf5_signature);
  });
}

std::string checksum_of_results(const std::filesystem::path& path) {
  return at_boundary([&] { return results::borne_checksum(path); });
}

std::string checksum_of_report(const std::filesystem::path& path) {
  return at_boundary([&]() -> std::string {
    constexpr std::size_t digits = 8;
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return "";
    const std::string start = results::start_of(path, page_reach);
    const std::size_t mark = start.find(present::report_mark);
    return mark == std::string::npos ? "" : start.substr(mark + present::report_mark.size(), digits);
  });
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  write_file(path, std::as_bytes(std::span(text)));
}

void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  at_boundary([&] { results::write_file_atomically(path, bytes); });
}

void require_writable(const std::filesystem::path& path) {
  at_boundary([&] { results::require_writable(path); });
}

}  // namespace costrisk
