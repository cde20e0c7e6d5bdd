// From changes of a spot price to its process.
#pragma once

#include <optional>

#include "src/calibrate/mean_check.hpp"
#include "src/calibrate/process.hpp"
#include "src/trace/history.hpp"

namespace costrisk::calibrate {

struct PriceOptions {
  std::optional<double> cap;  ///< the on-demand price, where known
  /// Distance at which the price is looked at; absent: the mean time between changes.
  std::optional<double> grid_hours;
  /// Until when the last price holds, in the history's own seconds; absent: it is where the history ends.
  std::optional<double> until_seconds;
};

struct PriceFit {
  bool constant = false;     ///< the price never changed
  Estimate mean;             ///< of the price itself, over time: what is paid
  double mean_log_se = 0.0;  ///< standard error of the mean's logarithm
  double law_mean = 0.0;     ///< of the log-normal law, so that its prices, cut at the cap, have that mean
  ProcessFit process;        ///< of its logarithm
  double grid_hours = 0.0, days = 0.0, lowest = 0.0, highest = 0.0;
  int changes = 0;
  double changes_per_day = 0.0;
  double median_step = 0.0, largest_step = 0.0;  ///< of |ln(after/before)|
  std::optional<double> cap;  ///< the one given, or the highest price where the trace keeps coming back to it

  MeanCheck mean_check() const;
};

/// The mean of a log-normal price of so wide a logarithm, cut at a cap.
double mean_below_cap(double mean, double volatility, double cap);

/// A constant price of the mean over time, for a history that changes too seldom for a process.
PriceFit mean_price(const trace::History& history, const PriceOptions& options = {});

/// @throws results::FormatError, where a price is zero, or the history begins after `until_seconds`; TooLittleData,
/// where there are fewer than eight changes
PriceFit fit_price(const trace::History& history, const PriceOptions& options = {});

}  // namespace costrisk::calibrate
