// The results of a run as JSON.
#pragma once

#include <optional>
#include <string>

#include "src/present/text/sparkline.hpp"
#include "src/present/text/summary.hpp"
#include "src/present/text/verdict.hpp"

namespace costrisk::present {

/// What JSON has besides the summary.
struct JsonExtras {
  std::optional<Verdict> verdict;
  std::optional<CostHistogram> histogram;
};

/// The whole summary as JSON text, with the name of the result file and the extras that there are; what is infinite,
/// undefined or withheld is null.
std::string results_json(const Summary& summary, const std::string& file, const JsonExtras& extras = {});

}  // namespace costrisk::present
