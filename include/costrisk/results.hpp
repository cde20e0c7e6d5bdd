/// @file
/// Results of a run: arrays by the names, dimensions and units that result files have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/errors.hpp"
#include "costrisk/export.hpp"

namespace costrisk {

/// A dimension of the results: a label or a number for each entry.
struct Dimension {
  std::string name;                 ///< "plan", "probability", …
  std::size_t size = 0;             ///< number of entries
  std::vector<std::string> labels;  ///< one an entry; empty where entries have numbers
  std::vector<double> coordinates;  ///< likewise; empty where entries have labels
  std::string unit;                 ///< of the coordinates: the currency, "h" or "1"
  std::string description;          ///< a line
};

/// An array of the results. Values are row-major: the last dimension varies fastest. NaN stands where a number does not
/// exist, infinity where it has no bound; the description says when.
struct Array {
  std::string name;                     ///< as in the result file
  std::vector<std::string> dimensions;  ///< slowest first
  std::vector<std::size_t> shape;       ///< entries by dimension
  std::string unit;                     ///< the currency, "h" or "1"
  std::string description;              ///< a line
  std::vector<double> values;           ///< as many as the product of the shape
};

/// How the costs of all plans are distributed, over bins of equal width that the plans share.
struct CostHistogram {
  double from = 0.0;  ///< lower end of the first bin, in the scenario's currency
  double to = 0.0;    ///< upper end of the last bin, likewise
  std::vector<std::vector<std::uint64_t>>
      paths;  ///< [plan][bin]: simulated futures; what is beyond is in the outer bins
};

/// A part of a run: the index-th of `count` contiguous ranges of its paths, of nearly equal size.
struct Shard {
  int index = 1;  ///< from 1
  int count = 1;  ///< of all shards
};

/// Kernels of a kind on a GPU.
struct Launches {
  std::string name;         ///< of the kernel
  int device = 0;           ///< its GPU's number
  std::uint64_t count = 0;  ///< launches
  double seconds = 0.0;     ///< of the GPU
};

/// How a run was computed and where the time went. Seconds of stages are summed over threads.
struct Timings {
  std::string backend;               ///< the one that ran
  int threads = 0;                   ///< of the processor
  std::vector<std::string> devices;  ///< GPUs that ran it, and how each was used
  std::uint64_t paths = 0;           ///< simulated
  bool complete = true;              ///< false where the run was stopped
  bool out_of_time = false;          ///< whether it was stopped by RunOptions::max_seconds
  std::uint64_t resumed_paths = 0;   ///< of these, taken from a file of an earlier run
  double wall_seconds = 0.0;         ///< of the simulation
  double start_up_seconds = 0.0;     ///< of these, until a GPU had its first paths under way; 0 on the processor
  double world_seconds = 0.0;        ///< factors, prices, capacity and demands
  double jobs_seconds = 0.0;         ///< jobs
  double services_seconds = 0.0;     ///< services
  double plans_seconds = 0.0;        ///< commitments, items and totals of plans
  double tally_seconds = 0.0;        ///< adding up
  std::vector<Launches> launches;    ///< where GPUs computed
};

/// What cost is divided by.
enum class Breakdown {
  category,  ///< spot, on-demand, storage, …
  owner      ///< of jobs, services and items
};

/// What Results::table has, and how it looks.
struct TableOptions {
  int width = 0;              ///< columns that it is to fit in, if it can; 0: any
  bool bold = false;          ///< headers in bold by terminal codes
  bool sparklines = false;    ///< a column of small histograms, in block characters, where it has room
  bool intervals = false;     ///< two more rows a plan: the ends of the 95 % intervals
  bool jobs = false;          ///< lateness, interruptions and finish of every job
  bool drivers = false;       ///< which unknowns make the cost of each plan
  std::vector<Breakdown> by;  ///< mean cost by these
};

/// The results of a run, in memory. Copies share what they hold; all functions but write() only read it, and may be
/// called from several threads at once where no other function says otherwise.
class COSTRISK_API Results {
 public:
  struct Data;  ///< What stands behind it; not part of the interface.

  /// Reads a result file (HDF5) that costrisk wrote.
  /// @throws InputError where there is no such file, or it is another file, damaged, or of another major format version
  /// @throws FileError where it cannot be read
  static Results read(const std::filesystem::path& path);

  Results(const Results& other);                 ///< Shares what the other holds.
  Results& operator=(const Results& other);      ///< Shares what the other holds.
  Results(Results&& other) noexcept;             ///< Leaves the other fit for destruction alone.
  Results& operator=(Results&& other) noexcept;  ///< Leaves the other fit for destruction alone.
  ~Results();

