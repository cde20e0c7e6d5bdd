// What a run says, in sentences: the plan to choose, what it may cost, and what stands against the cheaper ones.
#pragma once

#include <string>
#include <vector>

#include "src/present/text/recommendation.hpp"
#include "src/results/estimators/results.hpp"

namespace costrisk::present {

struct Verdict {
  Recommendation recommendation;
  /// A sentence or two an entry, in plain words without markup. Chances are shares of the simulated futures; what the
  /// sample leaves open is said apart, as a sampling error.
  std::vector<std::string> sentences;
  std::vector<std::string> warnings;  ///< where the run says less than it seems to
};

Verdict verdict(const results::Results& results);

/// The verdict's sentences, then its warnings.
std::vector<std::string> verdict_sentences(const results::Results& results);

/// The same for a terminal: a paragraph of the sentences, and a line for each warning, broken at `width` columns.
std::string verdict_text(const Verdict& verdict, int width);

}  // namespace costrisk::present
