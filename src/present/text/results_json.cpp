// The catalogue's quantities, an object a plan.
#include "src/present/text/results_json.hpp"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "src/results/quantities/addresses.hpp"
#include "src/results/quantities/driver_summary.hpp"
#include "src/results/quantities/quantities.hpp"
#include "src/results/store/results_file.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

namespace {

using Json = nlohmann::ordered_json;
using results::Dimension;

/// The values of a quantity below some of its axes, nested by their labels.
class Nested {
 public:
  Nested(const results::Results& results, const results::Quantity& quantity, const JsonSelection& selection)
      : results_(results), quantity_(quantity), selection_(selection) {
    for (const Dimension dimension : quantity.dimensions) labels_.push_back(results::labels_of(results, dimension));
  }

  /// @param place of the entry so far, in an array over the axes before `axis`
  Json below(std::size_t axis, std::size_t place) const {
    if (axis == labels_.size()) return value(place);
    Json json = Json::object();
    for (std::size_t i = 0; i < labels_[axis].size(); ++i)
      if (!selection_.entry || selection_.entry(quantity_, quantity_.dimensions[axis], i))
        json[labels_[axis][i]] = below(axis + 1, place * labels_[axis].size() + i);
    return json;
  }

 private:
  Json value(std::size_t place) const {
    const std::vector<double>& probabilities = results_.context.probabilities;
    const bool tail = quantity_.tail_mean() && quantity_.has(Dimension::probability);
    if (tail && !results::tail_is_told(results_.paths, probabilities[place % probabilities.size()])) return nullptr;
    return rounded((results_.*quantity_.values)[place], selection_.digits);
  }

  const results::Results& results_;
  const results::Quantity& quantity_;
  const JsonSelection& selection_;
  std::vector<std::vector<std::string>> labels_;
};

/// The quantities that the results have and the selection wants.
std::vector<const results::Quantity*> selected(const results::Results& results, const JsonSelection& selection) {
  std::vector<const results::Quantity*> rows;
  for (const results::Quantity& quantity : results::quantities())
    if (!(results.*quantity.values).empty() && (!selection.quantity || selection.quantity(quantity)))
      rows.push_back(&quantity);
  return rows;
}

/// What each quantity is: words, dimensions and units.
Json terms_json(const results::Results& results, const JsonSelection& selection) {
  Json terms = Json::object();
  for (const results::Quantity* row : selected(results, selection)) {
    const results::Quantity& quantity = *row;
    Json dimensions = Json::array();
    for (const Dimension dimension : quantity.dimensions) dimensions.push_back(results::terms_of(dimension).name);
    terms[quantity.name] = {{"title", quantity.title},
                            {"dimensions", dimensions},
                            {"units", results::units_of(quantity.unit, results.context.currency)}};
  }
  return terms;
}

Json dimensions_json(const results::Results& results) {
  Json dimensions = Json::object();
  for (const results::DimensionTerms& terms : results::dimensions())
    if (results::extent(results, terms.dimension) > 0)
      dimensions[terms.name] = terms.texts ? Json(terms.texts(results)) : Json(terms.numbers(results));
  return dimensions;
}

/// What the drivers' datasets come to, the largest share of variance first.
Json drivers_json(const std::vector<results::DriverSummary>& drivers, const JsonSelection& selection) {
  Json list = Json::array();
  constexpr std::array sides = {"above", "below", "where it happens", "where it does not"};
  const auto end = [&](const results::TornadoEnd& of) {
    return Json{{"cost_mean", rounded(of.mean, selection.digits)},
                {"over_budget", of.over_budget ? Json(*of.over_budget) : Json(nullptr)}};
  };
  for (const results::DriverSummary& driver : drivers) {
    if (list.size() >= selection.drivers) break;
    Json budget_break = nullptr;
    if (driver.budget_break)
      budget_break = {{"side", sides[static_cast<std::size_t>(driver.budget_break->side)]},
                      {"level", driver.budget_break->level},
                      {"value", driver.budget_break->value}};
    list.push_back({{"driver", driver.driver},
                    {"sort", driver.sort == results::DriverSort::chance ? "chance" : "value"},
                    {"stands_out", driver.stands_out},
                    {"share", rounded(driver.share, selection.digits)},
                    {"share_se", rounded(driver.standard_error, selection.digits)},
                    {"lowest", end(driver.lowest)},
                    {"highest", end(driver.highest)},
                    {"budget_breaks", budget_break}});
  }
  return list;
}

Json verdict_json(const results::Results& results, const Verdict& verdict) {
  const Recommendation& choice = verdict.recommendation;
  const std::vector<std::string>& plans = results.context.plans;
  Json goal = Json::array(), meets = Json::array(), ties = Json::array();
  for (const GoalBound& bound : choice.bounds)
    goal.push_back({{"statistic", bound.statistic},
                    {bound.side == GoalBound::Side::at_most ? "at_most" : "at_least", bound.limit}});
  for (std::size_t plan = 0; plan < plans.size(); ++plan) {
    Json misses = Json::array();
    for (std::size_t b = 0; b < choice.bounds.size(); ++b)
      if (!choice.met[plan][b])
        misses.push_back({{"statistic", choice.bounds[b].statistic},
                          {"value", results::value_of(results, plan, choice.bounds[b].statistic)}});
    meets.push_back({{"plan", plans[plan]}, {"meets_goal", choice.meets_all(plan)}, {"misses", misses}});
  }
  for (const std::size_t plan : choice.near_ties) ties.push_back(plans[plan]);
  const Json recommended = choice.plan < 0 ? Json(nullptr) : Json(plans[static_cast<std::size_t>(choice.plan)]);
  return {{"recommended", recommended},     {"indistinguishable", ties},   {"goal", goal}, {"plans", meets},
          {"sentences", verdict.sentences}, {"warnings", verdict.warnings}};
}

}  // namespace