  /// Writes a result file (HDF5), whole or not at all; an older one is replaced. Equal results give equal bytes.
  /// @param path the file
  /// @param outdated a file that was made of the older one, if any, such as its report: it is removed right before
  /// @returns the checksum that the file bears, eight hexadecimal digits
  /// @throws FileError
  std::string write(const std::filesystem::path& path, const std::filesystem::path& outdated = {}) const;

  /// Names of all arrays that there are, in the order of the result file. Arrays with a dimension of no entries, and
  /// those that need a budget where there is none, are left out.
  std::vector<std::string> names() const;
  /// An array by its name.
  /// @throws UnknownName
  Array array(const std::string& name) const;
  /// All dimensions that arrays have.
  std::vector<Dimension> dimensions() const;
  /// A dimension by its name.
  /// @throws UnknownName
  Dimension dimension(const std::string& name) const;

  std::string name() const;              ///< Name of the scenario.
  std::string currency() const;          ///< What money is in.
  std::optional<double> budget() const;  ///< In the currency; absent where the scenario has none.
  std::uint64_t paths() const;           ///< Number of simulated futures.
  std::uint64_t first_path() const;      ///< Number of the first of them.
  std::uint64_t seed() const;            ///< Seed of the run.
  /// False where these are not all paths of the run: it was stopped, they are those of a shard, or some are missing.
  bool complete() const;
  std::uint64_t run_paths() const;     ///< Number of futures of the whole run.
  std::optional<Shard> shard() const;  ///< That was asked for; absent for a whole run.
  /// Whether others are of the same run, or of a longer or shorter one of the same scenario, seed and version, so that
  /// their paths could be merged.
  /// @throws FileError
  bool same_run(const Results& other) const;
  /// Whether these have all that earlier results have: both are of one run, and every path of theirs is one of these.
  /// @throws FileError
  bool supersede(const Results& earlier) const;
  double step_hours() const;     ///< Length of a step, in hours.
  double horizon_hours() const;  ///< How far the simulation went, in hours.
  std::string scenario() const;  ///< The resolved scenario, as TOML.
  std::string version() const;   ///< Version of costrisk that simulated it.
  Timings timings() const;       ///< How it was computed; without a backend where it was read from a file.

  /// Whether the costs of single paths are held: by default up to 1,048,576 paths of all plans together.
  bool holds_path_costs() const;
  /// The cost of every path of a plan, in the scenario's currency, in the order of the paths from first_path() on.
  /// @throws UnknownName for a plan that there is not, InputError where they are not held, FileError
  std::vector<double> path_costs(const std::string& plan) const;

  /// @param bins number of bins, 1 and more
  /// @throws InputError where bins are fewer, FileError
  CostHistogram cost_histogram(int bins) const;

  /// The verdict in sentences: the plan to choose, what it may cost, and what stands against the cheaper ones; then the
  /// warnings.
  std::vector<std::string> verdict() const;
  /// The same as `costrisk show` prints it: a paragraph of the sentences, and a line for each warning.
  /// @param width columns at which lines are broken
  std::string verdict_text(int width = 80) const;
  /// Judges by gates: "[PLAN:]STATISTIC<NUMBER", with <, <=, > or >=, such as "over_budget<5%" or "spot:p95<=60k". A
  /// statistic is an address in the results such as late.JOB or category_mean.penalty, docs/results-format.md.
  /// @returns a line for each plan and gate that does not hold, and for each that cannot be judged
  /// @throws InputError as check_gates()
  std::vector<std::string> failed_gates(const std::vector<std::string>& gates) const;
  /// The tables of `costrisk show`, as text.
  /// @throws FileError where sparklines need costs that cannot be read
  std::string table(const TableOptions& options = {}) const;
  /// The goal of the scenario, the plans that meet it, and the one of these with the lowest mean cost, in lines of 80
  /// columns at most. Empty where the scenario has no goal, or is of a version that is not understood here.
  std::string goal() const;
  /// What `costrisk show --json` prints.
  /// @param file name of the result file that is written down in it; empty: of the one that was read
  /// @throws FileError
  std::string json(const std::string& file = {}) const;
  /// The report of `costrisk report`: one HTML page that needs nothing else.
  /// @param checksum of the result file that the page is to bear; empty: that of the one that was read, if any
  /// @throws FileError
  std::string report(const std::string& checksum = {}) const;

 private:
  friend struct Access;
  explicit Results(std::shared_ptr<const Data> data);
  std::shared_ptr<const Data> data_;
};

}  // namespace costrisk
