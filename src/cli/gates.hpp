// Gates: what must hold of the results for the program to end with 0, for use in pipelines.
#pragma once

#include <string>
#include <vector>

#include "src/present/text/statistics.hpp"
#include "src/present/text/summary.hpp"

namespace costrisk::cli {

/// "over_budget<5%", "two regions:p95<=60k".
struct Gate {
  enum class Comparison { below, at_most, above, at_least };

  std::string text;  ///< as it was given
  std::string plan;  ///< empty: every plan
  std::string statistic;
  Comparison comparison = Comparison::below;
  double threshold = 0.0;
};

/// @throws UsageError for what is no gate, or names a plan or statistic that there is not; the message lists those
///         that there are
Gate parse_gate(const std::string& text, const std::vector<std::string>& plans, const present::StatisticScope& scope);

/// One line for each plan that fails a gate: "spot: late.train is 31.2 %, not below 5 %", or that it cannot be
/// judged by: "spot: sd cannot be judged: a single future has no spread". What too few futures tell nothing of cannot
/// be judged either. A gate without a plan does not concern plans that have no part in its figure, such as those that
/// do not run its job; where no plan has a part, or the one that it names has none, it cannot be judged.
std::vector<std::string> failures(const std::vector<Gate>& gates, const present::Summary& summary);

}  // namespace costrisk::cli
