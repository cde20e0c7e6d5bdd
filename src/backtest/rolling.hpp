// Predictions from a rolling origin: at each instant from the history before it alone, held against what came.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/backtest/forecast.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/run/run.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::backtest {

struct RollingOptions {
  Model model = Model::bootstrap;
  double training_seconds = 0.0;  ///< history before the first origin; 0: half of what there is, in whole steps
  double every_seconds = 0.0;     ///< from origin to origin; 0: so that there are about fifty, in whole steps
  double block_seconds = seconds_per_day;  ///< of prices and demands whose history says none
  std::uint64_t paths = 2000;              ///< of each prediction
  run::Options run;                        ///< backend, threads, stop; the rest is set here
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// One plan at one origin.
struct Foretold {
  double came = 0.0;  ///< cost
  double mean = 0.0, p5 = 0.0, p10 = 0.0, p50 = 0.0, p90 = 0.0, p95 = 0.0;
  double transform = 0.0, pinball = 0.0, crps = 0.0;  ///< pinball: the mean over the five quantiles
};

struct PlanScores {
  std::string plan;
  std::vector<Foretold> origins;
  calibrate::Estimate coverage90, coverage80;      ///< of P5 to P95, and of P10 to P90
  calibrate::Estimate below_p95;                   ///< share of what came at most P95
  calibrate::Estimate transform, pinball, crps;    ///< means
  double came_mean = 0.0, came_p95 = 0.0;          ///< over the origins
  double foretold_mean = 0.0, foretold_p95 = 0.0;  ///< means of what was foretold
};

struct RollingScores {
  std::vector<double> origin_seconds;  ///< after the offset of the histories
  std::size_t planned = 0;             ///< origins that there would be, had nobody stopped it
  std::size_t blocks = 0;              ///< of origins at least a horizon apart, which intervals are by
  std::string backend;
  std::vector<PlanScores> plans;  ///< without scores where it was stopped before the first origin

  bool complete() const { return origin_seconds.size() == planned; }
};

/// @throws std::invalid_argument where the histories are too short, or a distance is no whole number of steps;
/// trace::FormatError where a law asks for more than was measured; as run::simulate
RollingScores score_rolling(const scenario::Scenario& scenario, const RollingOptions& options);

}  // namespace costrisk::backtest