double rounded(double value, int digits) {
  if (digits == 0 || value == 0.0 || !std::isfinite(value)) return value;
  const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

Json results_document(const results::Results& results, const std::string& file, const JsonExtras& extras,
                      const JsonSelection& selection) {
  const results::ResultsContext& context = results.context;
  Json document;
  document["file"] = file;
  document["format_version"] = {results::format_major, results::format_minor};
  document["scenario"] = context.scenario_name;
  document["status"] = context.status == results::RunStatus::complete ? "complete" : "partial";
  if (context.shard) document["shard"] = {{"index", context.shard->index}, {"count", context.shard->count}};
  document["paths"] = results.paths;
  if (results.run_paths != results.paths) document["run_paths"] = results.run_paths;
  document["seed"] = context.seed;
  document["currency"] = context.currency;
  document["budget"] = results.budget ? Json(*results.budget) : Json(nullptr);
  if (context.actual_until_hours) document["actual_until_hours"] = *context.actual_until_hours;
  document["dimensions"] = dimensions_json(results);
  document["quantities"] = terms_json(results, selection);
  Json& plans = document["plans"] = Json::array();
  for (const std::string& plan : context.plans) plans.push_back({{"plan", plan}});
  Json of_no_plan = Json::object();
  for (const results::Quantity* row : selected(results, selection)) {
    const results::Quantity& quantity = *row;
    const Nested nested(results, quantity, selection);
    if (!quantity.has(Dimension::plan)) of_no_plan[quantity.name] = nested.below(0, 0);
    for (std::size_t plan = 0; quantity.has(Dimension::plan) && plan < plans.size(); ++plan)
      plans[plan][quantity.name] = nested.below(1, plan);
  }
  for (std::size_t plan = 0; plan < plans.size(); ++plan) {
    plans[plan]["drivers"] = drivers_json(results::drivers_of(results, plan), selection);
    if (extras.histogram)
      plans[plan]["histogram"] = {
          {"from", extras.histogram->from}, {"to", extras.histogram->to}, {"paths", extras.histogram->paths[plan]}};
  }
  document.update(of_no_plan);
  if (extras.verdict) document["verdict"] = verdict_json(results, *extras.verdict);
  return document;
}

std::string results_json(const results::Results& results, const std::string& file, const JsonExtras& extras) {
  return trace::json_text(results_document(results, file, extras));
}

}  // namespace costrisk::present
