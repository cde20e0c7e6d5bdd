// Gathers what is exported, and writes the long table.
#include "src/present/text/exported.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/results/quantities/dimensions.hpp"
#include "src/results/quantities/quantities.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

namespace {

using results::Kind;
using results::Quantity;

std::string statistic_of(const Quantity& quantity) {
  switch (quantity.kind) {
    case Kind::mean:
      return "mean";
    case Kind::standard_deviation:
      return "standard deviation";
    case Kind::extreme:
      return "extreme";
    case Kind::quantile:
      return "quantile";
    case Kind::tail_mean:
      return "tail mean";
    case Kind::share:
      return "share";
    case Kind::known:
      return "exact";
    case Kind::error:
      return "standard error";
    case Kind::interval_end:
      return results::quantity_named(quantity.of).low == quantity.values ? "lower end of the 95 % interval"
                                                                         : "upper end of the 95 % interval";
  }
  __builtin_unreachable();
}

FigureFormat format_of(results::Unit unit) {
  switch (unit) {
    case results::Unit::money:
      return FigureFormat::money;
    case results::Unit::share:
      return FigureFormat::share;
    case results::Unit::hours:
    case results::Unit::seconds:
    case results::Unit::count:
    case results::Unit::scenario:
      return FigureFormat::number;
  }
  __builtin_unreachable();
}

ExportedFact text_fact(std::string name, std::string text) {
  return {std::move(name), std::move(text), 0.0, "1", false};
}
ExportedFact number_fact(std::string name, double number, std::string unit = "1") {
  return {std::move(name), "", number, std::move(unit), true};
}

std::string number_text(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

/// A field that no spreadsheet takes for a formula, in quotes where it needs them. Numbers stay what they are.
std::string field(const std::string& raw) {
  std::string text = trace::shown(raw);
  const bool like_formula = !text.empty() && std::string("=+-@").find(text.front()) != std::string::npos;
  if (like_formula && !trace::parse_number(text)) text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string entry_text(const results::ArrayDimension& dimension, std::size_t entry) {
  return dimension.labels.empty() ? number_text(dimension.numbers[entry]) : field(dimension.labels[entry]);
}

}  // namespace

Exported exported(const results::Results& results) {
  const results::ResultsContext& context = results.context;
  Exported all;
  all.title = context.scenario_name;
  all.currency = context.currency;
  all.facts = {text_fact("scenario", context.scenario_name),
               text_fact("currency", context.currency),
               number_fact("paths", static_cast<double>(results.paths)),
               number_fact("first_path", static_cast<double>(results.first_path)),
               number_fact("seed", static_cast<double>(context.seed)),
               number_fact("step_hours", results.step_hours, "h"),
               number_fact("horizon_hours", context.horizon_hours, "h"),
               text_fact("status", context.status == results::RunStatus::complete ? "complete" : "partial"),
               text_fact("costrisk_version", context.costrisk_version)};
  if (results.budget) all.facts.insert(all.facts.begin() + 2, number_fact("budget", *results.budget, context.currency));
  std::vector<results::Dimension> kinds;
  for (const results::DimensionTerms& terms : results::dimensions()) {
    results::ArrayDimension dimension;
    dimension.name = terms.name;
    dimension.unit = terms.units;
    dimension.description = terms.description;
    if (terms.texts) dimension.labels = terms.texts(results);
    if (terms.numbers) dimension.numbers = terms.numbers(results);
    all.dimensions.push_back(std::move(dimension));
    kinds.push_back(terms.dimension);
  }
  for (const Quantity& quantity : results::quantities()) {
    const std::vector<double>& values = results.*quantity.values;
    if (values.empty()) continue;
    ExportedArray array;
    array.name = quantity.name;
    array.quantity = quantity.of ? quantity.of : quantity.name;
    array.statistic = statistic_of(quantity);
    array.title = quantity.of ? fmt::format("{}, {}", results::quantity_named(quantity.of).title, array.statistic)
                              : quantity.title;
    for (const results::Dimension dimension : quantity.dimensions)
      array.dimensions.push_back(
          static_cast<std::size_t>(std::find(kinds.begin(), kinds.end(), dimension) - kinds.begin()));
    array.unit = results::units_of(quantity.unit, context.currency);
    array.description = results::described(quantity);
    array.format = format_of(quantity.unit);
    array.values = values;
    all.arrays.push_back(std::move(array));
  }
  return all;
}

Exported exported(const results::ArraysFile& study) {
  Exported all;
  all.title = study.title;
  all.currency = study.currency;
  all.facts = {text_fact("study", study.study),
               text_fact("scenario", study.title),
               text_fact("currency", study.currency),
               number_fact("paths", static_cast<double>(study.paths)),
               number_fact("seed", static_cast<double>(study.seed)),
               text_fact("status", study.complete ? "complete" : "partial"),
               text_fact("costrisk_version", study.version)};
  all.dimensions = study.dimensions;
  for (const results::NamedArray& array : study.arrays) {
    ExportedArray one;
    one.name = one.quantity = array.name;
    one.statistic = "value";
    one.title = array.description;
    for (const std::string& name : array.dimensions)
      for (std::size_t i = 0; i < study.dimensions.size(); ++i)
        if (study.dimensions[i].name == name) one.dimensions.push_back(i);
    one.unit = array.unit;
    one.description = array.description;
    one.format = array.unit == study.currency                    ? FigureFormat::money
                 : array.name.find("share") != std::string::npos ? FigureFormat::share
                                                                 : FigureFormat::number;
    one.values = array.values;
    all.arrays.push_back(std::move(one));
  }
  return all;
}

std::string csv_text(const Exported& exported) {
  // Dimensions that some array has, in order.
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < exported.dimensions.size(); ++i)
    if (std::any_of(exported.arrays.begin(), exported.arrays.end(), [&](const ExportedArray& array) {
          return std::find(array.dimensions.begin(), array.dimensions.end(), i) != array.dimensions.end();
        }))
      columns.push_back(i);
  std::string text = "quantity,statistic";
  for (const std::size_t column : columns) text += "," + exported.dimensions[column].name;
  text += ",value,unit\n";
  for (const ExportedFact& fact : exported.facts)
    if (fact.is_number)
      text += fmt::format("{},exact{},{},{}\n", fact.name, std::string(columns.size(), ','), number_text(fact.number),
                          fact.unit);
  std::vector<std::vector<std::string>> labels(exported.dimensions.size());
  for (const std::size_t column : columns)
    for (std::size_t entry = 0; entry < exported.dimensions[column].size(); ++entry)
      labels[column].push_back(entry_text(exported.dimensions[column], entry));
  for (const ExportedArray& array : exported.arrays) {
    std::vector<std::size_t> entries(array.dimensions.size(), 0);
    for (const double value : array.values) {
      text += field(array.quantity) + "," + field(array.statistic);
      for (const std::size_t column : columns) {
        text += ',';
        const auto at = std::find(array.dimensions.begin(), array.dimensions.end(), column);
        if (at != array.dimensions.end())
          text += labels[column][entries[static_cast<std::size_t>(at - array.dimensions.begin())]];
      }
      text += "," + number_text(value) + "," + field(array.unit) + "\n";
      for (std::size_t d = entries.size(); d-- > 0;) {
        if (++entries[d] < labels[array.dimensions[d]].size()) break;
        entries[d] = 0;
      }
    }
  }
  return text;
}

}  // namespace costrisk::present
