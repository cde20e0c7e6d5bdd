// Names and labels to values.
#include "src/results/quantities/addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "src/results/sums/numbers.hpp"

namespace costrisk::results {

namespace {

/// The dimensions of which a label must be named.
std::vector<Dimension> labelled(const Quantity& quantity) {
  std::vector<Dimension> dimensions = quantity.dimensions;
  std::erase(dimensions, Dimension::plan);
  return dimensions;
}

/// Whether an address may name the quantity at all: it is of plans, and the scenario has it.
bool is_there(const Quantity& quantity, const Scope& scope) {
  const bool wanted = quantity.has(Dimension::plan) && (quantity.needs != Needs::budget || scope.budget) &&
                      (quantity.needs != Needs::tokens || scope.tokens) &&
                      (quantity.needs != Needs::latency || scope.latency) &&
                      (quantity.part == Part::every_plan || scope.commitments);
  return wanted &&
         std::none_of(quantity.dimensions.begin(), quantity.dimensions.end(),
                      [&](Dimension dimension) {
                        return dimension != Dimension::plan && scope.labels_of(dimension).empty() &&
                               !(dimension == Dimension::probability && scope.any_probability);
                      }) &&
         (quantity.needs != Needs::drivers || !scope.labels_of(Dimension::driver).empty());
}

/// Whether the worst of all its labels can be asked for.
bool has_worst(const Quantity& quantity) {
  const std::vector<Dimension> dimensions = labelled(quantity);
  return dimensions.size() == 1 &&
         (dimensions[0] == Dimension::job || dimensions[0] == Dimension::service ||
          dimensions[0] == Dimension::budget) &&
         quantity.better != Better::neither;
}

/// Finds the labels in ".LABEL.LABEL"; labels may have dots.
bool match(std::string_view rest, const std::vector<Dimension>& over, std::size_t axis, const Scope& scope,
           std::vector<std::string>& labels) {
  if (axis == over.size()) return rest.empty();
  if (!rest.starts_with('.')) return false;
  rest.remove_prefix(1);
  for (const std::string& label : scope.labels_of(over[axis])) {
    if (!rest.starts_with(label)) continue;
    labels.push_back(label);
    if (match(rest.substr(label.size()), over, axis + 1, scope, labels)) return true;
    labels.pop_back();
  }
  if (over[axis] != Dimension::probability || !scope.any_probability || axis + 1 != over.size()) return false;
  const std::string text(rest);
  char* end = nullptr;
  const double probability = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(probability > 0.0 && probability < 1.0)) return false;
  labels.push_back(label_of(probability));
  return true;
}

/// Reads "pNN", "finish_pNN.LABEL".
bool match_percentage(std::string_view rest, const Quantity& quantity, const Scope& scope,
                      std::vector<std::string>& labels) {
  const std::vector<Dimension> over = labelled(quantity);
  std::vector<Dimension> others = over;
  std::erase(others, Dimension::probability);
  const auto place = std::find(over.begin(), over.end(), Dimension::probability) - over.begin();
  const auto accept = [&](double probability, std::string_view behind) {
    if (!match(behind, others, 0, scope, labels)) return false;
    labels.insert(labels.begin() + place, label_of(probability));
    return true;
  };
  for (const std::string& label : scope.labels_of(Dimension::probability)) {
    const double probability = std::strtod(label.c_str(), nullptr);
    const std::string percentage = percent_name(probability);
    if (rest.starts_with(percentage) && accept(probability, rest.substr(percentage.size()))) return true;
  }
  if (!scope.any_probability || !others.empty()) return false;
  const std::string text(rest);
  char* end = nullptr;
  const double percentage = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' && percentage > 0.0 && percentage < 100.0 && accept(percentage / 100.0, "");
}

/// Whether a plan runs a job or service: what it does not run has no numbers at all.
bool runs(const Results& results, std::size_t plan, Dimension dimension, std::size_t workload) {
  const std::vector<double>& numbers = dimension == Dimension::job ? results.interruptions_mean : results.served;
  return !std::isnan(numbers[plan * extent(results, dimension) + workload]);
}

std::optional<std::size_t> index_of(const Results& results, Dimension dimension, const std::string& label) {
  const std::vector<std::string> labels = labels_of(results, dimension);
  const auto found = std::find(labels.begin(), labels.end(), label);
  if (found == labels.end()) return std::nullopt;
  return static_cast<std::size_t>(found - labels.begin());
}

/// The row that tells how many paths are enough for it: of an error or an end, that of the quantity itself.
const Quantity& measured(const Quantity& quantity) { return quantity.of ? quantity_named(quantity.of) : quantity; }

}  // namespace

