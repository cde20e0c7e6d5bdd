// Small histograms that stand in a line of text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/results/quantities/summary.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::present {

/// How the costs of all plans are distributed, over bins of equal width that all of them share. They reach from the
/// lowest first to the highest last thousandth of any plan; what is beyond counts in the outer bins.
struct CostHistogram {
  double from = 0.0, to = 0.0;                    ///< currency
  std::vector<std::vector<std::uint64_t>> paths;  ///< [plan][bin]
};

/// Bins of the histograms that tables and JSON show.
inline constexpr int shown_bins = 16;

/// @pre tally.paths() ≥ 1
CostHistogram cost_histogram(const results::Tally& tally, int bins);

/// A character a bin, as high as its count is to the highest; a blank for none. UTF-8.
std::string sparkline(const std::vector<std::uint64_t>& paths);

}  // namespace costrisk::present
