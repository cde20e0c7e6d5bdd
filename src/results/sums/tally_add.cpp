// Adding chunks of paths. Everything here is a sum, a minimum, a count or a splice.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "src/results/sums/numbers.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::results {
namespace {

std::size_t at(int row, int width, int column) { return size(row) * size(width) + size(column); }

/// Bits that hold every magnitude.
int magnitude_bits(const std::int64_t* values, int n) {
  std::int64_t all = 0;
  for (int p = 0; p < n; ++p) all |= values[p] ^ (values[p] >> 63);
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(all))) + 1;
}

bool fits(int bits, int n, int available) {
  return bits + static_cast<int>(std::bit_width(static_cast<unsigned>(n))) <= available;
}

/// The sum of values of at most `bits` bits.
Int128 sum_of(const std::int64_t* values, int n, int bits) {
  if (fits(bits, n, 62)) return std::accumulate(values, values + n, std::int64_t{0});
  return std::accumulate(values, values + n, Int128{0});
}

/// The sum of squares of n values of at most `bits` bits.
template <class ValueOf>
UInt128 squares_of(int n, int bits, ValueOf value_of) {
  UInt128 squares = 0;
  const auto square = [&](int p) {
    const std::int64_t value = value_of(p);
    return static_cast<UInt128>(Int128{value} * value);
  };
  if (fits(2 * bits, n, 127))
    for (int p = 0; p < n; ++p) squares += square(p);
  else
    for (int p = 0; p < n; ++p) add_square(squares, square(p));
  return squares;
}

void add_moments(Moments& moments, const std::int64_t* values, int n) {
  const int bits = magnitude_bits(values, n);
  if (bits == 1 && std::all_of(values, values + n, [](std::int64_t value) { return value == 0; })) return;
  moments.sum += sum_of(values, n, bits);
  add_square(moments.squares, squares_of(n, bits, [values](int p) { return values[p]; }));
}

void add_sum(Moments& to, const std::int64_t* values, int n) { add_moments(to, values, n); }
void add_sum(Int128& to, const std::int64_t* values, int n) { to += sum_of(values, n, magnitude_bits(values, n)); }
void add_sum(std::uint64_t& to, const std::int32_t* values, int n) {
  to += static_cast<std::uint64_t>(std::accumulate(values, values + n, std::int64_t{0}));
}

/// Adds a chunk to the arrays whose row in the table says how; the others are left to Tally.
class ChunkAdder {
 public:
  ChunkAdder(const TallyLayout& layout, const Output& chunk, int paths)
      : layout_(layout), chunk_(chunk), paths_(paths) {}

  template <class Element>
  void operator()(const TallyArray&, std::vector<Element>&) {}

  template <class Value, class Element>
  void operator()(const TallySum<Value>& sum, std::vector<Element>& sums) {
    for (std::size_t row = 0; row < sums.size(); ++row)
      add_sum(sums[row], chunk_.*sum.source + row * size(chunk_.stride), paths_);
  }

  void operator()(const TallyHistogram& array, std::vector<Histogram>& histograms) {
    for (std::size_t i = 0; i < histograms.size(); ++i) {
      const std::optional<HistogramSource> source = histogram_source(layout_, array.rule, i);
      if (!source) continue;
      const std::int64_t* values = row(source->value);
      if (source->divisor)
        histograms[i].add(quotients(values, row(*source->divisor), source->scale));
      else if (source->less)
        histograms[i].add(differences(values, row(*source->less)));
      else if (array.rule.may_never_be)
        histograms[i].add(those_that_are(values));
      else
        histograms[i].add({values, size(paths_)});
    }
  }

 private:
  const std::int64_t* row(const OutputRow& row) const { return chunk_.*row.array + row.row * size(chunk_.stride); }

  /// The quotient of costs and amounts, times `scale`, on each path where there were any.
  std::span<const std::int64_t> quotients(const std::int64_t* costs, const std::int64_t* amounts, double scale) {
    constexpr double largest = 0x1p62;
    values_.clear();
    for (int p = 0; p < paths_; ++p)
      if (amounts[p] > 0)
        values_.push_back(
            std::llrint(std::min(static_cast<double>(costs[p]) / static_cast<double>(amounts[p]) * scale, largest)));
    return values_;
  }

  std::span<const std::int64_t> differences(const std::int64_t* values, const std::int64_t* less) {
    values_.resize(size(paths_));
    std::transform(values, values + paths_, less, values_.begin(), std::minus<>());
    return values_;
  }

  std::span<const std::int64_t> those_that_are(const std::int64_t* instants) {
    values_.clear();
    std::copy_if(instants, instants + paths_, std::back_inserter(values_),
                 [](std::int64_t instant) { return instant != never_ticks; });
    return values_;
  }

  const TallyLayout& layout_;
  const Output& chunk_;
  int paths_;
  std::vector<std::int64_t> values_;  ///< of one histogram
};

}  // namespace

void Tally::add(const Output& chunk, std::uint64_t first_path, int paths) {
  if (paths <= 0) return;
  const PathRange range{first_path, static_cast<std::uint64_t>(paths)};
  if (first_path < layout_.first_path || first_path + range.count > layout_.first_path + layout_.paths)
    throw std::invalid_argument(fmt::format("paths {} to {} lie outside the run's paths {} to {}", first_path,
                                            first_path + range.count - 1, layout_.first_path,
                                            layout_.first_path + layout_.paths - 1));
  insert_range(data_.ranges, range);
  add_extremes(chunk, paths);
  add_comparison(chunk, paths);
  add_unfinished(chunk, paths);
  add_driver_sums(data_.drivers, layout_.shape, layout_.budget_micros, chunk, paths);
  each_array(ChunkAdder(layout_, chunk, paths), data_);
  if (!layout_.holds_costs()) return;
  PathBlock block = path_block(layout_, chunk, range);
  const auto place = std::ranges::upper_bound(data_.blocks, block.range, {}, &PathBlock::range);
  data_.blocks.insert(place, std::move(block));
}

