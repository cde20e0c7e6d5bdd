// The table of dimensions.
#include "src/results/quantities/dimensions.hpp"

#include <fmt/format.h>

#include "kernels/model/terms.hpp"
#include "kernels/model/world/driver_parameters.hpp"
#include "src/results/estimators/results.hpp"

namespace costrisk::results {

namespace {

using Texts = std::vector<std::string>;
using Numbers = std::vector<double>;

/// A dimension whose labels are names of the context.
template <Texts ResultsContext::*names>
DimensionTerms named(Dimension dimension, const char* name, const char* description) {
  DimensionTerms terms{dimension, name, "1", description};
  terms.texts = [](const Results& results) -> const Texts& { return results.context.*names; };
  terms.set_texts = [](Results& results) -> Texts& { return results.context.*names; };
  return terms;
}

const Numbers& middles_of_bins(const Results& results) {
  static const Numbers none, middles = [] {
    Numbers numbers;
    for (int bin = 0; bin < driver_bins; ++bin) numbers.push_back((bin + 0.5) / driver_bins);
    return numbers;
  }();
  return results.context.drivers.empty() ? none : middles;
}

const Texts& kinds_of_waste(const Results&) {
  static const Texts kinds(waste_kind_names.begin(), waste_kind_names.end());
  return kinds;
}

}  // namespace

const std::vector<DimensionTerms>& dimensions() {
  using D = Dimension;
  using C = ResultsContext;
  static const std::vector<DimensionTerms> table = {
      named<&C::plans>(D::plan, "plan", "plan, in the scenario's order"),
      named<&C::jobs>(D::job, "job", "job, in the scenario's order"),
      named<&C::services>(D::service, "service", "service, in the scenario's order"),
      named<&C::categories>(D::category, "category", "category of cost"),
      named<&C::owners>(D::owner, "owner", "owner of workloads and items; unused: what nobody used"),
      named<&C::markets>(D::market, "market", "market, in the scenario's order"),
      named<&C::purchases>(D::purchase, "purchase", "how instances are bought"),
      named<&C::drivers>(D::driver, "driver", "address of an unknown that is drawn once per future"),
      {.dimension = D::other_plan,
       .name = "other_plan",
       .units = "1",
       .description = "plan that another is compared with",
       .texts = [](const Results& results) -> const Texts& { return results.context.plans; }},
      {.dimension = D::waste_kind,
       .name = "waste_kind",
       .units = "1",
       .description = "kind of money spent to no use",
       .texts = kinds_of_waste},
      {.dimension = D::probability,
       .name = "probability",
       .units = "1",
       .description = "probability of quantiles and CVaR",
       .numbers = [](const Results& results) -> const Numbers& { return results.context.probabilities; },
       .set_numbers = [](Results& results) -> Numbers& { return results.context.probabilities; }},
      {.dimension = D::time,
       .name = "time",
       .units = "h",
       .description = "end of the bin since the start",
       .numbers = [](const Results& results) -> const Numbers& { return results.context.time_hours; },
       .set_numbers = [](Results& results) -> Numbers& { return results.context.time_hours; }},
      {.dimension = D::checkpoint,
       .name = "checkpoint",
       .units = "1",
       .description = "paths looked at, from the first on",
       .numbers = [](const Results& results) -> const Numbers& { return results.checkpoints; },
       .set_numbers = [](Results& results) -> Numbers& { return results.checkpoints; }},
      {.dimension = D::driver_bin,
       .name = "driver_bin",
       .units = "1",
       .description = "middle of the bin, as a share of the driver's distribution",
       .numbers = middles_of_bins},
      {.dimension = D::latency_range,
       .name = "latency_range",
       .units = "1",
       .description = "range of latencies, from low to high",
       .numbers = [](const Results& results) -> const Numbers& { return results.context.latency_ranges; },
       .set_numbers = [](Results& results) -> Numbers& { return results.context.latency_ranges; }},
      named<&C::budgets>(D::budget, "budget", "budget by owner and period, in the scenario's order"),
      named<&C::budget_periods>(D::budget_period, "budget_period",
                                "period of a budget: its name, and the year, quarter or month"),
  };
  return table;
}

const DimensionTerms& terms_of(Dimension dimension) { return dimensions()[static_cast<std::size_t>(dimension)]; }

std::size_t extent(const Results& results, Dimension dimension) {
  const DimensionTerms& terms = terms_of(dimension);
  return terms.texts ? terms.texts(results).size() : terms.numbers(results).size();
}

std::string label_of(double number) { return fmt::format("{}", number); }

std::vector<std::string> labels_of(const Results& results, Dimension dimension) {
  const DimensionTerms& terms = terms_of(dimension);
  if (terms.texts) return terms.texts(results);
  std::vector<std::string> labels;
  for (const double number : terms.numbers(results)) labels.push_back(label_of(number));
  return labels;
}

std::size_t cell_count(const Results& results, const std::vector<Dimension>& over) {
  std::size_t count = 1;
  for (const Dimension dimension : over) count *= extent(results, dimension);
  return count;
}

std::size_t place_of(const Results& results, const Cell& cell, const std::vector<Dimension>& over) {
  std::size_t place = 0;
  for (const Dimension dimension : over) place = place * extent(results, dimension) + cell[dimension];
  return place;
}

}  // namespace costrisk::results
