// Counts as the eight block characters.
#include "src/present/text/sparkline.hpp"

#include <algorithm>
#include <cmath>

#include "src/present/page/distribution.hpp"

namespace costrisk::present {

CostHistogram cost_histogram(const results::Tally& tally, int bins) {
  std::vector<html::CostDistribution> plans;
  CostHistogram histogram;
  for (int plan = 0; plan < tally.layout().shape.plans; ++plan) {
    plans.emplace_back(tally, plan);
    const double low = plans.back().quantile(0.001), high = plans.back().quantile(0.999);
    histogram.from = plan == 0 ? low : std::min(histogram.from, low);
    histogram.to = plan == 0 ? high : std::max(histogram.to, high);
  }
  for (const html::CostDistribution& plan : plans) {
    std::vector<std::uint64_t>& counts = histogram.paths.emplace_back();
    std::uint64_t above = plan.paths();
    for (int bin = 1; bin <= bins; ++bin) {
      const double edge = histogram.from + (histogram.to - histogram.from) * bin / bins;
      const std::uint64_t beyond = bin == bins ? 0 : std::min(above, plan.count_above(edge));
      counts.push_back(above - beyond);
      above = beyond;
    }
  }
  return histogram;
}

std::string sparkline(const std::vector<std::uint64_t>& paths) {
  static constexpr const char* blocks[] = {" ",      "\u2581", "\u2582", "\u2583", "\u2584",
                                           "\u2585", "\u2586", "\u2587", "\u2588"};
  const std::uint64_t most = paths.empty() ? 0 : *std::max_element(paths.begin(), paths.end());
  std::string line;
  for (const std::uint64_t count : paths)
    line += count == 0
                ? blocks[0]
                : blocks[std::max(1L, std::lround(8.0 * static_cast<double>(count) / static_cast<double>(most)))];
  return line;
}

}  // namespace costrisk::present
