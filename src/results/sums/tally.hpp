// What a run adds up over its paths: integers only, so that any order of adding gives the same bits.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/model/output.hpp"
#include "src/results/sums/numbers.hpp"
#include "src/results/sums/sort.hpp"
#include "src/results/sums/tally_arrays.hpp"
#include "src/results/sums/tally_layout.hpp"

namespace costrisk::results {

/// What a tally is of.
struct TallyFrame {
  TallyLayout layout;
  std::vector<PathRange> ranges;  ///< of its paths: ascending, disjoint, not touching

  std::uint64_t paths() const;
  /// The lowest path; that of the run where there is none.
  std::uint64_t first_path() const;
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

  /// The same paths as a part of a run of more paths, or of fewer that still has them all.
  /// @pre can_be_within(layout(), run_paths)
  Tally within(std::uint64_t run_paths) &&;

  const TallyLayout& layout() const { return layout_; }
  const TallyData& data() const { return data_; }

  TallyFrame frame() const { return {layout_, data_.ranges}; }
  std::uint64_t paths() const;
  /// The lowest path added; that of the run where none was.
  std::uint64_t first_path() const;
  /// Whether the paths added are one range without gaps (an empty tally is).
  bool contiguous() const { return data_.ranges.size() <= 1; }

  /// A row of what is kept by path, in the order of paths.
  template <class Value>
  std::vector<Value> by_path(std::vector<Value> PathBlock::*values, std::size_t row) const {
    std::vector<Value> result;
    result.reserve(paths());
    for (const PathBlock& block : data_.blocks) {
      const Value* begin = (block.*values).data() + row * block.range.count;
      result.insert(result.end(), begin, begin + block.range.count);
    }
    return result;
  }
  /// Costs of a plan in the order of paths.
  /// @pre layout().holds_costs()
  std::vector<std::int64_t> costs_by_path(int plan) const { return by_path(&PathBlock::cost_micros, size(plan)); }
  /// Costs of a plan in ascending order.
  /// @pre layout().holds_costs()
  std::vector<std::int64_t> sorted_costs(int plan, const Sorter& sort = sort_on_processor) const;
  /// Finish of a job component in hours since the start, in the order of paths.
  /// @pre layout().keep_paths
  std::vector<float> finish_by_path(int component) const { return by_path(&PathBlock::finish_hours, size(component)); }
  /// Share of requests that a service component served, in the order of paths; 1 where nothing was asked.
  /// @pre layout().keep_paths
  std::vector<float> served_by_path(int component) const { return by_path(&PathBlock::served_share, size(component)); }

 private:
  void add_extremes(const Output& chunk, int paths);
  void add_comparison(const Output& chunk, int paths);
  void add_unfinished(const Output& chunk, int paths);

  TallyLayout layout_;
  TallyData data_;
};

/// Whether Tally::within can make a tally of this layout a part of a run of so many paths: one that held no costs
/// cannot become exact.
bool can_be_within(const TallyLayout& layout, std::uint64_t run_paths);

/// What is kept by path of a chunk.
/// @pre layout.holds_costs()
PathBlock path_block(const TallyLayout& layout, const Output& chunk, PathRange range);

/// Memory in bytes, estimated, that a run of this layout holds in its tallies, one a thread and the merged one, and
/// needs to write its file: histograms and sums by driver in each, what is kept by path once, and the file's image
/// twice.
/// @param held of the run's paths, those that are held here; absent: all
std::uint64_t estimated_bytes(const TallyLayout& layout, int threads, std::optional<std::uint64_t> held = {});

}  // namespace costrisk::results
