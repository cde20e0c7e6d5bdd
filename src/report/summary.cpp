// From the arrays of the results to one structure a plan.
#include "src/report/summary.hpp"

#include <cmath>

namespace costrisk::report {

namespace {

std::vector<Estimate> estimates(const std::vector<double>& value, const std::vector<double>& low,
                                const std::vector<double>& high, std::size_t first, std::size_t count) {
  std::vector<Estimate> result;
  for (std::size_t i = first; i < first + count; ++i) result.push_back({value[i], low[i], high[i]});
  return result;
}

}  // namespace

Summary summarize(const tally::Results& results) {
  const tally::ResultsContext& context = results.context;
  const std::size_t probabilities = context.probabilities.size();
  const std::size_t jobs = context.jobs.size();
  Summary summary;
  summary.scenario = context.scenario_name;
  summary.currency = context.currency;
  summary.budget = results.budget;
  summary.paths = results.paths;
  summary.seed = context.seed;
  summary.complete = context.status == tally::RunStatus::complete;
  summary.probabilities = context.probabilities;
  for (std::size_t p = 0; p < context.plans.size(); ++p) {
    PlanSummary plan;
    plan.plan = context.plans[p];
    plan.mean = results.cost_mean[p];
    plan.sd = results.cost_sd[p];
    plan.standard_error = results.cost_se[p];
    plan.quantile = estimates(results.cost_quantile, results.cost_quantile_low, results.cost_quantile_high,
                              p * probabilities, probabilities);
    plan.cvar =
        estimates(results.cost_cvar, results.cost_cvar_low, results.cost_cvar_high, p * probabilities, probabilities);
    if (!results.over_budget.empty())
      plan.over_budget =
          estimates(results.over_budget, results.over_budget_low, results.over_budget_high, p, 1).front();
    plan.cheapest = results.cheapest[p];
    for (std::size_t j = 0; j < jobs; ++j) {
      const std::size_t place = p * jobs + j;
      // A job that the plan does not run has no numbers at all.
      if (std::isnan(results.interruptions_mean[place])) continue;
      JobSummary job{context.jobs[j], results.late[place], results.interruptions_mean[place], {}};
      for (std::size_t q = 0; q < probabilities; ++q)
        job.finish_hours.push_back(results.finish_quantile[place * probabilities + q]);
      plan.jobs.push_back(std::move(job));
    }
    summary.plans.push_back(std::move(plan));
  }
  return summary;
}

int find_probability(const std::vector<double>& probabilities, double wanted) {
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    if (std::abs(probabilities[i] - wanted) < 1e-9) return static_cast<int>(i);
  return -1;
}

}  // namespace costrisk::report
