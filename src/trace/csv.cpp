// A reader of characters in four states, which keeps count of lines.
#include "src/trace/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "src/trace/errors.hpp"
#include "src/trace/files.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::trace {

namespace {

constexpr std::size_t largest_file = std::size_t{1} << 31;

char separator_of(std::string_view text) {
  const std::string_view header = text.substr(0, text.find('\n'));
  for (const char candidate : {',', '\t', ';'})
    if (header.find(candidate) != std::string_view::npos) return candidate;
  return ',';
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& file) : text_(text), file_(file), separator_(separator_of(text)) {}

  /// The next row that is not blank; false at the end.
  bool next(CsvRow& row) {
    while (place_ < text_.size()) {
      row.line = line_;
      row.cells.clear();
      bool quoted = false;
      for (bool more = true; more;) {
        row.cells.emplace_back();
        more = cell(row.cells.back(), quoted);
      }
      if (row.cells.size() > 1 || quoted || !trimmed(row.cells[0]).empty()) return true;
    }
    return false;
  }

 private:
  [[noreturn]] void fail(std::size_t line, const std::string& problem) const {
    throw FormatError(fmt::format("{}:{}: {}", file_, line, problem));
  }

  /// Reads a cell and what ends it. Returns whether another one follows in the row.
  bool cell(std::string& value, bool& quoted) {
    if (place_ < text_.size() && text_[place_] == '"') {
      quoted = true;
      quoted_text(value);
      if (place_ < text_.size() && text_[place_] != separator_ && text_[place_] != '\n' && text_[place_] != '\r')
        fail(line_, "text follows the closing quote of a cell; expected a separator or the end of the line");
    }
    while (place_ < text_.size()) {
      const char c = text_[place_++];
      if (c == separator_) return true;
      if (c == '\n') {
        ++line_;
        return false;
      }
      if (c == '\0') fail(line_, "there is a byte of zero; expected a text file in UTF-8");
      if (c != '\r' || (place_ < text_.size() && text_[place_] != '\n')) value += c;
    }
    return false;
  }

  void quoted_text(std::string& value) {
    const std::size_t opened = line_;
    for (++place_; place_ < text_.size(); ++place_) {
      const char c = text_[place_];
      if (c == '"') {
        if (place_ + 1 >= text_.size() || text_[place_ + 1] != '"') {
          ++place_;
          return;
        }
        ++place_;
      }
      if (c == '\n') ++line_;
      value += c;
    }
    fail(opened, "a quote is opened and never closed; expected a second one that ends the cell");
  }

  std::string_view text_;
  const std::string& file_;
  char separator_;
  std::size_t place_ = 0, line_ = 1;
};

}  // namespace

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const std::string wanted = lower_case(name);
  for (std::size_t i = 0; i < header.size(); ++i)
    if (lower_case(header[i]) == wanted) return i;
  return std::nullopt;
}

std::optional<std::size_t> CsvTable::column_of(const std::vector<std::string>& names) const {
  for (const std::string& name : names)
    if (const auto found = column(name)) return found;
  return std::nullopt;
}

std::size_t CsvTable::required_column(const std::vector<std::string>& names) const {
  if (const auto found = column_of(names)) return *found;
  throw FormatError(fmt::format("{}:1: no column is named {}; there are: {}", file, fmt::join(names, " or "),
                                fmt::join(header, ", ")));
}

std::string CsvTable::place(const CsvRow& row) const { return fmt::format("{}:{}", file, row.line); }

std::string read_whole(const std::filesystem::path& path) {
  std::string text = read_file(path, largest_file + 1);
  if (text.size() > largest_file) throw FormatError(fmt::format("{} is larger than 2 GiB: thin it out", path.string()));
  return text;
}

void require_file(const std::filesystem::path& path) {
  // Why the system does not let a file be looked at, reading it reports.
  std::error_code ignored;
  using std::filesystem::file_type;
  const file_type type = std::filesystem::status(path, ignored).type();
  if (type == file_type::directory) throw FormatError(fmt::format("{} is a folder, not a file", path.string()));
  if (type == file_type::not_found) throw FormatError(fmt::format("{}: there is no such file", path.string()));
}

CsvTable parse_csv(std::string_view text, const std::string& file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  CsvTable table;
  table.file = file;
  Parser parser(text, file);
  CsvRow row;
  if (!parser.next(row)) throw FormatError(fmt::format("{} is empty; expected a header and rows", file));
  std::set<std::string> names;
  for (const std::string& name : row.cells) {
    table.header.emplace_back(trimmed(name));
    if (!trimmed(name).empty() && !names.insert(lower_case(trimmed(name))).second)
      throw FormatError(fmt::format("{}:{}: two columns are named '{}'; expected a name of its own for each", file,
                                    row.line, trimmed(name)));
  }
  while (parser.next(row)) {
    if (row.cells.size() != table.header.size())
      throw FormatError(fmt::format(
          "{}:{}: {} where the header has {}; expected as many, with quotes around cells that hold separators", file,
          row.line, row.cells.size() == 1 ? "1 cell" : fmt::format("{} cells", row.cells.size()), table.header.size()));
    table.rows.push_back(std::move(row));
    row = {};
  }
  return table;
}

CsvTable read_csv(const std::filesystem::path& path) { return parse_csv(read_whole(path), path.string()); }

bool is_absent(std::string_view cell) {
  const std::string_view text = trimmed(cell);
  return text.empty() || lower_case(text) == "null";
}

}  // namespace costrisk::trace
