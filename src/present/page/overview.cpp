// The first screen: the plan to choose, what it may cost, how the others compare, and what would change the choice.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/distribution.hpp"
#include "src/present/page/scale.hpp"
#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/quantities/addresses.hpp"

namespace costrisk::present::html {

namespace {

/// A figure with its name, and a line below it.
std::string tile(const std::string& name, const std::string& figure, const std::string& note = "") {
  return fmt::format("<div class=\"tile\"><dt>{}</dt><dd><b>{}</b>{}</dd></div>", prose(name), escape(figure),
                     note.empty() ? "" : "<span>" + prose(note) + "</span>");
}

class Overview {
 public:
  explicit Overview(const Material& material)
      : material_(material), plan_(material.summary.plans[material.featured]), summary_(material.summary) {}

  std::string markup() const {
    return fmt::format(
        "<section id=\"overview\" aria-labelledby=\"overview-title\"><h2 id=\"overview-title\" "
        "class=\"visually-hidden\">At "
        "a glance</h2><div class=\"lead\">{}{}</div>{}",
        choice(), goals(), tiles());
  }

  std::string after_charts() const { return "<div class=\"changes\">" + changes() + prices() + "</div>"; }

 private:
  std::string money(double amount) const { return money_with_unit(amount, material_.currency()); }
  const results::Estimate& quantile(std::size_t level) const { return plan_.cost_quantile[level]; }

  std::string choice() const {
    const Recommendation& recommendation = material_.recommendation;
    const char* kicker = recommendation.plan < 0 ? "No plan meets the goal; closest is"
                         : !recommendation.bounds.empty()
                             ? "Recommended: lowest mean cost among those that meet the goal"
                         : summary_.plans.size() > 1 ? "Lowest mean cost"
                                                     : "The plan";
    return fmt::format("<p class=\"kicker\">{}</p><p class=\"choice\">{}{}</p>", kicker,
                       swatch(static_cast<int>(material_.featured)), escape(plan_.plan));
  }

  std::string goals() const {
    const Recommendation& recommendation = material_.recommendation;
    if (recommendation.bounds.empty()) return "";
    std::string html = "<ul class=\"goals\">";
    for (std::size_t b = 0; b < recommendation.bounds.size(); ++b) {
      const GoalBound& bound = recommendation.bounds[b];
      const bool met = recommendation.met[material_.featured][b];
      const double value = results::value_of(material_.results, material_.featured, bound.statistic);
      html += fmt::format("<li class=\"{}\"><span>{}</span> {}: {}</li>", met ? "met" : "missed",
                          met ? "met" : "missed", escape(bound.words), escape(percent(value)));
    }
    return html + "</ul>";
  }

  std::string tiles() const {
    const Levels& levels = material_.levels;
    std::vector<std::string> tiles = {
        tile(material_.level_name(levels.middle) + " of cost", money(quantile(levels.middle).value),
             fmt::format("{} {}, {} {}", material_.level_name(levels.low), money(quantile(levels.low).value),
                         material_.level_name(levels.high), money(quantile(levels.high).value)))};
    if (plan_.over_budget && summary_.budget)
      tiles.push_back(tile(
          "Over the budget of " + money(*summary_.budget), percent(plan_.over_budget->value),
          fmt::format("by the sample {} to {}", percent(plan_.over_budget->low), percent(plan_.over_budget->high))));
    if (material_.tells_tail())
      tiles.push_back(tile(material_.tail_name(), money(plan_.cost_cvar[material_.tail()].value),
                           "mean of the most expensive " +
                               results::percent_name(1.0 - summary_.probabilities[material_.tail()]) + " %"));
    workload_tiles(tiles);
    double waste = 0.0;
    for (std::size_t kind = 0; kind < waste_kind_count; ++kind)
      if (is_avoidable(static_cast<WasteKind>(kind)))
        waste += material_.results.waste_mean[material_.featured * waste_kind_count + kind];
    if (waste > 0.0)
      tiles.push_back(tile("Waste", money(waste), percent(waste / plan_.cost_mean) + " of the mean cost"));
    if (plan_.commitments && plan_.commitments->obligation > 0.0)
      tiles.push_back(tile("Owed afterwards", money(plan_.commitments->obligation),
                           percent(plan_.commitments->utilization) + " of commitments used"));
    // Rows of equal length, or nearly so.
    constexpr std::size_t most_in_row = 6;
    const std::size_t rows = (tiles.size() + most_in_row - 1) / most_in_row, columns = (tiles.size() + rows - 1) / rows;
    return fmt::format("<dl class=\"tiles\" style=\"--columns:{}\">{}</dl>", columns, fmt::join(tiles, ""));
  }

