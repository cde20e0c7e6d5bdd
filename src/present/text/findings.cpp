// Figures in words.
#include "src/present/text/findings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "src/present/text/text_table.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

std::string json_text(const Findings& findings) {
  nlohmann::ordered_json document = findings.json;
  document["notes"] = findings.notes;
  document["warnings"] = findings.warnings;
  document["toml"] = findings.toml;
  return trace::json_text(document);
}

std::string table_text(const PlainTable& table, bool bold) {
  TextTable text;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    text.add_column(table.columns[i], i == 0 ? TextTable::Align::left : TextTable::Align::right);
  for (const auto& row : table.rows) text.add_row(row);
  return table.title + "\n" + text.text(bold);
}

std::string estimate_text(const results::Estimate& estimate, int digits) {
  const auto text = [digits](double value) {
    return std::isfinite(value) && std::abs(value) < 1e9 ? rounded_number(value, digits) : std::string("∞");
  };
  return fmt::format("{} ({} – {})", text(estimate.value), text(estimate.low), text(estimate.high));
}

nlohmann::ordered_json estimate_json(const results::Estimate& estimate) {
  return {{"value", estimate.value}, {"low", estimate.low}, {"high", estimate.high}};
}

std::string p_text(double p, double smallest) {
  return p <= smallest ? fmt::format("≤ {}", rounded_number(smallest, 2)) : rounded_number(p, 2);
}

}  // namespace costrisk::present
