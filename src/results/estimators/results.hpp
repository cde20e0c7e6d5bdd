// What a run answers: every number of the results file, evaluated from a tally.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::results {

/// A partial run holds a prefix of the paths asked for.
enum class RunStatus { complete, partial };

/// What the tally does not know: names, units, and where the numbers come from.
struct ResultsContext {
  std::vector<std::string> plans, jobs, services, categories, owners, markets, purchases;
  std::vector<std::string> drivers;   ///< addresses of the unknowns that are drawn once per future
  std::vector<double> probabilities;  ///< of quantiles and CVaR, each inside (0, 1)
  std::vector<double> time_hours;     ///< ends of the fan charts' bins

  /// [driver][bin]: the values of the unknown between which the bin lies, in the scenario's units; NaN for a chance
  /// and for a law with loadings.
  std::vector<double> driver_bin_low, driver_bin_high;

  // Of each plan, in currency; the same on every path.
  std::vector<double> obligation;  ///< owed beyond the horizon
  std::vector<double>
      commitment_cost;                ///< of all commitments over the horizon, upfront payments spread over their term
  std::vector<double> discount_cost;  ///< of these, of discount commitments and savings plans

  std::string scenario_name;
  std::string currency = "USD";
  double horizon_hours = 0.0;
  std::string scenario_toml;  ///< the resolved scenario
  std::string histories;      ///< a line a measured history: SHA-256 of the file's bytes, two blanks, its path
  std::string scenario_sha256;
  std::string parameters_sha256;
  std::uint64_t seed = 0;
  RunStatus status = RunStatus::complete;
  std::string costrisk_version, git_sha;
  std::string rng = "Philox4x32-10";

  bool operator==(const ResultsContext&) const = default;
};

/// Row-major arrays over the dimensions that `result_fields` names. Money in currency units, time in hours.
/// NaN stands where a number does not exist: jobs and services that a plan does not run, errors of a single path.
struct Results {
  ResultsContext context;
  std::uint64_t first_path = 0;
  std::uint64_t paths = 0;
  double step_hours = 0.0;
  std::optional<double> budget;

  std::vector<double> cost_mean, cost_sd, cost_se, cost_min, cost_max;
  std::vector<double> over_budget, over_budget_low, over_budget_high;  ///< empty without a budget
  std::vector<double> cost_quantile, cost_quantile_low, cost_quantile_high;
  std::vector<double> cost_cvar, cost_cvar_low, cost_cvar_high;
  std::vector<double> category_mean, category_sd;
  std::vector<double> owner_mean, owner_quantile;
  std::vector<double> finish_quantile, late, interruptions_mean, lost_work_mean;
  std::vector<double> served_share, unserved_mean, peak_instances_mean, wait_mean;
  std::vector<double> service_cost_mean, unit_cost_quantile;
  std::vector<double> token_cost_quantile;  ///< empty where no service has tokens
  std::vector<double> use_hours_mean, waste_mean;
  std::vector<double> coverage, utilization;
  std::vector<double> commitment_cost, discount_cost, commitment_savings_mean, obligation;
  std::vector<double> fan_quantile, period_quantile;
  std::vector<double> cheaper, difference_mean, difference_se, cheapest;

  /// Paths after which the following were looked at, all from the run's first path on: first_checkpoint·2^j. None
  /// where quantiles of cost are not exact.
  std::vector<double> checkpoints;
  std::vector<double> convergence_mean, convergence_mean_se;
  std::vector<double> convergence_p95, convergence_p95_low, convergence_p95_high;
  std::vector<double> convergence_cvar95, convergence_cvar95_low, convergence_cvar95_high;
  std::vector<double> convergence_over_budget;  ///< empty without a budget

  std::vector<double> driver_mean, driver_over_budget;  ///< the latter empty without a budget
  std::vector<double> driver_share, driver_share_se, driver_rest;
  std::vector<double> driver_break_above, driver_break_below;  ///< empty without a budget
  std::vector<double> driver_bin_low, driver_bin_high;

  /// The number of entries of a dimension.
  /// @throws std::invalid_argument for a name that is no dimension
  std::size_t extent(std::string_view dimension) const;
};

inline constexpr std::uint64_t first_checkpoint = 4096;

enum class Unit { money, hours, one };

/// A dataset of the results: what it is called, what its axes are, and where its values stand.
struct ResultField {
  const char* name;
  std::vector<const char*> dimensions;
  Unit unit;
  const char* description;
  std::vector<double> Results::*values;
};

/// Every dataset of numbers, in the order in which files hold and documents list them.
const std::vector<ResultField>& result_fields();

/// Evaluates a tally. Equal tallies and contexts give equal bits on every machine.
/// @param sort what brings costs into order, where quantiles are exact
/// @throws std::invalid_argument where the labels do not fit the tally's layout
Results evaluate(const Tally& tally, const ResultsContext& context, const Sorter& sort = sort_on_processor);

}  // namespace costrisk::results
