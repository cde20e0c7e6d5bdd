// Which unknowns make a plan's cost.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/results/estimators/results.hpp"

namespace costrisk::results {

/// What is unknown: a value, or whether something happens.
enum class DriverSort { value, chance };

/// From where on a driver's own value the budget is broken more often than not; of a chance, in which of its cases.
struct BreakSummary {
  enum class Side { above, below, where_it_happens, where_it_does_not };
  Side side = Side::above;
  double level = 0.0;  ///< share of the driver's distribution below that place; of a chance, where it happens
  double value = 0.0;  ///< the driver's value there, in the scenario's units; NaN for a chance
};

/// Futures in one end of a driver's distribution, or in one case of a chance.
struct TornadoEnd {
  double mean = 0.0;                  ///< cost
  std::optional<double> over_budget;  ///< a share; absent without a budget
};

struct DriverSummary {
  std::string driver;  ///< address of the unknown
  DriverSort sort = DriverSort::value;
  double share = 0.0;           ///< first-order share of the variance of cost; NaN where nothing varies
  double standard_error = 0.0;  ///< of the share
  /// The sixteenth of the futures with the lowest values, and with the highest; of a chance, where it happens and
  /// where it does not.
  TornadoEnd lowest, highest;
  std::optional<BreakSummary> budget_break;

  /// Whether the share can be told from nothing with the drivers that there are.
  bool stands_out = false;
};

/// The drivers of a plan, the largest share first.
std::vector<DriverSummary> drivers_of(const Results& results, std::size_t plan);

/// The sum of those that exist; NaN where none does.
double sum_of_shares(std::span<const double> shares);

}  // namespace costrisk::results
