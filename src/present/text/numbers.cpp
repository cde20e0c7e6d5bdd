// Numbers as people read them.
#include "src/present/text/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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
  MoneyUnit unit;
  const char* prefix = "";
  if (largest >= 1e10) {
    unit.divisor = 1e9;
    prefix = "G";
  } else if (largest >= 1e7) {
    unit.divisor = 1e6;
    prefix = "M";
  } else if (largest >= 1e4) {
    unit.divisor = 1e3;
    prefix = "k";
  }
  unit.name = prefix + currency_sign(currency);
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

std::string money_with_unit(double amount, const std::string& currency) {
  const MoneyUnit unit = money_unit(std::span(&amount, 1), currency);
  return fmt::format("{:.4g} {}", amount / unit.divisor, unit.name);
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

}  // namespace costrisk::present
