// Drivers of a plan from the arrays of the results.
#include "src/present/text/drivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <sstream>

#include "kernels/model/driver_parameters.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/sums/drivers.hpp"

namespace costrisk::present {

namespace {

/// Standard errors at which the largest of some sixty shares of nothing is still taken for nothing.
constexpr double standing_out = 3.3;

std::optional<BreakSummary> break_of(const results::Results& results, std::size_t place, std::size_t driver,
                                     DriverSort sort) {
  if (results.driver_break_above.empty()) return std::nullopt;
  const double above = results.driver_break_above[place], below = results.driver_break_below[place];
  if (std::isnan(above) && std::isnan(below)) return std::nullopt;
  using Side = BreakSummary::Side;
  BreakSummary result;
  result.level = std::isnan(above) ? below : above;
  if (sort == DriverSort::chance) {
    result.side = std::isnan(above) ? Side::where_it_happens : Side::where_it_does_not;
    result.value = std::numeric_limits<double>::quiet_NaN();
    return result;
  }
  result.side = std::isnan(above) ? Side::below : Side::above;
  const auto bin = static_cast<std::size_t>(std::lround(result.level * driver_bins));
  result.value = results.driver_bin_low[driver * driver_bins + bin];
  return result;
}

}  // namespace

std::vector<DriverSummary> drivers_of(const results::Results& results, std::size_t plan) {
  const std::vector<std::string>& names = results.context.drivers;
  std::vector<DriverSummary> drivers;
  for (std::size_t i = 0; i < names.size() && !results.driver_share.empty(); ++i) {
    const std::size_t place = plan * names.size() + i;
    DriverSummary driver;
    driver.driver = names[i];
    driver.sort = results::is_chance(names[i]) ? DriverSort::chance : DriverSort::value;
    driver.share = results.driver_share[place];
    driver.standard_error = results.driver_share_se[place];
    driver.stands_out = driver.share > standing_out * driver.standard_error;
    const auto end = [&](std::size_t bin) {
      TornadoEnd result{results.driver_mean[place * driver_bins + bin], std::nullopt};
      if (!results.driver_over_budget.empty())
        result.over_budget = results.driver_over_budget[place * driver_bins + bin];
      return result;
    };
    driver.lowest = end(0);
    driver.highest = end(driver_bins - 1);
    driver.budget_break = break_of(results, place, i, driver.sort);
    drivers.push_back(driver);
  }
  std::stable_sort(drivers.begin(), drivers.end(), [](const DriverSummary& a, const DriverSummary& b) {
    return (std::isnan(a.share) ? -1.0 : a.share) > (std::isnan(b.share) ? -1.0 : b.share);
  });
  return drivers;
}

std::string break_words(const std::optional<BreakSummary>& place) {
  if (!place) return "\u2013";
  if (place->side == BreakSummary::Side::where_it_happens) return "where it happens";
  if (place->side == BreakSummary::Side::where_it_does_not) return "where it does not";
  const std::string level = "P" + fmt::format("{:.0f}", 100.0 * place->level);
  const char* side = place->side == BreakSummary::Side::above ? "above" : "below";
  return std::isnan(place->value) ? fmt::format("{} {}", side, level)
                                  : fmt::format("{} {} ({})", side, driver_value(place->value), level);
}

std::string break_condition(const DriverSummary& driver) {
  if (!driver.budget_break) return "";
  const BreakSummary& place = *driver.budget_break;
  const std::string words = driver_words(driver.driver);
  if (driver.sort == DriverSort::chance) {
    const std::string whether = "whether ", happens = " happens";
    const std::string what = words.substr(whether.size(), words.size() - whether.size() - happens.size());
    return what + (place.side == BreakSummary::Side::where_it_happens ? " happens" : " does not happen");
  }
  const char* side = place.side == BreakSummary::Side::above ? "above" : "below";
  return std::isnan(place.value) ? "" : fmt::format("{} is {} {}", words, side, driver_value(place.value));
}

std::string driver_value(double value) {
  constexpr double countable = 1e3, most = 1e9;
  if (std::abs(value) < countable || std::abs(value) >= most) return fmt::format("{:.4g}", value);
  const std::string digits = count(static_cast<std::uint64_t>(std::llround(std::abs(value))));
  return value < 0.0 ? "-" + digits : digits;
}

double sum_of_shares(std::span<const double> shares) {
  double sum = 0.0;
  bool any = false;
  for (const double share : shares)
    if (!std::isnan(share)) {
      sum += share;
      any = true;
    }
  return any ? sum : std::numeric_limits<double>::quiet_NaN();
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
