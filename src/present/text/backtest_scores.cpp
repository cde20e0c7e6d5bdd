// Scores in words, figures and plots.
#include "src/present/text/backtest_scores.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "src/backtest/scores.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/text_table.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

namespace {

using backtest::Foretold;
using backtest::PlanScores;
using backtest::PolicyReplays;
using backtest::PublishedOutcome;
using backtest::PublishedPolicy;
using backtest::RollingScores;
using calibrate::Estimate;

/// "91 % (84–98)"; without an interval where there is none.
std::string share_text(const Estimate& share) {
  if (!std::isfinite(share.low)) return percent(share.value);
  return fmt::format("{} ({:.0f}–{:.0f})", percent(share.value), 100.0 * share.low, 100.0 * share.high);
}

std::string transform_text(const Estimate& mean) {
  return std::isfinite(mean.high) ? fmt::format("{:.2f} ± {:.2f}", mean.value, mean.high - mean.value)
                                  : fmt::format("{:.2f}", mean.value);
}

Plot transform_plot(const PlanScores& plan) {
  Plot plot;
  plot.title = fmt::format("Where in the foretold distribution the cost came: {}", plan.plan);
  plot.x_label = "tenth of the foretold futures, cheapest first";
  plot.y_label = "share of windows";
  std::vector<double> transforms;
  for (const Foretold& origin : plan.origins) transforms.push_back(origin.transform);
  const auto shares = backtest::transform_histogram(transforms);
  Series bars{"came", Series::Mark::bars, {}}, even{"were the predictions right", Series::Mark::line, {}};
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double x = static_cast<double>(i + 1);
    bars.points.emplace_back(x, shares[i]);
    even.points.emplace_back(x, 1.0 / static_cast<double>(shares.size()));
  }
  plot.series = {bars, even};
  return plot;
}

Plot course_plot(const RollingScores& scores, const PlanScores& plan, const std::string& currency) {
  Plot plot;
  plot.title = fmt::format("Foretold and came: {}", plan.plan);
  plot.x_label = "days into the history";
  plot.y_label = fmt::format("cost, {}", currency);
  plot.from_zero = false;
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
  plot.series = {came, p5, p50, p95};
  return plot;
}

nlohmann::ordered_json estimate(const Estimate& value) {
  if (!std::isfinite(value.low)) return {{"value", value.value}, {"low", nullptr}, {"high", nullptr}};
  return estimate_json(value);
}

nlohmann::ordered_json json_of(const PublishedOutcome& outcome) {
  return {{"finished", outcome.finished},
          {"cost", outcome.cost},
          {"finish_hours",
           outcome.finished ? nlohmann::ordered_json(outcome.finish_hours) : nlohmann::ordered_json(nullptr)},
          {"spot_hours", outcome.spot_hours},
          {"ondemand_hours", outcome.on_demand_hours},
          {"idle_hours", outcome.idle_hours},
          {"preemptions", outcome.preemptions}};
}

std::string one_window(const std::vector<PolicyReplays>& replays, bool bold) {
  TextTable table;
  table.add_column("policy", TextTable::Align::left);
  for (const char* title : {"cost", "finish h", "spot h", "on-demand h", "idle h", "preemptions"})
    table.add_column(title);
  table.add_column("", TextTable::Align::left);
  for (const PolicyReplays& replay : replays) {
    const PublishedOutcome& outcome = replay.outcomes[0];
    table.add_row({published_name(replay.policy), fmt::format("{:.6f}", outcome.cost),
                   outcome.finished ? fmt::format("{:.4f}", outcome.finish_hours) : "–",
                   fmt::format("{:.4f}", outcome.spot_hours), fmt::format("{:.4f}", outcome.on_demand_hours),
                   fmt::format("{:.4f}", outcome.idle_hours), std::to_string(outcome.preemptions),
                   !outcome.finished         ? "the trace ends first"
                   : replay.is_late(outcome) ? "late"
                                             : ""});
  }
  return table.text(bold);
}

std::string many_windows(const std::vector<PolicyReplays>& replays, bool bold) {
  TextTable table;
  table.add_column("policy", TextTable::Align::left);
  for (const char* title : {"mean cost", "sd", "P5", "P50", "P95", "late", "preemptions"}) table.add_column(title);
  for (const PolicyReplays& replay : replays) {
    const std::vector<double> costs = replay.costs();
    double preemptions = 0.0, late = 0.0;
    for (const PublishedOutcome& outcome : replay.outcomes) {
      preemptions += outcome.preemptions;
      late += replay.is_late(outcome) ? 1.0 : 0.0;
    }
    table.add_row({published_name(replay.policy), price(calibrate::mean_of(costs)), price(calibrate::sd_of(costs)),
                   price(calibrate::quantile_of(costs, 0.05)), price(calibrate::quantile_of(costs, 0.5)),
                   price(calibrate::quantile_of(costs, 0.95)), percent(late / static_cast<double>(costs.size())),
                   fmt::format("{:.1f}", preemptions / static_cast<double>(costs.size()))});
  }
  return table.text(bold);
}

}  // namespace

