// A selection of the results, and curves of the tally that the results have no room for.
#include "src/present/page/page_data.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include "src/present/page/distribution.hpp"
#include "src/present/page/scale.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/results_json.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present::html {

namespace {

using Json = nlohmann::ordered_json;
using results::Dimension;

/// With more plans than this the fans have fewer shades and points, and numbers four digits.
constexpr std::size_t most_fans_in_full = 16;

/// What charts are drawn from.
const std::set<std::string_view>& drawn_quantities() {
  static const std::set<std::string_view> names = {"cost_mean",
                                                   "cost_mean_se",
                                                   "cost_quantile",
                                                   "over_budget",
                                                   "cost_cvar",
                                                   "category_mean",
                                                   "owner_mean",
                                                   "owner_quantile",
                                                   "budget_amount",
                                                   "budget_period_over",
                                                   "budget_period_quantile",
                                                   "waste_mean",
                                                   "served",
                                                   "within",
                                                   "service_cost_mean",
                                                   "unit_cost_quantile",
                                                   "fan_quantile",
                                                   "period_quantile",
                                                   "difference_mean",
                                                   "difference_mean_se",
                                                   "convergence_mean",
                                                   "convergence_mean_se",
                                                   "convergence_p95",
                                                   "convergence_p95_low",
                                                   "convergence_p95_high",
                                                   "convergence_cvar95",
                                                   "convergence_cvar95_low",
                                                   "convergence_cvar95_high",
                                                   "convergence_over_budget",
                                                   "driver_bin_low",
                                                   "driver_bin_high"};
  return names;
}

/// Digits of numbers.
int digits_of(const Material& material) { return material.plan_count() <= most_fans_in_full ? 6 : 4; }

Json rounded_list(const std::vector<double>& values, int digits) {
  Json list = Json::array();
  for (const double value : values) list.push_back(std::isfinite(value) ? Json(rounded(value, digits)) : Json(nullptr));
  return list;
}

JsonSelection selection_of(const Material& material) {
  JsonSelection selection;
  selection.digits = digits_of(material);
  selection.drivers = material.share_of(128, 2, 8);
  selection.quantity = [](const results::Quantity& quantity) { return drawn_quantities().contains(quantity.name); };
  const std::vector<double>& probabilities = material.summary.probabilities;
  const bool in_full = material.plan_count() <= most_fans_in_full;
  std::set<std::size_t> levels = {material.levels.low, material.levels.middle, material.levels.high, material.tail()};
  std::set<std::size_t> shades = levels;
  for (std::size_t i = 0; in_full && i < probabilities.size(); ++i) {
    const int mirrored = results::find_probability(probabilities, 1.0 - probabilities[i]);
    if (mirrored >= 0 && probabilities[i] >= 0.01 && probabilities[i] <= 0.99) shades.insert(i);
  }
  const std::size_t times = material.results.context.time_hours.size();
  const auto thinned = [&](std::size_t most) {
    std::set<std::size_t> kept;
    const std::size_t count = std::min(times, most);
    for (std::size_t i = 1; i <= count; ++i) kept.insert(i * times / count - 1);
    return kept;
  };
  const std::set<std::size_t> moments = thinned(material.share_of(384, 6, 160)),
                              periods = thinned(material.share_of(512, 8, 160)),
                              period_levels = {material.levels.middle, material.levels.high};
  selection.entry = [=, featured = material.featured](const results::Quantity& quantity, Dimension dimension,
                                                      std::size_t place) {
    const std::string_view name = quantity.name;
    if (dimension == Dimension::probability)
      return (name == "fan_quantile" ? shades : name == "period_quantile" ? period_levels : levels).contains(place);
    if (dimension == Dimension::time) return (name == "fan_quantile" ? moments : periods).contains(place);
    if (dimension == Dimension::other_plan) return place == featured;
    return true;
  };
  return selection;
}

/// When the last run of a job is due, in hours since the start; null without a deadline.
Json last_deadline(const scenario::Scenario& scenario, std::size_t job) {
  const scenario::Job& terms = scenario.jobs[job];
  if (!terms.deadline_seconds) return nullptr;
  double release = terms.release_seconds;
  if (terms.repeat_seconds && scenario.horizon_seconds > release)
    release += *terms.repeat_seconds * (std::ceil((scenario.horizon_seconds - release) / *terms.repeat_seconds) - 1.0);
  return (release + *terms.deadline_seconds) / seconds_per_hour;
}

Json line_json(const Line& line, int digits) {
  return {{"x", rounded_list(line.x, digits)}, {"y", rounded_list(line.y, digits)}};
}

/// By job a list by plan; null of plans that do not run it.
Json finish_json(const Material& material) {
  const results::TallyLayout& layout = material.tally.layout();
  const std::size_t jobs = material.results.context.jobs.size();
  Json list = Json::array();
  for (std::size_t job = 0; job < jobs; ++job) {
    Json plans = Json::array();
    for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
      const int component = layout.job_component[plan * static_cast<std::size_t>(layout.jobs) + job];
      plans.push_back(
          component < 0
              ? Json(nullptr)
              : line_json(done_by(material.tally.data().finish_histogram[static_cast<std::size_t>(component)],
                                  material.results.paths, layout.step_hours, material.results.context.horizon_hours,
                                  static_cast<int>(plan), material.share_of(960 / jobs, 10, 150)),
                          digits_of(material)));
    }
    list.push_back(plans);
  }
  return list;
}

}  // namespace

