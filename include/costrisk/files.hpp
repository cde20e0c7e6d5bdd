/// @file
/// Files that costrisk writes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "costrisk/errors.hpp"
#include "costrisk/export.hpp"

namespace costrisk {

/// Kinds of files, each of which replaces only earlier ones of its kind.
enum class FileKind {
  results,        ///< Results::write
  timings,        ///< `costrisk run --timings`
  timeline_csv,   ///< Story::csv
  timeline_hdf5,  ///< Story::hdf5
  report,         ///< Results::report
  story,          ///< Story::html
  calibration,    ///< Calibration::page
  backtest,       ///< Backtest::page
  study,          ///< Study::write
  study_page,     ///< Study::page
  live_page,      ///< live_page
  table_csv,      ///< csv_table
  workbook        ///< workbook
};

/// Whether costrisk wrote the file, as one of this kind. Looks at how it begins.
/// @throws FileError where it cannot be read, InputError where it is no regular file
COSTRISK_API bool is_of_kind(const std::filesystem::path& path, FileKind kind);

/// Whether a file begins as HDF5 does, as result files do. False of pipes, which are not opened.
/// @throws FileError where it cannot be read
COSTRISK_API bool is_hdf5(const std::filesystem::path& path);

/// The checksum that a result file bears, eight hexadecimal digits; empty where it bears none.
/// @throws FileError, InputError
COSTRISK_API std::string checksum_of_results(const std::filesystem::path& path);

/// The checksum of the result file that a report was made from; empty where there is no report, or it says none.
/// @throws FileError
COSTRISK_API std::string checksum_of_report(const std::filesystem::path& path);

/// Writes a file whole or not at all: an older one is replaced, its permissions are kept, and a link is followed.
/// @throws FileError
COSTRISK_API void write_file(const std::filesystem::path& path, std::string_view text);
/// Likewise, of bytes.
COSTRISK_API void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Sees that write_file could write there: whether the folder takes files.
/// @throws FileError
COSTRISK_API void require_writable(const std::filesystem::path& path);

}  // namespace costrisk
