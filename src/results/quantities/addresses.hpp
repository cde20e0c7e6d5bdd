// Figures of a plan by name, as gates ask for them: "p95", "late.train", "category_mean.spot",
// "cost_quantile_high.0.9".
//
// An address is the name of a quantity and a label of each of its dimensions but the plan, joined by dots. A quantity
// of jobs or services without its label is that of the worst. Some have a second, short name (Quantity::alias), which
// takes the probability as a percentage: "p95" is cost_quantile.0.95, "finish_p90.train" is finish_quantile.train.0.9.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/results/quantities/quantities.hpp"

namespace costrisk::results {

/// What decides which addresses there are.
struct Scope {
  std::array<std::vector<std::string>, dimension_count> labels;
  bool budget = false, tokens = false, latency = false, commitments = false;
  bool any_probability = false;  ///< whether probabilities other than the labels may be named, too

  const std::vector<std::string>& labels_of(Dimension dimension) const {
    return labels[static_cast<std::size_t>(dimension)];
  }
};

/// What the results have.
Scope scope_of(const Results& results);

struct Address {
  std::string text;
  const Quantity* quantity = nullptr;
  std::vector<std::string> labels;  ///< of the quantity's dimensions but the plan, in order; empty: the worst of all

  bool worst() const { return labels.size() + 1 < quantity->dimensions.size(); }
  /// The label of a dimension; empty where the quantity has none such.
  std::string label_of(Dimension dimension) const;
  /// The probability of a quantile or tail mean, its errors and ends; 0 for others.
  double probability() const;
};

/// Nothing where the text is no address in this scope.
std::optional<Address> parse_address(const std::string& text, const Scope& scope);

/// All addresses, each by its short name where it has one.
std::vector<std::string> addresses(const Scope& scope);

/// The value for a plan. NaN where it does not exist.
double value_of(const Results& results, std::size_t plan, const Address& address);
/// @throws std::out_of_range for a text that is no address
double value_of(const Results& results, std::size_t plan, const std::string& address);

/// Why a figure says nothing of the plan, such as "the plan does not run the job 'train'": it is of a job or service
/// that the plan does not run, or of jobs, services, commitments or tokens where it has none. Empty where it applies.
std::string why_inapplicable(const Results& results, std::size_t plan, const Address& address);

/// Why a figure that applies is NaN.
std::string why_undefined(const Results& results, const Address& address);

/// The fewest paths of which a figure can be told: of a CVaR those that put `fewest_in_tail` beyond its quantile, of a
/// quantile those whose smallest and largest enclose it in 95 of 100 runs; 1 for all others.
std::uint64_t fewest_paths(const Address& address);

/// Fewest paths beyond a quantile of which a mean is told.
inline constexpr std::uint64_t fewest_in_tail = 200;

/// Whether enough of `paths` paths lie in the worst 1 − probability for their mean (CVaR) to be told.
bool tail_is_told(std::uint64_t paths, double probability);

/// A probability in percent as statistics are named by it: 0.95 as "95", 0.999 as "99.9".
std::string percent_name(double probability);

}  // namespace costrisk::results
