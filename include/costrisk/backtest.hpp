/// @file
/// Predictions held against what then happened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/calibrate.hpp"
#include "costrisk/export.hpp"
#include "costrisk/results.hpp"
#include "costrisk/scenario.hpp"
#include "costrisk/simulate.hpp"

namespace costrisk {

/// How predictions are made and where.
struct BacktestOptions {
  /// What predicts.
  enum class Model {
    bootstrap,   ///< what was measured, drawn with replacement
    log_normal,  ///< distributions fitted to it, with log-normal runs of capacity
    exponential  ///< the same with exponential runs
  };
  Model model = Model::bootstrap;  ///< what predicts
  double training_hours = 0.0;     ///< history before the first prediction; 0: half of it
  double every_hours = 0.0;        ///< from one prediction to the next; 0: so that there are about fifty
  double block_hours = 24.0;       ///< bootstrap: length of blocks of prices and demands whose history says none
  std::uint64_t paths = 2000;      ///< futures of each prediction
  int threads = 0;                 ///< 0: as many as the process may use
  std::string backend = "auto";    ///< as RunOptions::backend
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  ///< told how many predictions are done
  CancellationToken cancellation;  ///< stops it soon; what was predicted by then is scored
};

/// A mean over predictions with its 95 % interval; infinite ends where predictions are too few for one.
struct Score {
  double value = 0.0;  ///< the mean
  double low = 0.0;    ///< lower end
  double high = 0.0;   ///< upper end
};

/// One plan at one instant. Money is in the scenario's currency.
struct Prediction {
  double came = 0.0;  ///< what the plan cost on what really happened
  double mean = 0.0;  ///< predicted
  double p5 = 0.0;    ///< quantile predicted
  double p10 = 0.0;   ///< quantile predicted
  double p50 = 0.0;   ///< quantile predicted
  double p90 = 0.0;   ///< quantile predicted
  double p95 = 0.0;   ///< quantile predicted
  double crps = 0.0;  ///< continuous ranked probability score (Gneiting and Raftery 2007), in the currency
};

/// How well a plan's cost was predicted.
struct PlanBacktest {
  std::string plan;                     ///< its name
  std::vector<Prediction> predictions;  ///< one an instant
  Score coverage90;                     ///< share of what came between P5 and P95
  Score coverage80;                     ///< share of what came between P10 and P90
  Score below_p95;                      ///< share of what came at most P95
  Score crps;                           ///< mean score, in the currency
};

/// How well a scenario's costs were predicted.
struct Backtest {
  std::vector<double> origin_hours;  ///< instants of the predictions, since the offset of the histories
  std::size_t planned = 0;           ///< predictions that there would be, had nobody stopped it
  std::vector<PlanBacktest> plans;   ///< in the scenario's order
  std::string basis;                 ///< what the scores rest on, a paragraph; empty where nothing was predicted
  std::vector<Table> tables;         ///< coverage, then costs; likewise
  std::string json;                  ///< every prediction, as `costrisk backtest --json` prints it
  std::string page;                  ///< plots and tables as one HTML page that loads nothing; likewise
  /// Whether all that were planned are there.
  bool complete() const noexcept { return origin_hours.size() == planned; }
};

/// Predicts the cost of every plan from a rolling origin, at each instant from the histories before it alone.
/// @throws InvalidScenario, BackendUnavailable, DeviceFailed, TooLarge, FileError
/// @throws InputError where the histories are too short, or a length of time is no whole number of steps
COSTRISK_API Backtest score_predictions(const Scenario& scenario, const BacktestOptions& options = {});

/// Against which bill a forecast is held.
struct BillCheckOptions {
  std::vector<std::filesystem::path> bills;  ///< in the FOCUS format, in any order
  std::string owner_tag;     ///< key of their tags that names the owner; empty: as the scenario's `[actuals]` have it
  std::string owner_column;  ///< a column in its place
  /// A local date, "2027-07-01", up to which months count; empty: as far as the bills reach.
  std::string until;
  std::uint64_t paths = 0;       ///< futures of the forecast; 0: as the scenario, or the results, have it, up to 20,000
  int threads = 0;               ///< 0: as many as the process may use
  std::string backend = "auto";  ///< as RunOptions::backend, but for GPUs
  std::filesystem::path histories;                                        ///< of results: as ExplainOptions::histories
  std::filesystem::path root;                                             ///< of results: as ExplainOptions::root
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  ///< told how many futures are done
  CancellationToken cancellation;                                         ///< stops it soon
};

/// What came in a month, or in all that were foretold, and what was foretold of it. Money in the scenario's currency.
struct PeriodCheck {
  std::string plan;    ///< its name
  std::string owner;   ///< who was charged; empty: all together
  std::string period;  ///< "2027-04"; of all months "2027-04 to 2027-06"
  double came = 0.0;   ///< by the bills
  double mean = 0.0;   ///< foretold
  double p5 = 0.0;     ///< quantile foretold
  double p25 = 0.0;    ///< quantile foretold
  double p50 = 0.0;    ///< quantile foretold
  double p75 = 0.0;    ///< quantile foretold
  double p95 = 0.0;    ///< quantile foretold
  double transform =
      0.0;  ///< probability integral transform: share of the futures below what came, equal ones counted half
  bool within50 = false;  ///< whether it came between P25 and P75
  bool within90 = false;  ///< whether it came between P5 and P95
};

/// A forecast held against the bills since.
struct BillCheck {
  std::vector<PeriodCheck> checks;   ///< by plan, owner and month; all months together after the months
  std::vector<std::string> plans;    ///< in the scenario's order
  std::vector<bool> held;            ///< [plan]: whether the sum of all lies within the 90 % interval
  std::vector<std::string> verdict;  ///< a sentence a plan, and what else is to be known
  HistoryCheck read;                 ///< what the bills were taken for
  std::vector<Table> tables;         ///< one a plan
  std::string json;                  ///< all of it, as `costrisk backtest --bill --json` prints it
};

/// Holds the forecast that a scenario makes, from its start or where its `[actuals]` end, against the bills since.
/// @throws InvalidScenario, BackendUnavailable, DeviceFailed, TooLarge, FileError, Cancelled
/// @throws InputError where the bills are none, or cover no whole month of the forecast
COSTRISK_API BillCheck check_forecast(const Scenario& scenario, const BillCheckOptions& options);
/// Likewise, the forecast of results: their futures are simulated again by months.
/// @throws as above, and InputError where the scenario in them cannot be simulated here as it was
COSTRISK_API BillCheck check_forecast(const Results& results, const BillCheckOptions& options);

/// A job under the rules of the published Can't Be Late simulator (Wu et al., NSDI 2024): gaps are paid in full,
/// restarts come before progress, work done is never lost.
struct ReplayOptions {
  /// "strawman" (or "greedy"), "rc_threshold", "rc_cr_threshold" ("uniform-progress"), "only_spot" ("spot") or
  /// "ideal_ilp_overhead", which knows the trace; empty: all but the last.
  std::vector<std::string> policies;
  double task_hours = 0.0;       ///< length of the task, above 0
  double deadline_hours = 0.0;   ///< from its start to its deadline, above 0
  double restart_hours = 0.0;    ///< spent after each start and switch
  double start_hours = 0.0;      ///< where in the trace the job starts, rounded up to gaps
  double every_hours = 0.0;      ///< it starts anew so much later while the deadline is within the trace; 0: once
  double spot_price = 0.0;       ///< an hour, above 0
  double on_demand_price = 0.0;  ///< an hour, above 0
  double instances = 1.0;        ///< a gap is up from so many instances on
};

/// What came of one start of the job.
struct ReplayOutcome {
  bool late = false;             ///< the deadline was past, or the trace at its end
  double cost = 0.0;             ///< in the unit of the prices
  double finish_hours = 0.0;     ///< end of the gap in which the task was done, since its start
  double spot_hours = 0.0;       ///< whole gaps on spot
  double on_demand_hours = 0.0;  ///< whole gaps on-demand
  double idle_hours = 0.0;       ///< whole gaps on neither
  int preemptions = 0;           ///< times that spot was lost
};

/// What came of one policy.
struct PolicyReplay {
  std::string policy;                   ///< its published name
  std::vector<ReplayOutcome> outcomes;  ///< one a start
};

/// The published rules on a trace.
class COSTRISK_API Replay {
 public:
  struct Data;  ///< What stands behind it; not part of the interface.

