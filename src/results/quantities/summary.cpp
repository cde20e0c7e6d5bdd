// From the arrays of the results to one structure a plan.
#include "src/results/quantities/summary.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "src/results/quantities/addresses.hpp"
#include "src/results/sums/numbers.hpp"

namespace costrisk::results {

namespace {

std::vector<Estimate> estimates(const std::vector<double>& value, const std::vector<double>& low,
                                const std::vector<double>& high, std::size_t first, std::size_t count) {
  std::vector<Estimate> result;
  for (std::size_t i = first; i < first + count; ++i) result.push_back({value[i], low[i], high[i]});
  return result;
}

std::vector<double> row(const std::vector<double>& values, std::size_t index, std::size_t width) {
  if (values.empty()) return {};
  const auto first = values.begin() + static_cast<std::ptrdiff_t>(index * width);
  return {first, first + static_cast<std::ptrdiff_t>(width)};
}

/// Reads the part of the results that is one plan's.
class PlanReader {
 public:
  PlanReader(const Results& results, std::size_t plan) : results_(results), plan_(plan) {}

  std::vector<JobSummary> jobs() const {
    std::vector<JobSummary> jobs;
    for (std::size_t j = 0; j < context_.jobs.size(); ++j) {
      const std::size_t place = plan_ * context_.jobs.size() + j;
      // A job that the plan does not run has no numbers at all.
      if (std::isnan(results_.interruptions_mean[place])) continue;
      jobs.push_back({context_.jobs[j], results_.late[place], results_.interruptions_mean[place],
                      row(results_.finish_quantile, place, probabilities_)});
    }
    return jobs;
  }

  std::vector<ServiceSummary> services() const {
    std::vector<ServiceSummary> services;
    for (std::size_t s = 0; s < context_.services.size(); ++s) {
      const std::size_t place = plan_ * context_.services.size() + s;
      if (std::isnan(results_.served[place])) continue;
      ServiceSummary service;
      service.service = context_.services[s];
      service.served = results_.served[place];
      service.unserved_mean = results_.unserved_mean[place];
      service.peak_instances_mean = results_.peak_instances_mean[place];
      service.wait_mean = results_.wait_mean[place];
      service.service_cost_mean = results_.service_cost_mean[place];
      service.unit_cost_quantile = row(results_.unit_cost_quantile, place, probabilities_);
      service.token_cost_quantile = row(results_.token_cost_quantile, place, probabilities_);
      if (!service.token_cost_quantile.empty() && std::isnan(service.token_cost_quantile.front()))
        service.token_cost_quantile.clear();
      service.within = results_.within.empty() ? not_a_number : results_.within[place];
      if (!std::isnan(service.within)) service.latency_quantile = row(results_.latency_quantile, place, probabilities_);
      services.push_back(std::move(service));
    }
    return services;
  }

  std::vector<PartSummary> parts(const std::vector<std::string>& names, const std::vector<double>& means,
                                 const std::vector<double>& quantiles) const {
    std::vector<PartSummary> parts;
    const double total = results_.cost_mean[plan_];
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::size_t place = plan_ * names.size() + i;
      const double share = total == 0.0 ? not_a_number : means[place] / total;
      parts.push_back({names[i], means[place], share, row(quantiles, place, probabilities_)});
    }
    return parts;
  }

  /// The mean of a category of cost; 0 where the results know none of the name.
  double category_mean(std::string_view name) const {
    const auto found = std::find(context_.categories.begin(), context_.categories.end(), name);
    if (found == context_.categories.end()) return 0.0;
    return results_.category_mean[plan_ * context_.categories.size() +
                                  static_cast<std::size_t>(found - context_.categories.begin())];
  }

  std::optional<CommitmentSummary> commitments() const {
    if (results_.commitment_cost[plan_] == 0.0 && results_.obligation[plan_] == 0.0) return std::nullopt;
    const bool discounts = results_.discount_cost[plan_] > 0.0;
    CommitmentSummary summary;
    summary.commitment_cost = results_.commitment_cost[plan_];
    summary.unused =
        results_.waste_mean[plan_ * waste_kind_count + static_cast<std::size_t>(WasteKind::unused_commitment)];
    summary.utilization = results_.utilization[plan_];
    summary.coverage = discounts ? results_.coverage[plan_] : not_a_number;
    summary.commitment_savings_mean = discounts ? results_.commitment_savings_mean[plan_] : not_a_number;
    summary.obligation = results_.obligation[plan_];
    summary.stranded = category_mean(category_names[static_cast<std::size_t>(Category::stranded)]);
    return summary;
  }

