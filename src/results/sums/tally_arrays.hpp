// The integers of a tally, and the walk over them that everything takes that is done to all of them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/model/output.hpp"
#include "src/results/sums/drivers.hpp"
#include "src/results/sums/histogram.hpp"
#include "src/results/sums/tally_layout.hpp"
#include "src/results/sums/wide.hpp"

namespace costrisk::results {

/// Paths [first, first + count).
struct PathRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  auto operator<=>(const PathRange&) const = default;
};

/// Adds a range to ascending, disjoint ranges and joins those that touch.
/// @throws std::invalid_argument where a path is among them already
void insert_range(std::vector<PathRange>& ranges, PathRange range);

/// Values of a range of paths, an array a row of TALLY_BY_PATH: [entry of the row's axis][path], or empty.
struct PathBlock {
  PathRange range;
#define TALLY_BY_PATH(value, member, ...) std::vector<value> member;
#include "src/results/sums/tally_arrays.inc"
};

/// The integers of a tally: an array for each row of tally_arrays.inc.
struct TallyData {
  std::vector<PathRange> ranges;  ///< what has been added: ascending, disjoint, not touching
#define TALLY_ARRAY(element, name, unit, what, ...) std::vector<element> name;
#include "src/results/sums/tally_arrays.inc"
  DriverSums drivers;
  std::vector<PathBlock> blocks;  ///< ascending and disjoint; where the layout holds costs
};

/// What an array is called and means.
struct TallyArray {
  const char* name;
  Axes axes;
  const char* unit;
  const char* description;
};

/// An array of sums over paths, each of a row of the Output.
template <class Value>
struct TallySum : TallyArray {
  Value* Output::*source;
};

/// What turns the quotient of a cost and an amount into what unit costs are counted in: micro-units per million
/// requests, where the amount is in 2^-10 request, and per 10^9 tokens.
inline constexpr double requests_scale = 1e6 * 0x1p10, tokens_scale = 1e9;

/// Which value of a path goes into the histograms of an array, and how finely.
struct HistogramRule {
  std::int64_t* Output::*value = nullptr;
  bool within_bin = false;                   ///< less the value of the bin before
  std::int64_t* Output::*divisor = nullptr;  ///< of the service's component; only where it is positive
  double scale = 1.0;                        ///< of the quotient, which is rounded, to 2^62 at most
  bool may_never_be = false;                 ///< never_ticks is not counted
  int bits = 0;                              ///< bins an octave, by the logarithm, at most
  int sharing = 1;  ///< arrays of this size that share 2^17 bins an octave, so that what is added to often stays near
                    ///< the cache; 0: always as many bins
};

struct TallyHistogram : TallyArray {
  HistogramRule rule;
};

/// A row of the Output, a value a path.
struct OutputRow {
  std::int64_t* Output::*array = nullptr;
  std::size_t row = 0;
};

/// What one histogram counts: value − less, or value / divisor · scale where the divisor is positive.
struct HistogramSource {
  OutputRow value;
  std::optional<OutputRow> less, divisor;
  double scale = 1.0;
};

/// What the histogram at `index` of an array counts; nothing where its plan does not run its service or the service
/// tells no tokens.
std::optional<HistogramSource> histogram_source(const TallyLayout& layout, const HistogramRule& rule,
                                                std::size_t index);

/// Bins an octave, by the logarithm, of each histogram of an array.
int histogram_bits(const TallyLayout& layout, const TallyHistogram& array);

/// Walks over the arrays: visit(row, array...), with this array of all data. A row is a TallyArray, a TallySum or a
/// TallyHistogram.
template <class Visit, class... Data>
constexpr void each_array(Visit&& visit, Data&... data) {
  using enum Axis;
  const auto sum = []<class Value>(const TallyArray& array, Value* Output::*source) {
    return TallySum<Value>{array, source};
  };
#define TALLY_ARRAY(element, name, unit, what, ...) visit(TallyArray{#name, {__VA_ARGS__}, unit, what}, data.name...);
#define TALLY_SUM(element, name, source, unit, what, ...) \
  visit(sum({#name, {__VA_ARGS__}, unit, what}, &Output::source), data.name...);
#define TALLY_HISTOGRAM(name, rule, what, ...) \
  visit(TallyHistogram{{#name, {__VA_ARGS__}, "1", what}, rule}, data.name...);
#define TALLY_DRIVER(element, name, unit, what, ...) \
  visit(TallyArray{"driver_" #name, {__VA_ARGS__}, unit, what}, data.drivers.name...);
#include "src/results/sums/tally_arrays.inc"
}

/// When a value is kept of every path: where quantiles come from the costs, or only where a run is asked to keep paths.
enum class Kept { costs, paths };

/// What is kept of every path.
struct PathArray {
  const char* name;
  Axis axis;
  Kept kept;
  const char* unit;  ///< null: money
  const char* description;
  std::vector<int> TallyLayout::*component;  ///< which entry of `axis` stands at a place of `filed`; null: the same
  Axes filed;

  bool is_kept(const TallyLayout& layout) const {
    return kept == Kept::costs ? layout.holds_costs() : layout.keep_paths;
  }
  /// The size of the array in a block.
  std::size_t values(const TallyLayout& layout, const PathRange& range) const {
    return is_kept(layout) ? layout.terms(axis).extent * range.count : 0;
  }
};

/// Walks over what is kept by path: visit(row, member of PathBlock).
template <class Visit>
constexpr void each_path_array(Visit&& visit) {
  using enum Axis;
#define TALLY_BY_PATH(value, member, kept, name, unit, what, axis, component, ...) \
  visit(PathArray{name, axis, Kept::kept, unit, what, component, {__VA_ARGS__}}, &PathBlock::member);
#include "src/results/sums/tally_arrays.inc"
}

/// How many arrays a walk visits.
template <class Walk>
constexpr std::size_t count_of(Walk walk) {
  std::size_t count = 0;
  walk([&count](const auto&...) { ++count; });
  return count;
}
static_assert(
    sizeof(TallyData) == sizeof(std::vector<int>) * (2 + count_of([](auto visit) { each_array(visit); })),
    "TallyData or DriverSums has a member without a row in tally_arrays.inc: nothing would merge or write it");
constexpr std::size_t path_block_bytes =
    sizeof(PathRange) + sizeof(std::vector<int>) * count_of([](auto visit) { each_path_array(visit); });
static_assert(sizeof(PathBlock) ==
                  (path_block_bytes + alignof(PathBlock) - 1) / alignof(PathBlock) * alignof(PathBlock),
              "PathBlock has a member without a row in tally_arrays.inc: nothing would merge or write it");

}  // namespace costrisk::results
