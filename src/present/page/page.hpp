// The report of a run as one HTML file that needs nothing else.
#pragma once

#include <string>

#include "src/results/estimators/results.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::present {

/// Whether reports of this build answer to the reader; otherwise their charts are static.
bool interactive_reports();

/// The page. It loads nothing, runs no script but its own, and is the same for the same arguments.
/// @throws std::invalid_argument for results of no paths or no plans
std::string html_report(const results::Results& results, const results::Tally& tally);

}  // namespace costrisk::present
