#include "src/decide/choice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "src/results/estimators/distributions.hpp"
#include "src/results/sums/money.hpp"
#include "src/results/sums/numbers.hpp"

namespace costrisk::decide {

namespace {

using results::in_currency;

std::vector<std::int64_t> sorted_costs(const Record& record) {
  std::vector<std::int64_t> sorted = record.cost;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

results::Moments moments_of(const std::vector<std::int64_t>& values) {
  results::Moments moments;
  for (const std::int64_t value : values) {
    moments.sum += value;
    const auto magnitude = static_cast<results::UInt128>(value < 0 ? -value : value);
    results::add_square(moments.squares, magnitude * magnitude);
  }
  return moments;
}

/// The density of costs at a quantile, per micro-unit, from the order statistics around it (Siddiqui 1960), at the
/// distance of Hall and Sheather (1988) for a normal distribution.
double density_at(const std::vector<std::int64_t>& sorted, double p) {
  const auto n = static_cast<double>(sorted.size());
  const double z = results::normal_quantile(p);
  const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::acos(-1.0));
  const double reach = std::pow(n, -1.0 / 3.0) * std::pow(results::z_of_95_percent, 2.0 / 3.0) *
                       std::pow(1.5 * density * density / (2.0 * z * z + 1.0), 1.0 / 3.0);
  const auto at = [&](double share) {
    const double rank = std::clamp(std::ceil(n * share), 1.0, n);
    return static_cast<double>(sorted[static_cast<std::size_t>(rank) - 1]);
  };
  const double low = std::max(p - reach, 0.5 / n), high = std::min(p + reach, 1.0 - 0.5 / n);
  const double width = at(high) - at(low);
  return width > 0.0 ? (high - low) / width : std::numeric_limits<double>::infinity();
}

/// Sample skewness; 0 where nothing varies.
double skewness_of(const std::vector<double>& residuals, double error, double n) {
  const double variance = error * error * n;
  if (!(variance > 0.0)) return 0.0;
  double third = 0.0;
  for (const double value : residuals) third += value * value * value;
  return third / n / (variance * std::sqrt(variance));
}

}  // namespace

results::Confidence confidence_of(double alpha, std::size_t count) {
  const double tail = 0.5 * alpha / static_cast<double>(std::max<std::size_t>(count, 1));
  return {tail, results::normal_quantile(1.0 - tail)};
}

double value_of(const Record& record, const CostStatistic& statistic) {
  if (record.cost.empty()) return results::not_a_number;
  if (statistic.kind == CostStatistic::Kind::mean) {
    results::Int128 sum = 0;
    for (const std::int64_t cost : record.cost) sum += cost;
    return in_currency(results::mean(sum, record.cost.size()));
  }
  std::vector<std::int64_t> sorted = sorted_costs(record);
  const results::Sample sample{std::span<const std::int64_t>(sorted)};
  if (statistic.kind == CostStatistic::Kind::quantile)
    return in_currency(results::quantile(sample, statistic.probability));
  return in_currency(results::cvar(sample, statistic.probability, {1, sorted.size()}).value);
}

std::vector<double> contributions(const Record& record, const CostStatistic& statistic) {
  std::vector<double> values;
  values.reserve(record.cost.size());
  if (record.cost.empty()) return values;
  if (statistic.kind == CostStatistic::Kind::mean) {
    for (const std::int64_t cost : record.cost) values.push_back(in_currency(cost));
    return values;
  }
  const std::vector<std::int64_t> sorted = sorted_costs(record);
  const double p = statistic.probability;
  const double at = results::quantile(results::Sample{std::span<const std::int64_t>(sorted)}, p);
  if (statistic.kind == CostStatistic::Kind::tail_mean) {
    for (const std::int64_t cost : record.cost)
      values.push_back(in_currency(at + std::max(static_cast<double>(cost) - at, 0.0) / (1.0 - p)));
    return values;
  }
  const double density = density_at(sorted, p);
  const auto below = static_cast<double>(std::upper_bound(sorted.begin(), sorted.end(), static_cast<std::int64_t>(at)) -
                                         sorted.begin());
  const double share = below / static_cast<double>(sorted.size());  // so that they have the quantile as their mean
  for (const std::int64_t cost : record.cost)
    values.push_back(in_currency(at + (share - (static_cast<double>(cost) <= at ? 1.0 : 0.0)) / density));
  return values;
}

MeanError mean_error(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  if (values.empty()) return {results::not_a_number, results::not_a_number};
  double sum = 0.0;
  for (const double value : values) sum += value;
  const double mean = sum / n;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? results::infinity : std::sqrt(squares / (n - 1.0) / n)};
}

MeanError mean_error(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> differences(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) differences[i] = a[i] - b[i];
  return mean_error(differences);
}

