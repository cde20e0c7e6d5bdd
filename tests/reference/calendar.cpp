// Calendar arithmetic of the standard library.
#include "tests/reference/calendar.hpp"

#include <chrono>
#include <cmath>

namespace costrisk::reference {

namespace {

using namespace std::chrono;

sys_seconds instant_of(const scenario::StartTime& start) {
  return sys_days(year(start.year) / month(static_cast<unsigned>(start.month)) /
                  day(static_cast<unsigned>(start.day))) +
         hours(start.hour) + minutes(start.minute) + seconds(start.second);
}

}  // namespace

double month_begins(const scenario::StartTime& start, int later) {
  const year_month first = year(start.year) / month(static_cast<unsigned>(start.month));
  return static_cast<double>((sys_seconds(sys_days((first + months(later)) / day(1))) - instant_of(start)).count());
}

int month_of_year(const scenario::StartTime& start) { return start.month - 1; }

double months_later(const scenario::StartTime& start, double from_seconds, int later) {
  const double whole = std::floor(from_seconds);
  const sys_seconds from = instant_of(start) + seconds(static_cast<std::int64_t>(whole));
  const sys_days midnight = floor<days>(from);
  const year_month_day date(midnight);
  const year_month_day moved = date + months(later);
  const sys_days there = moved.ok() ? sys_days(moved) : sys_days(moved.year() / moved.month() / last);
  return static_cast<double>((there - midnight).count()) * 86'400.0 + from_seconds;
}

}  // namespace costrisk::reference