Scope scope_of(const Results& results) {
  Scope scope;
  for (const DimensionTerms& terms : dimensions())
    scope.labels[static_cast<std::size_t>(terms.dimension)] = labels_of(results, terms.dimension);
  scope.budget = results.budget.has_value();
  scope.tokens = !results.token_cost_quantile.empty();
  scope.latency = !results.within.empty();
  const auto positive = [](double money) { return money > 0.0; };
  scope.commitments = std::any_of(results.commitment_cost.begin(), results.commitment_cost.end(), positive) ||
                      std::any_of(results.obligation.begin(), results.obligation.end(), positive);
  return scope;
}

std::string Address::label_of(Dimension dimension) const {
  const std::vector<Dimension> over = labelled(*quantity);
  const auto place = static_cast<std::size_t>(std::find(over.begin(), over.end(), dimension) - over.begin());
  return place < labels.size() ? labels[place] : "";
}

double Address::probability() const {
  const std::string label = label_of(Dimension::probability);
  return label.empty() ? quantity->probability : std::strtod(label.c_str(), nullptr);
}

std::optional<Address> parse_address(const std::string& text, const Scope& scope) {
  for (const Quantity& quantity : quantities()) {
    if (!is_there(quantity, scope)) continue;
    const bool percentage = quantity.alias && quantity.has(Dimension::probability);
    for (const char* name : {quantity.name, percentage ? nullptr : quantity.alias}) {
      if (!name || !text.starts_with(name)) continue;
      Address address{text, &quantity, {}};
      const std::string_view rest = std::string_view(text).substr(std::string_view(name).size());
      if (rest.empty() && has_worst(quantity)) return address;
      if (match(rest, labelled(quantity), 0, scope, address.labels)) return address;
    }
    if (percentage && text.starts_with(quantity.alias)) {
      Address address{text, &quantity, {}};
      const std::string_view rest = std::string_view(text).substr(std::string_view(quantity.alias).size());
      if (match_percentage(rest, quantity, scope, address.labels)) return address;
    }
  }
  return std::nullopt;
}

std::vector<std::string> addresses(const Scope& scope) {
  std::vector<std::string> all;
  for (const Quantity& quantity : quantities()) {
    if (!is_there(quantity, scope)) continue;
    const bool percentage = quantity.alias && quantity.has(Dimension::probability);
    const std::string name = quantity.alias ? quantity.alias : quantity.name;
    if (has_worst(quantity)) all.push_back(name);
    std::vector<std::string> names = {name};
    std::vector<Dimension> over = labelled(quantity);
    if (percentage) {
      names.clear();
      std::erase(over, Dimension::probability);
      for (const std::string& label : scope.labels_of(Dimension::probability))
        names.push_back(name + percent_name(std::strtod(label.c_str(), nullptr)));
    }
    for (const Dimension dimension : over) {
      std::vector<std::string> longer;
      for (const std::string& start : names)
        for (const std::string& label : scope.labels_of(dimension)) longer.push_back(start + "." + label);
      names = std::move(longer);
    }
    all.insert(all.end(), names.begin(), names.end());
  }
  return all;
}