std::string score_basis(const RollingScores& scores, std::uint64_t paths, const std::string& model) {
  const std::string windows = scores.complete() ? counted(scores.planned, "window")
                                                : fmt::format("Stopped after {} of {}", scores.origin_seconds.size(),
                                                              counted(scores.planned, "window"));
  constexpr std::size_t blocks_for_sure_intervals = 10;
  return fmt::format(
      "{} of the horizon, each foretold by {} futures from the history before it alone ({}). Windows overlap and so "
      "depend on one another: intervals are by blocks of a horizon, of which there {} {}{}.",
      windows, count(paths), model, scores.blocks == 1 ? "is" : "are", scores.blocks,
      scores.blocks < backtest::fewest_blocks     ? ", too few for intervals"
      : scores.blocks < blocks_for_sure_intervals ? ", so few that they are rough"
                                                  : "");
}

PlainTable coverage_table(const RollingScores& scores) {
  PlainTable table;
  table.title = fmt::format("How often what came was within what was foretold{}",
                            scores.blocks < backtest::fewest_blocks ? "" : " (95 % interval)");
  table.columns = {"plan", "within P5–P95", "within P10–P90", "at most P95", "mean transform"};
  for (const PlanScores& plan : scores.plans)
    table.rows.push_back({plan.plan, share_text(plan.coverage90), share_text(plan.coverage80),
                          share_text(plan.below_p95), transform_text(plan.transform)});
  table.rows.push_back({"if right", "90 %", "80 %", "95 %", "0.50"});
  return table;
}

PlainTable cost_table(const RollingScores& scores, const std::string& currency) {
  PlainTable table;
  table.title = fmt::format("Costs, {}", currency);
  table.columns = {"plan", "mean came", "foretold", "P95 came", "foretold", "pinball loss", "CRPS"};
  for (const PlanScores& plan : scores.plans)
    table.rows.push_back({plan.plan, price(plan.came_mean), price(plan.foretold_mean), price(plan.came_p95),
                          price(plan.foretold_p95), price(plan.pinball.value), price(plan.crps.value)});
  return table;
}

std::vector<Plot> score_plots(const RollingScores& scores, const std::string& currency) {
  std::vector<Plot> plots;
  for (const PlanScores& plan : scores.plans) {
    plots.push_back(transform_plot(plan));
    plots.push_back(course_plot(scores, plan, currency));
  }
  return plots;
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

const char* published_name(PublishedPolicy policy) {
  for (const auto& name : backtest::policy_names())
    if (name.policy == policy) return name.published;
  return "";
}

std::string replay_table(const std::vector<PolicyReplays>& replays, bool bold) {
  const bool one = !replays.empty() && replays.front().outcomes.size() == 1;
  return one ? one_window(replays, bold) : many_windows(replays, bold);
}

nlohmann::ordered_json replays_json(const std::vector<PolicyReplays>& replays) {
  nlohmann::ordered_json policies;
  for (const PolicyReplays& replay : replays)
    for (const PublishedOutcome& outcome : replay.outcomes)
      policies[published_name(replay.policy)].push_back(json_of(outcome));
  return policies;
}

std::string agreement_table(const std::vector<backtest::PolicyAgreement>& agreements, bool bold) {
  TextTable table;
  table.add_column("policy", TextTable::Align::left);
  for (const char* title : {"cases", "equal", "largest error of cost", "cases/s"}) table.add_column(title);
  for (const backtest::PolicyAgreement& agreement : agreements)
    table.add_row({published_name(agreement.policy), std::to_string(agreement.cases), std::to_string(agreement.equal),
                   fmt::format("{:.1e}", agreement.largest_relative_error), rate(agreement.cases_per_second())});
  return table.text(bold);
}

nlohmann::ordered_json agreements_json(const std::vector<backtest::PolicyAgreement>& agreements) {
  nlohmann::ordered_json policies = nlohmann::ordered_json::array();
  for (const backtest::PolicyAgreement& agreement : agreements)
    policies.push_back({{"policy", published_name(agreement.policy)},
                        {"cases", agreement.cases},
                        {"equal", agreement.equal},
                        {"largest_relative_error", agreement.largest_relative_error},
                        {"cases_per_second", agreement.cases_per_second()},
                        {"different", agreement.different}});
  return policies;
}

}  // namespace costrisk::present
