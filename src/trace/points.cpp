// Order, several values of an instant, and units of rates.
#include "src/trace/points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/trace/columns.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::trace {

namespace {

/// Beyond this a value is taken for a slip: of prices, requests a second and instances alike.
constexpr double largest_value = 1e12;
/// Share of instants with several values, beyond which a file is several series.
constexpr double most_doubled = 0.1;

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

std::string where(const PointsOf& of, const Point& point) {
  return point.line > 0 ? fmt::format("{}:{}", of.file, point.line) : of.file;
}

void put_in_order(std::vector<Point>& points, const PointsOf& of, Reading& reading) {
  const auto earlier = [](const Point& a, const Point& b) { return a.seconds < b.seconds; };
  if (std::is_sorted(points.begin(), points.end(), earlier)) return;
  if (of.in_any_order) {
    std::stable_sort(points.begin(), points.end(), earlier);
    return;
  }
  if (std::is_sorted(points.rbegin(), points.rend(), earlier)) {
    std::reverse(points.begin(), points.end());
    reading.mended.emplace_back("the latest came first: turned round");
    return;
  }
  for (std::size_t i = 1; i < points.size(); ++i)
    if (points[i].seconds < points[i - 1].seconds)
      throw FormatError(fmt::format("{}: its time is before that of line {}; sort the file by time{}",
                                    where(of, points[i]), points[i - 1].line,
                                    of.changes ? "" : ", or, where rows are requests, read it as a log (--log)"));
}

/// Of several values of one instant the last counts. Returns whether they are the steps of a log of changes, which
/// gives the value before and after each.
bool keep_last_of_instant(std::vector<Point>& points, const PointsOf& of, Reading& reading) {
  std::vector<Point> kept;
  std::size_t doubled = 0, repeated = 0, steps = 0, crowded = 0, first = 0;
  bool again = false;
  for (const Point& point : points) {
    if (kept.empty() || point.seconds != kept.back().seconds) {
      kept.push_back(point);
      again = false;
      continue;
    }
    if (point.value == kept.back().value) {
      ++repeated;
      continue;
    }
    if (doubled++ == 0) first = point.line;
    if (again) ++crowded;
    again = true;
    if (kept.size() < 2 || kept.back().value == kept[kept.size() - 2].value) ++steps;
    kept.back() = point;
  }
  const bool stepped = steps > 2 && 2 * steps > doubled && 4 * crowded < doubled;
  if (!of.changes && !stepped && static_cast<double>(doubled) > most_doubled * static_cast<double>(kept.size()) + 1.0)
    throw FormatError(fmt::format(
        "{}: {} of {} instants have several values (the first at line {}): a file of several series? Expected one: "
        "filter it, or add them up, first",
        of.file, doubled, kept.size(), first));
  if (repeated > 0) reading.drop("repeats the row before", "", repeated);
  if (doubled > 0 && !of.changes)
    reading.mended.push_back(
        fmt::format("{} instant{} several values: the last one counts", doubled, doubled == 1 ? " has" : "s have"));
  points = std::move(kept);
  return stepped;
}

bool has_part(const std::string& plain, std::initializer_list<const char*> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const char* part) { return plain.find(part) != std::string::npos; });
}

/// The unit of rates that a column's name gives.
std::optional<RateUnit> unit_in(const std::string& name) {
  const std::string plain = plain_name(name), lower = lower_case(name);
  const auto has = [&lower](const char* part) { return lower.find(part) != std::string::npos; };
  if (has_part(plain, {"persec", "rps", "qps", "tps"}) || has("/s") || has("_ps") || has("count/second"))
    return RateUnit::per_second;
  if (has_part(plain, {"permin", "rpm", "qpm"}) || has("/min")) return RateUnit::per_minute;
  if (has_part(plain, {"perhour", "rph"}) || has("/h")) return RateUnit::per_hour;
  if (has_part(plain, {"perday"}) || has("/d")) return RateUnit::per_day;
  if (has_part(plain, {"rate", "throughput"})) return RateUnit::per_second;
  if (has_part(plain,
               {"request", "count", "hits", "calls", "invocation", "quer", "messages", "events", "total", "sum"}) ||
      plain.starts_with("num") || plain.starts_with("n_") || plain == "n")
    return RateUnit::count;
  return std::nullopt;
}

bool only_rises(const std::vector<Point>& points) {
  constexpr std::size_t few = 20;
  std::size_t falls = 0, rises = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    falls += points[i].value < points[i - 1].value ? 1 : 0;
    rises += points[i].value > points[i - 1].value ? 1 : 0;
  }
  // A counter begins anew now and then.
  return points.size() >= few && 2 * rises > points.size() && falls * 20 <= points.size();
}

