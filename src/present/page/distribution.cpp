// Curves from sorted costs and from histograms.
#include "src/present/page/distribution.hpp"

#include <algorithm>
#include <cmath>

#include "src/results/estimators/statistics.hpp"
#include "src/results/sums/money.hpp"

namespace costrisk::present::html {

CostDistribution::CostDistribution(const results::Tally& tally, int plan) : paths_(tally.paths()) {
  if (tally.layout().holds_costs())
    sorted_ = tally.sorted_costs(plan);
  else
    bins_ = tally.data().cost_histogram[static_cast<std::size_t>(plan)].bins();
}

double CostDistribution::quantile(double p) const {
  const std::uint64_t rank = results::quantile_rank(paths_, p);
  if (!sorted_.empty()) return results::in_currency(sorted_[rank - 1]);
  std::uint64_t seen = 0;
  for (const results::HistogramBin& bin : bins_) {
    seen += bin.count;
    if (seen >= rank) return results::in_currency(bin.mean);
  }
  return results::in_currency(bins_.back().mean);
}

std::uint64_t CostDistribution::count_above(double amount) const {
  const auto micros = static_cast<std::int64_t>(std::llround(amount * static_cast<double>(micros_per_unit)));
  if (!sorted_.empty())
    return static_cast<std::uint64_t>(sorted_.end() - std::upper_bound(sorted_.begin(), sorted_.end(), micros));
  double above = 0.0;
  for (const results::HistogramBin& bin : bins_) {
    if (bin.high <= micros) continue;
    const double width = static_cast<double>(bin.high - bin.low) + 1.0;
    const double share = bin.low > micros ? 1.0 : static_cast<double>(bin.high - micros) / width;
    above += share * static_cast<double>(bin.count);
  }
  return static_cast<std::uint64_t>(std::llround(above));
}

Line exceedance(const CostDistribution& cost, int plan, std::size_t points) {
  std::vector<double> probabilities = {0.0005, 0.001, 0.002, 0.005, 0.995, 0.998, 0.999, 0.9995};
  for (std::size_t i = 1; i < points; ++i)
    probabilities.push_back(static_cast<double>(i) / static_cast<double>(points));
  std::sort(probabilities.begin(), probabilities.end());
  Line line;
  line.plan = plan;
  for (const double p : probabilities) {
    line.x.push_back(cost.quantile(p));
    line.y.push_back(1.0 - p);
  }
  return line;
}

Density density(const CostDistribution& cost, std::size_t bins) {
  Density result;
  const double low = cost.quantile(0.001), high = cost.quantile(0.999);
  result.first = low;
  if (!(high > low)) {
    result.heights = {1.0};
    return result;
  }
  // Fewer futures carry fewer bins (Rice's rule).
  bins = std::min(bins, static_cast<std::size_t>(std::ceil(2.0 * std::cbrt(static_cast<double>(cost.paths())))));
  result.width = (high - low) / static_cast<double>(bins);
  std::uint64_t before = cost.count_above(low), highest = 1;
  std::vector<std::uint64_t> counts;
  for (std::size_t i = 1; i <= bins; ++i) {
    const std::uint64_t above = cost.count_above(low + result.width * static_cast<double>(i));
    counts.push_back(before - above);
    highest = std::max(highest, counts.back());
    before = above;
  }
  for (const std::uint64_t count : counts)
    result.heights.push_back(static_cast<double>(count) / static_cast<double>(highest));
  return result;
}

Line done_by(const results::Histogram& finish, std::uint64_t paths, double step_hours, double horizon_hours, int plan,
             std::size_t points) {
  const double hours_per_tick = step_hours / static_cast<double>(ticks_per_step);
  const double smallest_rise = 1.0 / static_cast<double>(points), smallest_gap = horizon_hours / 500.0;
  Line line;
  line.plan = plan;
  const auto add = [&](double hours, double share) {
    line.x.push_back(std::min(hours, horizon_hours));
    line.y.push_back(share);
  };
  add(0.0, 0.0);
  std::uint64_t done = 0;
  double share = 0.0, until = 0.0;
  for (const results::HistogramBin& bin : finish.bins()) {
    const double from = static_cast<double>(bin.low) * hours_per_tick;
    // Where nobody gets done for a while the curve is level.
    if (from - until > smallest_gap) {
      add(until, share);
      add(from, share);
    }
    until = static_cast<double>(bin.high) * hours_per_tick;
    done += bin.count;
    share = static_cast<double>(done) / static_cast<double>(paths);
    if (share - line.y.back() >= smallest_rise) add(until, share);
  }
  add(until, share);
  add(horizon_hours, share);
  return line;
}

}  // namespace costrisk::present::html
