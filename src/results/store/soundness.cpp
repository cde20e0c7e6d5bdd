// Ranges of figures, and what results and tally have in common.
#include "src/results/store/soundness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

#include "src/results/store/errors.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::results {
namespace {

void expect(bool sound, std::string_view what) {
  if (!sound)
    throw FormatError(
        fmt::format("'{}' is out of range: the file is damaged or was not written by costrisk; make it again", what));
}

/// Whether all lie within (low, high], ascending.
bool ascend(const std::vector<double>& values, double low, double high) {
  return std::all_of(values.begin(), values.end(), [&](double value) { return value > low && value <= high; }) &&
         std::is_sorted(values.begin(), values.end(), std::less_equal<>());
}

/// Names of what the scenario declares keep to its rule; owners, categories and addresses are texts without what a
/// reader does not see. None stands twice.
void expect_sound_labels(const Results& results) {
  const ResultsContext& context = results.context;
  for (const auto& [names, what] : {std::pair{&context.plans, "plan"},
                                    {&context.jobs, "job"},
                                    {&context.services, "service"},
                                    {&context.budgets, "budget"},
                                    {&context.markets, "market"}})
    expect(std::all_of(names->begin(), names->end(), trace::is_name), what);
  const auto is_shown = [](const std::string& text) { return !text.empty() && !trace::first_hidden(text); };
  for (const DimensionTerms& dimension : dimensions()) {
    if (!dimension.set_texts) continue;
    const std::vector<std::string>& labels = dimension.texts(results);
    expect(std::all_of(labels.begin(), labels.end(), is_shown), dimension.name);
    expect(std::set<std::string_view>(labels.begin(), labels.end()).size() == labels.size(), dimension.name);
  }
  expect(!trace::first_hidden(context.scenario_name), "title");
  expect(is_shown(context.currency), "currency");
}

/// Whether the value may be endless.
bool is_open(const Quantity& quantity, double value) {
  if (quantity.unit == Unit::scenario) return true;  // an unknown's outermost bins
  switch (quantity.kind) {
    case Kind::quantile:  // of a time or of a cost by request: never done, none served
      return value > 0.0 && (quantity.has(Dimension::job) || quantity.has(Dimension::service));
    case Kind::interval_end:  // too few paths
      return quantity.unit != Unit::share;
    case Kind::mean:
    case Kind::standard_deviation:
    case Kind::extreme:
    case Kind::tail_mean:
    case Kind::share:
    case Kind::known:
    case Kind::error:
      return false;
  }
  return false;
}

/// Whether a run can have come to the value.
bool is_possible(const Quantity& quantity, double value) {
  constexpr double most = 1e18, rounding = 1e-3;
  if (std::isnan(value)) return true;  // there is no such number
  if (std::isinf(value)) return is_open(quantity, value);
  if (std::abs(value) > most) return false;
  if (quantity.kind == Kind::error || quantity.kind == Kind::standard_deviation) return value >= 0.0;
  switch (quantity.unit) {
    case Unit::share:
      // What drivers make of the variance is estimated, and may come out beyond its ends, as may what is left of
      // contracts.
      return quantity.needs == Needs::drivers || quantity.part != Part::every_plan ||
             (value >= -rounding && value <= 1.0 + rounding);
    case Unit::hours:
    case Unit::seconds:
    case Unit::count:
      return value >= 0.0;
    case Unit::money:
    case Unit::scenario:
      return true;
  }
  return false;
}

}  // namespace

bool may_be_absent(const Quantity& quantity, const Results& results) {
  switch (quantity.needs) {
    case Needs::nothing:
      return false;
    case Needs::budget:
      return !results.budget;
    case Needs::latency:
    case Needs::tokens:
      return true;  // nothing else in the file says whether these were given
    case Needs::drivers:
      return results.context.drivers.empty();
    case Needs::budgets:
      return results.context.budgets.empty();
    case Needs::actuals:
      return !results.context.actual_until_hours;
  }
  return false;
}

void expect_sound(const Results& results) {
  constexpr double longest_hours = 1e9, most_money = 1e15, most_paths = 0x1p62, most_coordinate = 1e18;
  const ResultsContext& context = results.context;
  expect(context.horizon_hours > 0.0 && context.horizon_hours <= longest_hours, "horizon_hours");
  expect(!context.actual_until_hours ||
             (*context.actual_until_hours > 0.0 && *context.actual_until_hours < context.horizon_hours),
         "actual_until_hours");
  expect(results.step_hours > 0.0 && results.step_hours <= context.horizon_hours, "step_hours");
  expect(!results.budget || std::abs(*results.budget) <= most_money, "budget");
  expect(static_cast<double>(results.paths) <= most_paths && static_cast<double>(results.first_path) <= most_paths,
         "paths");
  expect(!context.shard || (context.shard->index >= 1 && context.shard->index <= context.shard->count), "shard");
  expect(!context.plans.empty(), "plan");
  expect(context.categories.size() == category_count, "category");
  expect(context.purchases.size() == purchase_count, "purchase");
  expect(!context.probabilities.empty() && ascend(context.probabilities, 0.0, std::nextafter(1.0, 0.0)), "probability");
  expect(!context.time_hours.empty() && ascend(context.time_hours, 0.0, longest_hours), "time");
  expect(context.latency_ranges.empty() || context.latency_ranges.size() == std::size_t{latency_ranges},
         "latency_range");
  expect(ascend(results.checkpoints, 0.0, static_cast<double>(results.paths)), "checkpoint");
  expect_sound_labels(results);
  for (const DimensionTerms& dimension : dimensions())
    if (dimension.numbers)
      for (const double number : dimension.numbers(results))
        expect(std::abs(number) <= most_coordinate, dimension.name);
  for (const Quantity& quantity : quantities())
    for (const double value : results.*quantity.values) expect(is_possible(quantity, value), quantity.name);
}

void expect_same_run(const Results& results, const TallyFrame& tally) {
  const auto expect_same = [](auto of_results, auto of_tally, const char* what) {
    if (static_cast<std::uint64_t>(of_results) != static_cast<std::uint64_t>(of_tally))
      throw FormatError(
          fmt::format("'{}' is {} in the results and {} in their tally: the file is damaged or was not "
                      "written by costrisk; make it again",
                      what, of_results, of_tally));
  };
  const ResultsContext& context = results.context;
  const Shape& shape = tally.layout.shape;
  expect_same(context.plans.size(), shape.plans, "plan");
  expect_same(context.jobs.size(), tally.layout.jobs, "job");
  expect_same(context.services.size(), shape.services, "service");
  expect_same(context.owners.size(), shape.owners, "owner");
  expect_same(context.markets.size(), shape.markets, "market");
  expect_same(context.drivers.size(), shape.drivers, "driver");
  expect_same(context.budgets.size(), shape.budgets, "budget");
  expect_same(context.budget_periods.size(), shape.budget_periods, "budget_period");
  expect_same(context.time_hours.size(), shape.bins, "time");
  const auto has = [&](Needs needs) {
    return std::all_of(quantities().begin(), quantities().end(), [&](const Quantity& quantity) {
      return quantity.needs != needs || !(results.*quantity.values).empty();
    });
  };
  if (tally.layout.shape.latency_components > 0) expect(has(Needs::latency), "within");
  expect_same(results.budget.has_value(), tally.layout.budget_micros.has_value(), "budget");
  expect_same(results.paths, tally.paths(), "paths");
  expect_same(results.first_path, tally.first_path(), "first_path");
}

}  // namespace costrisk::results