  void workload_tiles(std::vector<std::string>& tiles) const {
    if (!std::isnan(plan_.late)) {
      const auto worst = std::max_element(plan_.jobs.begin(), plan_.jobs.end(), [](const auto& a, const auto& b) {
        return (std::isnan(a.late) ? -1.0 : a.late) < (std::isnan(b.late) ? -1.0 : b.late);
      });
      tiles.push_back(tile("Runs late", percent(plan_.late), worst->job));
    }
    if (!plan_.services.empty()) {
      const auto worst = std::min_element(plan_.services.begin(), plan_.services.end(),
                                          [](const auto& a, const auto& b) { return a.served < b.served; });
      tiles.push_back(tile("Requests served", percent(worst->served), worst->service));
      const auto costliest =
          std::max_element(plan_.services.begin(), plan_.services.end(),
                           [](const auto& a, const auto& b) { return a.service_cost_mean < b.service_cost_mean; });
      const double unit = costliest->unit_cost_quantile[material_.levels.middle];
      if (std::isfinite(unit))
        tiles.push_back(tile("1000 requests", fmt::format("{} {}", price(unit), currency_sign(material_.currency())),
                             fmt::format("{}, {}", costliest->service, material_.level_name(material_.levels.middle))));
    }
  }

  /// What would have to be otherwise for another plan to be chosen, each computed from the results.
  std::string changes() const {
    std::vector<std::string> lines;
    budget_for_goal(lines);
    const Recommendation& recommendation = material_.recommendation;
    for (std::size_t other = 0; other < summary_.plans.size(); ++other) {
      const double less = summary_.plans[material_.featured].cost_mean - summary_.plans[other].cost_mean;
      if (other == material_.featured || less <= 0.0) continue;
      std::vector<std::string> accepted;
      for (std::size_t b = 0; b < recommendation.bounds.size(); ++b)
        if (!recommendation.met[other][b])
          accepted.push_back(fmt::format("{} instead of {}", accepted_words(other, recommendation.bounds[b]),
                                         percent(recommendation.bounds[b].limit)));
      if (!accepted.empty())
        lines.push_back(fmt::format("Whoever accepts {} saves {} on average with {}.", fmt::join(accepted, " and "),
                                    money(less), summary_.plans[other].plan));
    }
    const std::vector<std::string> turns = driver_turns(material_);
    constexpr std::size_t most_lines = 4;
    if (lines.size() + turns.size() > most_lines)
      lines.resize(std::min(lines.size(), most_lines - std::min(turns.size(), most_lines / 2)));
    lines.insert(lines.end(), turns.begin(), turns.end());
    if (lines.size() > most_lines) lines.resize(most_lines);
    if (lines.empty()) return "";
    std::string html = "<h3>What would change the choice</h3><ul>";
    for (const std::string& line : lines) html += "<li>" + prose(line) + "</li>";
    return html + "</ul>";
  }

  std::string accepted_words(std::size_t plan, const GoalBound& bound) const {
    const double value = results::value_of(material_.results, plan, bound.statistic);
    const std::string subject = bound.statistic.substr(bound.statistic.find('.') + 1);
    if (bound.statistic == "over_budget") return percent(value) + " of futures over the budget";
    if (bound.side == GoalBound::Side::at_least)
      return fmt::format("{} of requests to {} {}", percent(value), subject, bound.answered);
    return std::isnan(value) ? subject + " not being run"
                             : fmt::format("{} late in {} of its runs", subject, percent(value));
  }

