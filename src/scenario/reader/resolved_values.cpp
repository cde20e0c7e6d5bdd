// Spells values.
#include "src/scenario/reader/resolved_values.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {

std::string number_text(double value) { return fmt::format("{}", value == 0.0 ? 0.0 : value); }

std::string text_text(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    else
      result += c;
  }
  result += '"';
  return result;
}

std::string key_text(const std::string& name) { return name.find(' ') == std::string::npos ? name : text_text(name); }

std::string time_text(double seconds) {
  return std::isinf(seconds) ? "\"forever\"" : text_text(duration_text(seconds));
}

Inline& Inline::add(std::string_view key, std::string_view value) {
  text_ += fmt::format("{}{} = {}", text_.empty() ? "" : ", ", key, value);
  return *this;
}

std::string Inline::text() const { return text_.empty() ? "{}" : fmt::format("{{ {} }}", text_); }

void ResolvedValues::add_loading(Inline& table, const Loadings& loadings) const {
  if (loadings.empty()) return;
  Inline weights;
  for (const Loading& loading : loadings) weights.add(key_text(factor_name(loading.factor)), number_text(loading.beta));
  table.add("loading", weights.text());
}

std::string ResolvedValues::law_in(const Law& law, std::string (*text)(double)) const {
  Inline table;
  switch (law.kind) {
    case Law::Kind::constant:
      return text(law.mode);
    case Law::Kind::triangular:
      table.add("low", text(law.low)).add("mode", text(law.mode)).add("high", text(law.high));
      break;
    case Law::Kind::log_normal:
      table.add("median", text(law.median)).add("spread", number_text(law.spread));
      break;
  }
  add_loading(table, law.loading);
  return table.text();
}

std::string ResolvedValues::law(const Law& value) const { return law_in(value, number_text); }

std::string ResolvedValues::hours_law(const Law& value) const {
  return law_in(value, [](double hours) { return text_text(hours_text(hours)); });
}

std::string ResolvedValues::duration_law(const DurationLaw& value) {
  return Inline().add("mean", time_text(value.mean_seconds)).add("cv", number_text(value.cv)).text();
}

std::string ResolvedValues::process(const Process& value) const {
  Inline table;
  table.add("volatility", number_text(value.volatility)).add("half_life", time_text(value.half_life_seconds));
  add_loading(table, value.loading);
  return table.text();
}

std::string ResolvedValues::sojourn(const Sojourn& value) const {
  return Inline().add("mean", hours_law(value.mean_hours)).add("cv", number_text(value.cv)).text();
}

std::string ResolvedValues::capacity(const Capacity& value) const {
  Inline table;
  table.add("up", sojourn(value.up)).add("down", sojourn(value.down));
  if (value.depth) table.add("depth", law(*value.depth));
  add_loading(table, value.loading);
  return table.text();
}

std::string ResolvedValues::checkpoint(const Checkpoint& value) {
  return Inline()
      .add("interval", time_text(value.interval_seconds))
      .add("write", time_text(value.write_seconds))
      .text();
}

std::vector<std::pair<std::string, std::string>> ResolvedValues::history_keys(const History& value) const {
  std::vector<std::pair<std::string, std::string>> keys;
  keys.emplace_back("history", text_text(history_paths_ == HistoryPaths::as_written
                                             ? value.written
                                             : std::filesystem::path(value.written).filename().string()));
  if (!value.column.empty()) keys.emplace_back("column", text_text(value.column));
  switch (value.sampling) {
    case History::Sampling::replay:
      keys.emplace_back("sampling", "\"replay\"");
      keys.emplace_back("offset", time_text(value.offset_seconds));
      if (value.every_seconds) keys.emplace_back("every", time_text(*value.every_seconds));
      break;
    case History::Sampling::window:
      keys.emplace_back("sampling", "\"window\"");
      break;
    case History::Sampling::bootstrap:
      keys.emplace_back("sampling", "\"bootstrap\"");
      if (value.block_seconds > 0.0) keys.emplace_back("block", time_text(value.block_seconds));
      break;
  }
  if (!value.joint.empty()) keys.emplace_back("joint", text_text(value.joint));
  return keys;
}

std::string ResolvedValues::history(const History& value) const {
  Inline table;
  for (const auto& [name, text] : history_keys(value)) table.add(name, text);
  return table.text();
}

std::string ResolvedValues::rates(const std::vector<MarketRate>& values) const {
  Inline table;
  for (const MarketRate& value : values) table.add(key_text(market_name(value.market)), law(value.rate));
  return table.text();
}

}  // namespace costrisk::scenario
