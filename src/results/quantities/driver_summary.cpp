// Drivers of a plan from the arrays of the results.
#include "src/results/quantities/driver_summary.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/results/sums/drivers.hpp"
#include "src/results/sums/numbers.hpp"

namespace costrisk::results {

namespace {

/// Standard errors at which the largest of some sixty shares of nothing is still taken for nothing.
constexpr double standing_out = 3.3;

std::optional<BreakSummary> break_of(const Results& results, std::size_t place, std::size_t driver, DriverSort sort) {
  if (results.driver_break_above.empty()) return std::nullopt;
  const double above = results.driver_break_above[place], below = results.driver_break_below[place];
  if (std::isnan(above) && std::isnan(below)) return std::nullopt;
  using Side = BreakSummary::Side;
  BreakSummary result;
  result.level = std::isnan(above) ? below : above;
  if (sort == DriverSort::chance) {
    result.side = std::isnan(above) ? Side::where_it_happens : Side::where_it_does_not;
    result.value = not_a_number;
    return result;
  }
  result.side = std::isnan(above) ? Side::below : Side::above;
  const auto bin = static_cast<std::size_t>(std::lround(result.level * driver_bins));
  result.value = results.driver_bin_low[driver * driver_bins + bin];
  return result;
}

}  // namespace

std::vector<DriverSummary> drivers_of(const Results& results, std::size_t plan) {
  const std::vector<std::string>& names = results.context.drivers;
  std::vector<DriverSummary> drivers;
  for (std::size_t i = 0; i < names.size() && !results.driver_share.empty(); ++i) {
    const std::size_t place = plan * names.size() + i;
    DriverSummary driver;
    driver.driver = names[i];
    driver.sort = is_chance(names[i]) ? DriverSort::chance : DriverSort::value;
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

double sum_of_shares(std::span<const double> shares) {
  double sum = 0.0;
  bool any = false;
  for (const double share : shares)
    if (!std::isnan(share)) {
      sum += share;
      any = true;
    }
  return any ? sum : not_a_number;
}

}  // namespace costrisk::results
