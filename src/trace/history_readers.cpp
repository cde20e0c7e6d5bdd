// Files of histories: tables with a value a row or with events, and the JSON of what records them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "src/trace/columns.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/history.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/points.hpp"
#include "src/trace/records.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::trace {

namespace {

using Json = nlohmann::json;

/// What a word says of one instance: 1, it came; −1, it went; 0, neither.
int event_of(std::string_view cell) {
  const std::string word = plain_name(cell);
  static const std::vector<std::string_view> came = {
      "add",      "added",       "up",      "launch",   "launched",  "start",      "started",  "create",   "created",
      "join",     "joined",      "running", "allocate", "allocated", "grant",      "granted",  "scaleup",  "acquire",
      "acquired", "provisioned", "ready",   "insert",   "register",  "registered", "restored", "available"};
  static const std::vector<std::string_view> went = {
      "remove",   "removed", "down",      "terminate",  "terminated",   "stop",      "stopped",     "delete",
      "deleted",  "leave",   "left",      "preempt",    "preempted",    "interrupt", "interrupted", "evict",
      "evicted",  "reclaim", "reclaimed", "kill",       "killed",       "lost",      "fail",        "failed",
      "released", "release", "scaledown", "deregister", "deregistered", "drop",      "dropped",     "unavailable"};
  if (trimmed(cell) == "+" || trimmed(cell) == "+1" || is_one_of(word, came)) return 1;
  if (trimmed(cell) == "-" || trimmed(cell) == "-1" || is_one_of(word, went)) return -1;
  return 0;
}

std::optional<std::size_t> event_column(const CsvTable& table, const TimeColumn& time) {
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    if (i == time.column || table.rows.empty()) continue;
    int came = 0, went = 0, other = 0;
    for (std::size_t row = 0; row < std::min(table.rows.size(), judged_rows); ++row) {
      const int event = event_of(table.rows[row].cells[i]);
      (event > 0 ? came : event < 0 ? went : other) += 1;
    }
    if (came > 0 && came + went > other) return i;
  }
  return std::nullopt;
}

/// Instances after each event: as many as have come and not gone again.
History history_of_events(const CsvTable& table, const TimeColumn& time, std::size_t event, Reading reading,
                          const HistoryColumns& columns) {
  std::vector<std::size_t> others, named;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    if (i == time.column || i == event) continue;
    others.push_back(i);
    if (is_one_of(plain_name(table.header[i]), {"id", "node", "nodeid", "instance", "instanceid", "name", "host",
                                                "hostname", "vm", "nodename", "instancename"}))
      named.push_back(i);
  }
  const std::vector<std::size_t>& ids = others.size() == 1 ? others : named;
  const bool has_id = ids.size() == 1;
  const std::size_t id = has_id ? ids[0] : 0;
  TimeReader times(table, time);
  std::vector<Point> points;
  std::set<std::string> there;
  double count = 0.0;
  for (const CsvRow& row : table.rows) {
    const int what = event_of(row.cells[event]);
    if (what == 0) {
      reading.drop(fmt::format("'{}' is neither an instance that comes nor one that goes", row.cells[event]),
                   table.place(row));
      continue;
    }
    const double seconds = times.seconds(row);
    if (has_id) {
      if (what > 0)
        there.insert(row.cells[id]);
      else if (there.erase(row.cells[id]) == 0)
        reading.drop("an instance goes that had not come", table.place(row));
      count = static_cast<double>(there.size());
    } else {
      count = std::max(0.0, count + what);
    }
    points.push_back({seconds, count, row.line});
  }
  reading.take("time", table.header[time.column], times.form());
  if (has_id) reading.take("instance", table.header[id]);
  PointsOf of{table.file, table.header[event], false, true};
  History history = history_of(std::move(points), times.scale(), std::move(reading), of, columns);
  history.reading.taken.back().as = "events, counted up";
  return history;
}

std::size_t value_column(const CsvTable& table, const std::vector<CsvRow>& rows, const TimeColumn& time,
                         const HistoryColumns& columns) {
  if (!columns.value.empty()) return table.required_column({columns.value});
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < table.header.size(); ++i)
    if (i != time.column && i != time.clock.value_or(i + 1)) others.push_back(i);
  if (others.empty())
    throw FormatError(
        fmt::format("{}:1: there is no column beside the time; expected one with the values", table.file));
  if (others.size() == 1) return others[0];
  std::vector<std::size_t> numbers = value_columns(table, rows, time);
  if (numbers.empty()) numbers = others;
  if (numbers.size() == 1) return numbers[0];
  throw FormatError(fmt::format(
      "{}:1: which column holds the values? Name one as the column, column = \"{}\" in a scenario or --value-column on "
      "the command line: {}",
      table.file, table.header[numbers.front()], names_of(table, numbers)));
}

