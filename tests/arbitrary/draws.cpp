// Draws, and how numbers and durations are written.
#include "tests/arbitrary/draws.hpp"

#include <fmt/format.h>

#include <cmath>

namespace costrisk::arbitrary {

std::uint64_t Draws::word() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

double Draws::log_linear(double low, double high) { return low * std::pow(high / low, uniform()); }

std::string number_text(double value) { return fmt::format("{:.4g}", value); }

std::string duration_text(std::int64_t milliseconds) {
  struct Unit {
    const char* name;
    std::int64_t milliseconds;
  };
  constexpr Unit units[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
  if (milliseconds == 0) return "0s";
  std::string text;
  for (const Unit& unit : units) {
    if (const std::int64_t count = milliseconds / unit.milliseconds) text += fmt::format("{}{}", count, unit.name);
    milliseconds %= unit.milliseconds;
  }
  return text;
}

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

std::string list_text(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + in_quotes(text);
  return "[" + list + "]";
}

}  // namespace costrisk::arbitrary
