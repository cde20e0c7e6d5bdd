// Gates: what must hold of the results for the program to end with 0, for use in pipelines.
#pragma once

#include <string>
#include <vector>

#include "src/results/quantities/addresses.hpp"

namespace costrisk::present {

/// "over_budget<5%", "two regions:p95<=60k", "spot:category_mean.penalty<2k".
struct Gate {
  enum class Comparison { below, at_most, above, at_least };

  std::string text;  ///< as it was given
  std::string plan;  ///< empty: every plan
  results::Address statistic;
  Comparison comparison = Comparison::below;
  double threshold = 0.0;
};

/// That there is no such statistic, with the names that are near, out of `names`.
std::string no_statistic(const std::string& name, const std::vector<std::string>& names);

/// @throws std::invalid_argument for what is no gate, or names a plan or statistic that there is not; the message names
/// the plans
///         that there are, and the statistics whose names are near
Gate parse_gate(const std::string& text, const results::Scope& scope);

/// One line for each plan that fails a gate: "spot: late.train is 31.2 %, not below 5 %", or that it cannot be
/// judged by: "spot: sd cannot be judged: a single future has no spread". What too few futures show nothing of cannot
/// be judged either. A gate without a plan does not concern plans that have no part in its figure, such as those that
/// do not run its job; where no plan has a part, or the one that it names has none, it cannot be judged.
std::vector<std::string> failures(const std::vector<Gate>& gates, const results::Results& results);

/// A figure by its name.
struct NamedFigure {
  std::string name;
  double value = 0.0;
  bool is_share = false;
};

/// Likewise of gates NAME<NUMBER on single figures, a line for each that fails. NaN cannot be judged.
/// @throws std::invalid_argument for what is no gate or names no figure that there is
std::vector<std::string> failures(const std::vector<std::string>& gates, const std::vector<NamedFigure>& figures);

}  // namespace costrisk::present
