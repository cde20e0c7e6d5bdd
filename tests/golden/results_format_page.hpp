// What docs/results-format.md says of the catalogue, as Markdown.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "src/results/quantities/quantities.hpp"

namespace costrisk::results {

inline const char* kind_words(Kind kind) {
  switch (kind) {
    case Kind::mean:
      return "mean";
    case Kind::standard_deviation:
      return "sd";
    case Kind::extreme:
      return "extreme";
    case Kind::quantile:
      return "quantile";
    case Kind::tail_mean:
      return "CVaR";
    case Kind::share:
      return "share";
    case Kind::known:
      return "known";
    case Kind::error:
    case Kind::interval_end:
      break;
  }
  return "";
}

inline std::string code(const std::string& name) { return "`" + name + "`"; }

inline std::string meaning(const Quantity& quantity) {
  std::string text = described(quantity);
  if (quantity.error) text += "; its standard error";
  if (quantity.low)
    text += quantity.kind == Kind::share ? "; its 95 % interval"
                                         : "; its 95 % interval, with ±inf where paths are too few for an end";
  if (quantity.needs == Needs::budget) text += "; absent without a budget";
  if (quantity.needs == Needs::tokens) text += "; absent where no service's requests have any";
  return text;
}

/// A row a quantity, its errors and ends with it.
inline std::string quantities_table() {
  std::string table = "| name | dimensions | units | kind | short in gates | meaning |\n|---|---|---|---|---|---|\n";
  for (const Quantity& quantity : quantities()) {
    if (quantity.of) continue;
    std::vector<std::string> names, over;
    for (const Quantity& row : quantities())
      if (&row == &quantity || (row.of && std::string(row.of) == quantity.name)) names.push_back(code(row.name));
    for (const Dimension dimension : quantity.dimensions) over.push_back(terms_of(dimension).name);
    const bool named = quantity.alias && std::string(quantity.alias) != quantity.name;
    table +=
        fmt::format("| {} | {} | {} | {} | {} | {} |\n", fmt::join(names, ", "), fmt::join(over, ", "),
                    units_of(quantity.unit, "currency"), kind_words(quantity.kind),
                    named ? code(quantity.alias + std::string(quantity.has(Dimension::probability) ? "NN" : "")) : "",
                    meaning(quantity));
  }
  return table;
}

inline std::string renames_table() {
  std::string table = "| 1.x | 2.0 |\n|---|---|\n";
  for (const Quantity& quantity : quantities())
    if (quantity.name_in_1) table += fmt::format("| {} | {} |\n", code(quantity.name_in_1), code(quantity.name));
  return table;
}

}  // namespace costrisk::results