History history_of_table(const CsvTable& table, const HistoryColumns& columns) {
  if (table.rows.empty())
    throw FormatError(fmt::format("{} has a header but no rows; expected a row for each measurement", table.file));
  const std::vector<CsvRow> first(
      table.rows.begin(), table.rows.begin() + static_cast<std::ptrdiff_t>(std::min(table.rows.size(), judged_rows)));
  const TimeColumn time = time_column(table, first, columns.time);
  Reading reading;
  reading.form = table.has_header ? "table" : "table without a header";
  reading.rows = table.rows.size();
  if (table.repeated_headers > 0) reading.drop("is the header again", "", table.repeated_headers);
  const bool may_be_events = columns.quantity == Quantity::capacity || columns.quantity == Quantity::any;
  if (columns.value.empty() && may_be_events && value_columns(table, first, time).empty())
    if (const auto event = event_column(table, time))
      return history_of_events(table, time, *event, std::move(reading), columns);
  const std::size_t value = value_column(table, first, time, columns);
  TimeReader times(table, time);
  std::vector<Point> points;
  for (const CsvRow& row : table.rows) {
    const double seconds = times.seconds(row);
    if (is_absent(row.cells[value])) {
      reading.drop("has no value", table.place(row));
      continue;
    }
    const auto number = value_of(row.cells[value]);
    if (!number)
      throw FormatError(fmt::format("{}: '{}' in column {} is no number; expected a value from 0 on", table.place(row),
                                    row.cells[value], table.header[value]));
    require_value(*number, table.place(row));
    points.push_back({seconds, *number, row.line});
  }
  reading.take("time", table.header[time.column], times.form());
  return history_of(std::move(points), times.scale(), std::move(reading), {table.file, table.header[value]}, columns);
}

// JSON

/// A series that a document holds.
struct JsonSeries {
  std::string name;   ///< what distinguishes it from others
  std::string value;  ///< what its values are called
  std::vector<Point> points;
  std::optional<RateUnit> unit;
  double period_seconds = 0.0;
};

/// Reads the documents of one file, which are pages of one query.
class JsonReader {
 public:
  JsonReader(const std::string& file, const HistoryColumns& columns) : file_(file), columns_(columns) {
    reading_.file = file;
  }

  /// Nothing where the documents are of no form that is known here.
  std::optional<History> read(const std::vector<Json>& documents) {
    for (const Json& document : documents) {
      const bool known =
          document.is_object() && (prometheus(document) || datapoints(document) || metric_data(document) ||
                                   azure_monitor(document) || cloud_monitoring(document) || point_lists(document));
      if (!known && !pairs(document, "")) return std::nullopt;
    }
    if (series_.empty()) throw FormatError(fmt::format("{}: {} holds no series", file_, reading_.form));
    if (series_.size() > 1) {
      std::vector<std::string> names;
      for (const JsonSeries& series : series_) names.push_back(series.name);
      constexpr std::size_t shown = 6;
      const bool more = names.size() > shown;
      if (more) names.resize(shown);
      throw FormatError(fmt::format("{}: {} series ({}{}); expected one: add them up, or ask for one, in the query",
                                    file_, series_.size(), fmt::join(names, "; "), more ? "; …" : ""));
    }
    JsonSeries& series = series_[0];
    HistoryColumns columns = columns_;
    if (!columns.unit && columns.quantity == Quantity::demand) columns.unit = series.unit;
    if (series.name.find("total") == std::string::npos)
      columns.rates_unless_named = columns.rates_unless_named || prometheus_;
    reading_.take("time", time_key_, form_);
    return history_of(std::move(series.points), scale_, std::move(reading_),
                      {file_, series.value, true, false, series.period_seconds}, columns);
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw FormatError(fmt::format("{}: {}: {}", file_, reading_.form, problem));
  }

  JsonSeries& series_named(const std::string& name, const std::string& value) {
    for (JsonSeries& series : series_)
      if (series.name == name) return series;
    series_.push_back({name, value, {}, {}, 0.0});
    return series_.back();
  }

