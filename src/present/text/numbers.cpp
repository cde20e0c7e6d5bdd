// Numbers as people read them.
#include "src/present/text/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

namespace costrisk::present {

namespace {

constexpr const char* no_value = "\u2013";

/// Of a small magnitude: three digits, at least two decimals.
int decimals_of(double magnitude) {
  int decimals = 2;
  while (decimals < 9 && magnitude > 0.0 && magnitude < std::pow(10.0, 2 - decimals)) ++decimals;
  return decimals;
}

/// What stands for a power of ten behind an amount.
struct Magnitude {
  double divisor;
  const char* letter;
};
const Magnitude& magnitude_of(double amount) {
  static constexpr Magnitude magnitudes[] = {{1e9, "B"}, {1e6, "M"}, {1e3, "k"}, {1.0, ""}};
  const auto reached = [&](const Magnitude& magnitude) { return amount >= magnitude.divisor; };
  const Magnitude* const found = std::find_if(std::begin(magnitudes), std::end(magnitudes), reached);
  return found == std::end(magnitudes) ? magnitudes[3] : *found;
}

/// "$1.71M", "CHF 1.71M".
std::string with_sign(const std::string& currency, const std::string& amount) {
  const std::string sign = currency_sign(currency);
  return sign == currency && !amount.empty() ? sign + " " + amount : sign + amount;
}

}  // namespace

std::string currency_sign(const std::string& currency) {
  if (currency == "USD") return "$";
  if (currency == "EUR") return "\u20ac";
  if (currency == "GBP") return "\u00a3";
  return currency;
}

MoneyUnit money_unit(std::span<const double> amounts, const std::string& currency) {
  double largest = 0.0;
  for (const double amount : amounts)
    if (std::isfinite(amount)) largest = std::max(largest, std::abs(amount));
  // Amounts of a column keep five digits before they change to the next unit.
  const Magnitude& magnitude = magnitude_of(largest / 10.0);
  MoneyUnit unit;
  unit.divisor = magnitude.divisor;
  unit.name = with_sign(currency, magnitude.letter);
  const double shown = largest / unit.divisor;
  unit.decimals = shown >= 1000.0 ? 0 : shown >= 100.0 ? 1 : shown >= 0.1 ? 2 : decimals_of(shown);
  return unit;
}

std::string money(double amount, const MoneyUnit& unit) {
  if (std::isnan(amount)) return no_value;
  if (std::isinf(amount)) return amount > 0 ? "inf" : "-inf";
  return fmt::format("{:.{}f}", amount / unit.divisor, unit.decimals);
}

std::string signed_money(double difference, const MoneyUnit& unit) {
  const std::string words = money(std::abs(difference), unit);
  if (words.find_first_not_of("0.") == std::string::npos || std::isnan(difference)) return words;
  return (difference > 0.0 ? "+" : "-") + words;
}

std::string price(double amount) {
  if (!std::isfinite(amount)) return money(amount, {});
  return fmt::format("{:.{}f}", amount, decimals_of(std::abs(amount)));
}

std::string money_with_unit(double amount, const std::string& currency, int digits) {
  if (std::isnan(amount)) return no_value;
  if (amount < 0.0) return "-" + money_with_unit(-amount, currency, digits);
  if (std::isinf(amount)) return with_sign(currency, "inf");
  if (amount == 0.0) return with_sign(currency, "0");
  // Rounded first: what rounds to a thousand of a unit is one of the next.
  const double step = std::pow(10.0, std::floor(std::log10(amount)) + 1.0 - digits);
  const double rounded = std::round(amount / step) * step;
  const Magnitude& magnitude = magnitude_of(rounded * (1.0 + 1e-12));
  const double shown = rounded / magnitude.divisor;
  const int decimals = std::max(digits - 1 - static_cast<int>(std::floor(std::log10(shown * (1.0 + 1e-12)))), 0);
  return with_sign(currency, fmt::format("{:.{}f}{}", shown, decimals, magnitude.letter));
}

std::string percent(double share) {
  if (std::isnan(share)) return no_value;
  if (share < 0.0) return "-" + percent(-share);
  const double points = 100.0 * share;
  if (points == 0.0 || points == 100.0) return fmt::format("{:.0f} %", points);
  // Neither end is reached by rounding.
  if (points < 0.01) return "<0.01 %";
  if (points > 99.99) return ">99.99 %";
  const bool near_an_end = points < 1.0 || points > 99.0;
  return fmt::format("{:.{}f} %", points, near_an_end ? 2 : 1);
}

std::string hours(double hours) {
  if (std::isnan(hours)) return no_value;
  if (std::isinf(hours)) return "never";
  if (hours < 72.0) return fmt::format("{:.1f} h", hours);
  return fmt::format("{:.1f} d", hours / 24.0);
}

std::string count(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

std::string counted(std::uint64_t number, const std::string& thing) {
  return fmt::format("{} {}{}", count(number), thing, number == 1 ? "" : "s");
}

std::string wait(double seconds) {
  if (seconds < 0.1) return fmt::format("{:.0f} ms", 1e3 * seconds);
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(std::min(seconds, 1e9)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string latency(double seconds) {
  if (std::isnan(seconds)) return "–";
  return std::isinf(seconds) ? "beyond" : wait(seconds);
}

std::string rate(double per_second) {
  if (per_second >= 1e9) return fmt::format("{:.3g}G", per_second / 1e9);
  if (per_second >= 1e6) return fmt::format("{:.3g}M", per_second / 1e6);
  if (per_second >= 1e3) return fmt::format("{:.3g}k", per_second / 1e3);
  return fmt::format("{:.3g}", per_second);
}

const char* month_name(unsigned month) {
  static constexpr std::array<const char*, 12> names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return names.at(month - 1);
}

}  // namespace costrisk::present
