// Figures of a plan by name.
#include "src/present/text/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include "src/present/text/numbers.hpp"

namespace costrisk::present {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

const JobSummary* find_job(const PlanSummary& plan, const std::string& name) {
  const auto found = std::find_if(plan.jobs.begin(), plan.jobs.end(), [&](const auto& job) { return job.job == name; });
  return found == plan.jobs.end() ? nullptr : &*found;
}

const ServiceSummary* find_service(const PlanSummary& plan, const std::string& name) {
  const auto found = std::find_if(plan.services.begin(), plan.services.end(),
                                  [&](const auto& service) { return service.service == name; });
  return found == plan.services.end() ? nullptr : &*found;
}

double worst_late(const PlanSummary& plan) {
  double worst = missing;
  for (const JobSummary& job : plan.jobs)
    if (!(job.late <= worst) && !std::isnan(job.late)) worst = job.late;
  return worst;
}

double worst_served(const PlanSummary& plan) {
  double worst = missing;
  for (const ServiceSummary& service : plan.services)
    if (!(service.served >= worst)) worst = service.served;
  return worst;
}

/// "late.train" as kind and name; no dot stands in a name.
struct Split {
  std::string kind, name;
};

Split split(const std::string& statistic) {
  const auto dot = statistic.rfind('.');
  if (dot == std::string::npos) return {statistic, ""};
  return {statistic.substr(0, dot), statistic.substr(dot + 1)};
}

/// What a kind is of.
enum class Subject { plan, job, service };

Subject subject_of(const std::string& kind) {
  if (kind == "late" || kind == "interruptions" || kind.starts_with("finish_p")) return Subject::job;
  if (kind == "served" || kind == "wait" || kind.starts_with("unit_cost_p") || kind.starts_with("token_cost_p"))
    return Subject::service;
  return Subject::plan;
}

/// The entry of a list by probability that "PREFIXNN" names; nothing where it names none.
std::optional<std::size_t> probability_of(const Summary& summary, const std::string& kind, const std::string& prefix) {
  for (std::size_t i = 0; i < summary.probabilities.size(); ++i)
    if (kind == prefix + percent_name(summary.probabilities[i])) return i;
  return std::nullopt;
}

std::optional<double> of_job(const Summary& summary, const PlanSummary& plan, const Split& words) {
  const JobSummary* job = find_job(plan, words.name);
  if (words.kind == "late") return job ? job->late : missing;
  if (words.kind == "interruptions") return job ? job->interruptions : missing;
  if (const auto place = probability_of(summary, words.kind, "finish_p"))
    return job ? job->finish_hours[*place] : missing;
  return std::nullopt;
}

std::optional<double> of_service(const Summary& summary, const PlanSummary& plan, const Split& words) {
  const ServiceSummary* service = find_service(plan, words.name);
  if (words.kind == "served") return service ? service->served : missing;
  if (words.kind == "wait") return service ? service->wait_hours : missing;
  if (const auto place = probability_of(summary, words.kind, "unit_cost_p"))
    return service ? service->unit_cost[*place] : missing;
  if (const auto place = probability_of(summary, words.kind, "token_cost_p"))
    return service && !service->token_cost.empty() ? service->token_cost[*place] : missing;
  return std::nullopt;
}

std::optional<double> of_plan(const Summary& summary, const PlanSummary& plan, const std::string& name) {
  if (name == "mean") return plan.mean;
  if (name == "sd") return plan.sd;
  if (name == "cheapest") return plan.cheapest;
  if (name == "over_budget" && plan.over_budget) return plan.over_budget->value;
  if (name == "late") return worst_late(plan);
  if (name == "served") return worst_served(plan);
  if (name == "coverage") return plan.commitments ? plan.commitments->coverage : missing;
  if (name == "utilization") return plan.commitments ? plan.commitments->utilization : missing;
  if (const auto place = probability_of(summary, name, "p")) return plan.quantile[*place].value;
  if (const auto place = probability_of(summary, name, "cvar")) return plan.cvar[*place].value;
  return std::nullopt;
}

}  // namespace

std::vector<std::string> statistic_names(const StatisticScope& scope) {
  std::vector<std::string> names = {"mean", "sd", "cheapest"};
  const auto add_by_probability = [&](const std::string& prefix, const std::string& suffix) {
    for (const double p : scope.probabilities) names.push_back(prefix + percent_name(p) + suffix);
  };
  if (scope.budget) names.push_back("over_budget");
  add_by_probability("p", "");
  add_by_probability("cvar", "");
  if (!scope.jobs.empty()) names.push_back("late");
  for (const std::string& job : scope.jobs) {
    names.push_back("late." + job);
    names.push_back("interruptions." + job);
    add_by_probability("finish_p", "." + job);
  }
  if (!scope.services.empty()) names.push_back("served");
  for (const std::string& service : scope.services) {
    names.push_back("served." + service);
    names.push_back("wait." + service);
    add_by_probability("unit_cost_p", "." + service);
    add_by_probability("token_cost_p", "." + service);
  }
  if (scope.commitments) {
    names.push_back("coverage");
    names.push_back("utilization");
  }
  return names;
}

std::string why_inapplicable(const PlanSummary& plan, const std::string& name) {
  if (name == "late") return plan.jobs.empty() ? "the plan runs no jobs" : "";
  if (name == "served") return plan.services.empty() ? "the plan runs no services" : "";
  if (name == "coverage" || name == "utilization") {
    if (!plan.commitments) return "the plan has no commitments";
    const bool anything_to_cover = name == "utilization" || !std::isnan(plan.commitments->coverage);
    return anything_to_cover ? "" : "the plan uses nothing that commitments could cover";
  }
  const Split words = split(name);
  switch (subject_of(words.kind)) {
    case Subject::job:
      return find_job(plan, words.name) ? "" : "the plan does not run the job '" + words.name + "'";
    case Subject::service: {
      const ServiceSummary* service = find_service(plan, words.name);
      if (!service) return "the plan does not run the service '" + words.name + "'";
      const bool lacks_tokens = words.kind.starts_with("token_cost_p") && service->token_cost.empty();
      return lacks_tokens ? "the requests of '" + words.name + "' have no tokens" : "";
    }
    case Subject::plan:
      break;
  }
  return "";
}

std::uint64_t fewest_paths(const Summary& summary, const std::string& name) {
  constexpr double rounding = 1e-9;  // 1 − 0.95 is no number of the machine
  const std::string kind = split(name).kind;
  // A dot stands in "p99.9" too.
  for (const std::string& words : {name, kind}) {
    if (const auto place = probability_of(summary, words, "cvar"))
      return static_cast<std::uint64_t>(
          std::ceil(static_cast<double>(fewest_in_tail) / (1.0 - summary.probabilities[*place]) * (1.0 - rounding)));
    for (const char* prefix : {"p", "finish_p", "unit_cost_p", "token_cost_p"})
      if (const auto place = probability_of(summary, words, prefix)) {
        const double p = summary.probabilities[*place];
        constexpr double outside = 0.025;  // on either side
        return static_cast<std::uint64_t>(std::ceil(std::log(outside) / std::log(std::max(p, 1.0 - p))));
      }
  }
  return 1;
}

double statistic(const Summary& summary, const PlanSummary& plan, const std::string& name) {
  const Split words = split(name);
  std::optional<double> value = of_plan(summary, plan, name);
  if (!value && !words.name.empty())
    value =
        subject_of(words.kind) == Subject::service ? of_service(summary, plan, words) : of_job(summary, plan, words);
  if (!value) throw std::out_of_range("no statistic is called '" + name + "'");
  return *value;
}

}  // namespace costrisk::present