  double seconds_of(const Json& time, const std::string& place) {
    const std::string text = time.is_string() ? time.get<std::string>() : time.is_number() ? time.dump() : "";
    const auto instant = parse_instant(text);
    if (!instant) fail(fmt::format("{}: {} is no time", place, time.dump()));
    scale_ = instant->scale;
    return instant->seconds;
  }

  /// Adds a value, where it is one.
  void add(JsonSeries& series, const Json& time, const Json& value, const std::string& place) {
    ++reading_.rows;
    const double seconds = seconds_of(time, place);
    std::optional<double> number;
    if (value.is_number()) number = value.get<double>();
    if (value.is_boolean()) number = value.get<bool>() ? 1.0 : 0.0;
    if (value.is_string() && !is_absent(value.get<std::string>())) {
      number = parse_number(value.get<std::string>());
      if (!number) fail(fmt::format("{}: {} is no number", place, value.dump()));
    }
    if (!number || !std::isfinite(*number)) {
      reading_.drop("has no value", place);
      return;
    }
    require_value(*number, fmt::format("{}: {}", file_, place));
    series.points.push_back({seconds, *number, 0});
  }

  static std::string text_of(const Json& object, const char* key) {
    return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
  }

  bool prometheus(const Json& document) {
    if (!document.contains("data") || !document["data"].is_object() || !document["data"].contains("result") ||
        !document["data"]["result"].is_array())
      return false;
    reading_.form = "Prometheus range";
    time_key_ = "values[0]";
    form_ = "seconds since 1970, UTC";
    prometheus_ = true;
    for (const Json& result : document["data"]["result"]) {
      if (!result.is_object() || !result.contains("values") || !result["values"].is_array())
        fail("a result has no values; ask for a range (query_range), with start, end and step");
      const Json metric = result.value("metric", Json::object());
      JsonSeries& series = series_named(metric.dump(), text_of(metric, "__name__"));
      std::size_t i = 0;
      for (const Json& pair : result["values"]) {
        const std::string place = fmt::format("values[{}]", i++);
        if (!pair.is_array() || pair.size() != 2) fail(place + " is no pair of time and value");
        add(series, pair[0], pair[1], place);
      }
    }
    return true;
  }

  /// The statistic that is read of several: the one named, or the only one there is.
  std::string statistic(const Json& point, const std::vector<const char*>& known, const std::string& place) const {
    if (!columns_.value.empty()) {
      if (!point.contains(columns_.value)) fail(fmt::format("{}: there is no {}", place, columns_.value));
      return columns_.value;
    }
    std::vector<std::string> there;
    for (const char* name : known)
      if (point.contains(name)) there.emplace_back(name);
    if (there.empty()) fail(fmt::format("{}: none of {}", place, fmt::join(known, ", ")));
    if (there.size() > 1) fail(fmt::format("{} are there: name one with --value-column", fmt::join(there, ", ")));
    return there[0];
  }

  void finish_counts(JsonSeries& series, const std::string& name, bool count) {
    series.value = name;
    if (columns_.quantity != Quantity::demand || columns_.unit || !count) return;
    series.unit = RateUnit::count;
    if (series.period_seconds > 0.0 || series.points.size() < 2) return;
    std::vector<double> times;
    for (const Point& point : series.points) times.push_back(point.seconds);
    std::sort(times.begin(), times.end());
    double least = 1e300;
    for (std::size_t i = 1; i < times.size(); ++i)
      if (times[i] > times[i - 1]) least = std::min(least, times[i] - times[i - 1]);
    series.period_seconds = least;
  }

  bool datapoints(const Json& document) {
    if (!document.contains("Datapoints") || !document["Datapoints"].is_array()) return false;
    reading_.form = "CloudWatch statistics";
    time_key_ = "Timestamp";
    form_ = "dates with a zone, UTC";
    const std::string label = text_of(document, "Label");
    std::size_t i = 0;
    JsonSeries& series = series_named(label, label);
    for (const Json& point : document["Datapoints"]) {
      const std::string place = fmt::format("Datapoints[{}]", i++);
      if (!point.is_object() || !point.contains("Timestamp")) fail(place + " has no Timestamp");
      const std::string name = statistic(point, {"Sum", "Average", "SampleCount", "Minimum", "Maximum"}, place);
      add(series, point["Timestamp"], point[name], place);
      const std::string unit = text_of(point, "Unit");
      if (unit == "Count/Second") series.unit = RateUnit::per_second;
      if (unit == "Count/Minute") series.unit = RateUnit::per_minute;
      if (i == document["Datapoints"].size())
        finish_counts(series, label + "." + name, name == "Sum" || name == "SampleCount");
    }
    return true;
  }

