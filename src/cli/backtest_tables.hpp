// What `costrisk backtest` shows of its scores: a table, plots, JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/backtest/rolling.hpp"
#include "src/calibrate/chart.hpp"

namespace costrisk::cli {

/// Coverage and calibration of each plan.
calibrate::Table coverage_table(const backtest::RollingScores& scores);
/// Costs that came against costs foretold, and losses.
calibrate::Table cost_table(const backtest::RollingScores& scores, const std::string& currency);
/// Of each plan the histogram of the transforms, and what came between its bounds over time.
std::vector<calibrate::Chart> score_charts(const backtest::RollingScores& scores, const std::string& currency);
nlohmann::ordered_json scores_json(const backtest::RollingScores& scores);

}  // namespace costrisk::cli
