/// @file
/// Predictions held against what then happened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/export.hpp"
#include "costrisk/scenario.hpp"
#include "costrisk/simulate.hpp"

namespace costrisk {

/// How predictions are made and where.
struct BacktestOptions {
  /// What predicts.
  enum class Model {
    bootstrap,   ///< what was measured, drawn with replacement
    log_normal,  ///< distributions fitted to it, with log-normal runs of capacity
    exponential  ///< the same with exponential runs
  };
  Model model = Model::bootstrap;  ///< what predicts
  double training_hours = 0.0;     ///< history before the first prediction; 0: half of it
  double every_hours = 0.0;        ///< from one prediction to the next; 0: so that there are about fifty
  double block_hours = 24.0;       ///< bootstrap: length of blocks of prices and demands whose history says none
  std::uint64_t paths = 2000;      ///< futures of each prediction
  int threads = 0;                 ///< 0: as many as the process may use
  std::string backend = "auto";    ///< as RunOptions::backend
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  ///< told how many predictions are done
  CancellationToken cancellation;  ///< stops it soon; what was predicted by then is scored
};

/// A mean over predictions with its 95 % interval; infinite ends where predictions are too few for one.
struct Score {
  double value = 0.0;  ///< the mean
  double low = 0.0;    ///< lower end
  double high = 0.0;   ///< upper end
};

/// One plan at one instant. Money is in the scenario's currency.
struct Prediction {
  double came = 0.0;  ///< what the plan cost on what really happened
  double mean = 0.0;  ///< predicted
  double p5 = 0.0;    ///< quantile predicted
  double p10 = 0.0;   ///< quantile predicted
  double p50 = 0.0;   ///< quantile predicted
  double p90 = 0.0;   ///< quantile predicted
  double p95 = 0.0;   ///< quantile predicted
  double crps = 0.0;  ///< continuous ranked probability score (Gneiting and Raftery 2007), in the currency
};

/// How well a plan's cost was predicted.
struct PlanBacktest {
  std::string plan;                     ///< its name
  std::vector<Prediction> predictions;  ///< one an instant
  Score coverage90;                     ///< share of what came between P5 and P95
  Score coverage80;                     ///< share of what came between P10 and P90
  Score below_p95;                      ///< share of what came at most P95
  Score crps;                           ///< mean score, in the currency
};

/// How well a scenario's costs were predicted.
struct Backtest {
  std::vector<double> origin_hours;  ///< instants of the predictions, since the offset of the histories
  std::size_t planned = 0;           ///< predictions that there would be, had nobody stopped it
  std::vector<PlanBacktest> plans;   ///< in the scenario's order
  /// Whether all that were planned are there.
  bool complete() const noexcept { return origin_hours.size() == planned; }
};

/// Predicts the cost of every plan from a rolling origin, at each instant from the histories before it alone.
/// @throws InvalidScenario, BackendUnavailable, DeviceFailed, TooLarge, FileError
/// @throws InputError where the histories are too short, or a length of time is no whole number of steps
COSTRISK_API Backtest score_predictions(const Scenario& scenario, const BacktestOptions& options = {});

}  // namespace costrisk
