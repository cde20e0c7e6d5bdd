// Backtests: options of the interface in, scores out.
#include "costrisk/backtest.hpp"

#include <fmt/format.h>

#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/api/tables.hpp"
#include "src/backtest/rolling.hpp"
#include "src/present/page/plots.hpp"
#include "src/present/text/backtest_scores.hpp"
#include "src/run/run.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk {

namespace {

backtest::Model model_of(BacktestOptions::Model model) {
  switch (model) {
    case BacktestOptions::Model::bootstrap:
      return backtest::Model::bootstrap;
    case BacktestOptions::Model::log_normal:
      return backtest::Model::log_normal;
    case BacktestOptions::Model::exponential:
      return backtest::Model::exponential;
  }
  throw InputError("what predicts is none of the models that there are");
}

/// As the command line has it.
const char* name_of(BacktestOptions::Model model) {
  switch (model) {
    case BacktestOptions::Model::bootstrap:
      return "bootstrap";
    case BacktestOptions::Model::log_normal:
      return "log-normal";
    case BacktestOptions::Model::exponential:
      return "exponential";
  }
  return "";
}

Score score_of(const calibrate::Estimate& estimate) { return {estimate.value, estimate.low, estimate.high}; }

PlanBacktest plan_backtest_of(const backtest::PlanScores& scores) {
  PlanBacktest plan;
  plan.plan = scores.plan;
  for (const backtest::Foretold& one : scores.origins)
    plan.predictions.push_back({one.came, one.mean, one.p5, one.p10, one.p50, one.p90, one.p95, one.crps});
  plan.coverage90 = score_of(scores.coverage90);
  plan.coverage80 = score_of(scores.coverage80);
  plan.below_p95 = score_of(scores.below_p95);
  plan.crps = score_of(scores.crps);
  return plan;
}

}  // namespace

Backtest score_predictions(const Scenario& scenario, const BacktestOptions& options) {
  return at_boundary([&] {
    backtest::RollingOptions rolling;
    rolling.model = model_of(options.model);
    rolling.training_seconds = options.training_hours * seconds_per_hour;
    rolling.every_seconds = options.every_hours * seconds_per_hour;
    rolling.block_seconds = options.block_hours * seconds_per_hour;
    rolling.paths = options.paths;
    rolling.run.backend = options.backend;
    rolling.run.threads = options.threads;
    rolling.run.stop = &Access::stop(options.cancellation);
    rolling.progress = options.progress;
    run::require_backend(options.backend, {});
    const auto whole = Access::data(scenario).loaded();
    const scenario::Scenario& loaded = whole->scenario;
    const backtest::RollingScores scores = backtest::score_rolling(loaded, rolling);
    Backtest result;
    for (const double seconds : scores.origin_seconds) result.origin_hours.push_back(seconds / seconds_per_hour);
    result.planned = scores.planned;
    result.json = trace::json_text(present::scores_json(scores));
    for (const backtest::PlanScores& plan : scores.plans) result.plans.push_back(plan_backtest_of(plan));
    if (scores.origin_seconds.empty()) return result;
    const std::vector<present::PlainTable> tables = {present::coverage_table(scores),
                                                     present::cost_table(scores, loaded.currency)};
    result.basis = present::score_basis(scores, options.paths, name_of(options.model));
    result.tables = tables_of(tables);
    result.page = present::plots_page({fmt::format("Backtest: {}", loaded.name),
                                       {result.basis},
                                       present::score_plots(scores, loaded.currency),
                                       tables,
                                       "",
                                       "backtest",
                                       present::scores_json(scores)});
    return result;
  });
}

}  // namespace costrisk
