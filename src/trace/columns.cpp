// Names that exports use, and what their cells look like.
#include "src/trace/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/trace/errors.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::trace {

namespace {

/// Names that say by themselves that a column holds the instants of rows.
const std::vector<std::string_view> instant_names = {
    "time",          "timestamp",   "datetime",         "date",        "ts",           "t",
    "tseconds",      "createdat",   "created",          "createtime",  "creationtime", "arrival",
    "arrivaltime",   "arrivedat",   "arrivaltimestamp", "arrivedtime", "starttime",    "startedat",
    "requesttime",   "requestedat", "requesttimestamp", "receivedat",  "eventtime",    "logtime",
    "intervalstart", "periodstart", "bucket",           "epoch",       "unixtime",     "unixtimestamp",
    "epochseconds",  "epochms",     "timeunix",         "timeutc",     "timestamputc", "utctime",
    "sampletime",    "recordedat",  "observedat",       "measuredat",  "collectedat",  "day",
    "hour",          "minute",      "window",           "windowstart", "startedtime",  "submittedat",
    "submittime",    "enqueuedat",  "timems",           "timestampms", "tms",          "timestampns",
    "timens",        "timeus",      "timestampus",      "timeseconds", "timesec",      "tsec",
    "ths",           "thours",      "tminutes"};

/// Parts of names that say how long something took, or are no instants for another reason.
const std::vector<std::string_view> duration_parts = {
    "runtime",       "latency",     "duration",    "elapsed",        "responsetime",    "processing",
    "waittime",      "waitingtime", "servicetime", "uptime",         "downtime",        "ttft",
    "timeto",        "timetaken",   "timeout",     "lifetime",       "timezone",        "queuetime",
    "executiontime", "decodetime",  "prefilltime", "generationtime", "inferencetime",   "walltime",
    "cputime",       "gputime",     "rtt",         "timeper",        "updated",         "update",
    "deadline",      "totaltime",   "turnaround",  "computetime",    "requestduration", "times"};

bool says_duration(const std::string& plain) {
  return std::any_of(duration_parts.begin(), duration_parts.end(),
                     [&](std::string_view part) { return plain.find(part) != std::string::npos; });
}

bool may_say_instant(const std::string& name) {
  const std::string plain = plain_name(name), lower = lower_case(name);
  return plain.find("time") != std::string::npos || plain.find("date") != std::string::npos ||
         lower.starts_with("t_") || lower.ends_with("_at");
}

bool is_calendar_day(double number) {
  if (number != std::floor(number) || number < 19000101.0 || number > 21001231.0) return false;
  const auto day = static_cast<long>(number);
  return day / 100 % 100 >= 1 && day / 100 % 100 <= 12 && day % 100 >= 1 && day % 100 <= 31;
}

/// Of numbers that count from a zero of the file's own, by the end of the column's name.
double unit_of(const std::string& name) {
  const std::string lower = lower_case(name);
  const auto ends = [&lower](std::string_view end) {
    return lower.ends_with("_" + std::string(end)) || lower.ends_with(" " + std::string(end)) ||
           lower.ends_with("(" + std::string(end) + ")") || lower.ends_with("[" + std::string(end) + "]");
  };
  for (const char* end : {"ms", "millis", "milliseconds", "msec"})
    if (ends(end) || (end == std::string_view("ms") && (lower == "timestampms" || lower == "timems"))) return 1e-3;
  for (const char* end : {"us", "micros", "microseconds"})
    if (ends(end)) return 1e-6;
  for (const char* end : {"ns", "nanos", "nanoseconds"})
    if (ends(end)) return 1e-9;
  for (const char* end : {"min", "mins", "minutes", "minute"})
    if (ends(end)) return seconds_per_minute;
  for (const char* end : {"h", "hours", "hour", "hrs"})
    if (ends(end)) return seconds_per_hour;
  for (const char* end : {"d", "days", "day"})
    if (ends(end)) return seconds_per_day;
  return 1.0;
}

/// "06:30", "06:30:00": seconds of the day.
std::optional<double> clock_of(std::string_view cell) {
  const std::string_view text = trimmed(cell);
  if (text.size() < 4 || text.find(':') == std::string_view::npos) return std::nullopt;
  const auto instant = parse_instant("1970-01-01T" + std::string(text.find(':') == 1 ? "0" : "") + std::string(text));
  return instant ? std::optional(instant->seconds) : std::nullopt;
}

template <class Fits>
bool all_fit(const std::vector<CsvRow>& rows, std::size_t column, Fits fits) {
  bool any = false;
  for (const CsvRow& row : rows) {
    if (is_absent(row.cells[column])) continue;
    if (!fits(row.cells[column])) return false;
    any = true;
  }
  return any;
}

bool holds_instants(const std::vector<CsvRow>& rows, std::size_t column) {
  return all_fit(rows, column, [](const std::string& cell) { return parse_instant(cell).has_value(); });
}

/// Whether instants say by themselves that they are some: dates, or numbers since 1970.
bool holds_dates(const std::vector<CsvRow>& rows, std::size_t column) {
  return all_fit(rows, column, [](const std::string& cell) {
    const auto instant = parse_instant(cell);
    return instant && instant->scale != TimeScale::elapsed;
  });
}

TimeColumn with_form(const CsvTable& table, const std::vector<CsvRow>& rows, std::size_t column) {
  TimeColumn result;
  result.column = column;
  result.form.seconds = unit_of(table.header[column]);
  const std::string plain = plain_name(table.header[column]);
  if (plain.find("date") != std::string::npos || plain.find("day") != std::string::npos)
    result.form.calendar_days = all_fit(rows, column, [](const std::string& cell) {
      const auto number = parse_number(cell);
      return number && is_calendar_day(*number);
    });
  const bool days = all_fit(rows, column, [](const std::string& cell) { return trimmed(cell).size() == 10; });
  if (days && holds_dates(rows, column))
    for (std::size_t i = 0; i < table.header.size(); ++i)
      if (i != column && all_fit(rows, i, [](const std::string& cell) { return clock_of(cell).has_value(); }))
        result.clock = i;
  return result;
}

}  // namespace

