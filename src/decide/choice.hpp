// Which of many plans is best, and what cannot be distinguished from it: statistics of cost and measures with intervals
// that hold for all of them together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/decide/observe.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/scenario/reader/variation.hpp"

namespace costrisk::decide {

using scenario::CostStatistic;

/// The confidence of one interval of `count` that are to hold together with 1 − alpha, on both sides (Bonferroni).
results::Confidence confidence_of(double alpha, std::size_t count);

/// A statistic of one plan's cost, in currency, and what each path contributes to it: values whose mean is the
/// statistic and whose spread is that of its estimate (of a mean, the costs themselves; of a tail mean and of a
/// quantile, value plus influence function; Rockafellar and Uryasev 2002, Serfling 1980, 2.3). Differences between
/// plans over the same paths are differences of their contributions.
std::vector<double> contributions(const Record& record, const CostStatistic& statistic);

/// The statistic alone, as `run` has it.
double value_of(const Record& record, const CostStatistic& statistic);

/// The mean of values with the standard error of the mean.
struct MeanError {
  double mean = 0.0, error = 0.0;
};
MeanError mean_error(const std::vector<double>& values);
/// Of a[i] − b[i].
MeanError mean_error(const std::vector<double>& a, const std::vector<double>& b);

/// Figures of a plan's cost, in currency.
struct CostFigures {
  double mean = 0.0, mean_error = 0.0, sd = 0.0, p5 = 0.0, p50 = 0.0, p90 = 0.0, p95 = 0.0, cvar95 = 0.0;
};
CostFigures figures_of(const Record& record);

/// A measure of a plan with its interval; NaN where the plan has no such thing. Of over_budget, and of ratios that are
/// 0 or 1 on every path, the interval is Clopper and Pearson's; of other ratios that of a ratio of sums, with Johnson's
/// correction for skewness (Journal of the American Statistical Association 73, 1978).
results::Estimate estimate_of(const Record& record, const Measure& measure, std::size_t index,
                              std::optional<double> budget, const results::Confidence& confidence);

/// What an interval says of a limit.
enum class Standing { met, missed, unknown };
Standing standing_of(const results::Estimate& estimate, const Measure& measure);
/// Of all limits of a goal: missed where one is, met where all are.
Standing joined(Standing a, Standing b);
/// Whether the value itself keeps the limit; true where there is none, false for NaN.
bool keeps(double value, const Measure& measure);

/// One plan against the best.
struct Against {
  double difference = 0.0;       ///< of the statistic, this less the best's
  double low = 0.0, high = 0.0;  ///< holds for all plans together
  bool distinct = false;         ///< it costs more, whatever the sampling error
};

/// Compares plans with one of them over the same paths. All intervals together hold with 1 − alpha, and of all plans
/// the truly best is among those not distinguished with that confidence (Hsu, Multiple Comparisons, 1996, chapter 4).
std::vector<Against> compare_with(const std::vector<const Record*>& records, std::size_t best,
                                  const CostStatistic& statistic, double alpha);

}  // namespace costrisk::decide
