// A row a request, of which only times and tokens are kept.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "src/trace/columns.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/history.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/points.hpp"
#include "src/trace/records.hpp"
#include "src/trace/text_source.hpp"

namespace costrisk::trace {

namespace {

const std::vector<std::string_view> input_names = {
    "inputtokens",       "contexttokens",    "prompttokens",    "requesttokens",    "input",
    "numinputtokens",    "ninput",           "numprompttokens", "numprefilltokens", "prefilltokens",
    "inputlength",       "promptlength",     "inputlen",        "promptlen",        "tokensin",
    "intokens",          "inputtoks",        "prompt",          "inputtokencount",  "prompttokencount",
    "usageprompttokens", "usageinputtokens", "contextlength",   "arrivedprefill",   "prefilllength"};
const std::vector<std::string_view> output_names = {"outputtokens",
                                                    "generatedtokens",
                                                    "completiontokens",
                                                    "responsetokens",
                                                    "output",
                                                    "numoutputtokens",
                                                    "noutput",
                                                    "numcompletiontokens",
                                                    "numdecodetokens",
                                                    "decodetokens",
                                                    "outputlength",
                                                    "generatedlength",
                                                    "outputlen",
                                                    "responselength",
                                                    "tokensout",
                                                    "outtokens",
                                                    "outputtoks",
                                                    "completion",
                                                    "outputtokencount",
                                                    "candidatestokencount",
                                                    "usagecompletiontokens",
                                                    "usageoutputtokens",
                                                    "generationlength",
                                                    "decodelength",
                                                    "newtokens",
                                                    "numgeneratedtokens"};

/// Takes rows one by one; its columns are found by the first of them.
class LogReader {
 public:
  LogReader(const CsvTable& table, const LogColumns& columns) : table_(table), columns_(columns) {}

  void add(const CsvRow& row) {
    if (!times_) {
      first_.push_back(row);
      if (first_.size() >= judged_rows) begin();
      return;
    }
    take(row);
  }

  RequestLog finish() {
    if (!times_) begin();
    if (seconds_.empty())
      throw FormatError(fmt::format("{} has a header but no rows; expected a row for each request", table_.file));
    RequestLog log;
    log.file = table_.file;
    log.scale = times_->scale();
    for (std::size_t i = 1; i < seconds_.size(); ++i) log.out_of_order += seconds_[i] < seconds_[i - 1] ? 1 : 0;
    std::vector<std::size_t> order(seconds_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return seconds_[a] < seconds_[b]; });
    for (const std::size_t i : order) {
      log.time_seconds.push_back(seconds_[i]);
      if (input_) log.input_tokens.push_back(input_tokens_[i]);
      if (output_) log.output_tokens.push_back(output_tokens_[i]);
    }
    reading_.file = table_.file;
    reading_.form = "log of requests";
    reading_.take("time", table_.header[time_.column], times_->form());
    if (input_) reading_.take("input tokens", table_.header[*input_]);
    if (output_) reading_.take("output tokens", table_.header[*output_]);
    if (!input_ || !output_) {
      std::vector<std::string> unread;
      for (std::size_t i = 0; i < table_.header.size(); ++i)
        if (plain_name(table_.header[i]).find("token") != std::string::npos && i != input_.value_or(i + 1) &&
            i != output_.value_or(i + 1))
          unread.push_back(table_.header[i]);
      if (!unread.empty())
        reading_.mended.push_back(
            fmt::format("not read, though by its name it may hold tokens: {}; --input-tokens and "
                        "--output-tokens name columns",
                        fmt::join(unread, ", ")));
    }
    if (table_.repeated_headers > 0) reading_.drop("is the header again", "", table_.repeated_headers);
    if (log.out_of_order > 0)
      reading_.mended.push_back(
          fmt::format("{} requests came later in the file than a later one: sorted", log.out_of_order));
    reading_.scale = log.scale;
    reading_.span = {log.time_seconds.front(), log.time_seconds.back()};
    log.reading = std::move(reading_);
    return log;
  }

