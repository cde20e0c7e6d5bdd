// Words and episodes.
#include "src/present/text/story_words.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "src/present/text/numbers.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

std::string moment(double hours, const scenario::StartTime& start) {
  namespace chrono = std::chrono;
  const chrono::sys_days first_day = chrono::year(start.year) / chrono::month(static_cast<unsigned>(start.month)) /
                                     chrono::day(static_cast<unsigned>(start.day));
  // Whole minutes, as clocks show them.
  const auto at = chrono::sys_time<chrono::minutes>(first_day) + chrono::hours(start.hour) +
                  chrono::minutes(start.minute) + chrono::minutes(std::llround(std::floor(60.0 * hours + 1e-6)));
  const auto day = chrono::floor<chrono::days>(at);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(at - day);
  return fmt::format("day {}, {} {} {:02}:{:02}", (day - first_day).count() + 1, static_cast<unsigned>(date.day()),
                     month_name(static_cast<unsigned>(date.month())), clock.hours().count(), clock.minutes().count());
}

std::string span_words(double hours) {
  if (hours < 1.0 / 60.0) return fmt::format("{:.0f} s", seconds_per_hour * hours);
  if (hours < 99.5 / 60.0) return fmt::format("{:.0f} min", 60.0 * hours);
  if (hours < 48.0) return fmt::format("{:.1f} h", hours);
  return fmt::format("{:.1f} d", hours / 24.0);
}

std::string amount_words(double amount) {
  const double magnitude = std::abs(amount);
  if (magnitude >= 1e9) return fmt::format("{:.3g} G", amount / 1e9);
  if (magnitude >= 999.5e3) return fmt::format("{:.3g} M", amount / 1e6);
  if (magnitude >= 10e3) return fmt::format("{:.3g} k", amount / 1e3);
  return fmt::format("{:.0f}", amount);
}

std::string level_words(double level, const char* above, const char* below) {
  if (level > 0.4 && level < 0.6) return "near the middle";
  const double share = level >= 0.5 ? level : 1.0 - level;
  const std::string of_hundred = share > 0.99 ? fmt::format("{:.4g}", std::floor(1e4 * share) / 100.0)
                                              : fmt::format("{:.0f}", std::floor(100.0 * share));
  return fmt::format("{} than in {} of 100 futures", level >= 0.5 ? above : below, of_hundred);
}

std::vector<Episode> episodes(std::span<const float> values, double least, std::size_t pause) {
  std::vector<Episode> result;
  for (std::size_t step = 0; step < values.size(); ++step) {
    const auto value = static_cast<double>(values[step]);
    if (!(value > least)) continue;
    if (result.empty() || step - result.back().until > pause) result.push_back({step, step, 0.0});
    result.back().until = step + 1;
    result.back().sum += value;
  }
  return result;
}

}  // namespace costrisk::present