std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : lower_case(name))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
  return plain;
}

bool is_one_of(std::string_view plain, const std::vector<std::string_view>& names) {
  return std::find(names.begin(), names.end(), plain) != names.end();
}

std::string names_of(const CsvTable& table, const std::vector<std::size_t>& columns) {
  std::vector<std::string> names;
  for (const std::size_t column : columns) names.push_back(table.header[column]);
  return fmt::format("{}", fmt::join(names, ", "));
}

TimeColumn time_column(const CsvTable& table, const std::vector<CsvRow>& rows, const std::string& named) {
  if (!named.empty()) return with_form(table, rows, table.required_column({named}));
  if (!table.has_header) {
    for (std::size_t i = 0; i < table.header.size(); ++i)
      if (holds_instants(rows, i)) return with_form(table, rows, i);
    throw FormatError(fmt::format("{}:1: there is no header, and no column holds times", table.file));
  }
  std::vector<std::size_t> named_so, likely;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const std::string plain = plain_name(table.header[i]);
    if (is_one_of(plain, instant_names))
      named_so.push_back(i);
    else if (may_say_instant(table.header[i]) && !says_duration(plain))
      likely.push_back(i);
  }
  const auto pick = [&](const std::vector<std::size_t>& candidates) -> std::optional<TimeColumn> {
    std::vector<std::size_t> fitting;
    for (const std::size_t i : candidates)
      if (rows.empty() || holds_instants(rows, i)) fitting.push_back(i);
    std::vector<std::size_t> dated;
    for (const std::size_t i : fitting)
      if (holds_dates(rows, i)) dated.push_back(i);
    if (!dated.empty()) fitting = dated;
    if (fitting.empty()) return std::nullopt;
    if (fitting.size() > 1)
      throw FormatError(
          fmt::format("{}:1: which column says when each row was? {} would do: name one with --time-column", table.file,
                      names_of(table, fitting)));
    return with_form(table, rows, fitting[0]);
  };
  if (const auto found = pick(named_so)) return *found;
  if (const auto found = pick(likely)) return *found;
  // What is named so and holds no times is complained of by its first row.
  if (!named_so.empty()) return with_form(table, rows, named_so[0]);
  if (!likely.empty()) return with_form(table, rows, likely[0]);
  throw FormatError(fmt::format("{}:1: no column is named time, timestamp or the like; name one with --time-column: {}",
                                table.file, fmt::join(table.header, ", ")));
}

