// From integers to numbers with units.
#include "src/tally/results.hpp"

#include <fmt/format.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "kernels/model/driver_parameters.hpp"
#include "src/tally/statistics.hpp"

namespace costrisk::tally {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The tally counts unit costs by a million requests and 10^9 tokens, results by 1000 and a million.
constexpr double unit_cost_scale = 1000.0;
constexpr double units_per_request = 0x1p10;

double money(double micros) { return micros / static_cast<double>(micros_per_unit); }

std::size_t size(int extent) { return static_cast<std::size_t>(extent); }

void expect_labels(std::size_t labels, int extent, const char* what) {
  if (labels != size(extent))
    throw std::invalid_argument(fmt::format(
        "{} {} are named for a tally of {}: context and tally belong to different scenarios", labels, what, extent));
}

/// Evaluates into a Results, one subject a function.
class Evaluation {
 public:
  Evaluation(const Tally& tally, const ResultsContext& context)
      : tally_(tally),
        data_(tally.data()),
        shape_(tally.layout().shape),
        n_(tally.paths()),
        probabilities_(context.probabilities) {
    results_.context = context;
    results_.first_path = tally.first_path();
    results_.paths = n_;
    results_.step_hours = tally.layout().step_hours;
    hours_per_tick_ = results_.step_hours / static_cast<double>(ticks_per_step);
    if (tally.layout().budget_micros) results_.budget = money(static_cast<double>(*tally.layout().budget_micros));
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
      results_.cost_mean.push_back(money(mean(data_.cost[plan].sum, n_)));
      results_.cost_sd.push_back(money(standard_deviation(data_.cost[plan], n_)));
      results_.cost_se.push_back(money(standard_error(data_.cost[plan], n_)));
      results_.cost_min.push_back(n_ > 0 ? money(static_cast<double>(data_.cost_min[plan])) : not_a_number);
      results_.cost_max.push_back(n_ > 0 ? money(static_cast<double>(data_.cost_max[plan])) : not_a_number);
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
      tbb::parallel_sort(middle, stop);
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
    results_.convergence_mean.push_back(money(mean(moments.sum, n)));
    results_.convergence_mean_se.push_back(money(standard_error(moments, n)));
    results_.convergence_p95.push_back(money(value.value));
    results_.convergence_p95_low.push_back(money(value.interval.low));
    results_.convergence_p95_high.push_back(money(value.interval.high));
    results_.convergence_cvar95.push_back(money(worst.value));
    results_.convergence_cvar95_low.push_back(money(worst.interval.low));
    results_.convergence_cvar95_high.push_back(money(worst.interval.high));
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
      results_.cost_quantile.push_back(money(value.value));
      results_.cost_quantile_low.push_back(money(value.interval.low));
      results_.cost_quantile_high.push_back(money(value.interval.high));
      const Estimate worst = cvar(sample, probabilities_[i], ranks_[i]);
      results_.cost_cvar.push_back(money(worst.value));
      results_.cost_cvar_low.push_back(money(worst.interval.low));
      results_.cost_cvar_high.push_back(money(worst.interval.high));
    }
  }

