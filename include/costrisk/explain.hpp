/// @file
/// The story of one simulated future.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "costrisk/export.hpp"
#include "costrisk/results.hpp"
#include "costrisk/scenario.hpp"
#include "costrisk/simulate.hpp"

namespace costrisk {

/// Which future of a plan is to be explained.
class COSTRISK_API Future {
 public:
  /// The most expensive one; of equal costs the first.
  static Future worst() { return Future(Worst{}); }
  /// The one at a quantile of cost.
  /// @param probability inside (0, 1); 0.99: the most expensive hundredth begins there
  static Future quantile(double probability) { return Future(probability); }
  /// The one of a number, from Results::first_path() on.
  static Future path(std::uint64_t number) { return Future(number); }

 private:
  friend struct Access;
  struct Worst {};
  using Choice = std::variant<Worst, double, std::uint64_t>;
  explicit Future(Choice choice) : choice_(choice) {}
  Choice choice_;
};

/// What happened at some time.
struct StoryEvent {
  double hours = 0.0;   ///< since the start
  std::string words;    ///< a sentence
  double weight = 0.0;  ///< roughly what it costs, loses or moves, in the scenario's currency
};

/// An unknown that is drawn once per future.
struct StoryDraw {
  std::string address;  ///< in the scenario
  std::string unknown;  ///< in words
  std::string value;    ///< in words; empty where it has none
  std::string words;    ///< how it compares with other futures
  double level = 0.0;   ///< share of futures with a lower value
};

/// What a category of cost came to. Money is in the scenario's currency.
struct StoryCategory {
  std::string category;      ///< as in the results
  double cost = 0.0;         ///< in this future
  double median_cost = 0.0;  ///< in the future whose cost is the median
};

/// A series of the timeline: a value a step, in the columns and units that docs/explain.md lists.
struct Series {
  std::string name;            ///< of the column
  std::vector<double> values;  ///< one a step; NaN where the cell is empty
};

/// How a story stands as text.
struct StoryTextOptions {
  int width = 80;            ///< columns at which lines are broken
  bool bold = false;         ///< headers in bold by terminal codes
  bool every_event = false;  ///< all events, not only the twenty that weigh most
};

/// How explain() finds the future, where the costs by path are not held and it simulates them.
struct ExplainOptions {
  /// The folder of the scenario file, for results that were read from a file and made from measured histories; empty:
  /// looked for beside it.
  std::filesystem::path histories;
  std::filesystem::path root;    ///< folder in which these must lie; empty: the one that they are found from
  int threads = 0;               ///< as RunOptions::threads
  std::string backend = "auto";  ///< as RunOptions::backend
  /// As RunOptions::progress; told of none done before the first is simulated.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
  std::function<void(const std::string& line)> notice;  ///< as RunOptions::notice
};

/// One future of a plan beside the median one. Money is in the scenario's currency.
class COSTRISK_API Story {
 public:
  struct Data;  ///< What stands behind it; not part of the interface.

  std::string plan;                       ///< that it is of
  std::uint64_t path = 0;                 ///< its number
  double cost = 0.0;                      ///< of the plan in it
  std::uint64_t median_path = 0;          ///< the future whose cost is the median
  double median_cost = 0.0;               ///< of that
  std::uint64_t paths = 0;                ///< of the run
  std::uint64_t cheaper = 0;              ///< of these, with a lower cost of the plan
  std::string headline;                   ///< a sentence or two
  std::vector<StoryCategory> categories;  ///< those that are not zero in both futures
  std::vector<StoryEvent> events;         ///< in order of time
  std::vector<StoryDraw> draws;           ///< the farthest from the middle first
  std::vector<std::string> conclusion;    ///< sentences: what made it more expensive, or cheaper

  /// What `costrisk explain` prints.
  std::string text(const StoryTextOptions& options = {}) const;
  /// What `costrisk explain --json` prints.
  std::string json() const;
  /// What `costrisk explain --html` writes: one page that needs nothing else.
  std::string html() const;
  /// What `costrisk explain --csv` writes: a line of names, then a row for so many steps.
  /// @throws InputError for no steps
  std::string csv(std::size_t steps_a_row = 1) const;
  /// What `costrisk explain --hdf5` writes: the timeline as the bytes of a file for h5py and xarray.
  /// @throws InputError for no steps
  std::vector<std::byte> hdf5(std::size_t steps_a_row = 1) const;
  /// The columns of csv() that hold numbers.
  std::vector<Series> timeline() const;

 private:
  friend struct Access;
  std::shared_ptr<const Data> data_;
};

/// Goes through one future of a run again and says what happened in it, and what it cost.
/// @param results of the run
/// @param plan may be empty where there is only one
/// @param future which one of the plan's
/// @param options where histories lie, and how costs are simulated
/// @throws UnknownName for a plan that there is not
/// @throws InputError for a future that there is not, a probability outside (0, 1), and results that another version
/// made
/// @throws FileError, BackendUnavailable, DeviceFailed, TooLarge
COSTRISK_API Story explain(const Results& results, const std::string& plan, const Future& future,
                           const ExplainOptions& options = {});

/// Likewise of a scenario, whose futures are simulated to find the one that is meant.
/// @param scenario the scenario
/// @param plan may be empty where there is only one
/// @param future which one of the plan's
/// @param options how they are simulated: paths, seed, threads, backend, progress, notice and cancellation
/// @throws InvalidScenario, UnknownName, InputError, BackendUnavailable, DeviceFailed, TooLarge, FileError
/// @throws Cancelled where it was cancelled before all were done
COSTRISK_API Story explain(const Scenario& scenario, const std::string& plan, const Future& future,
                           const RunOptions& options = {});

}  // namespace costrisk