double TimeReader::seconds(const CsvRow& row) {
  const std::string& text = row.cells[column_.column];
  if (column_.form.calendar_days) {
    const auto number = parse_number(text);
    const auto day = static_cast<long>(number.value_or(0.0));
    const auto instant = parse_instant(fmt::format("{:04}-{:02}-{:02}", day / 10000, day / 100 % 100, day % 100));
    if (!number || !instant)
      throw FormatError(fmt::format("{}: '{}' is no day such as 20260105", table_.place(row), text));
    scale_ = TimeScale::local;
    return instant->seconds;
  }
  const auto instant = parse_instant(text);
  if (!instant)
    throw FormatError(
        fmt::format("{}: '{}' is no time; expected seconds, or a date and time such as 2026-01-05T06:30:00Z",
                    table_.place(row), text));
  if (scale_ && *scale_ != instant->scale)
    throw FormatError(fmt::format(
        "{}: '{}' does not go with the times above: some have a time zone, or are dates, and some are not{}; expected "
        "one kind in a file",
        table_.place(row), text,
        parse_number(text) ? " (numbers from 1e8 on are seconds since 1970, smaller ones are none)" : ""));
  scale_ = instant->scale;
  const auto number = parse_number(text);
  numbers_ = number.has_value();
  if (number && instant->scale == TimeScale::utc && instant->seconds != 0.0) divisor_ = *number / instant->seconds;
  double seconds = instant->seconds;
  if (column_.clock) {
    const auto clock = clock_of(row.cells[*column_.clock]);
    if (!clock)
      throw FormatError(fmt::format("{}: '{}' in column {} is no time of the day such as 06:30:00", table_.place(row),
                                    row.cells[*column_.clock], table_.header[*column_.clock]));
    seconds += *clock;
  }
  return instant->scale == TimeScale::elapsed ? seconds * column_.form.seconds : seconds;
}

std::string TimeReader::form() const {
  const auto unit = [](double seconds) -> std::string {
    if (seconds == seconds_per_minute) return "minutes";
    if (seconds == seconds_per_hour) return "hours";
    if (seconds == seconds_per_day) return "days";
    if (seconds == 1.0) return "seconds";
    return seconds > 5e-4 ? "milliseconds" : seconds > 5e-7 ? "microseconds" : "nanoseconds";
  };
  switch (scale()) {
    case TimeScale::elapsed:
      return unit(column_.form.seconds) + " from a zero of the file's own";
    case TimeScale::local:
      return column_.clock ? fmt::format("dates, with the clock of '{}'", table_.header[*column_.clock])
                           : "dates of a clock that is not named";
    case TimeScale::utc:
      return numbers_ ? unit(1.0 / divisor_) + " since 1970, UTC" : "dates with a zone, UTC";
  }
  return "";
}

std::optional<double> value_of(std::string_view cell) {
  if (const auto number = parse_number(cell)) return number;
  const std::string word = lower_case(trimmed(cell));
  for (const char* one : {"true", "up", "yes", "available"})
    if (word == one) return 1.0;
  for (const char* zero : {"false", "down", "no", "unavailable"})
    if (word == zero) return 0.0;
  return std::nullopt;
}

std::vector<std::size_t> value_columns(const CsvTable& table, const std::vector<CsvRow>& rows, const TimeColumn& time) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < table.header.size(); ++i)
    if (i != time.column && i != time.clock.value_or(i + 1) &&
        all_fit(rows, i, [](const std::string& cell) { return value_of(cell).has_value(); }))
      columns.push_back(i);
  return columns;
}

}  // namespace costrisk::trace
