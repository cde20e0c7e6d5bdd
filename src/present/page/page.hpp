// The report of a run as one HTML file that needs nothing else.
#pragma once

#include <string>
#include <string_view>

#include "src/results/estimators/results.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::present {

/// Whether reports of this build answer to the reader; otherwise their charts are static.
bool interactive_reports();

/// Goes before the checksum of the result file that a page was made from.
inline constexpr std::string_view report_mark = "name=\"costrisk-results\" content=\"CRC-32 0x";

/// The page. It loads nothing, runs no script but its own, and is the same for the same arguments.
/// @param checksum of the result file, which the page then bears; empty: it is of none
/// @throws std::invalid_argument for results of no paths or no plans
std::string html_report(const results::Results& results, const results::Tally& tally, const std::string& checksum = {});

}  // namespace costrisk::present
