// Figures of a plan by name, as gates ask for them: "p95", "cvar95", "over_budget", "late.train".
#pragma once

#include <string>
#include <vector>

#include "src/present/text/summary.hpp"

namespace costrisk::present {

/// What decides which statistics there are.
struct StatisticScope {
  bool budget = false;
  std::vector<double> probabilities;
  std::vector<std::string> jobs, services;
  bool commitments = false;
};

/// All names that `statistic` knows in this scope.
std::vector<std::string> statistic_names(const StatisticScope& scope);

/// Why a figure says nothing of the plan, such as "the plan does not run the job 'train'": it is of a job or service
/// that the plan does not run, or of jobs, services, commitments or tokens where it has none. Empty where it applies.
std::string why_inapplicable(const PlanSummary& plan, const std::string& name);

/// The fewest paths of which a figure can be told: of a CVaR those that put `fewest_in_tail` beyond its quantile, of a
/// quantile those whose smallest and largest enclose it in 95 of 100 runs; 1 for all others.
std::uint64_t fewest_paths(const Summary& summary, const std::string& name);

/// A plan's figure: money, a share or hours.
///   mean, sd                   cost
///   pNN, cvarNN                cost; NN in percent, one of the run's probabilities ("p95", "p99.9")
///   over_budget, cheapest      shares of paths
///   late, late.JOB             share of runs late; of the worst job, or of one
///   finish_pNN.JOB             hours since the start
///   interruptions.JOB          mean a path
///   served, served.SERVICE     share of requests served; of the worst service, or of one
///   wait.SERVICE               mean hours in the queue
///   unit_cost_pNN.SERVICE      money per 1000 requests served
///   token_cost_pNN.SERVICE     money per million output tokens served
///   coverage, utilization      of commitments, shares
/// @returns NaN where it does not apply, and for the sd of a single path
/// @throws std::out_of_range for a name that is none
double statistic(const Summary& summary, const PlanSummary& plan, const std::string& name);

}  // namespace costrisk::present
