// Variations: an address of the scenario and the values that it is to take, as `--vary` and [search] write them.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/scenario/reader/assignment.hpp"

namespace costrisk::scenario {

/// Thrown for a text that is no variation; says what was expected.
struct BadVariation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// "ADDRESS=FROM..TO", "ADDRESS=FROM..TO:STEP" or "ADDRESS=VALUE,VALUE,…"; with " *=" in place of "=" the values are
/// factors. Ranges are of numbers or durations and hold both ends; without a step they go by 1 between whole numbers,
/// else in ten steps. Values are TOML; commas within brackets and quotes do not part them.
struct Variation {
  std::string address;
  bool scales = false;
  std::vector<std::string> values;  ///< as TOML or a bare word
  std::vector<double> numbers;      ///< of the values: the number, or the hours of a duration; NaN where it is neither
  bool of_durations = false;
  std::string source = "--vary";  ///< what stands for the file in messages about its values

  /// What sets the i-th value, as overrides have it.
  Assignment assignment(std::size_t i) const;
  /// Whether it varies a plan, and not the world.
  bool of_plan() const { return address.starts_with("plan."); }
  /// Whether it varies what plans are settled by (commitments, savings plans, credit) and not simulated by.
  bool of_contracts() const;
  /// Whether all values are numbers or durations.
  bool is_numeric() const;
};

/// Most values of one variation.
inline constexpr std::size_t most_values = 10'000;

/// @param source the option that the text comes from
/// @throws BadVariation
Variation parse_variation(const std::string& text, const std::string& source = "--vary");

/// A statistic of cost that can be minimized.
struct CostStatistic {
  enum class Kind { mean, quantile, tail_mean };
  Kind kind = Kind::mean;
  double probability = 0.0;
  std::string name = "mean";
};

/// "mean", "p90", "cvar95", "p99.9"; nothing where the text is none.
std::optional<CostStatistic> parse_cost_statistic(const std::string& text);
/// What is said of a text that is none.
std::string not_a_cost_statistic(const std::string& text);

}  // namespace costrisk::scenario
