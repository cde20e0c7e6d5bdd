// Spells values.
#include "src/scenario/reader/resolved_values.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <stdexcept>

#include "src/scenario/entities/law_forms.hpp"
#include "src/scenario/entities/scenario.hpp"
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

const std::string& ResolvedValues::name(Kind kind, int index) const {
  const auto at = static_cast<std::size_t>(index);
  switch (kind) {
    case Kind::factor:
      return scenario_.factors.at(at).name;
    case Kind::market:
      return scenario_.markets.at(at).name;
    case Kind::demand:
      return scenario_.demands.at(at).name;
    case Kind::job:
      return scenario_.jobs.at(at).name;
    case Kind::service:
      return scenario_.services.at(at).name;
    case Kind::serverless:
      return scenario_.serverless.at(at).name;
    case Kind::item:
      return scenario_.items.at(at).name;
    case Kind::optimization:
      return scenario_.optimizations.at(at).name;
    case Kind::budget:
      return scenario_.budgets.at(at).name;
    case Kind::plan:
      return scenario_.plans.at(at).name;
    case Kind::none:
      break;
  }
  throw std::logic_error("a key that refers to entities names no kind of them");
}

std::string ResolvedValues::loadings(const Loadings& values) const {
  Inline weights;
  for (const Loading& loading : values)
    weights.add(key_text(name(Kind::factor, loading.factor)), number_text(loading.beta));
  return weights.text();
}

std::string ResolvedValues::path(const std::string& written) const {
  return text_text(history_paths_ == HistoryPaths::as_written ? written
                                                              : std::filesystem::path(written).filename().string());
}

std::string ResolvedValues::law_in(const Law& law, std::string (*text)(double)) const {
  if (law.is_constant()) return text(law.mode);
  Inline table;
  for (const LawEntry& entry : entries_of(law))
    table.add(entry.key, entry.is_amount ? text(entry.value) : number_text(entry.value));
  if (!law.values.empty())
    table.add("values", list_text(law.values, text)).add("weights", list_text(law.weights, number_text));
  if (!law.loading.empty()) table.add("loading", loadings(law.loading));
  return table.text();
}

std::string ResolvedValues::law(const Law& value) const { return law_in(value, number_text); }

std::string ResolvedValues::hours_law(const Law& value) const {
  return law_in(value, [](double hours) { return text_text(hours_text(hours)); });
}

}  // namespace costrisk::scenario
