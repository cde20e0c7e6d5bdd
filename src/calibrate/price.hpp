// From changes of a spot price to its process.
#pragma once

#include <optional>

#include "src/calibrate/process.hpp"
#include "src/trace/history.hpp"

namespace costrisk::calibrate {

struct PriceOptions {
  std::optional<double> cap;  ///< the on-demand price, where known
  /// Distance at which the price is looked at; absent: the mean time between changes.
  std::optional<double> grid_hours;
};

struct PriceFit {
  bool constant = false;  ///< the price never changed
  Estimate mean;          ///< of the price itself
  ProcessFit process;     ///< of its logarithm
  double grid_hours = 0.0, days = 0.0, lowest = 0.0, highest = 0.0;
  int changes = 0;
  double changes_per_day = 0.0;
  double median_step = 0.0, largest_step = 0.0;  ///< of |ln(after/before)|
  std::optional<double> cap;  ///< the one given, or the highest price where the trace keeps coming back to it
};

/// @throws results::FormatError, where a price is zero; TooLittleData, where there are fewer than eight changes
PriceFit fit_price(const trace::History& prices, const PriceOptions& options = {});

}  // namespace costrisk::calibrate
