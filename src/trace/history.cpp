// Readers of measured histories. What a file says wrongly is said with its place, and nothing is mended in silence.
#include "src/trace/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::trace {

namespace {

using Json = nlohmann::json;

const std::vector<std::string> time_names = {"time", "timestamp", "t_seconds", "date", "datetime", "t"};

/// Reads the times of rows, which are to be of one kind.
class TimeColumn {
 public:
  TimeColumn(const CsvTable& table, std::size_t column) : table_(table), column_(column) {}

  double seconds(const CsvRow& row) {
    const std::string& text = row.cells[column_];
    const auto instant = parse_instant(text);
    if (!instant)
      throw FormatError(
          fmt::format("{}: '{}' is no time; expected seconds, or a date and time such as "
                      "2026-01-05T06:30:00Z{}",
                      table_.place(row), text, parse_number(text) ? " (milliseconds since 1970: divide by 1000)" : ""));
    if (scale_ && *scale_ != instant->scale)
      throw FormatError(fmt::format(
          "{}: '{}' does not go with the times above: some have a time zone, or are dates, "
          "and some are not{}; expected one kind in a file",
          table_.place(row), text,
          parse_number(text) ? " (numbers from 1e8 on are seconds since 1970, smaller ones are none)" : ""));
    scale_ = instant->scale;
    return instant->seconds;
  }
  TimeScale scale() const { return scale_.value_or(TimeScale::elapsed); }

 private:
  const CsvTable& table_;
  std::size_t column_;
  std::optional<TimeScale> scale_;
};

std::size_t time_column(const CsvTable& table, const std::string& named) {
  if (!named.empty()) return table.required_column({named});
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const std::string name = lower_case(table.header[i]);
    if (std::find(time_names.begin(), time_names.end(), name) != time_names.end()) return i;
  }
  for (std::size_t i = 0; i < table.header.size(); ++i)
    if (const std::string name = lower_case(table.header[i]);
        name.find("time") != std::string::npos || name.starts_with("t_"))
      return i;
  return table.required_column(time_names);
}

std::size_t value_column(const CsvTable& table, std::size_t time, const std::string& named) {
  if (!named.empty()) return table.required_column({named});
  if (table.header.size() == 2) return 1 - time;
  std::vector<std::string> names = table.header;
  names.erase(names.begin() + static_cast<std::ptrdiff_t>(time));
  throw FormatError(
      names.empty()
          ? fmt::format("{}:1: there is no column beside the time; expected one with the values", table.file)
          : fmt::format("{}:1: which column holds the values? Name one as the column, column = \"{}\" in a scenario or "
                        "--value-column on the command line: {}",
                        table.file, names.front(), fmt::join(names, ", ")));
}

/// Beyond this a value is taken for a slip: of prices, requests a second and instances alike.
constexpr double largest_value = 1e12;

void require_value(double value, const std::string& place) {
  if (value > largest_value)
    throw FormatError(fmt::format("{}: {:g} is beyond anything that is measured; expected a value of at most {:g}",
                                  place, value, largest_value));
  if (!(value >= 0.0)) throw FormatError(fmt::format("{}: {} is negative; expected a value from 0 on", place, value));
}

/// Whether a distance of times is this gap, but for what exports round: a millisecond and a millionth of it.
bool is_gap(double distance, double gap) { return std::abs(distance - gap) <= 1e-3 + 1e-6 * gap; }

/// The distance of all times; 0 where it is not even.
double even_gap(const std::vector<double>& times) {
  if (times.size() < 2) return 0.0;
  const double gap = times[1] - times[0];
  for (std::size_t i = 1; i < times.size(); ++i)
    if (!is_gap(times[i] - times[i - 1], gap)) return 0.0;
  return (times.back() - times.front()) / static_cast<double>(times.size() - 1);
}

}  // namespace

double History::span_seconds() const {
  return time_seconds.empty() ? 0.0 : time_seconds.back() - time_seconds.front() + gap_seconds;
}

History parse_history_json(const std::string& text, const std::string& file) {
  Json document;
  try {
    document = Json::parse(text);
  } catch (const Json::exception& error) {
    throw FormatError(fmt::format("{} is no JSON: {}", file, error.what()));
  }
  const auto fail = [&file](const std::string& problem) -> FormatError {
    return FormatError(
        fmt::format("{}: {}; expected {{\"metadata\": {{\"gap_seconds\": 300}}, \"data\": [1, 0, …]}}", file, problem));
  };
  if (!document.is_object()) throw fail("the document is no object");
  const Json* holder = &document;
  if (document.contains("metadata") && document["metadata"].is_object() && document["metadata"].contains("gap_seconds"))
    holder = &document["metadata"];
  if (!holder->contains("gap_seconds") || !(*holder)["gap_seconds"].is_number()) throw fail("there is no gap_seconds");
  if (!document.contains("data") || !document["data"].is_array()) throw fail("there is no list named data");
  History history;
  history.file = file;
  history.gap_seconds = (*holder)["gap_seconds"].get<double>();
  if (!(history.gap_seconds > 0.0) || history.gap_seconds > 1e8)
    throw fail("gap_seconds is not positive, or above 1e8");
  const Json& data = document["data"];
  if (data.empty()) throw fail("data is empty");
  history.value.reserve(data.size());
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!data[i].is_number())
      throw FormatError(fmt::format("{}: data[{}] is {}; expected a number", file, i, data[i].dump()));
    const double value = data[i].get<double>();
    require_value(value, fmt::format("{}: data[{}]", file, i));
    history.time_seconds.push_back(static_cast<double>(i) * history.gap_seconds);
    history.value.push_back(value);
  }
  return history;
}