 private:
  const Results& results_;
  const ResultsContext& context_ = results_.context;
  std::size_t plan_;
  std::size_t probabilities_ = context_.probabilities.size();
};

double worst(const Results& results, std::size_t plan, std::vector<double> Results::*values) {
  return value_of(results, plan, Address{"", &quantity_of(values), {}});
}

std::vector<ConvergenceSummary> convergence_of(const Results& results, std::size_t plan) {
  std::vector<ConvergenceSummary> looks;
  const std::size_t count = results.convergence_mean.empty() ? 0 : results.checkpoints.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = plan * count + i;
    ConvergenceSummary look;
    look.paths = static_cast<std::uint64_t>(results.checkpoints[i]);
    look.cost_mean = results.convergence_mean[place];
    look.cost_mean_se = results.convergence_mean_se[place];
    look.p95 = {results.convergence_p95[place], results.convergence_p95_low[place],
                results.convergence_p95_high[place]};
    look.cvar95 = {results.convergence_cvar95[place], results.convergence_cvar95_low[place],
                   results.convergence_cvar95_high[place]};
    if (!results.convergence_over_budget.empty()) look.over_budget = results.convergence_over_budget[place];
    looks.push_back(look);
  }
  return looks;
}

}  // namespace

Summary summarize(const Results& results) {
  const ResultsContext& context = results.context;
  const std::size_t probabilities = context.probabilities.size();
  Summary summary;
  summary.scenario = context.scenario_name;
  summary.currency = context.currency;
  summary.budget = results.budget;
  summary.paths = results.paths;
  summary.seed = context.seed;
  summary.complete = context.status == results::RunStatus::complete;
  summary.shard = context.shard;
  summary.run_paths = results.run_paths;
  summary.probabilities = context.probabilities;
  for (std::size_t p = 0; p < context.plans.size(); ++p) {
    PlanSummary plan;
    plan.plan = context.plans[p];
    plan.cost_mean = results.cost_mean[p];
    plan.cost_sd = results.cost_sd[p];
    plan.cost_mean_se = results.cost_mean_se[p];
    plan.cost_quantile = estimates(results.cost_quantile, results.cost_quantile_low, results.cost_quantile_high,
                                   p * probabilities, probabilities);
    plan.cost_cvar =
        estimates(results.cost_cvar, results.cost_cvar_low, results.cost_cvar_high, p * probabilities, probabilities);
    if (!results.over_budget.empty())
      plan.over_budget =
          estimates(results.over_budget, results.over_budget_low, results.over_budget_high, p, 1).front();
    plan.cheapest = results.cheapest[p];
    const PlanReader reader(results, p);
    plan.jobs = reader.jobs();
    plan.services = reader.services();
    plan.late = worst(results, p, &Results::late);
    plan.served = worst(results, p, &Results::served);
    plan.within = worst(results, p, &Results::within);
    plan.categories = reader.parts(context.categories, results.category_mean, {});
    plan.owners = reader.parts(context.owners, results.owner_mean, results.owner_quantile);
    plan.commitments = reader.commitments();
    plan.drivers = drivers_of(results, p);
    if (!results.driver_rest.empty()) plan.driver_rest = results.driver_rest[p];
    plan.convergence = convergence_of(results, p);
    summary.plans.push_back(std::move(plan));
  }
  return summary;
}

bool owes_much(const Summary& summary, const PlanSummary& plan) {
  return plan.commitments &&
         plan.commitments->obligation > 0.05 * (summary.budget ? *summary.budget : std::abs(plan.cost_mean));
}

int find_probability(const std::vector<double>& probabilities, double wanted) {
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    if (std::abs(probabilities[i] - wanted) < 1e-9) return static_cast<int>(i);
  return -1;
}

}  // namespace costrisk::results