  bool metric_data(const Json& document) {
    if (!document.contains("MetricDataResults") || !document["MetricDataResults"].is_array()) return false;
    reading_.form = "CloudWatch metric data";
    time_key_ = "Timestamps";
    form_ = "dates with a zone, UTC";
    for (const Json& result : document["MetricDataResults"]) {
      if (!result.is_object() || !result.contains("Timestamps") || !result.contains("Values") ||
          !result["Timestamps"].is_array() || !result["Values"].is_array() ||
          result["Timestamps"].size() != result["Values"].size())
        fail("a result has not as many Values as Timestamps");
      const std::string label = text_of(result, "Label"), id = text_of(result, "Id");
      JsonSeries& series = series_named(id + " " + label, label);
      for (std::size_t i = 0; i < result["Values"].size(); ++i)
        add(series, result["Timestamps"][i], result["Values"][i], fmt::format("Values[{}]", i));
    }
    return true;
  }

  bool azure_monitor(const Json& document) {
    if (!document.contains("value") || !document["value"].is_array() || document["value"].empty() ||
        !document["value"][0].is_object() || !document["value"][0].contains("timeseries"))
      return false;
    reading_.form = "Azure Monitor metrics";
    time_key_ = "timeStamp";
    form_ = "dates with a zone, UTC";
    for (const Json& metric : document["value"]) {
      if (!metric.is_object() || !metric.contains("timeseries") || !metric["timeseries"].is_array())
        fail("a metric has no timeseries");
      std::string name = "metric";
      if (metric.contains("name") && metric["name"].is_object()) name = text_of(metric["name"], "value");
      std::size_t n = 0;
      for (const Json& timeseries : metric["timeseries"]) {
        if (!timeseries.is_object() || !timeseries.contains("data") || !timeseries["data"].is_array())
          fail("a timeseries has no data");
        JsonSeries& series = series_named(fmt::format("{} {}", name, n++), name);
        std::string statistic_name;
        std::size_t i = 0;
        for (const Json& point : timeseries["data"]) {
          const std::string place = fmt::format("data[{}]", i++);
          if (!point.is_object() || !point.contains("timeStamp")) fail(place + " has no timeStamp");
          if (point.size() == 1) {
            ++reading_.rows;
            reading_.drop("has no value", place);
            continue;
          }
          statistic_name = statistic(point, {"total", "average", "count", "minimum", "maximum"}, place);
          add(series, point["timeStamp"], point[statistic_name], place);
        }
        if (!statistic_name.empty())
          finish_counts(series, name + "." + statistic_name, statistic_name == "total" || statistic_name == "count");
      }
    }
    return true;
  }

  bool cloud_monitoring(const Json& document) {
    if (!document.contains("timeSeries") || !document["timeSeries"].is_array()) return false;
    reading_.form = "Cloud Monitoring time series";
    time_key_ = "interval.endTime";
    form_ = "dates with a zone, UTC";
    for (const Json& one : document["timeSeries"]) {
      if (!one.is_object() || !one.contains("points") || !one["points"].is_array()) fail("a series has no points");
      const Json metric = one.value("metric", Json::object());
      JsonSeries& series =
          series_named(metric.dump() + one.value("resource", Json::object()).dump(), text_of(metric, "type"));
      std::size_t i = 0;
      for (const Json& point : one["points"]) {
        const std::string place = fmt::format("points[{}]", i++);
        const bool whole = point.is_object() && point.contains("interval") && point["interval"].is_object() &&
                           point["interval"].contains("endTime") && point.contains("value") &&
                           point["value"].is_object();
        if (!whole) fail(place + " has no interval and value");
        const Json& value = point["value"];
        const char* const keys[] = {"doubleValue", "int64Value", "boolValue"};
        const auto* const key =
            std::find_if(std::begin(keys), std::end(keys), [&](const char* k) { return value.contains(k); });
        if (key == std::end(keys)) fail(place + " has no doubleValue, int64Value or boolValue");
        add(series, point["interval"]["endTime"], value[*key], place);
      }
      if (text_of(one, "metricKind") == "DELTA") finish_counts(series, series.value, true);
    }
    return true;
  }

