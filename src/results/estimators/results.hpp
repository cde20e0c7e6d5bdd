// What a run answers: every number of the results file, evaluated from a tally.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/results/sums/shard.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::results {

/// A partial run holds not all the paths that were asked for: the first ones, or those of a shard.
enum class RunStatus { complete, partial };

/// What the tally does not know: names, units, and where the numbers come from.
struct ResultsContext {
  std::vector<std::string> plans, jobs, services, categories, owners, markets, purchases;
  std::vector<std::string> drivers;                  ///< addresses of the unknowns that are drawn once per future
  std::vector<std::string> budgets, budget_periods;  ///< by owner and period; periods of all of them
  std::vector<double> budget_amount;                 ///< [budget period], in currency
  std::vector<double> probabilities;                 ///< of quantiles and CVaR, each inside (0, 1)
  std::vector<double> time_hours;                    ///< ends of the fan charts' bins

  /// [driver][bin]: the values of the unknown between which the bin lies, in the scenario's units; NaN for a chance
  /// and for a law with loadings.
  std::vector<double> driver_bin_low, driver_bin_high;

  std::vector<double> latency_ranges;  ///< their numbers; none where no service has a latency
  /// [service][latency range]: where the range begins, in seconds; NaN for a service without a latency. Empty where
  /// none has one.
  std::vector<double> latency_range_start;

  /// What was paid until then, from bills, is a part of every path; absent: nothing was.
  std::optional<double> actual_until_hours;
  std::vector<double> actual_owner;     ///< [owner][time bin]: in the bin, in currency; NaN: it begins after that
  std::vector<double> actual_category;  ///< [category]: in all

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
  std::optional<Shard> shard;  ///< that was asked for; absent: the whole run
  std::string costrisk_version, git_sha;
  std::string rng = "Philox4x32-10";

  bool operator==(const ResultsContext&) const = default;
};

/// What results are of.
struct ResultsFrame {
  ResultsContext context;
  std::uint64_t first_path = 0;
  std::uint64_t paths = 0;
  std::uint64_t run_paths = 0;  ///< of the whole run, of which these may be a part
  double step_hours = 0.0;
  std::optional<double> budget;

  /// Paths after which convergence was looked at, all from the run's first path on: first_checkpoint·2^j. None where
  /// quantiles of cost are not exact.
  std::vector<double> checkpoints;
};

/// The values of every quantity of the catalogue, by its name: row-major arrays over its dimensions. Money in currency
/// units, time in hours, latencies in seconds. NaN stands where a number does not exist: jobs and services that a plan
/// does not run, errors of a single path. Empty: the scenario has no such quantity.
struct QuantityValues {
#define QUANTITY(name, ...) std::vector<double> name;
#define QUANTITY_WITH_ERROR(name, ...) std::vector<double> name, name##_se;
#define QUANTITY_WITH_ENDS(name, ...) std::vector<double> name, name##_low, name##_high;
#include "src/results/quantities/quantities.inc"
#undef QUANTITY
#undef QUANTITY_WITH_ERROR
#undef QUANTITY_WITH_ENDS
};

struct Results : ResultsFrame, QuantityValues {};

// Where pointers have fewer bytes, the frame may end in padding that the values fill.
static_assert(sizeof(void*) != 8 || sizeof(Results) == sizeof(ResultsFrame) + sizeof(QuantityValues),
              "values without a row in quantities/quantities.inc would stand in no file");

inline constexpr std::uint64_t first_checkpoint = 4096;

/// Evaluates a tally. Equal tallies and contexts give equal bits on every machine.
/// @param sort what brings costs into order, where quantiles are exact
/// @throws std::invalid_argument where the labels do not fit the tally's layout
Results evaluate(const Tally& tally, const ResultsContext& context, const Sorter& sort = sort_on_processor);

}  // namespace costrisk::results
