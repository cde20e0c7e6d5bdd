// From integers to numbers with units.
#include "src/tally/results.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "src/tally/statistics.hpp"

namespace costrisk::tally {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

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
    if (tally.layout().budget_micros) results_.budget = money(static_cast<double>(*tally.layout().budget_micros));
    for (const double p : probabilities_) ranks_.push_back(quantile_interval_ranks(n_, p));
  }

  Results evaluate() {
    costs();
    breakdown();
    jobs();
    fans();
    comparison();
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
        const std::vector<std::int64_t> sorted = tally_.sorted_costs(static_cast<int>(plan));
        tails(Sample(std::span<const std::int64_t>(sorted)));
      } else {
        tails(Sample(data_.cost_histogram[plan]));
      }
    }
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
    const int jobs = tally_.layout().jobs;
    const double hours_per_tick = results_.step_hours / static_cast<double>(ticks_per_step);
    const std::size_t uses = size(shape_.markets) * purchase_count;
    std::vector<Int128> use(uses);
    for (std::size_t plan = 0; plan < size(shape_.plans); ++plan) {
      use.assign(uses, 0);
      for (std::size_t job = 0; job < size(jobs); ++job) {
        const int component = tally_.layout().job_component[plan * size(jobs) + job];
        job_row(component, hours_per_tick);
        if (component < 0) continue;
        for (std::size_t i = 0; i < uses; ++i) use[i] += data_.job_use[size(component) * uses + i];
      }
      for (const Int128 ticks : use) results_.use_hours_mean.push_back(mean(ticks, n_) * hours_per_tick);
    }
  }

  void job_row(int component, double hours_per_tick) {
    if (component < 0) {
      results_.finish_quantile.insert(results_.finish_quantile.end(), probabilities_.size(), not_a_number);
      results_.late.push_back(not_a_number);
      results_.interruptions_mean.push_back(not_a_number);
      results_.lost_work_mean.push_back(not_a_number);
      return;
    }
    const std::size_t c = size(component);
    const Sample finished(data_.finish_histogram[c]);
    for (const double p : probabilities_) {
      const std::uint64_t rank = n_ > 0 ? quantile_rank(n_, p) : 0;
      const double ticks = n_ == 0 ? not_a_number : rank > finished.size() ? infinity : finished.at(rank).mean;
      results_.finish_quantile.push_back(ticks * hours_per_tick);
    }
    results_.late.push_back(mean(static_cast<Int128>(data_.job_late[c]), data_.job_runs[c]));
    results_.interruptions_mean.push_back(mean(static_cast<Int128>(data_.job_interruptions[c]), n_));
    results_.lost_work_mean.push_back(mean(data_.job_lost[c], n_) * hours_per_tick);
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

  void money_quantiles(const std::vector<Histogram>& histograms, std::vector<double>& to) {
    for (const Histogram& histogram : histograms) {
      const Sample sample(histogram);
      for (const double p : probabilities_) to.push_back(money(quantile(sample, p)));
    }
  }

  double share(std::uint64_t count) const { return mean(static_cast<Int128>(count), n_); }

  const Tally& tally_;
  const TallyData& data_;
  const Shape shape_;
  const std::uint64_t n_;
  const std::vector<double>& probabilities_;
  std::vector<Ranks> ranks_;
  Results results_;
};

}  // namespace

std::size_t Results::extent(std::string_view dimension) const {
  if (dimension == "plan" || dimension == "other_plan") return context.plans.size();
  if (dimension == "job") return context.jobs.size();
  if (dimension == "category") return context.categories.size();
  if (dimension == "owner") return context.owners.size();
  if (dimension == "market") return context.markets.size();
  if (dimension == "purchase") return context.purchases.size();
  if (dimension == "waste_kind") return waste_kind_names.size();
  if (dimension == "probability") return context.probabilities.size();
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
      {"use_hours_mean",
       {"plan", "market", "purchase"},
       Unit::hours,
       "mean instance-hours held",
       &Results::use_hours_mean},
      {"waste_mean", {"plan", "waste_kind"}, Unit::money, "mean money spent to no use", &Results::waste_mean},
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
  };
  return fields;
}

Results evaluate(const Tally& tally, const ResultsContext& context) {
  const Shape& shape = tally.layout().shape;
  expect_labels(context.plans.size(), shape.plans, "plans");
  expect_labels(context.jobs.size(), tally.layout().jobs, "jobs");
  expect_labels(context.categories.size(), category_count, "categories");
  expect_labels(context.owners.size(), shape.owners, "owners");
  expect_labels(context.markets.size(), shape.markets, "markets");
  expect_labels(context.purchases.size(), purchase_count, "purchases");
  expect_labels(context.time_hours.size(), shape.edges, "time bins");
  for (const double p : context.probabilities)
    if (!(p > 0.0 && p < 1.0))
      throw std::invalid_argument(fmt::format("probability {} is not inside (0, 1): quantiles exist only there", p));
  return Evaluation(tally, context).evaluate();
}

}  // namespace costrisk::tally