  bool point_lists(const Json& document) {
    if (!document.contains("series") || !document["series"].is_array() || document["series"].empty() ||
        !document["series"][0].is_object() || !document["series"][0].contains("pointlist"))
      return false;
    for (const Json& one : document["series"])
      if (!one.is_object() || !one.contains("pointlist") ||
          !pairs(one["pointlist"], text_of(one, "expression") + text_of(one, "scope")))
        fail("a series has no pointlist of pairs");
    return true;
  }

  bool pairs(const Json& list, const std::string& name) {
    if (!list.is_array() || list.empty() || !list[0].is_array() || list[0].size() != 2) return false;
    reading_.form = "pairs of time and value";
    time_key_ = "[0]";
    form_ = "times";
    JsonSeries& series = series_named(name, name);
    std::size_t i = 0;
    for (const Json& pair : list) {
      const std::string place = fmt::format("[{}]", i++);
      if (!pair.is_array() || pair.size() != 2) fail(place + " is no pair of time and value");
      add(series, pair[0], pair[1], place);
    }
    return true;
  }

  std::string file_;
  HistoryColumns columns_;
  Reading reading_;
  TimeScale scale_ = TimeScale::elapsed;
  std::string time_key_, form_;
  std::vector<JsonSeries> series_;
  bool prometheus_ = false;
};

/// {"metadata": {"gap_seconds": 300}, "data": [1, 0, …]}
History history_of_samples(const Json& document, const std::string& file, const HistoryColumns& columns) {
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
  if (!columns.time.empty() || !columns.value.empty())
    throw FormatError(fmt::format("{} has no columns to name; expected a table", file));
  const double gap = (*holder)["gap_seconds"].get<double>();
  if (!(gap > 0.0) || gap > 1e8) throw fail("gap_seconds is not positive, or above 1e8");
  const Json& data = document["data"];
  if (data.empty()) throw fail("data is empty");
  std::vector<Point> points;
  points.reserve(data.size());
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!data[i].is_number())
      throw FormatError(fmt::format("{}: data[{}] is {}; expected a number", file, i, data[i].dump()));
    const double value = data[i].get<double>();
    require_value(value, fmt::format("{}: data[{}]", file, i));
    points.push_back({static_cast<double>(i) * gap, value, 0});
  }
  Reading reading;
  reading.form = "samples at even distances";
  reading.rows = data.size();
  reading.take("time", "gap_seconds", "seconds from a zero of the file's own");
  HistoryColumns taken = columns;
  taken.rates_unless_named = true;
  History history = history_of(std::move(points), TimeScale::elapsed, std::move(reading), {file, "data"}, taken);
  history.gap_seconds = gap;
  history.at_changes = false;
  history.reading.span = {0.0, history.span_seconds()};
  return history;
}

}  // namespace

History parse_history_json(const std::string& text, const std::string& file, const HistoryColumns& columns) {
  const std::vector<Json> documents = json_documents(text, file);
  if (documents.size() == 1) {
    const Json& document = documents[0];
    const bool samples = document.is_object() && (document.contains("gap_seconds") || document.contains("metadata"));
    if (samples) return history_of_samples(document, file, columns);
  }
  if (auto history = JsonReader(file, columns).read(documents)) return std::move(*history);
  // Objects one by one are a table; what has no objects is complained of as the plainest form would be.
  const bool records =
      documents.size() == 1 && documents[0].is_array() && !documents[0].empty() && documents[0][0].is_object();
  if (documents.size() > 1 || records) return history_of_table(table_of_records(documents, file), columns);
  return history_of_samples(documents.empty() ? Json() : documents[0], file, columns);
}

History parse_history_csv(const std::string& text, const std::string& file, const HistoryColumns& columns) {
  return history_of_table(parse_csv(text, file, FirstRow::either), columns);
}

History parse_history(const std::string& text, const std::string& file, const HistoryColumns& columns) {
  return begins_as_json(text) ? parse_history_json(text, file, columns) : parse_history_csv(text, file, columns);
}

History read_history(const std::filesystem::path& path, const HistoryColumns& columns, Pipes pipes) {
  const std::string name = pipes == Pipes::read && path == "-" ? "standard input" : path.string();
  return parse_history(read_whole(path, pipes), name, columns);
}

}  // namespace costrisk::trace