  void breakdown() {
    for (const Moments& moments : data_.category) {
      results_.category_mean.push_back(money(mean(moments.sum, n_)));
      results_.category_sd.push_back(money(standard_deviation(moments, n_)));
    }
    for (const Int128 sum : data_.owner) results_.owner_mean.push_back(money(mean(sum, n_)));
    for (const Int128 sum : data_.waste) results_.waste_mean.push_back(money(mean(sum, n_)));
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
      results_.service_cost_mean.push_back(component < 0 ? not_a_number : money(mean(data_.service_cost[place], n_)));
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
      to.push_back(known ? money(quantile_of_all(sample, p)) / unit_cost_scale : not_a_number);
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
      const Int128 paid = data_.category[plan * category_count + size(static_cast<int>(Category::on_demand))].sum;
      const Int128 covered = data_.covered[plan];
      const Int128 unused = data_.waste[plan * waste_kind_count + size(static_cast<int>(WasteKind::unused_commitment))];
      const double cost = context.commitment_cost[plan];
      results_.coverage.push_back(ratio(covered, covered + paid, not_a_number));
      results_.utilization.push_back(cost > 0.0 ? (cost - money(mean(unused, n_))) / cost : not_a_number);
      results_.commitment_savings_mean.push_back(money(mean(covered, n_)) - context.discount_cost[plan]);
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
        results_.difference_mean.push_back(money(mean(difference.sum, n_)));
        results_.difference_se.push_back(money(standard_error(difference, n_)));
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
      results_.driver_rest.push_back(rest);
    }
  }

  /// @returns the driver's share of the plan's variance
  double driver_row(std::size_t plan, std::size_t driver) {
    const DriverSums& sums = data_.drivers;
    const std::size_t first = (plan * size(shape_.drivers) + driver) * driver_bins;
    const std::span paths = std::span(sums.paths).subspan(driver * driver_bins, driver_bins);
    const std::span cost = std::span(sums.cost).subspan(first, driver_bins);
    const std::span over = std::span(sums.over_budget).subspan(first, driver_bins);
    for (std::size_t bin = 0; bin < driver_bins; ++bin)
      results_.driver_mean.push_back(money(mean(cost[bin].sum, paths[bin])));
    if (results_.budget) {
      for (std::size_t bin = 0; bin < driver_bins; ++bin)
        results_.driver_over_budget.push_back(mean(static_cast<Int128>(over[bin]), paths[bin]));
      const BudgetBreak place = budget_break(paths, over);
      results_.driver_break_above.push_back(place.above);
      results_.driver_break_below.push_back(place.below);
    }
    const VarianceShare share = variance_share(paths, cost, central_moments_[plan]);
    results_.driver_share.push_back(share.share);
    results_.driver_share_se.push_back(share.standard_error);
    return share.share;
  }

  void money_quantiles(const std::vector<Histogram>& histograms, std::vector<double>& to) {
    for (const Histogram& histogram : histograms) {
      const Sample sample(histogram);
      for (const double p : probabilities_) to.push_back(money(quantile(sample, p)));
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
  const std::vector<double>& probabilities_;
  std::vector<Ranks> ranks_;
  std::vector<CentralMoments> central_moments_;  ///< [plan]: of cost in micro-units; empty without drivers
  double hours_per_tick_ = 0.0;
  Results results_;
};

}  // namespace

std::size_t Results::extent(std::string_view dimension) const {
  if (dimension == "plan" || dimension == "other_plan") return context.plans.size();
  if (dimension == "job") return context.jobs.size();
  if (dimension == "service") return context.services.size();
  if (dimension == "category") return context.categories.size();
  if (dimension == "owner") return context.owners.size();
  if (dimension == "market") return context.markets.size();
  if (dimension == "purchase") return context.purchases.size();
  if (dimension == "waste_kind") return waste_kind_names.size();
  if (dimension == "probability") return context.probabilities.size();
  if (dimension == "checkpoint") return checkpoints.size();
  if (dimension == "driver") return context.drivers.size();
  if (dimension == "driver_bin") return context.drivers.empty() ? 0 : driver_bins;
  if (dimension == "time") return context.time_hours.size();
  throw std::invalid_argument(fmt::format("'{}' is not a dimension of results", dimension));
}

