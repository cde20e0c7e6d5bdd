// The distributions that the results file's tally holds, as the page's curves need them.
#pragma once

#include <cstdint>
#include <vector>

#include "src/present/page/chart.hpp"
#include "src/results/sums/histogram.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::present::html {

/// How the cost of a plan is distributed: heights relative to the highest.
struct Density {
  double first = 0.0, width = 0.0;  ///< left edge of the first bin, and the bins' width
  std::vector<double> heights;
};

/// The cost of one plan over all paths: the sorted costs themselves where the tally holds them, otherwise a histogram.
class CostDistribution {
 public:
  /// @pre tally.paths() ≥ 1
  CostDistribution(const results::Tally& tally, int plan);

  std::uint64_t paths() const { return paths_; }
  /// The ⌈n·p⌉-th smallest cost, in currency.
  double quantile(double p) const;
  /// Paths that cost more than an amount of currency; within a histogram's bin, in proportion.
  std::uint64_t count_above(double amount) const;

 private:
  std::uint64_t paths_ = 0;
  std::vector<std::int64_t> sorted_;
  std::vector<results::HistogramBin> bins_;
};

/// The chance to cost more than x, by quantiles that lie closer together towards the dear end.
Line exceedance(const CostDistribution& cost, int plan, std::size_t points);

/// The density between the most expensive and the cheapest thousandth.
Density density(const CostDistribution& cost, std::size_t bins);

/// The share of paths in which a job is done by x hours since the start, up to the horizon.
/// @param finish in ticks, of the paths where it gets done
Line done_by(const results::Histogram& finish, std::uint64_t paths, double step_hours, double horizon_hours, int plan,
             std::size_t points);

}  // namespace costrisk::present::html
