// The values of a resolved scenario, as TOML.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// With the shortest spelling that reads back as the same bits.
std::string number_text(double value);
/// In quotes, with escapes.
std::string text_text(std::string_view text);
/// A name as a key, in quotes where it has blanks.
std::string key_text(const std::string& name);
/// A duration in quotes; infinity is "forever".
std::string time_text(double seconds);

template <typename Values, typename Text>
std::string list_text(const Values& values, Text text) {
  std::string result;
  for (const auto& value : values) result += (result.empty() ? "" : ", ") + text(value);
  return "[" + result + "]";
}

/// The parts of an inline table.
class Inline {
 public:
  Inline& add(std::string_view key, std::string_view value);
  std::string text() const;

 private:
  std::string text_;
};

enum class HistoryPaths { as_written, file_name_only };

/// Values that name others of the scenario, or consist of several.
class ResolvedValues {
 public:
  ResolvedValues(const Scenario& scenario, HistoryPaths history_paths)
      : scenario_(scenario), history_paths_(history_paths) {}

  const std::string& market_name(int index) const { return scenario_.markets.at(static_cast<std::size_t>(index)).name; }
  const std::string& job_name(int index) const { return scenario_.jobs.at(static_cast<std::size_t>(index)).name; }
  const std::string& service_name(int index) const {
    return scenario_.services.at(static_cast<std::size_t>(index)).name;
  }
  const std::string& demand_name(int index) const { return scenario_.demands.at(static_cast<std::size_t>(index)).name; }

  void add_loading(Inline& table, const Loadings& loadings) const;
  std::string law(const Law& value) const;
  std::string hours_law(const Law& value) const;
  static std::string duration_law(const DurationLaw& value);
  std::string process(const Process& value) const;
  std::string capacity(const Capacity& value) const;
  static std::string checkpoint(const Checkpoint& value);
  /// The keys of a history with their values.
  std::vector<std::pair<std::string, std::string>> history_keys(const History& value) const;
  std::string history(const History& value) const;
  /// Laws by market.
  std::string rates(const std::vector<MarketRate>& values) const;

 private:
  const std::string& factor_name(int index) const { return scenario_.factors.at(static_cast<std::size_t>(index)).name; }
  /// With `text` for its amounts.
  std::string law_in(const Law& law, std::string (*text)(double)) const;
  std::string sojourn(const Sojourn& value) const;

  const Scenario& scenario_;
  HistoryPaths history_paths_;
};

}  // namespace costrisk::scenario
