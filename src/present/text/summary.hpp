// What people ask of a run first, plan by plan: the part of the results that tables, JSON and gates show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/present/text/drivers.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/estimators/statistics.hpp"

namespace costrisk::present {

/// All with intervals of 95 %.
using results::Estimate;

struct JobSummary {
  std::string job;
  double late = 0.0;                 ///< share of runs late or unfinished; NaN where no job is ever due
  double interruptions = 0.0;        ///< mean a path
  std::vector<double> finish_hours;  ///< [probability]: of the last run, since the start; infinity: not by the horizon
};

struct ServiceSummary {
  std::string service;
  double served = 0.0;             ///< share of all requests
  double unserved = 0.0;           ///< mean number of requests a path
  double peak_instances = 0.0;     ///< mean over paths
  double wait_hours = 0.0;         ///< mean of requests that entered the fleet or its queue
  double cost = 0.0;               ///< mean a path
  std::vector<double> unit_cost;   ///< [probability]: money per 1000 requests served; infinity where there were none
  std::vector<double> token_cost;  ///< [probability]: money per million output tokens served; empty without tokens
};

/// A part of a plan's cost: a category or an owner.
struct PartSummary {
  std::string name;
  double mean = 0.0;
  double share = 0.0;            ///< of the plan's mean cost; NaN where that is zero
  std::vector<double> quantile;  ///< [probability], money; empty for categories
};

/// What a plan's commitments and savings plans come to. Money is a mean a path.
struct CommitmentSummary {
  double cost = 0.0;         ///< over the horizon, upfront payments spread over their term
  double unused = 0.0;       ///< of that cost
  double utilization = 0.0;  ///< share of the cost that was used
  double coverage = 0.0;     ///< share of on-demand use, at list price, that discounts covered; NaN without discounts
  double savings = 0.0;      ///< list price of that less what the discounts cost; likewise
  double obligation = 0.0;   ///< owed beyond the horizon
};

/// What the first so many paths alone would have said of a plan.
struct ConvergenceSummary {
  std::uint64_t paths = 0;
  double mean = 0.0, standard_error = 0.0;
  Estimate p95, cvar95;
  std::optional<double> over_budget;  ///< a share; absent without a budget
};

struct PlanSummary {
  std::string plan;
  double mean = 0.0, sd = 0.0, standard_error = 0.0;
  std::vector<Estimate> quantile;        ///< [probability], money
  std::vector<Estimate> cvar;            ///< [probability]: mean of the worst 1 − p, money
  std::optional<Estimate> over_budget;   ///< a share; absent without a budget
  double cheapest = 0.0;                 ///< share of paths where the plan costs least
  std::vector<JobSummary> jobs;          ///< those that the plan runs
  std::vector<ServiceSummary> services;  ///< likewise
  std::vector<PartSummary> categories, owners;
  std::optional<CommitmentSummary> commitments;  ///< absent where the plan has none
  std::vector<DriverSummary> drivers;            ///< the largest share of variance first
  double driver_rest = 0.0;                      ///< of the variance: fluctuation and interactions
  std::vector<ConvergenceSummary> convergence;   ///< ever more paths; none where a run is too small or too large for it
};

struct Summary {
  std::string scenario, currency;
  std::optional<double> budget;
  std::uint64_t paths = 0;
  std::uint64_t seed = 0;
  bool complete = true;
  std::vector<double> probabilities;
  std::vector<PlanSummary> plans;
};

/// The summary of evaluated results.
Summary summarize(const results::Results& results);

/// Fewest paths beyond a quantile of which a mean is told.
inline constexpr std::uint64_t fewest_in_tail = 200;

/// Whether enough of `paths` paths lie in the worst 1 − probability for their mean (CVaR) to be told.
bool tail_is_told(std::uint64_t paths, double probability);

/// Place of a probability in the list; −1 where it is not.
int find_probability(const std::vector<double>& probabilities, double wanted);

}  // namespace costrisk::present
