// From integers to numbers with units.
#include "src/results/estimators/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "kernels/model/driver_parameters.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/sums/money.hpp"
#include "src/results/sums/numbers.hpp"

namespace costrisk::results {
namespace {

/// The tally counts unit costs by a million requests and 10^9 tokens, results by 1000 and a million.
constexpr double unit_cost_scale = 1000.0;
constexpr double units_per_request = 0x1p10;

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
    results_.step_hours = tally.layout().step_hours;
    hours_per_tick_ = results_.step_hours / static_cast<double>(ticks_per_step);
    if (tally.layout().budget_micros) results_.budget = in_currency(*tally.layout().budget_micros);
    for (const double p : probabilities_) ranks_.push_back(quantile_interval_ranks(n_, p));
  }

  Results evaluate() {
    const bool from_the_start = tally_.contiguous() && tally_.first_path() == tally_.layout().first_path;
    if (tally_.layout().exact() && from_the_start)
      for (std::uint64_t paths = first_checkpoint; paths <= n_; paths *= 2)
        results_.checkpoints.push_back(static_cast<double>(paths));
    costs();
    breakdown();
    jobs();
    services();
    use();
    commitments();
    fans();
    comparison();
    drivers();
    return std::move(results_);
  }

 private:
  void costs() {
    for (std::size_t plan = 0; plan < size(shape_.plans); ++plan) {
      results_.cost_mean.push_back(in_currency(mean(data_.cost[plan].sum, n_)));
      results_.cost_sd.push_back(in_currency(standard_deviation(data_.cost[plan], n_)));
      results_.cost_se.push_back(in_currency(standard_error(data_.cost[plan], n_)));
      results_.cost_min.push_back(n_ > 0 ? in_currency(data_.cost_min[plan].value) : not_a_number);
      results_.cost_max.push_back(n_ > 0 ? in_currency(data_.cost_max[plan].value) : not_a_number);
      if (results_.budget) {
        const Interval interval = proportion_interval(data_.over_budget[plan], n_);
        results_.over_budget.push_back(share(data_.over_budget[plan]));
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

  void breakdown() {
    for (const Moments& moments : data_.category_cost) {
      results_.category_mean.push_back(in_currency(mean(moments.sum, n_)));
      results_.category_sd.push_back(in_currency(standard_deviation(moments, n_)));
    }
    for (const Int128 sum : data_.owner_cost) results_.owner_mean.push_back(in_currency(mean(sum, n_)));
    for (const Int128 sum : data_.waste) results_.waste_mean.push_back(in_currency(mean(sum, n_)));
    money_quantiles(data_.owner_histogram, results_.owner_quantile);
  }

  void jobs() {
    for (const int component : tally_.layout().job_component) job_row(component);
  }

  void job_row(int component) {
    if (component < 0) {
      results_.finish_quantile.insert(results_.finish_quantile.end(), probabilities_.size(), not_a_number);
      results_.late.push_back(not_a_number);
      results_.interruptions_mean.push_back(not_a_number);
      results_.lost_work_mean.push_back(not_a_number);
      return;
    }
    const std::size_t c = size(component);
    const Sample finished(data_.finish_histogram[c]);
    for (const double p : probabilities_)
      results_.finish_quantile.push_back(quantile_of_all(finished, p) * hours_per_tick_);
    results_.late.push_back(mean(static_cast<Int128>(data_.job_late[c]), data_.job_runs[c]));
    results_.interruptions_mean.push_back(mean(static_cast<Int128>(data_.job_interruptions[c]), n_));
    results_.lost_work_mean.push_back(mean(data_.job_lost[c], n_) * hours_per_tick_);
  }

  void services() {
    const std::vector<int>& tells_tokens = tally_.layout().tells_tokens;
    const bool tokens = std::any_of(tells_tokens.begin(), tells_tokens.end(), [](int tells) { return tells != 0; });
    for (std::size_t place = 0; place < tally_.layout().service_component.size(); ++place) {
      const int component = tally_.layout().service_component[place];
      service_row(component);
      results_.service_cost_mean.push_back(component < 0 ? not_a_number
                                                         : in_currency(mean(data_.service_cost[place], n_)));
      unit_costs(component >= 0, data_.unit_cost_histogram[place], results_.unit_cost_quantile);
      if (tokens)
        unit_costs(component >= 0 && tells_tokens[place % size(shape_.services)] != 0,
                   data_.token_cost_histogram[place], results_.token_cost_quantile);
    }
  }

  void service_row(int component) {
    if (component < 0) {
      results_.served_share.push_back(not_a_number);
      results_.unserved_mean.push_back(not_a_number);
      results_.peak_instances_mean.push_back(not_a_number);
      results_.wait_mean.push_back(not_a_number);
      return;
    }
    const std::size_t c = size(component);
    const Int128 asked = data_.service_served[c] + data_.service_unserved[c];
    results_.served_share.push_back(n_ == 0 ? not_a_number : ratio(data_.service_served[c], asked, 1.0));
    results_.unserved_mean.push_back(mean(data_.service_unserved[c], n_) / units_per_request);
    results_.peak_instances_mean.push_back(mean(static_cast<Int128>(data_.service_peak[c]), n_));
    results_.wait_mean.push_back(
        n_ == 0 ? not_a_number : ratio(data_.service_waiting[c], data_.service_queued[c], 0.0) * results_.step_hours);
  }

  void unit_costs(bool known, const Histogram& histogram, std::vector<double>& to) {
    const Sample sample(histogram);
    for (const double p : probabilities_)
      to.push_back(known ? in_currency(quantile_of_all(sample, p)) / unit_cost_scale : not_a_number);
  }

  void use() {
    const std::size_t uses = size(shape_.markets) * purchase_count;
    std::vector<Int128> total(uses);
    const auto add = [&](const std::vector<int>& components, std::size_t plan, int workloads,
                         const std::vector<Int128>& held) {
      for (std::size_t w = 0; w < size(workloads); ++w) {
        const int component = components[plan * size(workloads) + w];
        if (component < 0) continue;
        for (std::size_t i = 0; i < uses; ++i) total[i] += held[size(component) * uses + i];
      }
    };
    for (std::size_t plan = 0; plan < size(shape_.plans); ++plan) {
      total.assign(uses, 0);
      add(tally_.layout().job_component, plan, tally_.layout().jobs, data_.job_use);
      add(tally_.layout().service_component, plan, shape_.services, data_.service_use);
      for (const Int128 ticks : total) results_.use_hours_mean.push_back(mean(ticks, n_) * hours_per_tick_);
    }
  }

  void commitments() {
    const ResultsContext& context = results_.context;
    results_.obligation = context.obligation;
    results_.commitment_cost = context.commitment_cost;
    results_.discount_cost = context.discount_cost;
    for (std::size_t plan = 0; plan < size(shape_.plans); ++plan) {
      const Int128 paid = data_.category_cost[plan * category_count + size(static_cast<int>(Category::on_demand))].sum;
      const Int128 covered = data_.covered[plan];
      const Int128 unused = data_.waste[plan * waste_kind_count + size(static_cast<int>(WasteKind::unused_commitment))];
      const double cost = context.commitment_cost[plan];
      results_.coverage.push_back(ratio(covered, covered + paid, not_a_number));
      results_.utilization.push_back(cost > 0.0 ? (cost - in_currency(mean(unused, n_))) / cost : not_a_number);
      results_.commitment_savings_mean.push_back(in_currency(mean(covered, n_)) - context.discount_cost[plan]);
    }
  }

  void fans() {
    money_quantiles(data_.fan_histogram, results_.fan_quantile);
    money_quantiles(data_.period_histogram, results_.period_quantile);
  }

  void comparison() {
    const int plans = shape_.plans;
    for (int i = 0; i < plans; ++i) {
      results_.cheapest.push_back(share(data_.cheapest[size(i)]));
      for (int j = 0; j < plans; ++j) {
        results_.cheaper.push_back(share(data_.cheaper[size(i) * size(plans) + size(j)]));
        Moments difference;
        if (i != j) {
          difference.sum = data_.cost[size(i)].sum - data_.cost[size(j)].sum;
          difference.squares =
              data_.difference_squares[i < j ? tally_.layout().pair(i, j) : tally_.layout().pair(j, i)];
        }
        results_.difference_mean.push_back(in_currency(mean(difference.sum, n_)));
        results_.difference_se.push_back(in_currency(standard_error(difference, n_)));
      }
    }
  }

  void drivers() {
    results_.driver_bin_low = results_.context.driver_bin_low;
    results_.driver_bin_high = results_.context.driver_bin_high;
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

  void money_quantiles(const std::vector<Histogram>& histograms, std::vector<double>& to) {
    for (const Histogram& histogram : histograms) {
      const Sample sample(histogram);
      for (const double p : probabilities_) to.push_back(in_currency(quantile(sample, p)));
    }
  }

  /// The quantile over all paths of what only some have: the others stand at infinity.
  double quantile_of_all(const Sample& some, double p) const {
    if (n_ == 0) return not_a_number;
    const std::uint64_t rank = quantile_rank(n_, p);
    return rank > some.size() ? infinity : some.at(rank).mean;
  }

  static double ratio(Int128 part, Int128 whole, double of_nothing) {
    return whole == 0 ? of_nothing : static_cast<double>(part) / static_cast<double>(whole);
  }

  double share(std::uint64_t count) const { return mean(static_cast<Int128>(count), n_); }

  const Tally& tally_;
  const TallyData& data_;
  const Shape shape_;
  const std::uint64_t n_;
  const Sorter& sort_;
  const std::vector<double>& probabilities_;
  std::vector<Ranks> ranks_;
  std::vector<CentralMoments> central_moments_;  ///< [plan]: of cost in micro-units; empty without drivers
  double hours_per_tick_ = 0.0;
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
  for (const double p : context.probabilities)
    if (!(p > 0.0 && p < 1.0))
      throw std::invalid_argument(fmt::format("probability {} is not inside (0, 1): quantiles exist only there", p));
  return Evaluation(tally, context, sort).evaluate();
}

}  // namespace costrisk::results