 private:
  std::optional<std::size_t> tokens(const std::string& named, const std::vector<std::string_view>& usual,
                                    const char* option) const {
    if (!named.empty()) return table_.required_column({named});
    std::vector<std::size_t> fitting;
    for (std::size_t i = 0; i < table_.header.size(); ++i)
      if (is_one_of(plain_name(table_.header[i]), usual) &&
          std::all_of(first_.begin(), first_.end(), [i](const CsvRow& row) {
            return is_absent(row.cells[i]) || parse_number(row.cells[i]).has_value() ||
                   columns_are_numbers(row.cells[i]);
          }))
        fitting.push_back(i);
    if (fitting.size() > 1)
      throw FormatError(fmt::format("{}:1: {} would all do for tokens: name one with {}", table_.file,
                                    names_of(table_, fitting), option));
    return fitting.empty() ? std::nullopt : std::optional(fitting[0]);
  }
  /// A cell that begins as a number is one that is written wrongly, not a column of texts.
  static bool columns_are_numbers(const std::string& cell) {
    return !cell.empty() && (cell[0] == '-' || (cell[0] >= '0' && cell[0] <= '9'));
  }

  void begin() {
    time_ = time_column(table_, first_, columns_.time);
    input_ = tokens(columns_.input_tokens, input_names, "--input-tokens");
    output_ = tokens(columns_.output_tokens, output_names, "--output-tokens");
    times_.emplace(table_, time_);
    for (const CsvRow& row : first_) take(row);
    first_.clear();
  }

  double count(const CsvRow& row, std::size_t column) {
    if (is_absent(row.cells[column])) {
      reading_.drop(fmt::format("has no '{}', and is left out of its mean", table_.header[column]), table_.place(row));
      return std::numeric_limits<double>::quiet_NaN();
    }
    const auto number = parse_number(row.cells[column]);
    if (!number)
      throw FormatError(fmt::format("{}: '{}' in column {} is no number; expected a count of tokens", table_.place(row),
                                    row.cells[column], table_.header[column]));
    require_value(*number, table_.place(row));
    return *number;
  }

  void take(const CsvRow& row) {
    ++reading_.rows;
    if (is_absent(row.cells[time_.column])) {
      reading_.drop("has no time", table_.place(row));
      return;
    }
    seconds_.push_back(times_->seconds(row));
    if (input_) input_tokens_.push_back(count(row, *input_));
    if (output_) output_tokens_.push_back(count(row, *output_));
  }

  const CsvTable& table_;
  LogColumns columns_;
  std::vector<CsvRow> first_;
  TimeColumn time_;
  std::optional<TimeReader> times_;
  std::optional<std::size_t> input_, output_;
  std::vector<double> seconds_, input_tokens_, output_tokens_;
  Reading reading_;
};

RequestLog log_of(CsvReader reader, const LogColumns& columns) {
  LogReader log(reader.table(), columns);
  for (CsvRow row; reader.next(row);) log.add(row);
  return log.finish();
}

RequestLog log_of(const CsvTable& table, const LogColumns& columns) {
  LogReader log(table, columns);
  for (const CsvRow& row : table.rows) log.add(row);
  return log.finish();
}

}  // namespace

RequestLog parse_request_log(const std::string& text, const std::string& file, const LogColumns& columns) {
  return log_of(parse_table(text, file, FirstRow::either), columns);
}

RequestLog read_request_log(const std::filesystem::path& path, const LogColumns& columns, Pipes pipes) {
  const std::string name = pipes == Pipes::read && path == "-" ? "standard input" : path.string();
  // A table is read row by row; records of JSON are read whole.
  TextSource source(path, pipes);
  std::string start(std::size_t{1} << 16, '\0');
  start.resize(source.read(start));
  if (!begins_as_json(start)) {
    std::size_t given = 0;
    return log_of(CsvReader(
                      [&](std::span<char> room) {
                        const std::size_t kept = std::min(room.size(), start.size() - given);
                        std::copy_n(start.begin() + static_cast<std::ptrdiff_t>(given), kept, room.begin());
                        given += kept;
                        return kept + (kept < room.size() ? source.read(room.subspan(kept)) : 0);
                      },
                      name, FirstRow::either),
                  columns);
  }
  for (std::string more(std::size_t{1} << 20, '\0'); const std::size_t got = source.read(more);)
    start.append(more, 0, got);
  return log_of(table_of_records(json_documents(start, name), name), columns);
}

}  // namespace costrisk::trace
