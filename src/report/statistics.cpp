// Figures of a plan by name.
#include "src/report/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "src/report/numbers.hpp"

namespace costrisk::report {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

double of_job(const PlanSummary& plan, const std::string& job, double (*figure)(const JobSummary&)) {
  for (const JobSummary& candidate : plan.jobs)
    if (candidate.job == job) return figure(candidate);
  return missing;
}

double worst_late(const PlanSummary& plan) {
  double worst = missing;
  for (const JobSummary& job : plan.jobs)
    if (!(job.late <= worst) && !std::isnan(job.late)) worst = job.late;
  return worst;
}

}  // namespace

std::vector<std::string> statistic_names(const StatisticScope& scope) {
  std::vector<std::string> names = {"mean", "sd", "cheapest"};
  if (scope.budget) names.push_back("over_budget");
  for (const double p : scope.probabilities) names.push_back("p" + percent_name(p));
  for (const double p : scope.probabilities) names.push_back("cvar" + percent_name(p));
  if (!scope.jobs.empty()) names.push_back("late");
  for (const std::string& job : scope.jobs) {
    names.push_back("late." + job);
    names.push_back("interruptions." + job);
    for (const double p : scope.probabilities) names.push_back("finish_p" + percent_name(p) + "." + job);
  }
  return names;
}

bool applies(const PlanSummary& plan, const std::string& name) {
  if (name == "late") return !plan.jobs.empty();
  if (!name.starts_with("late.") && !name.starts_with("interruptions.") && !name.starts_with("finish_p")) return true;
  const std::string job = name.substr(name.rfind('.') + 1);  // no dot stands in a job's name
  return std::any_of(plan.jobs.begin(), plan.jobs.end(), [&](const JobSummary& run) { return run.job == job; });
}

double statistic(const Summary& summary, const PlanSummary& plan, const std::string& name) {
  if (name == "mean") return plan.mean;
  if (name == "sd") return plan.sd;
  if (name == "cheapest") return plan.cheapest;
  if (name == "over_budget" && plan.over_budget) return plan.over_budget->value;
  if (name == "late") return worst_late(plan);
  for (std::size_t i = 0; i < summary.probabilities.size(); ++i) {
    const std::string percent = percent_name(summary.probabilities[i]);
    if (name == "p" + percent) return plan.quantile[i].value;
    if (name == "cvar" + percent) return plan.cvar[i].value;
    const std::string finish = "finish_p" + percent + ".";
    if (name.starts_with(finish)) {
      for (const JobSummary& job : plan.jobs)
        if (job.job == name.substr(finish.size())) return job.finish_hours[i];
      return missing;
    }
  }
  const auto dot = name.find('.');
  if (dot != std::string::npos) {
    const std::string kind = name.substr(0, dot), job = name.substr(dot + 1);
    if (kind == "late") return of_job(plan, job, [](const JobSummary& found) { return found.late; });
    if (kind == "interruptions") return of_job(plan, job, [](const JobSummary& found) { return found.interruptions; });
  }
  throw std::out_of_range("no statistic is called '" + name + "'");
}

}  // namespace costrisk::report