History parse_history_csv(const std::string& text, const std::string& file, const HistoryColumns& columns) {
  const CsvTable table = parse_csv(text, file);
  const std::size_t time = time_column(table, columns.time), value = value_column(table, time, columns.value);
  History history;
  history.file = file;
  TimeColumn times(table, time);
  for (const CsvRow& row : table.rows) {
    const double seconds = times.seconds(row);
    if (!history.time_seconds.empty() && seconds == history.time_seconds.back())
      throw FormatError(fmt::format("{}: the time '{}' of line {} comes twice; expected one value a time",
                                    table.place(row), row.cells[time], history.line.back()));
    if (!history.time_seconds.empty() && seconds < history.time_seconds.back())
      throw FormatError(fmt::format("{}: the time '{}' is before that of line {}; sort the file by time",
                                    table.place(row), row.cells[time], history.line.back()));
    const auto number = parse_number(row.cells[value]);
    if (!number)
      throw FormatError(fmt::format("{}: '{}' in column {} is no number; expected a value from 0 on", table.place(row),
                                    row.cells[value], table.header[value]));
    require_value(*number, table.place(row));
    history.time_seconds.push_back(seconds);
    history.value.push_back(*number);
    history.line.push_back(row.line);
  }
  if (history.value.empty())
    throw FormatError(fmt::format("{} has a header but no rows; expected a row for each measurement", file));
  history.scale = times.scale();
  history.gap_seconds = even_gap(history.time_seconds);
  return history;
}

History parse_history(const std::string& text, const std::string& file, const HistoryColumns& columns) {
  const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const bool json = first != std::string::npos && (text[first] == '{' || text[first] == '[');
  if (!json) return parse_history_csv(text, file, columns);
  if (!columns.time.empty() || !columns.value.empty())
    throw FormatError(fmt::format("{} is JSON, which has no columns to name; expected a CSV file", file));
  return parse_history_json(text, file);
}

History read_history(const std::filesystem::path& path, const HistoryColumns& columns) {
  return parse_history(read_whole(path), path.string(), columns);
}

std::string place_of(const History& history, std::size_t index) {
  return history.line.empty() ? fmt::format("{}: data[{}]", history.file, index)
                              : fmt::format("{}:{}", history.file, history.line[index]);
}

void require_even(const History& history) {
  if (history.gap_seconds > 0.0) return;
  if (history.size() < 2)
    throw FormatError(fmt::format("{} has one value only; expected many at even distances", history.file));
  std::vector<double> gaps(history.size() - 1);
  for (std::size_t i = 0; i < gaps.size(); ++i) gaps[i] = history.time_seconds[i + 1] - history.time_seconds[i];
  std::vector<double> sorted = gaps;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
  const double usual = sorted[sorted.size() / 2];
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    if (is_gap(gaps[i], usual)) continue;
    const double missing = std::round(gaps[i] / usual) - 1.0;
    throw FormatError(fmt::format(
        "{}: {} s after the value before, where the others are {} s apart{}; expected even distances: fill the gap or "
        "cut the file there",
        place_of(history, i + 1), gaps[i], usual,
        missing >= 1.0 ? fmt::format(" ({:.0f} missing)", missing) : std::string()));
  }
}

std::vector<double> held_values(const History& history, double gap_seconds) {
  std::vector<double> values;
  const double first = history.time_seconds.front(), last = history.time_seconds.back();
  constexpr double rounding = 1e-9, rounding_seconds = 1e-6;  // so that sums of gaps reach the times they stand for
  const auto count = static_cast<std::size_t>(std::floor((last - first) / gap_seconds + rounding)) + 1;
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double time = first + static_cast<double>(i) * gap_seconds;
    while (at + 1 < history.size() && history.time_seconds[at + 1] <= time + rounding_seconds) ++at;
    values.push_back(history.value[at]);
  }
  return values;
}

RequestLog parse_request_log(const std::string& text, const std::string& file, const LogColumns& columns) {
  const CsvTable table = parse_csv(text, file);
  const std::size_t time = time_column(table, columns.time);
  const auto tokens = [&](const std::string& named, const std::vector<std::string>& usual) {
    return named.empty() ? table.column_of(usual) : std::optional(table.required_column({named}));
  };
  const auto input = tokens(columns.input_tokens, {"input_tokens", "ContextTokens", "prompt_tokens", "input"});
  const auto output =
      tokens(columns.output_tokens, {"output_tokens", "GeneratedTokens", "completion_tokens", "output"});
  RequestLog log;
  log.file = file;
  TimeColumn times(table, time);
  std::vector<double> seconds;
  for (const CsvRow& row : table.rows) seconds.push_back(times.seconds(row));
  if (seconds.empty())
    throw FormatError(fmt::format("{} has a header but no rows; expected a row for each request", file));
  log.scale = times.scale();
  for (std::size_t i = 1; i < seconds.size(); ++i) log.out_of_order += seconds[i] < seconds[i - 1] ? 1 : 0;
  std::vector<std::size_t> order(seconds.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return seconds[a] < seconds[b]; });
  const auto cell = [&table](const CsvRow& row, std::size_t column) {
    const auto number = parse_number(row.cells[column]);
    if (!number)
      throw FormatError(fmt::format("{}: '{}' in column {} is no number; expected a count of tokens", table.place(row),
                                    row.cells[column], table.header[column]));
    require_value(*number, table.place(row));
    return *number;
  };
  for (const std::size_t i : order) {
    log.time_seconds.push_back(seconds[i]);
    if (input) log.input_tokens.push_back(cell(table.rows[i], *input));
    if (output) log.output_tokens.push_back(cell(table.rows[i], *output));
  }
  return log;
}

RequestLog read_request_log(const std::filesystem::path& path, const LogColumns& columns) {
  return parse_request_log(read_whole(path), path.string(), columns);
}

}  // namespace costrisk::trace
