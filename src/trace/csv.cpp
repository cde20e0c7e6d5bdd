// A reader of characters in four states, which keeps count of lines.
#include "src/trace/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "src/trace/errors.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/text_source.hpp"

namespace costrisk::trace {

namespace {

constexpr std::size_t largest_file = std::size_t{1} << 31;
constexpr std::size_t buffer_bytes = std::size_t{1} << 18;
/// A cell beyond this is what a quote that is never closed makes.
constexpr std::size_t largest_cell = std::size_t{1} << 26;

char separator_of(std::string_view text) {
  const std::string_view header = text.substr(0, text.find('\n'));
  for (const char candidate : {',', '\t', ';'})
    if (header.find(candidate) != std::string_view::npos) return candidate;
  return ',';
}

std::string cells_text(std::size_t count) { return count == 1 ? "1 cell" : fmt::format("{} cells", count); }

bool is_value(const std::string& cell) { return parse_number(cell) || parse_instant(cell); }

}  // namespace

CsvReader::CsvReader(Source source, std::string file, FirstRow first) : source_(std::move(source)) {
  table_.file = std::move(file);
  buffer_.resize(buffer_bytes);
  read_header(first);
}

CsvReader::CsvReader(const std::filesystem::path& path, Pipes pipes, FirstRow first)
    : CsvReader([text = std::make_shared<TextSource>(path, pipes)](std::span<char> room) { return text->read(room); },
                pipes == Pipes::read && path == "-" ? "standard input" : path.string(), first) {}

void CsvReader::fail(std::size_t line, const std::string& problem) const {
  throw FormatError(fmt::format("{}:{}: {}", table_.file, line, problem));
}

bool CsvReader::more() {
  if (at_ < end_) return true;
  at_ = 0;
  end_ = source_(buffer_);
  return end_ > 0;
}

void CsvReader::read_header(FirstRow first) {
  more();
  std::string_view start(buffer_.data(), end_);
  if (start.starts_with("\xEF\xBB\xBF")) at_ = 3;
  start = start.substr(at_);
  if (start.starts_with("sep=") && start.size() > 5) {
    separator_ = start[4];
    at_ += std::min(start.find('\n'), start.size() - 1) + 1;
    ++line_;
  } else {
    separator_ = separator_of(start);
  }
  CsvRow row;
  if (!row_of_cells(row)) throw FormatError(fmt::format("{} is empty; expected a header and rows", table_.file));
  if (first == FirstRow::either && std::any_of(row.cells.begin(), row.cells.end(), is_value)) {
    table_.has_header = false;
    for (std::size_t i = 0; i < row.cells.size(); ++i) table_.header.push_back(fmt::format("column {}", i + 1));
    first_ = std::move(row);
    return;
  }
  std::set<std::string> names;
  for (const std::string& name : row.cells) {
    table_.header.emplace_back(trimmed(name));
    if (!trimmed(name).empty() && !names.insert(lower_case(trimmed(name))).second)
      throw FormatError(fmt::format("{}:{}: two columns are named '{}'; expected a name of its own for each",
                                    table_.file, row.line, trimmed(name)));
  }
}

bool CsvReader::next(CsvRow& row) {
  if (first_) {
    row = std::move(*first_);
    first_.reset();
    return true;
  }
  while (row_of_cells(row)) {
    if (table_.has_header && row.cells.size() == table_.header.size() && trimmed(row.cells[0]) == table_.header[0] &&
        std::equal(row.cells.begin(), row.cells.end(), table_.header.begin(),
                   [](const std::string& cell, const std::string& name) { return trimmed(cell) == name; })) {
      ++table_.repeated_headers;
      continue;
    }
    if (row.cells.size() != table_.header.size())
      fail(row.line,
           fmt::format("{} where the {} has {}; expected as many, with quotes around cells that hold "
                       "separators",
                       cells_text(row.cells.size()), table_.has_header ? "header" : "first row", table_.header.size()));
    return true;
  }
  return false;
}

/// The next row that is not blank, of however many cells.
bool CsvReader::row_of_cells(CsvRow& row) {
  while (more()) {
    row.line = line_;
    bool quoted = false;
    std::size_t count = 0;
    for (bool another = true; another; ++count) {
      if (count == row.cells.size()) row.cells.emplace_back();
      row.cells[count].clear();
      another = cell(row.cells[count], quoted);
    }
    row.cells.resize(count);
    if (count > 1 || quoted || !trimmed(row.cells[0]).empty()) return true;
  }
  return false;
}

/// Reads a cell and what ends it. Returns whether another one follows in the row.
bool CsvReader::cell(std::string& value, bool& quoted) {
  if (more() && buffer_[at_] == '"') {
    quoted = true;
    quoted_text(value);
    if (more() && buffer_[at_] != separator_ && buffer_[at_] != '\n' && buffer_[at_] != '\r')
      fail(line_, "text follows the closing quote of a cell; expected a separator or the end of the line");
  }
  while (more()) {
    const char* const begin = buffer_.data() + at_;
    const char* const end = buffer_.data() + end_;
    const char* stop = begin;
    while (stop < end && *stop != separator_ && *stop != '\n' && *stop != '\r' && *stop != '\0') ++stop;
    value.append(begin, stop);
    if (value.size() > largest_cell) fail(line_, "a cell is longer than 64 MiB; expected separators and line ends");
    at_ = static_cast<std::size_t>(stop - buffer_.data());
    if (stop == end) continue;
    const char c = buffer_[at_++];
    if (c == separator_) return true;
    if (c == '\n') {
      ++line_;
      return false;
    }
    if (c == '\0') fail(line_, "there is a byte of zero; expected a text file in UTF-8");
    if (more() && buffer_[at_] != '\n') value += c;
  }
  return false;
}

void CsvReader::quoted_text(std::string& value) {
  const std::size_t opened = line_;
  for (++at_; more();) {
    const char c = buffer_[at_++];
    if (c == '"') {
      if (!more() || buffer_[at_] != '"') return;
      ++at_;
    }
    if (c == '\n') ++line_;
    value += c;
    if (value.size() > largest_cell) break;
  }
  fail(opened, "a quote is opened and never closed; expected a second one that ends the cell");
}

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

std::string read_whole(const std::filesystem::path& path, Pipes pipes) {
  TextSource source(path, pipes);
  std::string text;
  for (std::size_t room = buffer_bytes;; room = std::max(buffer_bytes, text.size() / 2)) {
    const std::size_t before = text.size();
    text.resize(before + room);
    const std::size_t got = source.read(std::span(text).subspan(before));
    text.resize(before + got);
    if (text.size() > largest_file)
      throw FormatError(fmt::format("{} is larger than 2 GiB: thin it out", path.string()));
    if (got < room) return text;
  }
}

void require_file(const std::filesystem::path& path, Pipes pipes) {
  if (pipes == Pipes::read && path == "-") return;
  // Why the system does not let a file be looked at, reading it reports.
  std::error_code ignored;
  using std::filesystem::file_type;
  const file_type type = std::filesystem::status(path, ignored).type();
  if (type == file_type::directory) throw FormatError(fmt::format("{} is a folder, not a file", path.string()));
  if (type == file_type::not_found) throw FormatError(fmt::format("{}: there is no such file", path.string()));
}

namespace {

CsvTable table_of(CsvReader reader) {
  std::vector<CsvRow> rows;
  for (CsvRow row; reader.next(row); row = {}) rows.push_back(std::move(row));
  CsvTable table = reader.table();
  table.rows = std::move(rows);
  return table;
}

}  // namespace

CsvTable parse_csv(std::string_view text, const std::string& file, FirstRow first) {
  return table_of(CsvReader(
      [text](std::span<char> room) mutable {
        const std::size_t got = std::min(room.size(), text.size());
        std::copy_n(text.begin(), got, room.begin());
        text.remove_prefix(got);
        return got;
      },
      file, first));
}

CsvTable read_csv(const std::filesystem::path& path, Pipes pipes, FirstRow first) {
  return table_of(CsvReader(path, pipes, first));
}

bool is_absent(std::string_view cell) {
  const std::string_view text = trimmed(cell);
  return text.empty() || lower_case(text) == "null" || lower_case(text) == "nan";
}

}  // namespace costrisk::trace
