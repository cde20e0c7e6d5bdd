// The rows of the catalogue, with their companions.
#include "src/results/quantities/quantities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "src/results/estimators/statistics.hpp"
#include "src/results/sums/numbers.hpp"

namespace costrisk::results {

namespace {

/// The tally counts unit costs by a million requests and 10^9 tokens, results by 1000 and a million.
double in_unit_costs(double micros) {
  constexpr double unit_cost_scale = 1000.0;
  return in_currency(micros) / unit_cost_scale;
}

constexpr double units_per_request = 0x1p10;

/// What a plan paid for instances at the on-demand price.
Int128 on_demand_cost(const Evidence& e, std::size_t plan) {
  return e.sums.category_cost[plan * category_count + size(static_cast<int>(Category::on_demand))].sum;
}

/// The share of a plan's commitments that was used.
double used_share(const Evidence& e, std::size_t plan) {
  const Int128 unused = e.sums.waste[plan * waste_kind_count + size(static_cast<int>(WasteKind::unused_commitment))];
  const double cost = e.context.commitment_cost[plan];
  return cost > 0.0 ? (cost - in_currency(mean(unused, e.n))) / cost : not_a_number;
}

Moments difference(const Evidence& e, const Cell& c) {
  return difference_of_costs(e.tally, c[Dimension::plan], c[Dimension::other_plan]);
}

Quantity companion(const Quantity& of, const char* name, std::vector<double> Results::*values, Kind kind,
                   const std::string& description) {
  Quantity row = of;
  row.name = name;
  row.values = values;
  row.error = row.low = row.high = nullptr;
  row.of = of.name;
  row.kind = kind;
  row.alias = row.column = row.name_in_1 = row.error_in_1 = nullptr;
  row.title = name;
  row.description = description;
  row.estimate = of.error_estimate;
  row.error_estimate = nullptr;
  return row;
}

void add_with_error(std::vector<Quantity>& rows, const Quantity& row, const char* error) {
  rows.push_back(row);
  Quantity se = companion(row, error, row.error, Kind::error, fmt::format("standard error of {}", row.name));
  se.name_in_1 = row.error_in_1;
  if (!se.absent) se.absent = "a single path has no spread";
  rows.push_back(std::move(se));
}

void add_with_ends(std::vector<Quantity>& rows, const Quantity& row, const char* low, const char* high) {
  rows.push_back(row);
  const bool open = row.kind != Kind::share;
  rows.push_back(companion(
      row, low, row.low, Kind::interval_end,
      fmt::format("lower end of the 95 % interval of {}{}", row.name, open ? "; -inf where paths are too few" : "")));
  rows.push_back(companion(
      row, high, row.high, Kind::interval_end,
      fmt::format("upper end of the 95 % interval of {}{}", row.name, open ? "; inf where paths are too few" : "")));
}

constexpr std::size_t value_arrays = 0
#define QUANTITY(name, ...) +1
#define QUANTITY_WITH_ERROR(name, ...) +2
#define QUANTITY_WITH_ENDS(name, ...) +3
#include "src/results/quantities/quantities.inc"
#undef QUANTITY
#undef QUANTITY_WITH_ERROR
#undef QUANTITY_WITH_ENDS
    ;
static_assert(sizeof(QuantityValues) == value_arrays * sizeof(std::vector<double>),
              "values without a row in quantities/quantities.inc would stand in no file");

std::vector<Quantity> make_rows() {
  using D = Dimension;
  std::vector<Quantity> rows;
#define OF_CELL(...) [](const Evidence& e, [[maybe_unused]] const Cell& c) -> double { return __VA_ARGS__; }
#define OF_COMPONENT(which, ...)                            \
  [](const Evidence& e, const Cell& c) -> double {          \
    const int component = e.which(c);                       \
    if (component < 0) return not_a_number;                 \
    [[maybe_unused]] const std::size_t k = size(component); \
    return __VA_ARGS__;                                     \
  }
#define OF_JOB(...) OF_COMPONENT(job, __VA_ARGS__)
#define OF_SERVICE(...) OF_COMPONENT(service, __VA_ARGS__)
#define AT_PROBABILITIES(...) [](const Evidence& e, const Cell& c) -> std::vector<double> { return __VA_ARGS__; }
#define QUANTITY(row, ...) rows.push_back({.name = #row, .values = &Results::row, __VA_ARGS__});
#define QUANTITY_WITH_ERROR(row, ...) \
  add_with_error(rows, {.name = #row, .values = &Results::row, .error = &Results::row##_se, __VA_ARGS__}, #row "_se");
#define QUANTITY_WITH_ENDS(row, ...)                                                                                  \
  add_with_ends(                                                                                                      \
      rows,                                                                                                           \
      {.name = #row, .values = &Results::row, .low = &Results::row##_low, .high = &Results::row##_high, __VA_ARGS__}, \
      #row "_low", #row "_high");
#include "src/results/quantities/quantities.inc"
#undef OF_CELL
#undef OF_COMPONENT
#undef OF_JOB
#undef OF_SERVICE
#undef AT_PROBABILITIES
#undef QUANTITY
#undef QUANTITY_WITH_ERROR
#undef QUANTITY_WITH_ENDS
  return rows;
}

}  // namespace

bool Quantity::has(Dimension dimension) const {
  return std::find(dimensions.begin(), dimensions.end(), dimension) != dimensions.end();
}

bool Quantity::tail_mean() const { return (of ? quantity_named(of) : *this).kind == Kind::tail_mean; }

const std::vector<Quantity>& quantities() {
  static const std::vector<Quantity> rows = make_rows();
  return rows;
}

const Quantity& quantity_of(std::vector<double> Results::*values) {
  for (const Quantity& quantity : quantities())
    if (quantity.values == values) return quantity;
  throw std::logic_error("values that are no quantity of the catalogue");
}

const Quantity& quantity_named(std::string_view name) {
  for (const Quantity& quantity : quantities())
    if (name == quantity.name) return quantity;
  throw std::out_of_range(fmt::format("no quantity is called '{}'", name));
}

const char* heading_of(std::vector<double> Results::*values) {
  const Quantity& quantity = quantity_of(values);
  return quantity.column ? quantity.column : quantity.title;
}

std::string described(const Quantity& quantity) {
  std::vector<std::string> reasons;
  if (quantity.has(Dimension::job) || quantity.has(Dimension::service)) reasons.push_back("not in the plan");
  if (quantity.absent) reasons.push_back(quantity.absent);
  return reasons.empty() ? quantity.description
                         : fmt::format("{}; NaN: {}", quantity.description, fmt::join(reasons, ", or "));
}

std::string units_of(Unit unit, const std::string& currency) {
  switch (unit) {
    case Unit::money:
      return currency;
    case Unit::hours:
      return "h";
    case Unit::seconds:
      return "s";
    case Unit::share:
    case Unit::count:
    case Unit::scenario:
      return "1";
  }
  return "1";
}

}  // namespace costrisk::results
