// Ranges of figures, and what results and tally have in common.
#include "src/results/store/soundness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

#include "src/results/store/errors.hpp"

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
  }
  return false;
}

void expect_sound(const Results& results) {
  constexpr double longest_hours = 1e9, most_money = 1e15, most_paths = 0x1p62;
  const ResultsContext& context = results.context;
  expect(context.horizon_hours > 0.0 && context.horizon_hours <= longest_hours, "horizon_hours");
  expect(results.step_hours > 0.0 && results.step_hours <= context.horizon_hours, "step_hours");
  expect(!results.budget || std::abs(*results.budget) <= most_money, "budget");
  expect(static_cast<double>(results.paths) <= most_paths && static_cast<double>(results.first_path) <= most_paths,
         "paths");
  expect(!context.plans.empty(), "plan");
  expect(context.categories.size() == category_count, "category");
  expect(context.purchases.size() == purchase_count, "purchase");
  expect(!context.probabilities.empty() && ascend(context.probabilities, 0.0, std::nextafter(1.0, 0.0)), "probability");
  expect(!context.time_hours.empty() && ascend(context.time_hours, 0.0, longest_hours), "time");
  expect(context.latency_ranges.empty() || context.latency_ranges.size() == std::size_t{latency_ranges},
         "latency_range");
  expect(ascend(results.checkpoints, 0.0, static_cast<double>(results.paths)), "checkpoint");
}

void expect_same_run(const Results& results, const Tally& tally) {
  const auto expect_same = [](auto of_results, auto of_tally, const char* what) {
    if (static_cast<std::uint64_t>(of_results) != static_cast<std::uint64_t>(of_tally))
      throw FormatError(
          fmt::format("'{}' is {} in the results and {} in their tally: the file is damaged or was not "
                      "written by costrisk; make it again",
                      what, of_results, of_tally));
  };
  const ResultsContext& context = results.context;
  const Shape& shape = tally.layout().shape;
  expect_same(context.plans.size(), shape.plans, "plan");
  expect_same(context.jobs.size(), tally.layout().jobs, "job");
  expect_same(context.services.size(), shape.services, "service");
  expect_same(context.owners.size(), shape.owners, "owner");
  expect_same(context.markets.size(), shape.markets, "market");
  expect_same(context.drivers.size(), shape.drivers, "driver");
  expect_same(context.time_hours.size(), shape.bins, "time");
  expect_same(results.paths, tally.paths(), "paths");
  expect_same(results.first_path, tally.first_path(), "first_path");
}

}  // namespace costrisk::results
