// What all sections share.
#include "src/present/page/material.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/text/numbers.hpp"
#include "src/present/text/stored_scenario.hpp"
#include "src/results/quantities/addresses.hpp"

namespace costrisk::present::html {

namespace {

/// More lines than this in one chart are a tangle; the reader switches on what to compare.
constexpr std::size_t most_shown = 8;

std::size_t nearest(const std::vector<double>& probabilities, double wanted) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < probabilities.size(); ++i)
    if (std::abs(probabilities[i] - wanted) < std::abs(probabilities[best] - wanted)) best = i;
  return best;
}

std::size_t featured_plan(const Recommendation& recommendation, const results::Summary& summary) {
  if (recommendation.plan >= 0) return static_cast<std::size_t>(recommendation.plan);
  std::size_t best = 0;
  const auto missed = [&](std::size_t plan) {
    return std::count(recommendation.met[plan].begin(), recommendation.met[plan].end(), false);
  };
  for (std::size_t plan = 1; plan < summary.plans.size(); ++plan)
    if (missed(plan) < missed(best) ||
        (missed(plan) == missed(best) && summary.plans[plan].cost_mean < summary.plans[best].cost_mean))
      best = plan;
  return best;
}

}  // namespace

Material::Material(const results::Results& run_results, const results::Tally& run_tally)
    : results(run_results),
      tally(run_tally),
      summary(results::summarize(run_results)),
      scenario(stored_scenario(run_results)),
      recommendation(recommend(run_results)) {
  featured = featured_plan(recommendation, summary);
  levels = {nearest(summary.probabilities, 0.1), nearest(summary.probabilities, 0.5),
            nearest(summary.probabilities, 0.9)};
  for (const results::PlanSummary& plan : summary.plans) plans.push_back({plan.plan, true});
  if (plans.size() > most_shown) {
    std::vector<std::size_t> order(plans.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      if ((a == featured) != (b == featured)) return a == featured;
      return summary.plans[a].cost_mean < summary.plans[b].cost_mean;
    });
    for (std::size_t i = most_shown; i < order.size(); ++i) plans[order[i]].shown = false;
  }
}

std::optional<scenario::StartTime> Material::start() const {
  if (!scenario) return std::nullopt;
  return scenario->start;
}

std::string Material::level_name(std::size_t place) const {
  return "P" + results::percent_name(summary.probabilities[place]);
}

std::string Material::level_names() const {
  return fmt::format("{}, {} and {}", level_name(levels.low), level_name(levels.middle), level_name(levels.high));
}

std::size_t Material::tail() const { return nearest(summary.probabilities, 0.95); }

std::string Material::tail_name() const { return "CVaR" + results::percent_name(summary.probabilities[tail()]); }

bool Material::tells_tail() const { return results::tail_is_told(summary.paths, summary.probabilities[tail()]); }

std::size_t Material::share_of(std::size_t all_plans, std::size_t least, std::size_t most) const {
  return std::clamp(all_plans / plan_count(), least, most);
}

std::string duration(double hours) {
  return hours < 72.0 ? fmt::format("{:.4g} hours", hours) : fmt::format("{:.4g} days", hours / 24.0);
}

std::string withheld_tail(const Material& material) {
  return fmt::format("{} is withheld: fewer than {} of the {} lie beyond {}.", material.tail_name(),
                     results::fewest_in_tail, counted(material.summary.paths, "future"),
                     material.level_name(material.tail()));
}

}  // namespace costrisk::present::html