  double gap_hours = 0.0;              ///< from value to value of the trace
  std::vector<std::size_t> starts;     ///< first gap of each start
  std::vector<PolicyReplay> policies;  ///< in the order that was asked for

  /// A row a policy: what came of the one start, or the spread over several.
  /// @param bold whether headers are set in bold by terminal codes
  std::string table(bool bold = false) const;
  /// Every start of every policy.
  std::string json() const;

 private:
  friend struct Access;
  std::shared_ptr<const Data> data_;
};

/// Replays a trace by the published rules.
/// @param trace availability at even distances (JSON or CSV)
/// @param options the job and its prices
/// @throws InputError: no such file, a trace that is none or uneven, no such policy, a start beyond the trace, or a
///         length or price that is not above 0
/// @throws FileError
COSTRISK_API Replay replay_published(const std::filesystem::path& trace, const ReplayOptions& options);

/// How the published rules compare with what the published simulator printed.
class COSTRISK_API Agreement {
 public:
  struct Data;  ///< What stands behind it; not part of the interface.

  std::size_t cases = 0;  ///< that were compared
  std::size_t equal = 0;  ///< of these: cost to 1e-6, finish and hours to 1e-6 h, preemptions exactly

  /// A row a policy.
  /// @param bold whether headers are set in bold by terminal codes
  std::string table(bool bold = false) const;
  /// The same, and which cases differ.
  std::string json() const;

 private:
  friend struct Access;
  std::shared_ptr<const Data> data_;
};

/// Replays every case that the published simulator printed.
/// @param cases the file of them (JSON), docs/backtest.md
/// @param traces folder of their traces; empty: "spot-traces" beside the file
/// @throws InputError, FileError
COSTRISK_API Agreement compare_published(const std::filesystem::path& cases, const std::filesystem::path& traces = {});

}  // namespace costrisk
