// What a run adds up over its paths: integers only, so that any order of adding gives the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/model/output.hpp"
#include "src/results/sums/drivers.hpp"
#include "src/results/sums/histogram.hpp"
#include "src/results/sums/sort.hpp"
#include "src/results/sums/wide.hpp"

namespace costrisk::results {

/// What a tally is of. Tallies merge only when their layouts are equal.
struct TallyLayout {
  Shape shape;
  int jobs = 0;
  std::vector<int> job_component;  ///< [plan][job]: the job component of the plan, −1 where it does not run the job
  std::vector<int> service_component;  ///< [plan][service]: likewise
  std::vector<int> tells_tokens;       ///< [service]: 1 where its demand tells tokens, else 0
  std::uint64_t first_path = 0;        ///< of the whole run, all shards together
  std::uint64_t paths = 0;             ///< likewise
  double step_hours = 0.0;
  std::optional<std::int64_t> budget_micros;
  bool keep_paths = false;  ///< keep cost, finish and served share of every path

  bool operator==(const TallyLayout& other) const;

  /// Whether quantiles of cost come from the sorted costs themselves: plans × paths of the whole run ≤ 2^25.
  bool exact() const;
  /// Whether costs are held path by path.
  bool holds_costs() const { return exact() || keep_paths; }
  std::size_t pairs() const;
  /// The place of plans i < j in an array by pair.
  std::size_t pair(int i, int j) const;
};

/// Paths [first, first + count).
struct PathRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool operator==(const PathRange&) const = default;
};

/// Per-path values of a range of paths.
struct PathBlock {
  PathRange range;
  std::vector<std::int64_t> cost_micros;  ///< [plan][path]
  std::vector<float> finish_hours;        ///< [job component][path], infinity for never; only with keep_paths
  std::vector<float> served_share;        ///< [service component][path]; only with keep_paths
};

/// What turns the quotient of a cost and an amount into what unit costs are counted in: micro-units per million
/// requests, where the amount is in 2^-10 request, and per 10^9 tokens.
inline constexpr double requests_scale = 1e6 * 0x1p10, tokens_scale = 1e9;

/// The integers of a tally. Money in micro-units, time in ticks (2^-20 step), requests in 2^-10, tokens whole.
struct TallyData {
  std::vector<PathRange> ranges;  ///< what has been added: ascending, disjoint, not touching

  std::vector<Moments> cost;                ///< [plan]
  std::vector<std::int64_t> cost_min;       ///< [plan]
  std::vector<std::int64_t> cost_max;       ///< [plan]
  std::vector<std::uint64_t> over_budget;   ///< [plan]: paths that cost more than the budget
  std::vector<Moments> category;            ///< [plan][category]
  std::vector<Int128> owner;                ///< [plan][owner]
  std::vector<Int128> waste;                ///< [plan][waste_kind]
  std::vector<UInt128> difference_squares;  ///< [pair i < j]: Σ (cost_i − cost_j)²
  std::vector<std::uint64_t> cheaper;       ///< [plan][other plan]: paths where plan costs strictly less
  std::vector<std::uint64_t> cheapest;      ///< [plan]: paths where it costs least, ties to the first

  std::vector<Int128> covered;  ///< [plan]: list price of on-demand use that commitments covered

  std::vector<std::uint64_t> job_runs;           ///< [job component]
  std::vector<std::uint64_t> job_late;           ///< [job component]
  std::vector<std::uint64_t> job_interruptions;  ///< [job component]
  std::vector<std::uint64_t> job_never;          ///< [job component]: paths whose last run is not done at the horizon
  std::vector<Int128> job_lost;                  ///< [job component]
  std::vector<Int128> job_use;                   ///< [job component][market][purchase]

  std::vector<Int128> service_cost;         ///< [plan][service]
  std::vector<Int128> service_served;       ///< [service component]
  std::vector<Int128> service_unserved;     ///< [service component]
  std::vector<Int128> service_tokens;       ///< [service component]: output tokens served
  std::vector<Int128> service_queued;       ///< [service component]: requests that entered queue or fleet
  std::vector<Int128> service_waiting;      ///< [service component]: requests waiting, summed over steps
  std::vector<std::uint64_t> service_peak;  ///< [service component]: most instances at a time
  std::vector<Int128> service_use;          ///< [service component][market][purchase]