CostFigures figures_of(const Record& record) {
  CostFigures figures;
  const std::size_t n = record.cost.size();
  if (n == 0) return figures;
  const std::vector<std::int64_t> sorted = sorted_costs(record);
  const results::Moments moments = moments_of(sorted);
  const results::Sample sample{std::span<const std::int64_t>(sorted)};
  const auto at = [&](double p) { return in_currency(results::quantile(sample, p)); };
  figures.mean = in_currency(results::mean(moments.sum, n));
  figures.mean_error = in_currency(results::standard_error(moments, n));
  figures.sd = in_currency(results::standard_deviation(moments, n));
  figures.p5 = at(0.05);
  figures.p50 = at(0.5);
  figures.p90 = at(0.9);
  figures.p95 = at(0.95);
  figures.cvar95 = in_currency(results::cvar(sample, 0.95, {1, n}).value);
  return figures;
}

results::Estimate estimate_of(const Record& record, const Measure& measure, std::size_t index,
                              std::optional<double> budget, const results::Confidence& confidence) {
  const std::size_t paths = record.cost.size();
  const auto of_count = [&](std::uint64_t count) -> results::Estimate {
    const results::Interval interval = results::proportion_interval(count, paths, confidence);
    return {static_cast<double>(count) / static_cast<double>(paths), interval.low, interval.high};
  };
  if (paths == 0) return {results::not_a_number, results::not_a_number, results::not_a_number};
  if (measure.kind == Measure::Kind::over_budget) {
    const auto micros = static_cast<std::int64_t>(*budget * static_cast<double>(micros_per_unit) + 0.5);
    return of_count(static_cast<std::uint64_t>(
        std::count_if(record.cost.begin(), record.cost.end(), [&](std::int64_t cost) { return cost > micros; })));
  }
  if (!record.ratios[index]) return {results::not_a_number, results::not_a_number, results::not_a_number};
  const Ratio& ratio = *record.ratios[index];
  const double value = ratio.value();
  bool of_paths = true;
  std::uint64_t whole = 0, part = 0, touched = 0;
  for (std::size_t i = 0; i < paths; ++i) {
    of_paths = of_paths && ratio.whole[i] == 1.0f;
    whole += ratio.whole[i] > 0.0f ? 1 : 0;
    part += ratio.part[i] > 0.0f ? 1 : 0;
    // Paths on which the share is neither all nor nothing of what it mostly is.
    touched += measure.at_most() ? ratio.part[i] > 0.0f : ratio.part[i] < ratio.whole[i];
  }
  if (of_paths) return of_count(part);
  if (touched == 0) {  // no path has shown how bad it can be
    const results::Interval interval = results::proportion_interval(0, paths, confidence);
    return measure.at_most() ? results::Estimate{value, 0.0, interval.high}
                             : results::Estimate{value, 1.0 - interval.high, 1.0};
  }
  const double mean_whole = static_cast<double>(ratio.whole_sum) / static_cast<double>(paths);
  std::vector<double> residuals(paths);
  for (std::size_t i = 0; i < paths; ++i)
    residuals[i] = (static_cast<double>(ratio.part[i]) - value * static_cast<double>(ratio.whole[i])) / mean_whole;
  const double error = mean_error(residuals).error, n = static_cast<double>(paths), z = confidence.z_score;
  const double shift = skewness_of(residuals, error, n) * (1.0 + 2.0 * z * z) / (6.0 * std::sqrt(n)) * error;
  return {value, std::clamp(value - z * error + shift, 0.0, value), std::clamp(value + z * error + shift, value, 1.0)};
}

Standing standing_of(const results::Estimate& estimate, const Measure& measure) {
  if (!measure.limit) return Standing::met;
  if (std::isnan(estimate.value)) return Standing::missed;
  const double limit = *measure.limit;
  if (measure.at_most())
    return estimate.high <= limit ? Standing::met : estimate.low > limit ? Standing::missed : Standing::unknown;
  return estimate.low >= limit ? Standing::met : estimate.high < limit ? Standing::missed : Standing::unknown;
}

Standing joined(Standing a, Standing b) {
  if (a == Standing::missed || b == Standing::missed) return Standing::missed;
  return a == Standing::met && b == Standing::met ? Standing::met : Standing::unknown;
}

bool keeps(double value, const Measure& measure) {
  if (!measure.limit) return true;
  return measure.at_most() ? value <= *measure.limit : value >= *measure.limit;
}

std::vector<Against> compare_with(const std::vector<const Record*>& records, std::size_t best,
                                  const CostStatistic& statistic, double alpha) {
  const std::vector<double> reference = contributions(*records[best], statistic);
  const double reference_value = value_of(*records[best], statistic);
  const double z = confidence_of(alpha, records.size() > 1 ? records.size() - 1 : 1).z_score;
  std::vector<Against> all(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i == best) continue;
    const MeanError difference = mean_error(contributions(*records[i], statistic), reference);
    Against& against = all[i];
    against.difference = value_of(*records[i], statistic) - reference_value;
    // Where the two are equal on every path there is no error.
    const double reach = difference.error > 0.0 ? z * difference.error : 0.0;
    against.low = against.difference - reach;
    against.high = against.difference + reach;
    against.distinct = against.low > 0.0;
  }
  return all;
}

}  // namespace costrisk::decide