void Tally::add_extremes(const Output& chunk, int paths) {
  constexpr std::int64_t largest = std::int64_t{1} << 62;
  const std::int64_t budget = layout_.budget_micros.value_or(std::numeric_limits<std::int64_t>::max());
  for (int plan = 0; plan < layout_.shape.plans; ++plan) {
    const std::int64_t* cost = chunk.plan_cost + at(plan, chunk.stride, 0);
    const auto i = static_cast<std::size_t>(plan);
    Least low = data_.cost_min[i];
    Most high = data_.cost_max[i];
    std::uint64_t over = 0;
    for (int p = 0; p < paths; ++p) {
      low.take(cost[p]);
      high.take(cost[p]);
      over += cost[p] > budget ? 1 : 0;
    }
    if (low.value <= -largest || high.value >= largest)
      throw std::overflow_error(
          "a path's cost is beyond 2^62 micro-units: prices are too high for the money's unit; express them in a "
          "larger currency unit");
    data_.cost_min[i] = low;
    data_.cost_max[i] = high;
    data_.over_budget[i] += over;
  }
}

void Tally::add_comparison(const Output& chunk, int paths) {
  const int plans = layout_.shape.plans;
  int bits = 0;
  for (int i = 0; i < plans; ++i)
    bits = std::max(bits, magnitude_bits(chunk.plan_cost + at(i, chunk.stride, 0), paths));
  for (int i = 0; i < plans; ++i)
    for (int j = i + 1; j < plans; ++j) {
      const std::int64_t* a = chunk.plan_cost + at(i, chunk.stride, 0);
      const std::int64_t* b = chunk.plan_cost + at(j, chunk.stride, 0);
      std::uint64_t first_cheaper = 0, second_cheaper = 0;
      for (int p = 0; p < paths; ++p) {
        // Costs are below 2^62, so the difference has the sign of the comparison.
        const std::int64_t difference = a[p] - b[p];
        first_cheaper += static_cast<std::uint64_t>(difference) >> 63;
        second_cheaper += static_cast<std::uint64_t>(-difference) >> 63;
      }
      add_square(data_.difference_squares[layout_.pair(i, j)],
                 squares_of(paths, bits + 1, [a, b](int p) { return a[p] - b[p]; }));
      data_.cheaper[at(i, plans, j)] += first_cheaper;
      data_.cheaper[at(j, plans, i)] += second_cheaper;
    }
  if (plans == 0) return;
  for (int p = 0; p < paths; ++p) {
    int best = 0;
    std::int64_t best_cost = chunk.plan_cost[p];
    for (int i = 1; i < plans; ++i) {
      const std::int64_t cost = chunk.plan_cost[at(i, chunk.stride, p)];
      best = cost < best_cost ? i : best;
      best_cost = cost < best_cost ? cost : best_cost;
    }
    ++data_.cheapest[static_cast<std::size_t>(best)];
  }
}

void Tally::add_unfinished(const Output& chunk, int paths) {
  for (int component = 0; component < layout_.shape.job_components; ++component) {
    const std::int64_t* finish = chunk.job_finish + at(component, chunk.stride, 0);
    data_.job_never[size(component)] += static_cast<std::uint64_t>(std::count(finish, finish + paths, never_ticks));
  }
}

PathBlock path_block(const TallyLayout& layout, const Output& chunk, PathRange range) {
  PathBlock block;
  block.range = range;
  const auto paths = static_cast<std::ptrdiff_t>(range.count);
  block.cost_micros.reserve(size(layout.shape.plans) * range.count);
  for (int plan = 0; plan < layout.shape.plans; ++plan) {
    const std::int64_t* cost = chunk.plan_cost + at(plan, chunk.stride, 0);
    block.cost_micros.insert(block.cost_micros.end(), cost, cost + paths);
  }
  if (layout.keep_paths) {
    const double hours_per_tick = layout.step_hours / static_cast<double>(ticks_per_step);
    block.finish_hours.reserve(size(layout.shape.job_components) * range.count);
    for (int component = 0; component < layout.shape.job_components; ++component) {
      const std::int64_t* finish = chunk.job_finish + at(component, chunk.stride, 0);
      for (std::ptrdiff_t p = 0; p < paths; ++p)
        block.finish_hours.push_back(finish[p] == never_ticks
                                         ? std::numeric_limits<float>::infinity()
                                         : static_cast<float>(static_cast<double>(finish[p]) * hours_per_tick));
    }
    block.served_share.reserve(size(layout.shape.service_components) * range.count);
    for (int component = 0; component < layout.shape.service_components; ++component) {
      const std::size_t row = at(component, chunk.stride, 0);
      for (std::ptrdiff_t p = 0; p < paths; ++p) {
        const auto served = static_cast<double>(chunk.service_served[row + static_cast<std::size_t>(p)]);
        const auto unserved = static_cast<double>(chunk.service_unserved[row + static_cast<std::size_t>(p)]);
        block.served_share.push_back(served + unserved > 0.0 ? static_cast<float>(served / (served + unserved)) : 1.0f);
      }
    }
  }
  return block;
}

}  // namespace costrisk::results
