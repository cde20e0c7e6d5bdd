// What people ask of a run first, plan by plan: the part of the results that tables, JSON and gates show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/tally/results.hpp"

namespace costrisk::report {

/// A figure with its 95 % interval.
struct Estimate {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
};

struct JobSummary {
  std::string job;
  double late = 0.0;                 ///< share of runs late or unfinished; NaN where no job is ever due
  double interruptions = 0.0;        ///< mean a path
  std::vector<double> finish_hours;  ///< [probability]: of the last run, since the start; infinity: not by the horizon
};

struct PlanSummary {
  std::string plan;
  double mean = 0.0, sd = 0.0, standard_error = 0.0;
  std::vector<Estimate> quantile;       ///< [probability], money
  std::vector<Estimate> cvar;           ///< [probability]: mean of the worst 1 − p, money
  std::optional<Estimate> over_budget;  ///< a share; absent without a budget
  double cheapest = 0.0;                ///< share of paths where the plan costs least
  std::vector<JobSummary> jobs;         ///< those that the plan runs
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
Summary summarize(const tally::Results& results);

/// Place of a probability in the list; −1 where it is not.
int find_probability(const std::vector<double>& probabilities, double wanted);

}  // namespace costrisk::report
