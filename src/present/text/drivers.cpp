// Addresses and places of drivers in words.
#include "src/present/text/drivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include "src/present/text/numbers.hpp"

namespace costrisk::present {

std::string break_words(const std::optional<results::BreakSummary>& place) {
  if (!place) return "\u2013";
  if (place->side == results::BreakSummary::Side::where_it_happens) return "where it happens";
  if (place->side == results::BreakSummary::Side::where_it_does_not) return "where it does not";
  const std::string level = "P" + fmt::format("{:.0f}", 100.0 * place->level);
  const char* side = place->side == results::BreakSummary::Side::above ? "above" : "below";
  return std::isnan(place->value) ? fmt::format("{} {}", side, level)
                                  : fmt::format("{} {} ({})", side, driver_value(place->value), level);
}

std::string break_condition(const results::DriverSummary& driver) {
  if (!driver.budget_break) return "";
  const results::BreakSummary& place = *driver.budget_break;
  const std::string words = driver_words(driver.driver);
  if (driver.sort == results::DriverSort::chance) {
    const std::string whether = "whether ", happens = " happens";
    const std::string what = words.substr(whether.size(), words.size() - whether.size() - happens.size());
    return what + (place.side == results::BreakSummary::Side::where_it_happens ? " happens" : " does not happen");
  }
  const char* side = place.side == results::BreakSummary::Side::above ? "above" : "below";
  return std::isnan(place.value) ? "" : fmt::format("{} is {} {}", words, side, driver_value(place.value));
}

std::string driver_value(double value) {
  constexpr double countable = 1e3, most = 1e9;
  if (std::abs(value) < countable || std::abs(value) >= most) return fmt::format("{:.4g}", value);
  const std::string digits = count(static_cast<std::uint64_t>(std::llround(std::abs(value))));
  return value < 0.0 ? "-" + digits : digits;
}

std::string variance_percent(double share) {
  return std::isnan(share) ? percent(share) : fmt::format("{:.1f} %", 100.0 * std::max(share, 0.0));
}

std::string driver_words(const std::string& address) {
  std::vector<std::string> parts;
  std::istringstream stream(address);
  for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
  if (parts.size() < 2) return address;
  const std::string &kind = parts[0], &name = parts[1];
  if (kind == "factor") return "the factor " + name;
  if (parts.size() == 5 && parts[2] == "change") {
    const std::string which = fmt::format("change {} of {}", std::atoi(parts[3].c_str()) + 1, name);
    return parts[4] == "chance" ? "whether " + which + " happens" : "the size of " + which;
  }
  const std::string& last = parts.back();
  if (last == "chance") return "whether " + name + " happens";
  if (kind == "item") return "the cost of " + name;
  if (kind == "service" && parts.size() == 4) return fmt::format("the rate of {} on {}", name, last);
  std::string what = fmt::format("{}", fmt::join(parts.begin() + 2, parts.end(), " "));
  std::replace(what.begin(), what.end(), '_', ' ');
  return fmt::format("the {} of {}", what, name);
}

}  // namespace costrisk::present