RateUnit unit_of(const std::vector<Point>& points, const PointsOf& of, const HistoryColumns& columns) {
  if (columns.unit) return *columns.unit;
  const auto named = unit_in(of.column);
  if (!named && columns.rates_unless_named) return RateUnit::per_second;
  const bool rises = only_rises(points);
  if (rises && (!named || *named == RateUnit::count) && plain_name(of.column).ends_with("total"))
    return RateUnit::counter;
  if (rises && (!named || *named == RateUnit::count))
    throw FormatError(
        fmt::format("{}: {} never falls: requests since some beginning, or a demand that grew? Say which: --unit "
                    "counter, count, or "
                    "per-second",
                    of.file, of.column.empty() ? "its value" : fmt::format("'{}'", of.column)));
  if (named) return *named;
  throw FormatError(
      fmt::format("{}: what does {} count? Say it with --unit: per-second, per-minute, per-hour, per-day, count "
                  "(requests since the "
                  "value before) or counter (requests since some beginning)",
                  of.file, of.column.empty() ? "the value" : fmt::format("'{}'", of.column)));
}

double usual_gap_of(const std::vector<Point>& points) {
  std::vector<double> times;
  for (const Point& point : points) times.push_back(point.seconds);
  return usual_gap(times);
}

/// Makes requests a second of the values. Returns how they were taken.
std::string make_rates(std::vector<Point>& points, const PointsOf& of, RateUnit unit) {
  const auto divide = [&points](double seconds) {
    for (Point& point : points) point.value /= seconds;
  };
  switch (unit) {
    case RateUnit::per_second:
      return "requests a second";
    case RateUnit::per_minute:
      divide(seconds_per_minute);
      return "requests a minute";
    case RateUnit::per_hour:
      divide(seconds_per_hour);
      return "requests an hour";
    case RateUnit::per_day:
      divide(seconds_per_day);
      return "requests a day";
    case RateUnit::count:
    case RateUnit::counter:
      break;
  }
  if (points.size() < 2 && of.period_seconds <= 0.0)
    throw FormatError(fmt::format("{}: one count alone does not say how long it was counted", of.file));
  if (unit == RateUnit::count) {
    const double period = of.period_seconds > 0.0 ? of.period_seconds : usual_gap_of(points);
    divide(period);
    return fmt::format("requests in {:.6g} s each", period);
  }
  // The rate up to a value stands where the count before it was taken.
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const double grown =
        points[i + 1].value >= points[i].value ? points[i + 1].value - points[i].value : points[i + 1].value;
    points[i].value = grown / (points[i + 1].seconds - points[i].seconds);
  }
  points.pop_back();
  return "requests since some beginning";
}

/// Whether nearly every row has another value than the one before, as in a log that has a row at each change.
bool changes_at_each_row(const std::vector<Point>& points) {
  constexpr std::size_t few = 8;
  if (points.size() < few) return false;
  std::size_t changes = 0;
  for (std::size_t i = 1; i < points.size(); ++i) changes += points[i].value != points[i - 1].value ? 1 : 0;
  return static_cast<double>(changes) >= 0.9 * static_cast<double>(points.size() - 1);
}

}  // namespace

double usual_gap(const std::vector<double>& times) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < times.size(); ++i) gaps.push_back(times[i] - times[i - 1]);
  const std::size_t middle = (gaps.size() - 1) / 2;
  std::nth_element(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(middle), gaps.end());
  return gaps[middle];
}

void require_value(double value, const std::string& place) {
  if (value > largest_value)
    throw FormatError(fmt::format("{}: {:g} is beyond anything that is measured; expected a value of at most {:g}",
                                  place, value, largest_value));
  if (!(value >= 0.0)) throw FormatError(fmt::format("{}: {} is negative; expected a value from 0 on", place, value));
}

History history_of(std::vector<Point> points, TimeScale scale, Reading reading, const PointsOf& of,
                   const HistoryColumns& columns) {
  if (points.empty())
    throw FormatError(reading.rows > 0 ? fmt::format("{}: none of its {} rows has a value", of.file, reading.rows)
                                       : fmt::format("{} has no rows; expected a row for each measurement", of.file));
  put_in_order(points, of, reading);
  const bool stepped = keep_last_of_instant(points, of, reading);
  std::string as;
  bool counted = false;
  if (columns.quantity == Quantity::demand) {
    const RateUnit unit = unit_of(points, of, columns);
    counted = unit == RateUnit::count || unit == RateUnit::counter;
    as = make_rates(points, of, unit);
  } else if (columns.unit) {
    throw FormatError("a unit is that of a demand; expected none");
  }
  History history;
  history.file = of.file;
  history.scale = scale;
  history.counted = counted;
  for (const Point& point : points) {
    history.time_seconds.push_back(point.seconds);
    history.value.push_back(point.value);
    if (point.line > 0) history.line.push_back(point.line);
  }
  history.gap_seconds = of.changes || stepped ? 0.0 : even_gap(history.time_seconds);
  history.at_changes = of.changes || stepped || (history.gap_seconds == 0.0 && changes_at_each_row(points));
  reading.file = of.file;
  reading.take("value", of.column, as);
  reading.scale = scale;
  reading.span = {history.time_seconds.front(), history.time_seconds.back() + history.gap_seconds};
  history.reading = std::move(reading);
  return history;
}

}  // namespace costrisk::trace
