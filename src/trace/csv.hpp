// Comma-separated values, as RFC 4180 has them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace costrisk::trace {

struct CsvRow {
  std::size_t line = 0;  ///< where it begins in the file, from 1
  std::vector<std::string> cells;
};

/// A table with a header. Every row has as many cells as the header.
struct CsvTable {
  std::string file;
  std::vector<std::string> header;
  std::vector<CsvRow> rows;

  /// The column of that name, in whatever case; nothing where there is none.
  std::optional<std::size_t> column(std::string_view name) const;
  /// The first column of these names that there is.
  std::optional<std::size_t> column_of(const std::vector<std::string>& names) const;
  /// @throws FormatError which names the columns that there are
  std::size_t required_column(const std::vector<std::string>& names) const;
  /// "file:line", for messages about a row.
  std::string place(const CsvRow& row) const;
};

/// Reads a file of any kind whole.
/// @throws IoError where it cannot be read, FormatError where it is larger than 2 GiB
std::string read_whole(const std::filesystem::path& path);

/// @throws FormatError where the file is not there or is a folder
void require_file(const std::filesystem::path& path);

/// Quoted cells may hold separators, line ends and doubled quotes. Commas separate, or tabs or semicolons where the
/// header has no comma. Blank lines and a byte order mark are passed over.
/// @throws FormatError with file and line: no header, a header that names a column twice, a row of another length, an
/// open quote, text after a closing quote, a byte of zero
CsvTable parse_csv(std::string_view text, const std::string& file);
CsvTable read_csv(const std::filesystem::path& path);

/// A cell without what exports write for nothing: empty, or NULL in whatever case.
bool is_absent(std::string_view cell);

/// The text in lower case, of the letters of ASCII.
std::string lower_case(std::string_view text);

}  // namespace costrisk::trace