const std::vector<ResultField>& result_fields() {
  static const std::vector<ResultField> fields = {
      {"cost_mean", {"plan"}, Unit::money, "mean cost", &Results::cost_mean},
      {"cost_sd", {"plan"}, Unit::money, "standard deviation of cost over paths", &Results::cost_sd},
      {"cost_se", {"plan"}, Unit::money, "standard error of the mean cost; NaN for a single path", &Results::cost_se},
      {"cost_min", {"plan"}, Unit::money, "lowest cost of any path", &Results::cost_min},
      {"cost_max", {"plan"}, Unit::money, "highest cost of any path", &Results::cost_max},
      {"over_budget", {"plan"}, Unit::one, "share of paths that cost more than the budget", &Results::over_budget},
      {"over_budget_low",
       {"plan"},
       Unit::one,
       "lower end of the 95 % interval of over_budget",
       &Results::over_budget_low},
      {"over_budget_high",
       {"plan"},
       Unit::one,
       "upper end of the 95 % interval of over_budget",
       &Results::over_budget_high},
      {"cost_quantile", {"plan", "probability"}, Unit::money, "quantile of cost", &Results::cost_quantile},
      {"cost_quantile_low",
       {"plan", "probability"},
       Unit::money,
       "lower end of the 95 % interval of cost_quantile; -inf where paths are too few",
       &Results::cost_quantile_low},
      {"cost_quantile_high",
       {"plan", "probability"},
       Unit::money,
       "upper end of the 95 % interval of cost_quantile; inf where paths are too few",
       &Results::cost_quantile_high},
      {"cost_cvar",
       {"plan", "probability"},
       Unit::money,
       "conditional value at risk: mean cost of the worst 1 - probability",
       &Results::cost_cvar},
      {"cost_cvar_low",
       {"plan", "probability"},
       Unit::money,
       "lower end of the 95 % interval of cost_cvar",
       &Results::cost_cvar_low},
      {"cost_cvar_high",
       {"plan", "probability"},
       Unit::money,
       "upper end of the 95 % interval of cost_cvar; inf where paths are too few",
       &Results::cost_cvar_high},
      {"category_mean", {"plan", "category"}, Unit::money, "mean cost by category", &Results::category_mean},
      {"category_sd",
       {"plan", "category"},
       Unit::money,
       "standard deviation of cost over paths, by category",
       &Results::category_sd},
      {"owner_mean", {"plan", "owner"}, Unit::money, "mean cost by owner", &Results::owner_mean},
      {"owner_quantile",
       {"plan", "owner", "probability"},
       Unit::money,
       "quantile of cost by owner",
       &Results::owner_quantile},
      {"finish_quantile",
       {"plan", "job", "probability"},
       Unit::hours,
       "quantile of the end of the job's last run since the start; inf: not done at the horizon; NaN: not in the plan",
       &Results::finish_quantile},
      {"late",
       {"plan", "job"},
       Unit::one,
       "share of the job's runs that are late or unfinished; NaN: not in the plan, or no run released",
       &Results::late},
      {"interruptions_mean",
       {"plan", "job"},
       Unit::one,
       "mean number of interruptions of the job; NaN: not in the plan",
       &Results::interruptions_mean},
      {"lost_work_mean",
       {"plan", "job"},
       Unit::hours,
       "mean run time that the job lost to interruptions; NaN: not in the plan",
       &Results::lost_work_mean},
      {"served_share",
       {"plan", "service"},
       Unit::one,
       "share of all requests on all paths that were served; 1 where none came; NaN: not in the plan",
       &Results::served_share},
      {"unserved_mean",
       {"plan", "service"},
       Unit::one,
       "mean number of requests not served; NaN: not in the plan",
       &Results::unserved_mean},
      {"peak_instances_mean",
       {"plan", "service"},
       Unit::one,
       "mean over paths of the most instances held at a time; NaN: not in the plan",
       &Results::peak_instances_mean},
      {"wait_mean",
       {"plan", "service"},
       Unit::hours,
       "mean time in the queue of the requests that entered the fleet or its queue; NaN: not in the plan",
       &Results::wait_mean},
      {"service_cost_mean",
       {"plan", "service"},
       Unit::money,
       "mean cost of the service: its instances, covered use at the commitments' rates, serverless and penalty; NaN: "
       "not in the plan",
       &Results::service_cost_mean},
      {"unit_cost_quantile",
       {"plan", "service", "probability"},
       Unit::money,
       "quantile of the service's cost per 1000 requests served; inf: none served; NaN: not in the plan",
       &Results::unit_cost_quantile},
      {"token_cost_quantile",
       {"plan", "service", "probability"},
       Unit::money,
       "quantile of the service's cost per million output tokens served; inf: none served; NaN: not in the plan, or no "
       "tokens given",
       &Results::token_cost_quantile},
      {"use_hours_mean",
       {"plan", "market", "purchase"},
       Unit::hours,
       "mean instance-hours held",
       &Results::use_hours_mean},
      {"waste_mean", {"plan", "waste_kind"}, Unit::money, "mean money spent to no use", &Results::waste_mean},
      {"coverage",
       {"plan"},
       Unit::one,
       "share of on-demand use, at list price, that commitments covered; NaN: there was none",
       &Results::coverage},
      {"utilization",
       {"plan"},
       Unit::one,
       "share of commitment_cost that was used; NaN: no commitments",
       &Results::utilization},
      {"commitment_cost",
       {"plan"},
       Unit::money,
       "cost of commitments and savings plans over the horizon, upfront payments spread over their term",
       &Results::commitment_cost},
      {"discount_cost",
       {"plan"},
       Unit::money,
       "of commitment_cost, what discount commitments and savings plans cost",
       &Results::discount_cost},
      {"commitment_savings_mean",
       {"plan"},
       Unit::money,
       "mean list price of what discount commitments and savings plans covered, less discount_cost; negative where "
       "they lose money",
       &Results::commitment_savings_mean},
      {"obligation",
       {"plan"},
       Unit::money,
       "cost of the commitments' whole terms that is still owed at the horizon",
       &Results::obligation},
      {"fan_quantile",
       {"plan", "time", "probability"},
       Unit::money,
       "quantile of the cost from the start to the end of the bin",
       &Results::fan_quantile},
      {"period_quantile",
       {"plan", "time", "probability"},
       Unit::money,
       "quantile of the cost within the bin",
       &Results::period_quantile},
      {"cheaper",
       {"plan", "other_plan"},
       Unit::one,
       "share of paths in which plan costs strictly less than other_plan",
       &Results::cheaper},
      {"difference_mean",
       {"plan", "other_plan"},
       Unit::money,
       "mean over paths of the cost of plan less that of other_plan",
       &Results::difference_mean},
      {"difference_se",
       {"plan", "other_plan"},
       Unit::money,
       "standard error of difference_mean, from paired paths",
       &Results::difference_se},
      {"cheapest",
       {"plan"},
       Unit::one,
       "share of paths in which plan costs least of all, ties to the first",
       &Results::cheapest},
      {"convergence_mean",
       {"plan", "checkpoint"},
       Unit::money,
       "mean cost of the first paths",
       &Results::convergence_mean},
      {"convergence_mean_se",
       {"plan", "checkpoint"},
       Unit::money,
       "standard error of convergence_mean",
       &Results::convergence_mean_se},
      {"convergence_p95",
       {"plan", "checkpoint"},
       Unit::money,
       "P95 of cost over the first paths",
       &Results::convergence_p95},
      {"convergence_p95_low",
       {"plan", "checkpoint"},
       Unit::money,
       "lower end of the 95 % interval of convergence_p95",
       &Results::convergence_p95_low},
      {"convergence_p95_high",
       {"plan", "checkpoint"},
       Unit::money,
       "upper end of the 95 % interval of convergence_p95",
       &Results::convergence_p95_high},
      {"convergence_cvar95",
       {"plan", "checkpoint"},
       Unit::money,
       "mean cost of the worst 5 % of the first paths",
       &Results::convergence_cvar95},
      {"convergence_cvar95_low",
       {"plan", "checkpoint"},
       Unit::money,
       "lower end of the 95 % interval of convergence_cvar95",
       &Results::convergence_cvar95_low},
      {"convergence_cvar95_high",
       {"plan", "checkpoint"},
       Unit::money,
       "upper end of the 95 % interval of convergence_cvar95",
       &Results::convergence_cvar95_high},
      {"convergence_over_budget",
       {"plan", "checkpoint"},
       Unit::one,
       "share of the first paths that cost more than the budget",
       &Results::convergence_over_budget},
      {"driver_share",
       {"plan", "driver"},
       Unit::one,
       "first-order share of the variance of cost that the driver makes, by itself",
       &Results::driver_share},
      {"driver_share_se", {"plan", "driver"}, Unit::one, "standard error of driver_share", &Results::driver_share_se},
      {"driver_rest",
       {"plan"},
       Unit::one,
       "1 less all driver_share: fluctuation and interactions",
       &Results::driver_rest},
      {"driver_mean",
       {"plan", "driver", "driver_bin"},
       Unit::money,
       "mean cost of the paths in the bin of the driver; NaN: none",
       &Results::driver_mean},
      {"driver_over_budget",
       {"plan", "driver", "driver_bin"},
       Unit::one,
       "share of the paths in the bin of the driver that cost more than the budget; NaN: no paths",
       &Results::driver_over_budget},
      {"driver_break_above",
       {"plan", "driver"},
       Unit::one,
       "share of the driver's distribution above which paths are over budget more often than not; NaN: no such place",
       &Results::driver_break_above},
      {"driver_break_below",
       {"plan", "driver"},
       Unit::one,
       "share of the driver's distribution below which paths are over budget more often than not; NaN: no such place",
       &Results::driver_break_below},
      {"driver_bin_low",
       {"driver", "driver_bin"},
       Unit::one,
       "value of the driver at the bin's lower end, in the scenario's units; NaN: a chance, or a law with loadings",
       &Results::driver_bin_low},
      {"driver_bin_high",
       {"driver", "driver_bin"},
       Unit::one,
       "value of the driver at the bin's upper end, in the scenario's units; NaN: a chance, or a law with loadings",
       &Results::driver_bin_high},
  };
  return fields;
}

Results evaluate(const Tally& tally, const ResultsContext& context) {
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
  return Evaluation(tally, context).evaluate();
}

}  // namespace costrisk::tally
