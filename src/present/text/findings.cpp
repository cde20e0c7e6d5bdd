// Figures in words.
#include "src/present/text/findings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "src/present/text/reading.hpp"
#include "src/present/text/text_table.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

std::string json_text(const Findings& findings) {
  nlohmann::ordered_json document = findings.json;
  document["read"] = nlohmann::ordered_json::array();
  for (const trace::Reading& reading : findings.readings) document["read"].push_back(reading_json(reading));
  document["means"] = nlohmann::ordered_json::array();
  for (const calibrate::MeanCheck& mean : findings.means)
    document["means"].push_back(
        {{"what", mean.what}, {"data", mean.data}, {"model", mean.model}, {"difference", mean.difference()}});
  document["notes"] = findings.notes;
  document["warnings"] = findings.warnings;
  document["toml"] = findings.toml;
  return trace::json_text(document);
}

namespace {

std::string difference_text(double difference) {
  return fmt::format("{}{} %", difference < 0.0 ? "−" : "+", rounded_number(100.0 * std::abs(difference), 2));
}

}  // namespace

void add_readings(Findings& findings) {
  std::vector<std::string> notes;
  for (const trace::Reading& reading : findings.readings) {
    notes.push_back(reading_text(reading));
    for (std::string& remark : reading_remarks(reading)) findings.warnings.push_back(std::move(remark));
  }
  findings.notes.insert(findings.notes.begin(), notes.begin(), notes.end());
  if (findings.means.empty()) return;
  PlainTable table;
  table.title = "Means of the data and of the fragment";
  table.columns = {"", "data", "fragment", "difference"};
  for (const calibrate::MeanCheck& mean : findings.means) {
    const double difference = mean.difference();
    table.rows.push_back({mean.what, rounded_number(mean.data), rounded_number(mean.model),
                          std::abs(difference) < 5e-4 ? "0" : difference_text(difference)});
    if (std::abs(difference) > calibrate::notable_difference)
      findings.warnings.push_back(fmt::format("{}: the data came to {}, the fragment comes to {} ({})", mean.what,
                                              rounded_number(mean.data), rounded_number(mean.model),
                                              difference_text(difference)));
  }
  findings.tables.insert(findings.tables.begin(), table);
}

std::string refusal(const Findings& findings) {
  for (const calibrate::MeanCheck& mean : findings.means)
    if (std::abs(mean.difference()) > calibrate::refused_difference)
      return fmt::format(
          "{}: the data came to {}, and what is fitted to them to {} ({}): look at the data first (a change of level, "
          "outages, a wrong unit?), or take it all the same with --accept",
          mean.what, rounded_number(mean.data), rounded_number(mean.model), difference_text(mean.difference()));
  return "";
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

std::string growth_text(double per_month) { return difference_text(per_month) + " a month"; }

std::string p_text(double p, double smallest) {
  return p <= smallest ? fmt::format("≤ {}", rounded_number(smallest, 2)) : rounded_number(p, 2);
}

}  // namespace costrisk::present
