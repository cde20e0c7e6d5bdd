// Dates by the calendar of <chrono>, the rest written out.
#include "src/trace/history_time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

#include "src/trace/csv.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::trace {

namespace {

/// What is left of a text to read.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char next() const { return rest_.empty() ? '\0' : rest_[0]; }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  /// Exactly `digits` digits; -1 otherwise.
  int number(int digits) {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      if (rest_.empty() || rest_[0] < '0' || rest_[0] > '9') return -1;
      value = 10 * value + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  /// The digits after a decimal point.
  double fraction() {
    double value = 0.0, weight = 0.1;
    for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; weight /= 10.0) {
      value += weight * (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

 private:
  std::string_view rest_;
};

std::optional<double> day_seconds(Scanner& scanner) {
  using namespace std::chrono;
  const int y = scanner.number(4);
  const char between = scanner.next() == '/' ? '/' : '-';
  if (y < 1 || !scanner.take(between)) return std::nullopt;
  const int m = scanner.number(2);
  if (m < 1 || !scanner.take(between)) return std::nullopt;
  const int d = scanner.number(2);
  if (d < 1) return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;
  return static_cast<double>(sys_days{date}.time_since_epoch().count()) * seconds_per_day;
}

std::optional<double> clock_seconds(Scanner& scanner) {
  const int h = scanner.number(2);
  if (h < 0 || h > 24 || !scanner.take(':')) return std::nullopt;
  const int m = scanner.number(2);
  if (m < 0 || m > 59) return std::nullopt;
  double s = 0.0;
  if (scanner.take(':')) {
    const int whole = scanner.number(2);
    if (whole < 0 || whole > 60) return std::nullopt;
    s = whole;
    if (scanner.take('.')) s += scanner.fraction();
  }
  return seconds_per_hour * h + seconds_per_minute * m + s;
}

/// Seconds that a zone is ahead of UTC.
std::optional<double> zone_seconds(Scanner& scanner) {
  if (scanner.take('Z') || scanner.take('z') || scanner.take(" UTC") || scanner.take(" GMT")) return 0.0;
  scanner.take(' ');
  const bool behind = scanner.take('-');
  if (!behind && !scanner.take('+')) return std::nullopt;
  const int h = scanner.number(2);
  if (h < 0 || h > 18) return std::nullopt;
  int m = 0;
  if (scanner.take(':') || !scanner.done()) m = scanner.number(2);
  if (m < 0 || m > 59) return std::nullopt;
  return (behind ? -1.0 : 1.0) * (seconds_per_hour * h + seconds_per_minute * m);
}

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (const auto number = parse_number(text)) {
    if (std::abs(*number) >= 1e20) return std::nullopt;
    // By 1e11 seconds it is the year 5138: so large a number counts thousandths, millionths, …
    double seconds = *number;
    for (int i = 0; i < 3 && seconds >= 1e11; ++i) seconds /= 1e3;
    if (std::abs(seconds) >= 1e11) return std::nullopt;
    return Instant{seconds, seconds >= 1e8 ? TimeScale::utc : TimeScale::elapsed};
  }
  Scanner scanner(text);
  const auto day = day_seconds(scanner);
  if (!day) return std::nullopt;
  if (scanner.done()) return Instant{*day, TimeScale::local};
  if (!scanner.take('T') && !scanner.take('t') && !scanner.take(' ')) return std::nullopt;
  const auto clock = clock_seconds(scanner);
  if (!clock) return std::nullopt;
  if (scanner.done()) return Instant{*day + *clock, TimeScale::local};
  const auto zone = zone_seconds(scanner);
  if (!zone || !scanner.done()) return std::nullopt;
  return Instant{*day + *clock - *zone, TimeScale::utc};
}

std::string instant_text(double seconds) {
  using namespace std::chrono;
  const auto minutes_since = static_cast<std::int64_t>(std::floor(seconds / seconds_per_minute));
  const sys_days date{days{static_cast<int>(std::floor(seconds / seconds_per_day))}};
  const year_month_day ymd{date};
  const std::int64_t minute = ((minutes_since % 1440) + 1440) % 1440;
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                     static_cast<unsigned>(ymd.day()), minute / 60, minute % 60);
}

int weekday_of(double seconds) {
  const auto day = static_cast<std::int64_t>(std::floor(seconds / seconds_per_day));
  return static_cast<int>((((day + 3) % 7) + 7) % 7);  // the day of 1970-01-01 was a Thursday
}

}  // namespace costrisk::trace
