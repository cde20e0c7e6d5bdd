// Ticks at round numbers and at round dates.
#include "src/present/page/scale.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>

#include "src/present/text/numbers.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present::html {

namespace {

namespace chrono = std::chrono;
using Seconds = chrono::sys_seconds;

Seconds time_of(const scenario::StartTime& start) {
  const chrono::year_month_day day{chrono::year{start.year}, chrono::month{static_cast<unsigned>(start.month)},
                                   chrono::day{static_cast<unsigned>(start.day)}};
  return chrono::sys_days(day) + chrono::hours(start.hour) + chrono::minutes(start.minute) +
         chrono::seconds(start.second);
}

const char* month_name(const chrono::year_month_day& day) {
  return present::month_name(static_cast<unsigned>(day.month()));
}

double hours_between(Seconds from, Seconds to) {
  return static_cast<double>(chrono::duration_cast<chrono::seconds>(to - from).count()) / seconds_per_hour;
}

/// Starts of months, at most a dozen or so of them, with the year at the first and in January.
std::vector<Tick> month_ticks(Seconds start, double from_hours, double horizon_hours) {
  std::vector<Tick> ticks;
  const int every = static_cast<int>(std::ceil((horizon_hours - from_hours) / hours_per_month / 14.0));
  const chrono::year_month_day first(chrono::floor<chrono::days>(start));
  chrono::year_month month = first.year() / first.month();
  for (;; month += chrono::months(1)) {
    const double at = hours_between(start, chrono::sys_days(month / 1));
    if (at > horizon_hours) break;
    if (at < from_hours || (static_cast<int>(static_cast<unsigned>(month.month())) - 1) % every != 0) continue;
    const chrono::year_month_day day = month / 1;
    // The year stands below the month, but not where the axis ends.
    const bool year = (ticks.empty() || month.month() == chrono::January) && at < 0.95 * horizon_hours;
    ticks.push_back({at, year ? fmt::format("{}\n{}", month_name(day), static_cast<int>(month.year()))
                              : std::string(month_name(day))});
  }
  return ticks;
}

std::vector<Tick> day_ticks(Seconds start, double from_hours, double horizon_hours) {
  std::vector<Tick> ticks;
  const double days = (horizon_hours - from_hours) / 24.0;
  const int every = days <= 10.0 ? 1 : days <= 20.0 ? 2 : days <= 70.0 ? 7 : 14;
  auto day = chrono::floor<chrono::days>(start);
  if (day < start) day += chrono::days(1);
  for (; hours_between(start, day) <= horizon_hours; day += chrono::days(every)) {
    if (hours_between(start, day) < from_hours) continue;
    const chrono::year_month_day date(day);
    ticks.push_back(
        {hours_between(start, day), fmt::format("{} {}", static_cast<unsigned>(date.day()), month_name(date))});
  }
  return ticks;
}

}  // namespace

double round_step(double span, int count) {
  if (!(span > 0.0)) return 1.0;
  const double rough = span / count, power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0})
    if (factor * power >= rough * (1.0 - 1e-9)) return factor * power;
  return 10.0 * power;
}

std::vector<double> round_ticks(double low, double high, int count) {
  const double step = round_step(high - low, count);
  std::vector<double> ticks;
  // Adding zero makes a negative zero a plain one.
  for (double i = std::ceil(low / step - 1e-6); i * step <= high + 1e-6 * step; ++i) ticks.push_back(i * step + 0.0);
  return ticks;
}

Axis money_axis(const std::string& words, double low, double high, const std::string& currency) {
  if (!(high > low)) high = low + std::max(1.0, 0.02 * std::abs(low));
  const std::array<double, 2> ends = {low, high};
  const MoneyUnit unit = money_unit(ends, currency);
  Axis axis;
  axis.title = fmt::format("{}, {}", words, unit.name);
  axis.kind = Axis::Kind::money;
  axis.low = low;
  axis.high = high;
  axis.divisor = unit.divisor;
  const double step = round_step((high - low) / unit.divisor, 6);
  axis.decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
  if (std::abs(step * std::pow(10.0, axis.decimals) - std::round(step * std::pow(10.0, axis.decimals))) > 1e-6)
    ++axis.decimals;
  return axis;
}

Axis share_axis(const std::string& words) {
  Axis axis;
  axis.title = words;
  axis.kind = Axis::Kind::share;
  return axis;
}

Axis time_axis(double horizon_hours, const std::optional<scenario::StartTime>& start, double from_hours) {
  Axis axis;
  axis.kind = Axis::Kind::time;
  axis.low = from_hours;
  axis.high = horizon_hours;
  const double span = horizon_hours - from_hours;
  if (start && span > 48.0) {
    axis.ticks = span > 24.0 * 150 ? month_ticks(time_of(*start), from_hours, horizon_hours)
                                   : day_ticks(time_of(*start), from_hours, horizon_hours);
    return axis;
  }
  const double unit = horizon_hours > 72.0 ? 24.0 : 1.0;
  axis.title = unit == 24.0 ? "days since the start" : "hours since the start";
  for (const double at : round_ticks(from_hours / unit, horizon_hours / unit, 8))
    axis.ticks.push_back({at * unit, fmt::format("{:g}", at)});
  return axis;
}

std::string instant(double hours, const std::optional<scenario::StartTime>& start) {
  if (!std::isfinite(hours)) return present::hours(hours);
  if (!start) return fmt::format("day {:.1f}", hours / 24.0);
  const Seconds at = time_of(*start) + chrono::seconds(std::llround(hours * seconds_per_hour));
  const auto day = chrono::floor<chrono::days>(at);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(at - day);
  return fmt::format("{} {} {}, {:02}:{:02}", static_cast<unsigned>(date.day()), month_name(date),
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count());
}

double seconds_since_1970(const scenario::StartTime& start) {
  return static_cast<double>(time_of(start).time_since_epoch().count());
}

std::string tick_label(const Axis& axis, double at) {
  switch (axis.kind) {
    case Axis::Kind::share:
      return fmt::format("{:.6g} %", 100.0 * at);
    case Axis::Kind::money:
      return fmt::format("{:.{}f}", at / axis.divisor, axis.decimals);
    case Axis::Kind::number:
    case Axis::Kind::time:
      break;
  }
  return fmt::format("{:g}", at);
}

std::vector<Tick> ticks_of(const Axis& axis, int count) {
  if (axis.kind == Axis::Kind::time || !axis.ticks.empty()) return axis.ticks;
  std::vector<Tick> ticks;
  for (const double at : round_ticks(axis.low, axis.high, count)) ticks.push_back({at, tick_label(axis, at)});
  return ticks;
}

}  // namespace costrisk::present::html
