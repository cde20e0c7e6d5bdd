// Durations as they stand in scenario files.
#include "src/scenario/reader/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "src/trace/time_units.hpp"

namespace costrisk::scenario {
namespace {

struct Unit {
  std::string_view name;
  double seconds;
};

/// From large to small.
constexpr std::array<Unit, 8> units = {{{"y", hours_per_year* seconds_per_hour},
                                        {"mo", hours_per_month* seconds_per_hour},
                                        {"w", hours_per_week* seconds_per_hour},
                                        {"d", seconds_per_day},
                                        {"h", seconds_per_hour},
                                        {"m", 60.0},
                                        {"s", 1.0},
                                        {"ms", 0.001}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The shortest decimal, without an exponent, that reads back as the same bits.
std::string shortest_fixed(double value) {
  std::array<char, 400> buffer;
  const auto [end, failed] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return failed == std::errc() ? std::string(buffer.data(), end) : std::string("0");
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration{};
  if (text.empty()) return std::nullopt;
  Duration total;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && (is_digit(text[digits]) || text[digits] == '.')) ++digits;
    if (digits == 0 || !is_digit(text[0]) || !is_digit(text[digits - 1])) return std::nullopt;
    double value = 0.0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + digits, value, std::chars_format::fixed);
    if (failed != std::errc() || end != text.data() + digits) return std::nullopt;
    text.remove_prefix(digits);

    std::size_t letters = 0;
    while (letters < text.size() && !is_digit(text[letters])) ++letters;
    const std::string_view name = text.substr(0, letters);
    text.remove_prefix(letters);
    std::size_t unit = next_unit;
    while (unit < units.size() && units[unit].name != name) ++unit;
    if (unit == units.size()) return std::nullopt;
    next_unit = unit + 1;
    const double seconds = units[unit].seconds;
    total.seconds += value * seconds;
    total.hours +=
        seconds >= seconds_per_hour ? value * (seconds / seconds_per_hour) : value * seconds / seconds_per_hour;
  }
  if (!std::isfinite(total.seconds)) return std::nullopt;
  return total;
}

std::string duration_text(double seconds) {
  if (seconds == 0.0) return "0s";
  if (seconds == std::floor(seconds) && seconds < 1e15)
    for (const Unit& unit : units) {
      if (unit.name == "mo") continue;
      const double count = std::floor(seconds / unit.seconds);
      if (count >= 1.0 && count * unit.seconds == seconds) return fmt::format("{:.0f}{}", count, unit.name);
    }
  return shortest_fixed(seconds) + "s";
}

std::string hours_text(double hours) { return shortest_fixed(hours) + "h"; }

}  // namespace costrisk::scenario