  void budget_for_goal(std::vector<std::string>& lines) const {
    for (const GoalBound& bound : material_.recommendation.bounds) {
      if (bound.statistic != "over_budget" || bound.limit <= 0.0 || bound.limit >= 1.0) continue;
      const CostDistribution cost(material_.tally, static_cast<int>(material_.featured));
      const double needed = cost.quantile(1.0 - bound.limit);
      lines.push_back(bound.holds(results::value_of(material_.results, material_.featured, bound.statistic))
                          ? fmt::format("With a budget below {}, {} would go over it in more than {} % of the futures.",
                                        money(needed), plan_.plan, results::percent_name(bound.limit))
                          : fmt::format("With a budget of {}, {} would go over it in no more than {} % of the futures.",
                                        money(needed), plan_.plan, results::percent_name(bound.limit)));
    }
  }

  std::string prices() const {
    if (!material_.scenario) return "";
    std::vector<std::string> dates;
    for (const scenario::Market& market : material_.scenario->markets)
      if (!market.as_of.empty() && std::find(dates.begin(), dates.end(), market.as_of) == dates.end())
        dates.push_back(market.as_of);
    if (dates.empty()) return "";
    std::sort(dates.begin(), dates.end());
    return fmt::format("<p class=\"hint\">Prices as of {}. <a href=\"#assumptions\">All assumptions</a>.</p>",
                       escape(fmt::format("{}", fmt::join(dates, ", "))));
  }

  const Material& material_;
  const results::PlanSummary& plan_;
  const results::Summary& summary_;
};

}  // namespace

Table comparison_table(const Material& material) {
  const results::Summary& summary = material.summary;
  std::vector<double> amounts;
  for (const results::PlanSummary& plan : summary.plans) amounts.push_back(plan.cost_quantile[material.tail()].value);
  const MoneyUnit unit = money_unit(amounts, summary.currency);
  std::vector<std::size_t> levels = {material.levels.low, material.levels.middle, material.levels.high};
  if (material.tail() != material.levels.high) levels.push_back(material.tail());
  bool late = false, served = false, within = false, owed = false;
  for (const results::PlanSummary& plan : summary.plans) {
    late = late || !std::isnan(plan.late);
    served = served || !plan.services.empty();
    within = within || !std::isnan(plan.within);
    owed = owed || results::owes_much(summary, plan);
  }
  Table table;
  table.caption = fmt::format("All plans over {}, cost in {}", counted(summary.paths, "future"), unit.name);
  if (!material.tells_tail()) table.caption += ". " + withheld_tail(material);
  table.columns = {"plan"};
  for (const std::size_t level : levels) table.columns.push_back(material.level_name(level));
  if (material.tells_tail()) table.columns.push_back(material.tail_name());
  if (summary.budget) table.columns.push_back(results::heading_of(&results::Results::over_budget));
  if (late) table.columns.push_back(results::heading_of(&results::Results::late));
  if (served) table.columns.push_back(results::heading_of(&results::Results::served));
  if (within) table.columns.push_back(results::heading_of(&results::Results::within));
  if (owed) table.columns.push_back(results::heading_of(&results::Results::obligation));
  table.columns.push_back("cheapest in");
  if (!material.recommendation.bounds.empty()) table.columns.push_back("goal");
  for (std::size_t p = 0; p < summary.plans.size(); ++p) {
    const results::PlanSummary& plan = summary.plans[p];
    TableRow row{static_cast<int>(p), {plan.plan}};
    for (const std::size_t level : levels) row.cells.push_back(money(plan.cost_quantile[level].value, unit));
    if (material.tells_tail()) row.cells.push_back(money(plan.cost_cvar[material.tail()].value, unit));
    if (plan.over_budget) row.cells.push_back(percent(plan.over_budget->value));
    if (late) row.cells.push_back(plan.jobs.empty() ? "–" : percent(plan.late));
    if (served) row.cells.push_back(plan.services.empty() ? "–" : percent(plan.served));
    if (within) row.cells.push_back(std::isnan(plan.within) ? "–" : percent(plan.within));
    if (owed) row.cells.push_back(money(plan.commitments ? plan.commitments->obligation : 0.0, unit));
    row.cells.push_back(percent(plan.cheapest));
    if (!material.recommendation.bounds.empty())
      row.cells.push_back(material.recommendation.meets_all(p) ? "met" : "missed");
    table.rows.push_back(row);
  }
  return table;
}

std::string overview_head(const Material& material) { return Overview(material).markup(); }
std::string overview_tail(const Material& material) { return Overview(material).after_charts(); }

}  // namespace costrisk::present::html
