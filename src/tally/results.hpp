// What a run answers: every number of the results file, evaluated from a tally.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/tally/tally.hpp"

namespace costrisk::tally {

/// A partial run holds a prefix of the paths asked for.
enum class RunStatus { complete, partial };

/// What the tally does not know: names, units, and where the numbers come from.
struct ResultsContext {
  std::vector<std::string> plans, jobs, categories, owners, markets, purchases;
  std::vector<double> probabilities;  ///< of quantiles and CVaR, each inside (0, 1)
  std::vector<double> time_hours;     ///< ends of the fan charts' bins

  std::string scenario_name;
  std::string currency = "USD";
  double horizon_hours = 0.0;
  std::string scenario_toml;  ///< the resolved scenario
  std::string scenario_sha256;
  std::string parameters_sha256;
  std::uint64_t seed = 0;
  RunStatus status = RunStatus::complete;
  std::string costrisk_version, git_sha;
  std::string rng = "Philox4x32-10";

  bool operator==(const ResultsContext&) const = default;
};

/// Row-major arrays over the dimensions that `result_fields` names. Money in currency units, time in hours.
/// NaN stands where a number does not exist: jobs that a plan does not run, errors of a single path.
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
  std::vector<double> use_hours_mean, waste_mean;
  std::vector<double> fan_quantile, period_quantile;
  std::vector<double> cheaper, difference_mean, difference_se, cheapest;

  /// The number of entries of a dimension.
  /// @throws std::invalid_argument for a name that is no dimension
  std::size_t extent(std::string_view dimension) const;
};

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
/// @throws std::invalid_argument where the labels do not fit the tally's layout
Results evaluate(const Tally& tally, const ResultsContext& context);

}  // namespace costrisk::tally
