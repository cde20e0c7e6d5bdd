// The values of a resolved scenario, as TOML.
#pragma once

#include <string>
#include <string_view>

#include "src/scenario/entities/schema.hpp"
#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Scenario;

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

/// Values that name others of the scenario.
class ResolvedValues {
 public:
  ResolvedValues(const Scenario& scenario, HistoryPaths history_paths)
      : scenario_(scenario), history_paths_(history_paths) {}

  /// Of an entity, by its index.
  const std::string& name(Kind kind, int index) const;
  std::string law(const Law& value) const;
  std::string hours_law(const Law& value) const;
  /// Weights by factor.
  std::string loadings(const Loadings& values) const;
  /// The path of a history.
  std::string path(const std::string& written) const;

 private:
  /// With `text` for its amounts.
  std::string law_in(const Law& law, std::string (*text)(double)) const;

  const Scenario& scenario_;
  HistoryPaths history_paths_;
};

}  // namespace costrisk::scenario
