// Comma-separated values, as RFC 4180 has them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/trace/files.hpp"

namespace costrisk::trace {

struct CsvRow {
  std::size_t line = 0;  ///< where it begins in the file, from 1
  std::vector<std::string> cells;
};

/// Whether the first row of a file names its columns, or may be one of values like the others: then the columns are
/// named "column 1", "column 2", …
enum class FirstRow { header, either };

/// A table with a header. Every row has as many cells as the header.
struct CsvTable {
  std::string file;
  std::vector<std::string> header;
  std::vector<CsvRow> rows;
  bool has_header = true;            ///< false: the first row was one of values
  std::size_t repeated_headers = 0;  ///< lines that were the header again, and have been passed over

  /// The column of that name, in whatever case; nothing where there is none.
  std::optional<std::size_t> column(std::string_view name) const;
  /// The first column of these names that there is.
  std::optional<std::size_t> column_of(const std::vector<std::string>& names) const;
  /// @throws FormatError which names the columns that there are
  std::size_t required_column(const std::vector<std::string>& names) const;
  /// "file:line", for messages about a row.
  std::string place(const CsvRow& row) const;
};

/// Reads the text of a file row by row. Quoted cells may hold separators, line ends and doubled quotes. Commas
/// separate, or tabs or semicolons where the header has no comma. Blank lines, a byte order mark, a line "sep=;" and
/// lines that are the header again are passed over.
class CsvReader {
 public:
  /// What fills a room with the text that comes next, less than there is room for at its end alone.
  using Source = std::function<std::size_t(std::span<char>)>;

  /// @throws FormatError: no header, or one that names a column twice
  CsvReader(Source source, std::string file, FirstRow first = FirstRow::header);
  /// Of a file, decompressed where it is gzip.
  CsvReader(const std::filesystem::path& path, Pipes pipes, FirstRow first = FirstRow::header);

  /// The name of the file, the header, and no rows.
  const CsvTable& table() const { return table_; }
  /// The next row; false at the end.
  /// @throws FormatError with file and line: a row of another length, an open quote, text after a closing quote, a byte
  /// of zero; IoError
  bool next(CsvRow& row);

 private:
  bool row_of_cells(CsvRow& row);
  bool cell(std::string& value, bool& quoted);
  void quoted_text(std::string& value);
  bool more();
  void read_header(FirstRow first);
  [[noreturn]] void fail(std::size_t line, const std::string& problem) const;

  Source source_;
  CsvTable table_;
  std::string buffer_;
  std::size_t at_ = 0, end_ = 0, line_ = 1;
  char separator_ = ',';
  std::optional<CsvRow> first_;  ///< a row of values that was read in search of a header
};

/// Reads a file of any kind whole, decompressed where it is gzip.
/// @throws IoError where it cannot be read, FormatError where it is larger than 2 GiB, or of a kind that is no text
std::string read_whole(const std::filesystem::path& path, Pipes pipes = Pipes::refused);

/// @throws FormatError where the file is not there or is a folder; "-" is standard input where pipes are read
void require_file(const std::filesystem::path& path, Pipes pipes = Pipes::refused);

/// @throws FormatError, as CsvReader
CsvTable parse_csv(std::string_view text, const std::string& file, FirstRow first = FirstRow::header);
CsvTable read_csv(const std::filesystem::path& path, Pipes pipes = Pipes::refused, FirstRow first = FirstRow::header);

/// A cell without what exports write for nothing: empty, NULL, or NaN, in whatever case.
bool is_absent(std::string_view cell);

/// The text in lower case, of the letters of ASCII.
std::string lower_case(std::string_view text);

}  // namespace costrisk::trace