double value_of(const Results& results, std::size_t plan, const Address& address) {
  const Quantity& quantity = *address.quantity;
  const std::vector<double>& values = results.*quantity.values;
  if (values.empty()) return not_a_number;
  const std::vector<Dimension> over = labelled(quantity);
  Cell cell;
  cell[Dimension::plan] = plan;
  if (!address.worst()) {
    for (std::size_t axis = 0; axis < over.size(); ++axis) {
      const std::optional<std::size_t> index = index_of(results, over[axis], address.labels[axis]);
      if (!index) return not_a_number;
      cell[over[axis]] = *index;
    }
    return values[place_of(results, cell, quantity.dimensions)];
  }
  double worst = not_a_number;
  for (std::size_t i = 0; i < extent(results, over[0]); ++i) {
    cell[over[0]] = i;
    const double value = values[place_of(results, cell, quantity.dimensions)];
    const bool no_worse = quantity.better == Better::lower ? value <= worst : value >= worst;
    if (!no_worse && !std::isnan(value)) worst = value;
  }
  return worst;
}

double value_of(const Results& results, std::size_t plan, const std::string& address) {
  const std::optional<Address> parsed = parse_address(address, scope_of(results));
  if (!parsed) throw std::out_of_range("no statistic is called '" + address + "'");
  return value_of(results, plan, *parsed);
}

std::string why_inapplicable(const Results& results, std::size_t plan, const Address& address) {
  const Quantity& quantity = *address.quantity;
  for (const Dimension dimension : {Dimension::job, Dimension::service}) {
    if (!quantity.has(dimension)) continue;
    const char* name = terms_of(dimension).name;
    const std::string label = address.label_of(dimension);
    const std::optional<std::size_t> workload = index_of(results, dimension, label);
    bool any = false;
    for (std::size_t i = 0; i < extent(results, dimension) && label.empty(); ++i)
      any = any || runs(results, plan, dimension, i);
    if (label.empty() && !any) return fmt::format("the plan runs no {}s", name);
    if (!label.empty() && !(workload && runs(results, plan, dimension, *workload)))
      return fmt::format("the plan does not run the {} '{}'", name, label);
  }
  const bool committed = results.commitment_cost[plan] != 0.0 || results.obligation[plan] != 0.0;
  if (quantity.part != Part::every_plan && !committed) return "the plan has no commitments";
  const bool nothing_to_discount = quantity.part == Part::discounts && !(results.discount_cost[plan] > 0.0);
  const bool own_part =
      quantity.part != Part::every_plan || quantity.needs == Needs::tokens || quantity.needs == Needs::latency;
  if (!nothing_to_discount && !(own_part && std::isnan(value_of(results, plan, address)))) return "";
  return quantity.absent ? quantity.absent : "the plan has no discounts";
}

std::string why_undefined(const Results& results, const Address& address) {
  const Quantity& quantity = *address.quantity;
  for (const Dimension dimension : labelled(quantity))
    if (const std::string label = address.label_of(dimension); !label.empty() && !index_of(results, dimension, label))
      return fmt::format("the results have no {} {}", terms_of(dimension).name, label);
  if (results.paths < 2) return "a single future has no spread";
  return quantity.absent ? quantity.absent : "the results hold no number";
}

std::uint64_t fewest_paths(const Address& address) {
  constexpr double rounding = 1e-9;  // 1 − 0.95 is no number of the machine
  constexpr double outside = 0.025;  // on either side
  const double p = address.probability();
  switch (measured(*address.quantity).kind) {
    case Kind::tail_mean:
      return static_cast<std::uint64_t>(std::ceil(static_cast<double>(fewest_in_tail) / (1.0 - p) * (1.0 - rounding)));
    case Kind::quantile:
      return static_cast<std::uint64_t>(std::ceil(std::log(outside) / std::log(std::max(p, 1.0 - p))));
    case Kind::mean:
    case Kind::standard_deviation:
    case Kind::extreme:
    case Kind::share:
    case Kind::known:
    case Kind::error:
    case Kind::interval_end:
      return 1;
  }
  return 1;
}

bool tail_is_told(std::uint64_t paths, double probability) {
  constexpr double rounding = 1e-9;  // 1 − 0.95 is no number of the machine
  return static_cast<double>(paths) * (1.0 - probability) * (1.0 + rounding) >= static_cast<double>(fewest_in_tail);
}

std::string percent_name(double probability) { return fmt::format("{:.10g}", 100.0 * probability); }

}  // namespace costrisk::results
