// Scores in words, figures and plots.
#include "src/cli/backtest_tables.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "src/backtest/scores.hpp"
#include "src/calibrate/findings.hpp"
#include "src/present/text/numbers.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::cli {

namespace {

using backtest::Foretold;
using backtest::PlanScores;
using backtest::RollingScores;
using calibrate::Chart;
using calibrate::Estimate;
using calibrate::Series;

/// "91 % (84–98)"; without an interval where there is none.
std::string share_text(const Estimate& share) {
  if (!std::isfinite(share.low)) return present::percent(share.value);
  return fmt::format("{} ({:.0f}–{:.0f})", present::percent(share.value), 100.0 * share.low, 100.0 * share.high);
}

std::string transform_text(const Estimate& mean) {
  return std::isfinite(mean.high) ? fmt::format("{:.2f} ± {:.2f}", mean.value, mean.high - mean.value)
                                  : fmt::format("{:.2f}", mean.value);
}

Chart transform_chart(const PlanScores& plan) {
  Chart chart;
  chart.title = fmt::format("Where in the foretold distribution the cost came: {}", plan.plan);
  chart.x_label = "tenth of the foretold futures, cheapest first";
  chart.y_label = "share of windows";
  std::vector<double> transforms;
  for (const Foretold& origin : plan.origins) transforms.push_back(origin.transform);
  const auto shares = backtest::transform_histogram(transforms);
  Series bars{"came", Series::Mark::bars, {}}, even{"were the predictions right", Series::Mark::line, {}};
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double x = static_cast<double>(i + 1);
    bars.points.emplace_back(x, shares[i]);
    even.points.emplace_back(x, 1.0 / static_cast<double>(shares.size()));
  }
  chart.series = {bars, even};
  return chart;
}

Chart course_chart(const RollingScores& scores, const PlanScores& plan, const std::string& currency) {
  Chart chart;
  chart.title = fmt::format("Foretold and came: {}", plan.plan);
  chart.x_label = "days into the history";
  chart.y_label = fmt::format("cost, {}", currency);
  chart.from_zero = false;
  Series came{"came", Series::Mark::points, {}}, p5{"P5", Series::Mark::line, {}}, p50{"P50", Series::Mark::line, {}},
      p95{"P95", Series::Mark::line, {}};
  for (std::size_t i = 0; i < plan.origins.size(); ++i) {
    const double day = scores.origin_seconds[i] / seconds_per_day;
    const Foretold& origin = plan.origins[i];
    came.points.emplace_back(day, origin.came);
    p5.points.emplace_back(day, origin.p5);
    p50.points.emplace_back(day, origin.p50);
    p95.points.emplace_back(day, origin.p95);
  }
  chart.series = {came, p5, p50, p95};
  return chart;
}

nlohmann::ordered_json estimate(const Estimate& value) {
  if (!std::isfinite(value.low)) return {{"value", value.value}, {"low", nullptr}, {"high", nullptr}};
  return calibrate::estimate_json(value);
}

}  // namespace

calibrate::Table coverage_table(const RollingScores& scores) {
  calibrate::Table table;
  table.title = fmt::format("How often what came was within what was foretold{}",
                            scores.blocks < backtest::fewest_blocks ? "" : " (95 % interval)");
  table.columns = {"plan", "within P5–P95", "within P10–P90", "at most P95", "mean transform"};
  for (const PlanScores& plan : scores.plans)
    table.rows.push_back({plan.plan, share_text(plan.coverage90), share_text(plan.coverage80),
                          share_text(plan.below_p95), transform_text(plan.transform)});
  table.rows.push_back({"if right", "90 %", "80 %", "95 %", "0.50"});
  return table;
}

calibrate::Table cost_table(const RollingScores& scores, const std::string& currency) {
  calibrate::Table table;
  table.title = fmt::format("Costs, {}", currency);
  table.columns = {"plan", "mean came", "foretold", "P95 came", "foretold", "pinball loss", "CRPS"};
  for (const PlanScores& plan : scores.plans)
    table.rows.push_back({plan.plan, present::price(plan.came_mean), present::price(plan.foretold_mean),
                          present::price(plan.came_p95), present::price(plan.foretold_p95),
                          present::price(plan.pinball.value), present::price(plan.crps.value)});
  return table;
}

std::vector<Chart> score_charts(const RollingScores& scores, const std::string& currency) {
  std::vector<Chart> charts;
  for (const PlanScores& plan : scores.plans) {
    charts.push_back(transform_chart(plan));
    charts.push_back(course_chart(scores, plan, currency));
  }
  return charts;
}

nlohmann::ordered_json scores_json(const RollingScores& scores) {
  nlohmann::ordered_json document = {{"status", scores.complete() ? "complete" : "partial"},
                                     {"origins", scores.origin_seconds.size()},
                                     {"planned_origins", scores.planned},
                                     {"blocks", scores.blocks},
                                     {"backend", scores.backend},
                                     {"plans", nlohmann::ordered_json::array()}};
  for (const PlanScores& plan : scores.plans) {
    if (plan.origins.empty()) continue;
    std::vector<double> transforms;
    nlohmann::ordered_json origins = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < plan.origins.size(); ++i) {
      const Foretold& o = plan.origins[i];
      transforms.push_back(o.transform);
      origins.push_back({{"origin_hours", scores.origin_seconds[i] / seconds_per_hour},
                         {"came", o.came},
                         {"mean", o.mean},
                         {"p5", o.p5},
                         {"p10", o.p10},
                         {"p50", o.p50},
                         {"p90", o.p90},
                         {"p95", o.p95},
                         {"transform", o.transform}});
    }
    document["plans"].push_back({{"plan", plan.plan},
                                 {"coverage_p5_p95", estimate(plan.coverage90)},
                                 {"coverage_p10_p90", estimate(plan.coverage80)},
                                 {"at_most_p95", estimate(plan.below_p95)},
                                 {"transform_mean", estimate(plan.transform)},
                                 {"transform_histogram", backtest::transform_histogram(transforms)},
                                 {"pinball_loss", estimate(plan.pinball)},
                                 {"crps", estimate(plan.crps)},
                                 {"came", {{"mean", plan.came_mean}, {"p95", plan.came_p95}}},
                                 {"foretold", {{"mean", plan.foretold_mean}, {"p95", plan.foretold_p95}}},
                                 {"windows", origins}});
  }
  return document;
}

}  // namespace costrisk::cli
