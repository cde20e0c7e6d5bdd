// The results of a run as JSON.
#pragma once

#include <optional>
#include <string>

#include "src/present/text/sparkline.hpp"
#include "src/present/text/verdict.hpp"
#include "src/results/estimators/results.hpp"

namespace costrisk::present {

/// What JSON has besides the results.
struct JsonExtras {
  std::optional<Verdict> verdict;
  std::optional<CostHistogram> histogram;
};

/// All results as JSON text, with the name of the result file and the extras that there are. Every dataset of the file
/// is there by its name: those of plans in an object a plan, as a number or, with more dimensions, as objects in
/// objects whose keys are the labels. What is infinite, undefined or withheld is null.
std::string results_json(const results::Results& results, const std::string& file, const JsonExtras& extras = {});

}  // namespace costrisk::present