Json page_data(const Material& material, const BudgetLine& budget) {
  Json document = results_document(material.results, "", {}, selection_of(material));
  for (const char* key : {"file", "quantities"}) document.erase(key);
  Json& page = document["page"];
  page["featured"] = material.featured;
  Json& shown = page["shown"] = Json::array();
  for (const PlanStyle& plan : material.plans) shown.push_back(plan.shown);
  page["levels"] = {{"low", material.levels.low},
                    {"middle", material.levels.middle},
                    {"high", material.levels.high},
                    {"tail", material.tail()}};
  page["sign"] = currency_sign(material.currency());
  // What the estimates by all futures lie between, of the plan that is featured.
  if (const int tail = results::find_probability(material.summary.probabilities, 0.95); tail >= 0) {
    const results::PlanSummary& plan = material.summary.plans[material.featured];
    const auto ends = [&](const results::Estimate& of) { return rounded_list({of.low, of.high}, digits_of(material)); };
    page["settled"] = {{"p95", ends(plan.cost_quantile[static_cast<std::size_t>(tail)])},
                       {"cvar95", ends(plan.cost_cvar[static_cast<std::size_t>(tail)])}};
  }
  const std::optional<scenario::StartTime> start = material.start();
  // As milliseconds of UTC, though it is local time: the page shows it without any zone.
  page["start"] = start ? Json(1000.0 * seconds_since_1970(*start)) : Json(nullptr);
  page["horizon_hours"] = material.results.context.horizon_hours;
  page["period"] = period_name(material.results.context);
  page["budget"] = {{"given", budget.given}, {"start", budget.start}, {"stops", budget.stops}, {"over", budget.over}};
  Json& exceedance_curves = page["exceedance"] = Json::array();
  Json& densities = page["density"] = Json::array();
  for (std::size_t plan = 0; plan < material.plan_count(); ++plan) {
    const CostDistribution cost(material.tally, static_cast<int>(plan));
    exceedance_curves.push_back(
        line_json(exceedance(cost, static_cast<int>(plan), material.share_of(1152, 18, 200)), digits_of(material)));
    const Density hill = density(cost, 60);
    Json heights = Json::array();
    for (const double height : hill.heights) heights.push_back(rounded(height, 3));
    densities.push_back({{"first", rounded(hill.first)}, {"width", rounded(hill.width)}, {"heights", heights}});
  }
  page["finish"] = finish_json(material);
  Json& deadlines = page["deadlines"] = Json::array();
  for (std::size_t job = 0; job < material.results.context.jobs.size(); ++job)
    deadlines.push_back(material.scenario ? last_deadline(*material.scenario, job) : Json(nullptr));
  Json& words = page["drivers"] = Json::object();
  for (const results::PlanSummary& plan : material.summary.plans)
    for (const results::DriverSummary& driver : plan.drivers) words[driver.driver] = label_of(driver);
  return document;
}

}  // namespace costrisk::present::html
