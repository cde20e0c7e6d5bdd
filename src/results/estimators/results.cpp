// From integers to numbers with units.
#include "src/results/estimators/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/results/estimators/evidence.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/quantities/quantities.hpp"
#include "src/results/sums/money.hpp"
#include "src/results/sums/numbers.hpp"

namespace costrisk::results {
namespace {

void expect_labels(std::size_t labels, int extent, const char* what) {
  if (labels != size(extent))
    throw std::invalid_argument(fmt::format(
        "{} {} are named for a tally of {}: context and tally belong to different scenarios", labels, what, extent));
}

/// Evaluates into a Results, one subject a function.
class Evaluation {
 public:
  Evaluation(const Tally& tally, const ResultsContext& context, const Sorter& sort)
      : tally_(tally),
        data_(tally.data()),
        shape_(tally.layout().shape),
        n_(tally.paths()),
        sort_(sort),
        probabilities_(context.probabilities) {
    results_.context = context;
    results_.first_path = tally.first_path();
    results_.paths = n_;
    results_.run_paths = tally.layout().paths;
    results_.step_hours = tally.layout().step_hours;
    if (tally.layout().budget_micros) results_.budget = in_currency(*tally.layout().budget_micros);
    for (const double p : probabilities_) ranks_.push_back(quantile_interval_ranks(n_, p));
  }

  Results evaluate() {
    const bool from_the_start = tally_.contiguous() && tally_.first_path() == tally_.layout().first_path;
    if (tally_.layout().exact() && from_the_start)
      for (std::uint64_t paths = first_checkpoint; paths <= n_; paths *= 2)
        results_.checkpoints.push_back(static_cast<double>(paths));
    costs();
    drivers();
    const Evidence evidence(tally_, results_);
    for (const Quantity& quantity : quantities())
      if (evidence.has(quantity.needs)) fill(quantity, evidence);
    expect_all(evidence);
    return std::move(results_);
  }

 private:
  void costs() {
    for (std::size_t plan = 0; plan < size(shape_.plans); ++plan) {
      if (results_.budget) {
        const Interval interval = proportion_interval(data_.over_budget[plan], n_);
        results_.over_budget.push_back(mean(static_cast<Int128>(data_.over_budget[plan]), n_));
        results_.over_budget_low.push_back(interval.low);
        results_.over_budget_high.push_back(interval.high);
      }
      if (tally_.layout().exact()) {
        const std::vector<std::int64_t> sorted = converging_costs(plan);
        distribution(plan, Sample(std::span<const std::int64_t>(sorted)));
      } else {
        distribution(plan, Sample(data_.cost_histogram[plan]));
      }
    }
  }

  /// The costs of a plan in ascending order; on the way there, what they say at each checkpoint.
  std::vector<std::int64_t> converging_costs(std::size_t plan) {
    std::vector<std::int64_t> costs = tally_.costs_by_path(static_cast<int>(plan));
    Moments moments;
    std::size_t done = 0;
    const auto sort_up_to = [&](std::size_t end) {
      const auto begin = costs.begin(), middle = begin + static_cast<std::ptrdiff_t>(done),
                 stop = begin + static_cast<std::ptrdiff_t>(end);
      sort_(std::span(middle, stop));
      std::inplace_merge(begin, middle, stop);
      done = end;
    };
    for (const double checkpoint : results_.checkpoints) {
      const auto paths = static_cast<std::size_t>(checkpoint);
      for (std::size_t p = done; p < paths; ++p) {
        moments.sum += costs[p];
        moments.squares += static_cast<UInt128>(Int128{costs[p]} * costs[p]);
      }
      sort_up_to(paths);
      checkpoint_row(moments, std::span<const std::int64_t>(costs).first(paths));
    }
    sort_up_to(costs.size());
    return costs;
  }

  void checkpoint_row(const Moments& moments, std::span<const std::int64_t> sorted) {
    constexpr double p = 0.95;
    const std::uint64_t n = sorted.size();
    const Sample sample(sorted);
    const Ranks ranks = quantile_interval_ranks(n, p);
    const Estimate value = quantile(sample, p, ranks), worst = cvar(sample, p, ranks);
    results_.convergence_mean.push_back(in_currency(mean(moments.sum, n)));
    results_.convergence_mean_se.push_back(in_currency(standard_error(moments, n)));
    results_.convergence_p95.push_back(in_currency(value.value));
    results_.convergence_p95_low.push_back(in_currency(value.low));
    results_.convergence_p95_high.push_back(in_currency(value.high));
    results_.convergence_cvar95.push_back(in_currency(worst.value));
    results_.convergence_cvar95_low.push_back(in_currency(worst.low));
    results_.convergence_cvar95_high.push_back(in_currency(worst.high));
    if (!tally_.layout().budget_micros) return;
    const auto over = sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), *tally_.layout().budget_micros);
    results_.convergence_over_budget.push_back(mean(static_cast<Int128>(over), n));
  }

  void distribution(std::size_t plan, const Sample& sample) {
    tails(sample);
    if (shape_.drivers > 0) central_moments_.push_back(central_moments(sample, mean(data_.cost[plan].sum, n_)));
  }

