// What people ask of a run first, plan by plan: the part of the results that tables show.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "src/results/estimators/results.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/quantities/driver_summary.hpp"

namespace costrisk::results {

// Members bear the names of the quantities that they are; intervals are of 95 %.

struct JobSummary {
  std::string job;
  double late = 0.0;
  double interruptions_mean = 0.0;
  std::vector<double> finish_quantile;  ///< [probability]
};

struct ServiceSummary {
  std::string service;
  double served = 0.0;
  double unserved_mean = 0.0;
  double peak_instances_mean = 0.0;
  double wait_mean = 0.0;  ///< hours
  double service_cost_mean = 0.0;
  std::vector<double> unit_cost_quantile;                    ///< [probability]
  std::vector<double> token_cost_quantile;                   ///< [probability]; empty without tokens
  double within = std::numeric_limits<double>::quiet_NaN();  ///< without a latency
  std::vector<double> latency_quantile;                      ///< [probability], seconds; empty without a latency
};

/// A part of a plan's cost: a category or an owner.
struct PartSummary {
  std::string name;
  double mean = 0.0;
  double share = 0.0;            ///< of the plan's mean cost; NaN where that is zero
  std::vector<double> quantile;  ///< [probability], money; empty for categories
};

/// What a plan's commitments and savings plans come to.
struct CommitmentSummary {
  double commitment_cost = 0.0;
  double unused = 0.0;  ///< of that cost, a mean
  double utilization = 0.0;
  double coverage = 0.0;                 ///< NaN without discounts
  double commitment_savings_mean = 0.0;  ///< likewise
  double obligation = 0.0;
  double stranded = 0.0;  ///< mean of what of it is of no use, and in the plan's cost
};

/// What the first so many paths alone would have said of a plan.
struct ConvergenceSummary {
  std::uint64_t paths = 0;
  double cost_mean = 0.0, cost_mean_se = 0.0;
  Estimate p95, cvar95;
  std::optional<double> over_budget;  ///< absent without a budget
};

struct PlanSummary {
  std::string plan;
  double cost_mean = 0.0, cost_sd = 0.0, cost_mean_se = 0.0;
  std::vector<Estimate> cost_quantile;  ///< [probability]
  std::vector<Estimate> cost_cvar;      ///< [probability]
  std::optional<Estimate> over_budget;  ///< absent without a budget
  double cheapest = 0.0;
  double late = 0.0, served = 0.0;                           ///< of the worst job and service; NaN where there is none
  double within = std::numeric_limits<double>::quiet_NaN();  ///< likewise
  std::vector<JobSummary> jobs;                              ///< those that the plan runs
  std::vector<ServiceSummary> services;                      ///< likewise
  std::vector<PartSummary> categories, owners;
  std::optional<CommitmentSummary> commitments;  ///< absent where the plan has none
  std::vector<DriverSummary> drivers;            ///< the largest share of variance first
  double driver_rest = 0.0;
  std::vector<ConvergenceSummary> convergence;  ///< ever more paths; none where a run is too small or too large for it
};

struct Summary {
  std::string scenario, currency;
  std::optional<double> budget;
  std::uint64_t paths = 0;
  std::uint64_t seed = 0;
  bool complete = true;
  std::optional<Shard> shard;   ///< absent: the whole run was asked for
  std::uint64_t run_paths = 0;  ///< of the whole run
  std::vector<double> probabilities;
  std::vector<PlanSummary> plans;
};

/// The summary of evaluated results.
Summary summarize(const Results& results);

/// Whether a plan owes more than a twentieth of the budget, or of its own mean cost where there is none, for the time
/// after the horizon.
bool owes_much(const Summary& summary, const PlanSummary& plan);

/// Place of a probability in the list; −1 where it is not.
int find_probability(const std::vector<double>& probabilities, double wanted);

}  // namespace costrisk::results
