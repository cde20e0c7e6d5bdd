// One run after the other, each a continuation of those before.
#include "src/run/until_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "src/results/estimators/results.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/run/cost_sort.hpp"

namespace costrisk::run {

namespace {

using results::Confidence;
using results::Estimate;

constexpr double error_chance = 0.05;

/// Standard normal quantiles at 1 − error_chance / (2·j·(j+1)), j = 1, 2, …: kept, since functions of the C library
/// differ between processors and the number of paths must not.
constexpr std::array<double, 32> z_scores = {
    2.241402727605, 2.638257273477, 2.865260238532, 3.023341439739, 3.143980287069, 3.241152165517, 3.322277919544,
    3.391763140588, 3.452432937388, 3.506204726617, 3.554437951633, 3.598130480599, 3.638035771873, 3.674736256384,
    3.708691177909, 3.740268848583, 3.769769028808, 3.797438843697, 3.823484349286, 3.848079098364, 3.871370591797,
    3.893485210825, 3.914532039227, 3.934605861560, 3.953789541274, 3.972155926105, 3.989769388931, 4.006687084454,
    4.022959982237, 4.038633722041, 4.053749326873, 4.068343801124};

Confidence confidence_at(int look) {
  const int j = std::min(look, static_cast<int>(z_scores.size()));
  return {0.5 * error_chance / (j * (j + 1.0)), z_scores[static_cast<std::size_t>(j - 1)]};
}

Estimate with_error(const results::Moments& moments, std::uint64_t n, const Confidence& confidence) {
  const double value = results::mean(moments.sum, n), reach = confidence.z_score * results::standard_error(moments, n);
  return {value, value - reach, value + reach};
}

/// The statistic with its interval; money in micro-units.
Estimate estimate(const results::Tally& tally, std::size_t plan, const Precision& precision,
                  const Confidence& confidence, const results::Sorter& sort) {
  const std::uint64_t n = tally.paths();
  const results::TallyData& data = tally.data();
  const double p = precision.statistic.probability();
  const auto of_sample = [&](auto evaluate) {
    const results::Ranks ranks = results::quantile_interval_ranks(n, p, confidence);
    if (!tally.layout().exact()) return evaluate(results::Sample(data.cost_histogram[plan]), ranks);
    const std::vector<std::int64_t> sorted = tally.sorted_costs(static_cast<int>(plan), sort);
    return evaluate(results::Sample(std::span<const std::int64_t>(sorted)), ranks);
  };
  using results::Kind;
  switch (precision.statistic.quantity->kind) {
    case Kind::mean:
      return with_error(precision.statistic.quantity->has(results::Dimension::other_plan)
                            ? results::difference_of_costs(tally, plan, precision.other_plan)
                            : data.cost[plan],
                        n, confidence);
    case Kind::share: {
      const results::Interval interval = results::proportion_interval(data.over_budget[plan], n, confidence);
      return {static_cast<double>(data.over_budget[plan]) / static_cast<double>(n), interval.low, interval.high};
    }
    case Kind::quantile:
      return of_sample([&](const results::Sample& sample, const results::Ranks& ranks) {
        return results::quantile(sample, p, ranks);
      });
    case Kind::tail_mean:
      return of_sample([&](const results::Sample& sample, const results::Ranks& ranks) {
        return results::cvar(sample, p, ranks, confidence);
      });
    case Kind::standard_deviation:
    case Kind::extreme:
    case Kind::known:
    case Kind::error:
    case Kind::interval_end:
      break;
  }
  throw std::logic_error(fmt::format("'{}' has no interval", precision.statistic.text));
}

Look look_with(const results::Tally& tally, const Precision& precision, int look, const results::Sorter& sort) {
  Look result;
  result.paths = tally.paths();
  const auto plans = static_cast<std::size_t>(tally.layout().shape.plans);
  const std::size_t first = precision.plan.value_or(0), end = precision.plan ? first + 1 : plans;
  result.plan = first;
  for (std::size_t plan = first; plan < end; ++plan) {
    const double error = error_of(tally, plan, precision, look, sort);
    if (error > result.error) {
      result.error = error;
      result.plan = plan;
    }
  }
  result.precise = result.error <= precision.error;
  return result;
}

}  // namespace

bool can_be_precise(const results::Quantity& quantity) {
  using results::Results;
  for (const auto values : {&Results::cost_mean, &Results::over_budget, &Results::cost_quantile, &Results::cost_cvar,
                            &Results::difference_mean})
    if (quantity.values == values) return true;
  return false;
}

double error_of(const results::Tally& tally, std::size_t plan, const Precision& precision, int look,
                const results::Sorter& sort) {
  const Estimate figure = estimate(tally, plan, precision, confidence_at(look), sort);
  const double width = std::max(figure.high - figure.value, figure.value - figure.low);
  if (width == 0.0 || precision.statistic.quantity->unit == results::Unit::share) return width;
  if (!std::isfinite(width) || figure.value == 0.0) return std::numeric_limits<double>::infinity();
  return width / std::abs(figure.value);
}

std::uint64_t next_look(std::uint64_t done, std::uint64_t most) {
  std::uint64_t paths = results::first_checkpoint;
  while (paths < done) paths *= 2;
  return std::min(paths, most);
}

Look look_at(const results::Tally& tally, const Precision& precision) {
  int look = 1;
  while (results::first_checkpoint << (look - 1) < tally.paths()) ++look;
  return look_with(tally, precision, look, results::sort_on_processor);
}

std::uint64_t paths_for(const Look& seen, double error) {
  constexpr std::uint64_t most = std::uint64_t{1} << 40;
  const double times = seen.error / error, wanted = static_cast<double>(seen.paths) * times * times;
  std::uint64_t paths = results::first_checkpoint;
  while (paths < most && (paths <= seen.paths || static_cast<double>(paths) < wanted)) paths *= 2;
  return paths;
}

Outcome simulate_until(const scenario::Scenario& scenario, const Options& options, const Precision& precision,
                       std::uint64_t most, const std::function<void(const Look&)>& report,
                       std::optional<Outcome> before, const Checkpoints& checkpoints) {
  std::optional<Outcome> outcome = std::move(before);
  for (int look = 1;; ++look) {
    const std::uint64_t paths = std::min(results::first_checkpoint << (look - 1), most);
    const std::uint64_t done = outcome ? outcome->tally.paths() : 0;
    if (done > paths) continue;
    outcome = continue_run(scenario, options, std::move(outcome), {options.first_path + done, paths - done},
                           {options.first_path, paths}, checkpoints);
    if (!outcome->complete) return std::move(*outcome);
    CostSort sort(*outcome, options.notice);
    const Look seen = look_with(outcome->tally, precision, look, std::ref(sort));
    if (const auto time = sort.launch_time()) outcome->timings.launches.push_back(*time);
    report(seen);
    if (seen.precise || paths == most) return std::move(*outcome);
  }
}

}  // namespace costrisk::run