  void tails(const Sample& sample) {
    for (std::size_t i = 0; i < probabilities_.size(); ++i) {
      const Estimate value = quantile(sample, probabilities_[i], ranks_[i]);
      results_.cost_quantile.push_back(in_currency(value.value));
      results_.cost_quantile_low.push_back(in_currency(value.low));
      results_.cost_quantile_high.push_back(in_currency(value.high));
      const Estimate worst = cvar(sample, probabilities_[i], ranks_[i]);
      results_.cost_cvar.push_back(in_currency(worst.value));
      results_.cost_cvar_low.push_back(in_currency(worst.low));
      results_.cost_cvar_high.push_back(in_currency(worst.high));
    }
  }

  /// Evaluates a quantity by its formula.
  void fill(const Quantity& quantity, const Evidence& evidence) {
    std::vector<double> values;
    if (quantity.estimate)
      each_cell(results_, quantity.dimensions,
                [&](const Cell& cell) { values.push_back(quantity.estimate(evidence, cell)); });
    else if (quantity.quantiles) {
      std::vector<Dimension> others = quantity.dimensions;
      std::erase(others, Dimension::probability);
      each_cell(results_, others, [&](const Cell& cell) {
        const std::vector<double> row = quantity.quantiles(evidence, cell);
        values.insert(values.end(), row.begin(), row.end());
      });
    } else
      return;
    results_.*quantity.values = std::move(values);
  }

  /// @throws std::logic_error for a quantity that neither a formula nor a joint evaluation filled in
  void expect_all(const Evidence& evidence) const {
    for (const Quantity& quantity : quantities()) {
      const std::size_t expected =
          evidence.has(quantity.needs) ? cell_count(results_, quantity.dimensions) : std::size_t{0};
      if ((results_.*quantity.values).size() != expected)
        throw std::logic_error(
            fmt::format("quantity '{}' has {} values for {} cells: its row has no formula, and no "
                        "joint evaluation fills it in",
                        quantity.name, (results_.*quantity.values).size(), expected));
    }
  }

  void drivers() {
    if (shape_.drivers == 0) return;
    for (std::size_t plan = 0; plan < size(shape_.plans); ++plan) {
      double rest = 1.0;
      for (std::size_t driver = 0; driver < size(shape_.drivers); ++driver) rest -= driver_row(plan, driver);
      constexpr double rounding = 1e-9;
      results_.driver_rest.push_back(std::abs(rest) < rounding ? 0.0 : rest);
    }
  }

  /// @returns the driver's share of the plan's variance
  double driver_row(std::size_t plan, std::size_t driver) {
    const DriverSums& sums = data_.drivers;
    const bool chance = is_chance(results_.context.drivers[driver]);
    const DriverGroups bins = by_bin(sums, shape_, plan, driver);
    const DriverGroups told = chance ? by_outcome(sums, shape_, plan, driver) : bins;
    for (std::size_t bin = 0; bin < driver_bins; ++bin)
      results_.driver_mean.push_back(in_currency(mean(bins.cost[bin].sum, bins.paths[bin])));
    if (results_.budget) {
      for (std::size_t bin = 0; bin < driver_bins; ++bin)
        results_.driver_over_budget.push_back(mean(static_cast<Int128>(bins.over_budget[bin]), bins.paths[bin]));
      const BudgetBreak place = budget_break(told);
      results_.driver_break_above.push_back(place.above);
      results_.driver_break_below.push_back(place.below);
    }
    const VarianceShare share =
        variance_share(chance ? told : by_cell(sums, shape_, plan, driver), central_moments_[plan]);
    results_.driver_share.push_back(share.share);
    results_.driver_share_se.push_back(share.standard_error);
    return share.share;
  }

  const Tally& tally_;
  const TallyData& data_;
  const Shape shape_;
  const std::uint64_t n_;
  const Sorter& sort_;
  const std::vector<double>& probabilities_;
  std::vector<Ranks> ranks_;
  std::vector<CentralMoments> central_moments_;  ///< [plan]: of cost in micro-units; empty without drivers
  Results results_;
};

}  // namespace

Results evaluate(const Tally& tally, const ResultsContext& context, const Sorter& sort) {
  const Shape& shape = tally.layout().shape;
  expect_labels(context.plans.size(), shape.plans, "plans");
  expect_labels(context.jobs.size(), tally.layout().jobs, "jobs");
  expect_labels(context.services.size(), shape.services, "services");
  expect_labels(context.obligation.size(), shape.plans, "obligations");
  expect_labels(context.commitment_cost.size(), shape.plans, "costs of commitments");
  expect_labels(context.discount_cost.size(), shape.plans, "costs of discounts");
  expect_labels(context.categories.size(), category_count, "categories");
  expect_labels(context.owners.size(), shape.owners, "owners");
  expect_labels(context.markets.size(), shape.markets, "markets");
  expect_labels(context.purchases.size(), purchase_count, "purchases");
  expect_labels(context.time_hours.size(), shape.bins, "time bins");
  expect_labels(context.drivers.size(), shape.drivers, "drivers");
  expect_labels(context.driver_bin_low.size(), shape.drivers * driver_bins, "lower ends of drivers' bins");
  expect_labels(context.driver_bin_high.size(), shape.drivers * driver_bins, "upper ends of drivers' bins");
  expect_labels(context.latency_range_start.size(), shape.latency_components > 0 ? shape.services * latency_ranges : 0,
                "ranges of latencies");
  for (const double p : context.probabilities)
    if (!(p > 0.0 && p < 1.0))
      throw std::invalid_argument(fmt::format("probability {} is not inside (0, 1): quantiles exist only there", p));
  return Evaluation(tally, context, sort).evaluate();
}

}  // namespace costrisk::results