  DriverSums drivers;  ///< cost by cell of what drives it

  std::vector<Histogram> cost_histogram;    ///< [plan]; empty where the layout is exact
  std::vector<Histogram> owner_histogram;   ///< [plan][owner]
  std::vector<Histogram> fan_histogram;     ///< [plan][bin]: cumulative cost at the bin's end
  std::vector<Histogram> period_histogram;  ///< [plan][bin]: cost within the bin
  std::vector<Histogram> finish_histogram;  ///< [job component]: of the last run, where it is done
  /// [plan][service]: micro-units per million requests served, on paths where any were
  std::vector<Histogram> unit_cost_histogram;
  /// [plan][service]: micro-units per 10^9 output tokens served, likewise; none where the demand tells no tokens
  std::vector<Histogram> token_cost_histogram;

  std::vector<PathBlock> blocks;  ///< ascending and disjoint; where the layout holds costs
};

class Tally {
 public:
  Tally() = default;

  /// An empty tally.
  /// @throws std::invalid_argument where the layout's sizes disagree
  explicit Tally(TallyLayout layout);

  /// A tally from integers that another one gave by `data`.
  /// @throws std::invalid_argument where their sizes do not fit the layout
  Tally(TallyLayout layout, TallyData data);

  /// Adds paths [first_path, first_path + paths) of the run.
  /// @throws std::overflow_error where a sum leaves its 128 bits or a cost its 62
  /// @throws std::invalid_argument where one of the paths was added before or lies outside the run
  void add(const Output& chunk, std::uint64_t first_path, int paths);

  /// Adds another tally of the same layout and other paths. Associative and commutative.
  /// @throws std::invalid_argument where the layouts differ or a path stands in both
  void merge(Tally&& other);

  /// The same paths as the beginning of a run of more paths.
  /// @pre run_paths ≥ layout().paths
  Tally within(std::uint64_t run_paths) &&;

  const TallyLayout& layout() const { return layout_; }
  const TallyData& data() const { return data_; }

  std::uint64_t paths() const;
  /// The lowest path added; that of the run where none was.
  std::uint64_t first_path() const;
  /// Whether the paths added are one range without gaps (an empty tally is).
  bool contiguous() const { return data_.ranges.size() <= 1; }

  /// Costs of a plan in the order of paths.
  /// @pre layout().holds_costs()
  std::vector<std::int64_t> costs_by_path(int plan) const;
  /// Costs of a plan in ascending order.
  /// @pre layout().holds_costs()
  std::vector<std::int64_t> sorted_costs(int plan, const Sorter& sort = sort_on_processor) const;
  /// Finish of a job component in hours since the start, in the order of paths.
  /// @pre layout().keep_paths
  std::vector<float> finish_by_path(int component) const;
  /// Share of requests that a service component served, in the order of paths; 1 where nothing was asked.
  /// @pre layout().keep_paths
  std::vector<float> served_by_path(int component) const;

 private:
  void add_costs(const Output& chunk, int paths);
  void add_breakdown(const Output& chunk, int paths);
  void add_comparison(const Output& chunk, int paths);
  void add_fans(const Output& chunk, int paths);
  void add_jobs(const Output& chunk, int paths);
  void add_services(const Output& chunk, int paths);
  void add_unit_costs(const Output& chunk, int paths);

  TallyLayout layout_;
  TallyData data_;
};

/// What is kept by path of a chunk.
/// @pre layout.holds_costs()
PathBlock path_block(const TallyLayout& layout, const Output& chunk, PathRange range);

/// Memory in bytes, estimated, that a run of this layout holds in its tallies, one a thread and the merged one, and
/// needs to write its file: histograms and sums by driver in each, what is kept by path once, and the file's image
/// twice.
std::uint64_t estimated_bytes(const TallyLayout& layout, int threads);

}  // namespace costrisk::results
