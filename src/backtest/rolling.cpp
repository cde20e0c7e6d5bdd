// One run over what came, and one for each prediction.
#include "src/backtest/rolling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "src/backtest/scores.hpp"
#include "src/results/sums/money.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::backtest {

namespace {

constexpr double usual_origins = 50.0;
constexpr std::size_t most_origins = 10'000;

struct Origins {
  double first_seconds = 0.0, every_seconds = 0.0;
  std::size_t count = 0;
};

/// @throws std::invalid_argument where a distance that was asked for is no whole number of steps
void require_steps(double seconds, double step, const char* what) {
  const double steps = seconds / step;
  if (seconds <= 0.0 || (steps > 0.5 && std::abs(steps - std::round(steps)) < 1e-6)) return;
  throw std::invalid_argument(
      fmt::format("{} of {} is no whole number of the scenario's steps, which are {}: take a multiple of it", what,
                  scenario::duration_text(seconds), scenario::duration_text(step)));
}

double whole_steps(double seconds, double step) { return std::max(1.0, std::floor(seconds / step + 1e-6)) * step; }

Origins origins_of(const scenario::Scenario& scenario, const RollingOptions& options) {
  const double step = scenario.step_seconds, there_is = shared_seconds(scenario);
  require_steps(options.training_seconds, step, "training");
  require_steps(options.every_seconds, step, "a distance from prediction to prediction");
  Origins origins;
  origins.first_seconds = whole_steps(options.training_seconds > 0.0 ? options.training_seconds : 0.5 * there_is, step);
  const double room = there_is - scenario.horizon_seconds - origins.first_seconds;
  if (room < -1e-6)
    throw std::invalid_argument(fmt::format(
        "the histories cover {:.4g} days from their offset on, which is less than {} to learn from and a horizon of "
        "{}: take a shorter horizon, less training, or longer histories",
        there_is / seconds_per_day, scenario::duration_text(origins.first_seconds),
        scenario::duration_text(scenario.horizon_seconds)));
  origins.every_seconds = whole_steps(options.every_seconds > 0.0 ? options.every_seconds : room / usual_origins, step);
  origins.count = static_cast<std::size_t>(std::floor(room / origins.every_seconds + 1e-9)) + 1;
  if (origins.count > most_origins)
    throw std::invalid_argument(
        fmt::format("{} origins are more than {}: take them farther apart", origins.count, most_origins));
  return origins;
}

run::Outcome simulated(const scenario::Scenario& scenario, const RollingOptions& options, std::uint64_t paths) {
  run::Options run = options.run;
  run.first_path = 0;
  run.paths = paths;
  run.whole_run.reset();
  run.keep_paths = true;
  run.progress = nullptr;
  return run::simulate(scenario, run);
}

std::vector<double> in_currency(const std::vector<std::int64_t>& micros) {
  std::vector<double> costs(micros.size());
  std::transform(micros.begin(), micros.end(), costs.begin(), [](std::int64_t m) { return results::in_currency(m); });
  return costs;
}

Foretold foretold(const std::vector<double>& sorted, double came) {
  const auto quantile = [&](double p) {
    const auto n = static_cast<double>(sorted.size());
    return sorted[static_cast<std::size_t>(std::clamp(std::ceil(n * p - 1e-9), 1.0, n)) - 1];
  };
  Foretold result;
  result.came = came;
  result.mean = calibrate::mean_of(sorted);
  result.p5 = quantile(0.05);
  result.p10 = quantile(0.1);
  result.p50 = quantile(0.5);
  result.p90 = quantile(0.9);
  result.p95 = quantile(0.95);
  result.transform = transform(sorted, came);
  for (const double p : {0.05, 0.1, 0.5, 0.9, 0.95}) result.pinball += pinball_loss(sorted, p, came) / 5.0;
  result.crps = crps(sorted, came);
  return result;
}

void sum_up(PlanScores& plan, const std::vector<std::size_t>& blocks) {
  const auto mean = [&](auto value) {
    std::vector<double> values;
    for (const Foretold& origin : plan.origins) values.push_back(static_cast<double>(value(origin)));
    return mean_by_blocks(values, blocks);
  };
  const auto share = [&](auto holds) {
    calibrate::Estimate estimate = mean([&](const Foretold& o) { return holds(o) ? 1.0 : 0.0; });
    if (!std::isfinite(estimate.low)) return estimate;
    estimate.low = std::max(estimate.low, 0.0);
    estimate.high = std::min(estimate.high, 1.0);
    // Where all blocks agree their spread shows nothing: the exact interval of as many windows as there are blocks.
    const double furthest = std::pow(0.025, 1.0 / static_cast<double>(blocks.back() + 1));
    if (estimate.value <= 0.0) estimate.high = 1.0 - furthest;
    if (estimate.value >= 1.0) estimate.low = furthest;
    return estimate;
  };
  plan.coverage90 = share([](const Foretold& o) { return o.p5 <= o.came && o.came <= o.p95; });
  plan.coverage80 = share([](const Foretold& o) { return o.p10 <= o.came && o.came <= o.p90; });
  plan.below_p95 = share([](const Foretold& o) { return o.came <= o.p95; });
  plan.transform = mean([](const Foretold& o) { return o.transform; });
  plan.pinball = mean([](const Foretold& o) { return o.pinball; });
  plan.crps = mean([](const Foretold& o) { return o.crps; });
  plan.foretold_mean = mean([](const Foretold& o) { return o.mean; }).value;
  plan.foretold_p95 = mean([](const Foretold& o) { return o.p95; }).value;
  std::vector<double> came;
  for (const Foretold& origin : plan.origins) came.push_back(origin.came);
  plan.came_mean = calibrate::mean_of(came);
  plan.came_p95 = calibrate::quantile_of(came, 0.95);
}

}  // namespace

RollingScores score_rolling(const scenario::Scenario& scenario, const RollingOptions& options) {
  if (scenario.actuals)
    throw std::invalid_argument(
        "the scenario has [actuals], and what its histories would have foretold is asked of one that has none; leave "
        "[actuals] out, or hold its forecast against the bills since with --bill");
  const Origins origins = origins_of(scenario, options);
  RollingScores scores;
  scores.planned = origins.count;
  const run::Outcome came =
      simulated(actual_scenario(scenario, origins.first_seconds, origins.every_seconds), options, origins.count);
  scores.backend = came.backend;
  std::vector<std::vector<double>> costs;
  for (std::size_t plan = 0; plan < scenario.plans.size(); ++plan) {
    scores.plans.push_back({});
    scores.plans.back().plan = scenario.plans[plan].name;
    costs.push_back(in_currency(came.tally.costs_by_path(static_cast<int>(plan))));
  }
  // Windows that begin within one horizon share history, so a block is that long.
  std::vector<std::size_t> blocks;
  const std::size_t done = costs.empty() ? 0 : costs[0].size();
  for (std::size_t i = 0; i < done; ++i) {
    if (options.run.stop != nullptr && *options.run.stop) break;
    const double origin = origins.first_seconds + static_cast<double>(i) * origins.every_seconds;
    const run::Outcome prediction =
        simulated(forecast_scenario(scenario, origin, options.model, options.block_seconds), options, options.paths);
    if (!prediction.complete) break;
    for (std::size_t plan = 0; plan < scores.plans.size(); ++plan)
      scores.plans[plan].origins.push_back(
          foretold(in_currency(prediction.tally.sorted_costs(static_cast<int>(plan))), costs[plan][i]));
    scores.origin_seconds.push_back(origin);
    blocks.push_back(static_cast<std::size_t>((origin - origins.first_seconds) / scenario.horizon_seconds + 1e-9));
    if (options.progress) options.progress(i + 1, done);
  }
  if (blocks.empty()) return scores;
  scores.blocks = blocks.back() + 1;
  for (PlanScores& plan : scores.plans) sum_up(plan, blocks);
  return scores;
}

}  // namespace costrisk::backtest
