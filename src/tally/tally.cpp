// Adding chunks and tallies. Everything here is a sum, a minimum, a count or a splice.
#include "src/tally/tally.hpp"

#include <fmt/format.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "kernels/model/driver_parameters.hpp"

namespace costrisk::tally {
namespace {

constexpr std::uint64_t exact_values = std::uint64_t{1} << 25;

// Bins an octave, by the logarithm; all but the first are the most that there are, see bits_for.
constexpr int cost_histogram_bits = 13;
constexpr int owner_histogram_bits = 11;
constexpr int fan_histogram_bits = 8;
constexpr int finish_histogram_bits = 11;
constexpr int unit_histogram_bits = 11;

std::size_t at(int row, int width, int column) {
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(width) + static_cast<std::size_t>(column);
}

std::size_t product(int a, int b) { return static_cast<std::size_t>(a) * static_cast<std::size_t>(b); }

/// Bins an octave, by the logarithm, for each of `histograms` histograms: at most 2^17 for all of them
/// together, so that what is added to often stays near the cache.
int bits_for(std::size_t histograms, int at_most) {
  constexpr int fewest = 6, all_bins = 17;
  const int needed = static_cast<int>(std::bit_width(std::max<std::size_t>(histograms, 1) - 1));
  return std::clamp(all_bins - needed, fewest, at_most);
}

void add_square(UInt128& squares, UInt128 square) {
  squares += square;
  if (squares < square)
    throw std::overflow_error(
        "a sum of squared costs does not fit into 128 bits: costs and paths are too many for the money's unit; "
        "express prices in a larger currency unit or run fewer paths");
}

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

Int128 sum_of(const std::int64_t* values, int n) { return sum_of(values, n, magnitude_bits(values, n)); }

std::uint64_t sum_of(const std::int32_t* values, int n) {
  return static_cast<std::uint64_t>(std::accumulate(values, values + n, std::int64_t{0}));
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

template <class Value>
void add_each(std::vector<Value>& to, const std::vector<Value>& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

void add_each(std::vector<Moments>& to, const std::vector<Moments>& from) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i].sum += from[i].sum;
    add_square(to[i].squares, from[i].squares);
  }
}

void add_each(std::vector<Histogram>& to, const std::vector<Histogram>& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i].merge(from[i]);
}

/// Adds a range to ascending, disjoint ranges and joins those that touch.
void insert_range(std::vector<PathRange>& ranges, PathRange range) {
  if (range.count == 0) return;
  auto next = std::upper_bound(ranges.begin(), ranges.end(), range,
                               [](const PathRange& a, const PathRange& b) { return a.first < b.first; });
  const bool hits_previous = next != ranges.begin() && std::prev(next)->first + std::prev(next)->count > range.first;
  if (hits_previous || (next != ranges.end() && range.first + range.count > next->first))
    throw std::invalid_argument(
        fmt::format("paths {} to {} overlap with paths added before: a path counts once; leave out one of the two",
                    range.first, range.first + range.count - 1));
  const bool joins_next = next != ranges.end() && range.first + range.count == next->first;
  const bool joins_previous = next != ranges.begin() && std::prev(next)->first + std::prev(next)->count == range.first;
  if (joins_previous) {
    std::prev(next)->count += range.count;
    if (joins_next) {
      std::prev(next)->count += next->count;
      ranges.erase(next);
    }
  } else if (joins_next) {
    next->first = range.first;
    next->count += range.count;
  } else {
    ranges.insert(next, range);
  }
}

bool starts_before(const PathBlock& a, const PathBlock& b) { return a.range.first < b.range.first; }

/// A row of what the blocks keep, in the order of paths.
std::vector<float> joined(const Tally& tally, std::vector<float> PathBlock::*values, int row) {
  std::vector<float> result;
  result.reserve(tally.paths());
  for (const PathBlock& block : tally.data().blocks) {
    const auto count = static_cast<std::ptrdiff_t>(block.range.count);
    const auto begin = (block.*values).begin() + row * count;
    result.insert(result.end(), begin, begin + count);
  }
  return result;
}

void expect_size(std::size_t size, std::size_t expected, const char* what) {
  if (size != expected)
    throw std::invalid_argument(
        fmt::format("the tally's {} has {} values where its layout asks for {}: it belongs to another run or is "
                    "damaged; make it again",
                    what, size, expected));
}

/// The quotient of costs and amounts, times `scale`, on each path where there were any.
std::vector<std::int64_t> unit_costs(const std::int64_t* costs, const std::int64_t* amounts, int n, double scale) {
  constexpr double largest = 0x1p62;
  std::vector<std::int64_t> result;
  result.reserve(static_cast<std::size_t>(n));
  for (int p = 0; p < n; ++p)
    if (amounts[p] > 0)
      result.push_back(
          std::llrint(std::min(static_cast<double>(costs[p]) / static_cast<double>(amounts[p]) * scale, largest)));
  return result;
}

bool equal(const Shape& a, const Shape& b) {
  return a.plans == b.plans && a.owners == b.owners && a.bins == b.bins && a.markets == b.markets &&
         a.services == b.services && a.job_components == b.job_components &&
         a.service_components == b.service_components && a.drivers == b.drivers;
}

/// Every array of the data, with the size it has in this layout.
TallyData empty_data(const TallyLayout& layout) {
  const Shape& shape = layout.shape;
  const auto plans = static_cast<std::size_t>(shape.plans);
  const auto components = static_cast<std::size_t>(shape.job_components);
  const auto service_components = static_cast<std::size_t>(shape.service_components);
  const std::size_t plan_owners = product(shape.plans, shape.owners);
  const std::size_t plan_bins = product(shape.plans, shape.bins);
  const std::size_t plan_services = product(shape.plans, shape.services);
  TallyData data;
  data.cost.resize(plans);
  data.cost_min.assign(plans, std::numeric_limits<std::int64_t>::max());
  data.cost_max.assign(plans, std::numeric_limits<std::int64_t>::min());
  data.over_budget.resize(plans);
  data.category.resize(plans * category_count);
  data.owner.resize(plan_owners);
  data.waste.resize(plans * waste_kind_count);
  data.difference_squares.resize(layout.pairs());
  data.cheaper.resize(plans * plans);
  data.cheapest.resize(plans);
  data.covered.resize(plans);
  data.job_runs.resize(components);
  data.job_late.resize(components);
  data.job_interruptions.resize(components);
  data.job_never.resize(components);
  data.job_lost.resize(components);
  data.job_use.resize(components * static_cast<std::size_t>(shape.markets) * purchase_count);
  data.service_cost.resize(plan_services);
  data.service_served.resize(service_components);
  data.service_unserved.resize(service_components);
  data.service_tokens.resize(service_components);
  data.service_queued.resize(service_components);
  data.service_waiting.resize(service_components);
  data.service_peak.resize(service_components);
  data.service_use.resize(service_components * static_cast<std::size_t>(shape.markets) * purchase_count);
  data.drivers = empty_driver_sums(shape);
  if (!layout.exact()) data.cost_histogram.assign(plans, Histogram(cost_histogram_bits));
  data.owner_histogram.assign(plan_owners, Histogram(bits_for(plan_owners, owner_histogram_bits)));
  data.fan_histogram.assign(plan_bins, Histogram(bits_for(2 * plan_bins, fan_histogram_bits)));
  data.period_histogram.assign(plan_bins, Histogram(bits_for(2 * plan_bins, fan_histogram_bits)));
  data.finish_histogram.assign(components, Histogram(bits_for(components, finish_histogram_bits)));
  data.unit_cost_histogram.assign(plan_services, Histogram(bits_for(2 * plan_services, unit_histogram_bits)));
  data.token_cost_histogram.assign(plan_services, Histogram(bits_for(2 * plan_services, unit_histogram_bits)));
  return data;
}

}  // namespace

bool TallyLayout::operator==(const TallyLayout& other) const {
  return equal(shape, other.shape) && jobs == other.jobs && job_component == other.job_component &&
         service_component == other.service_component && tells_tokens == other.tells_tokens &&
         first_path == other.first_path && paths == other.paths && step_hours == other.step_hours &&
         budget_micros == other.budget_micros && keep_paths == other.keep_paths;
}

bool TallyLayout::exact() const {
  return shape.plans == 0 || paths <= exact_values / static_cast<std::uint64_t>(shape.plans);
}

std::size_t TallyLayout::pairs() const { return product(shape.plans, shape.plans - 1) / 2; }

std::size_t TallyLayout::pair(int i, int j) const {
  return product(i, 2 * shape.plans - i - 1) / 2 + static_cast<std::size_t>(j - i - 1);
}

Tally::Tally(TallyLayout layout) : layout_(std::move(layout)) {
  expect_size(layout_.job_component.size(), product(layout_.shape.plans, layout_.jobs), "map of job components");
  for (const int component : layout_.job_component)
    if (component < -1 || component >= layout_.shape.job_components)
      throw std::invalid_argument(fmt::format("job component {} does not exist: the layout names {} of them", component,
                                              layout_.shape.job_components));
  expect_size(layout_.service_component.size(), product(layout_.shape.plans, layout_.shape.services),
              "map of service components");
  for (const int component : layout_.service_component)
    if (component < -1 || component >= layout_.shape.service_components)
      throw std::invalid_argument(fmt::format("service component {} does not exist: the layout names {} of them",
                                              component, layout_.shape.service_components));
  expect_size(layout_.tells_tokens.size(), static_cast<std::size_t>(layout_.shape.services), "list of token counts");
  data_ = empty_data(layout_);
}

Tally::Tally(TallyLayout layout, TallyData data) : Tally(std::move(layout)) {
  expect_size(data.cost.size(), data_.cost.size(), "cost");
  expect_size(data.cost_min.size(), data_.cost_min.size(), "cost_min");
  expect_size(data.cost_max.size(), data_.cost_max.size(), "cost_max");
  expect_size(data.over_budget.size(), data_.over_budget.size(), "over_budget");
  expect_size(data.category.size(), data_.category.size(), "category");
  expect_size(data.owner.size(), data_.owner.size(), "owner");
  expect_size(data.waste.size(), data_.waste.size(), "waste");
  expect_size(data.difference_squares.size(), data_.difference_squares.size(), "difference_squares");
  expect_size(data.cheaper.size(), data_.cheaper.size(), "cheaper");
  expect_size(data.cheapest.size(), data_.cheapest.size(), "cheapest");
  expect_size(data.covered.size(), data_.covered.size(), "covered");
  expect_size(data.job_runs.size(), data_.job_runs.size(), "job_runs");
  expect_size(data.job_late.size(), data_.job_late.size(), "job_late");
  expect_size(data.job_interruptions.size(), data_.job_interruptions.size(), "job_interruptions");
  expect_size(data.job_never.size(), data_.job_never.size(), "job_never");
  expect_size(data.job_lost.size(), data_.job_lost.size(), "job_lost");
  expect_size(data.job_use.size(), data_.job_use.size(), "job_use");
  expect_size(data.service_cost.size(), data_.service_cost.size(), "service_cost");
  expect_size(data.service_served.size(), data_.service_served.size(), "service_served");
  expect_size(data.service_unserved.size(), data_.service_unserved.size(), "service_unserved");
  expect_size(data.service_tokens.size(), data_.service_tokens.size(), "service_tokens");
  expect_size(data.service_queued.size(), data_.service_queued.size(), "service_queued");
  expect_size(data.service_waiting.size(), data_.service_waiting.size(), "service_waiting");
  expect_size(data.service_peak.size(), data_.service_peak.size(), "service_peak");
  expect_size(data.service_use.size(), data_.service_use.size(), "service_use");
  expect_size(data.drivers.paths.size(), data_.drivers.paths.size(), "driver_paths");
  expect_size(data.drivers.cost.size(), data_.drivers.cost.size(), "driver_cost");
  expect_size(data.drivers.over_budget.size(), data_.drivers.over_budget.size(), "driver_over_budget");
  expect_size(data.cost_histogram.size(), data_.cost_histogram.size(), "cost_histogram");
  expect_size(data.owner_histogram.size(), data_.owner_histogram.size(), "owner_histogram");
  expect_size(data.fan_histogram.size(), data_.fan_histogram.size(), "fan_histogram");
  expect_size(data.period_histogram.size(), data_.period_histogram.size(), "period_histogram");
  expect_size(data.finish_histogram.size(), data_.finish_histogram.size(), "finish_histogram");
  expect_size(data.unit_cost_histogram.size(), data_.unit_cost_histogram.size(), "unit_cost_histogram");
  expect_size(data.token_cost_histogram.size(), data_.token_cost_histogram.size(), "token_cost_histogram");
  for (const PathBlock& block : data.blocks) {
    expect_size(block.cost_micros.size(), data_.cost.size() * block.range.count, "cost by path");
    expect_size(block.finish_hours.size(),
                layout_.keep_paths ? data_.job_runs.size() * block.range.count : std::size_t{0}, "finish by path");
    expect_size(block.served_share.size(),
                layout_.keep_paths ? data_.service_peak.size() * block.range.count : std::size_t{0},
                "served share by path");
  }
  data_ = std::move(data);
}

void Tally::add(const Output& chunk, std::uint64_t first_path, int paths) {
  if (paths <= 0) return;
  const PathRange range{first_path, static_cast<std::uint64_t>(paths)};
  if (first_path < layout_.first_path || first_path + range.count > layout_.first_path + layout_.paths)
    throw std::invalid_argument(fmt::format("paths {} to {} lie outside the run's paths {} to {}", first_path,
                                            first_path + range.count - 1, layout_.first_path,
                                            layout_.first_path + layout_.paths - 1));
  insert_range(data_.ranges, range);
  add_costs(chunk, paths);
  add_breakdown(chunk, paths);
  add_comparison(chunk, paths);
  add_fans(chunk, paths);
  add_jobs(chunk, paths);
  add_services(chunk, paths);
  add_unit_costs(chunk, paths);
  add_driver_sums(data_.drivers, layout_.shape, layout_.budget_micros, chunk, paths);
  if (!layout_.holds_costs()) return;
  PathBlock block = path_block(layout_, chunk, range);
  data_.blocks.insert(std::upper_bound(data_.blocks.begin(), data_.blocks.end(), block, starts_before),
                      std::move(block));
}

void Tally::add_costs(const Output& chunk, int paths) {
  constexpr std::int64_t largest = std::int64_t{1} << 62;
  const std::int64_t budget = layout_.budget_micros.value_or(std::numeric_limits<std::int64_t>::max());
  for (int plan = 0; plan < layout_.shape.plans; ++plan) {
    const std::int64_t* cost = chunk.plan_cost + at(plan, chunk.stride, 0);
    const auto i = static_cast<std::size_t>(plan);
    std::int64_t low = data_.cost_min[i], high = data_.cost_max[i];
    std::uint64_t over = 0;
    for (int p = 0; p < paths; ++p) {
      low = std::min(low, cost[p]);
      high = std::max(high, cost[p]);
      over += cost[p] > budget ? 1 : 0;
    }
    if (low <= -largest || high >= largest)
      throw std::overflow_error(
          "a path's cost is beyond 2^62 micro-units: prices are too high for the money's unit; express them in a "
          "larger currency unit");
    data_.cost_min[i] = low;
    data_.cost_max[i] = high;
    data_.over_budget[i] += over;
    add_moments(data_.cost[i], cost, paths);
    if (!layout_.exact()) data_.cost_histogram[i].add({cost, static_cast<std::size_t>(paths)});
  }
}

void Tally::add_breakdown(const Output& chunk, int paths) {
  const Shape& shape = layout_.shape;
  for (int row = 0; row < shape.plans * category_count; ++row)
    add_moments(data_.category[static_cast<std::size_t>(row)], chunk.plan_category + at(row, chunk.stride, 0), paths);
  for (int row = 0; row < shape.plans * waste_kind_count; ++row)
    data_.waste[static_cast<std::size_t>(row)] += sum_of(chunk.plan_waste + at(row, chunk.stride, 0), paths);
  for (int plan = 0; plan < shape.plans; ++plan)
    data_.covered[static_cast<std::size_t>(plan)] += sum_of(chunk.plan_covered + at(plan, chunk.stride, 0), paths);
  for (int row = 0; row < shape.plans * shape.owners; ++row) {
    const std::int64_t* cost = chunk.plan_owner + at(row, chunk.stride, 0);
    data_.owner[static_cast<std::size_t>(row)] += sum_of(cost, paths);
    data_.owner_histogram[static_cast<std::size_t>(row)].add({cost, static_cast<std::size_t>(paths)});
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

void Tally::add_fans(const Output& chunk, int paths) {
  const int bins = layout_.shape.bins;
  const auto count = static_cast<std::size_t>(paths);
  std::vector<std::int64_t> within(count);
  for (int plan = 0; plan < layout_.shape.plans; ++plan)
    for (int bin = 0; bin < bins; ++bin) {
      const std::size_t row = at(plan, bins, bin);
      const std::int64_t* cost = chunk.plan_bin + row * static_cast<std::size_t>(chunk.stride);
      data_.fan_histogram[row].add({cost, count});
      if (bin == 0) {
        data_.period_histogram[row].add({cost, count});
      } else {
        std::transform(cost, cost + paths, cost - chunk.stride, within.begin(), std::minus<>());
        data_.period_histogram[row].add(within);
      }
    }
}

void Tally::add_jobs(const Output& chunk, int paths) {
  const Shape& shape = layout_.shape;
  std::vector<std::int64_t> done;
  for (int component = 0; component < shape.job_components; ++component) {
    const auto c = static_cast<std::size_t>(component);
    const std::size_t row = at(component, chunk.stride, 0);
    data_.job_runs[c] += sum_of(chunk.job_runs + row, paths);
    data_.job_late[c] += sum_of(chunk.job_late + row, paths);
    data_.job_interruptions[c] += sum_of(chunk.job_interruptions + row, paths);
    data_.job_lost[c] += sum_of(chunk.job_lost + row, paths);
    done.clear();
    std::copy_if(chunk.job_finish + row, chunk.job_finish + row + paths, std::back_inserter(done),
                 [](std::int64_t finish) { return finish != never_ticks; });
    data_.job_never[c] += static_cast<std::uint64_t>(paths) - done.size();
    data_.finish_histogram[c].add(done);
  }
  for (int row = 0; row < shape.job_components * shape.markets * purchase_count; ++row)
    data_.job_use[static_cast<std::size_t>(row)] += sum_of(chunk.job_use + at(row, chunk.stride, 0), paths);
}

void Tally::add_services(const Output& chunk, int paths) {
  const Shape& shape = layout_.shape;
  for (int component = 0; component < shape.service_components; ++component) {
    const auto c = static_cast<std::size_t>(component);
    const std::size_t row = at(component, chunk.stride, 0);
    data_.service_served[c] += sum_of(chunk.service_served + row, paths);
    data_.service_unserved[c] += sum_of(chunk.service_unserved + row, paths);
    data_.service_tokens[c] += sum_of(chunk.service_tokens + row, paths);
    data_.service_queued[c] += sum_of(chunk.service_queued + row, paths);
    data_.service_waiting[c] += sum_of(chunk.service_waiting + row, paths);
    data_.service_peak[c] += sum_of(chunk.service_peak + row, paths);
  }
  for (int row = 0; row < shape.service_components * shape.markets * purchase_count; ++row)
    data_.service_use[static_cast<std::size_t>(row)] += sum_of(chunk.service_use + at(row, chunk.stride, 0), paths);
}

void Tally::add_unit_costs(const Output& chunk, int paths) {
  const int services = layout_.shape.services;
  for (int plan = 0; plan < layout_.shape.plans; ++plan)
    for (int service = 0; service < services; ++service) {
      const std::size_t place = at(plan, services, service);
      const int component = layout_.service_component[place];
      if (component < 0) continue;
      const std::int64_t* cost = chunk.plan_service + place * static_cast<std::size_t>(chunk.stride);
      const std::size_t row = at(component, chunk.stride, 0);
      data_.service_cost[place] += sum_of(cost, paths);
      data_.unit_cost_histogram[place].add(unit_costs(cost, chunk.service_served + row, paths, requests_scale));
      if (layout_.tells_tokens[static_cast<std::size_t>(service)])
        data_.token_cost_histogram[place].add(unit_costs(cost, chunk.service_tokens + row, paths, tokens_scale));
    }
}

void Tally::merge(Tally&& other) {
  if (!(layout_ == other.layout_))
    throw std::invalid_argument(
        "tallies of different runs cannot be merged: their plans, paths, budget or bins differ; merge only what the "
        "same scenario and options produced");
  std::vector<PathRange> ranges = data_.ranges;
  for (const PathRange& range : other.data_.ranges) insert_range(ranges, range);
  data_.ranges = std::move(ranges);

  add_each(data_.cost, other.data_.cost);
  for (std::size_t i = 0; i < data_.cost_min.size(); ++i) {
    data_.cost_min[i] = std::min(data_.cost_min[i], other.data_.cost_min[i]);
    data_.cost_max[i] = std::max(data_.cost_max[i], other.data_.cost_max[i]);
  }
  add_each(data_.over_budget, other.data_.over_budget);
  add_each(data_.category, other.data_.category);
  add_each(data_.owner, other.data_.owner);
  add_each(data_.waste, other.data_.waste);
  for (std::size_t i = 0; i < data_.difference_squares.size(); ++i)
    add_square(data_.difference_squares[i], other.data_.difference_squares[i]);
  add_each(data_.cheaper, other.data_.cheaper);
  add_each(data_.cheapest, other.data_.cheapest);
  add_each(data_.covered, other.data_.covered);
  add_each(data_.job_runs, other.data_.job_runs);
  add_each(data_.job_late, other.data_.job_late);
  add_each(data_.job_interruptions, other.data_.job_interruptions);
  add_each(data_.job_never, other.data_.job_never);
  add_each(data_.job_lost, other.data_.job_lost);
  add_each(data_.job_use, other.data_.job_use);
  add_each(data_.service_cost, other.data_.service_cost);
  add_each(data_.service_served, other.data_.service_served);
  add_each(data_.service_unserved, other.data_.service_unserved);
  add_each(data_.service_tokens, other.data_.service_tokens);
  add_each(data_.service_queued, other.data_.service_queued);
  add_each(data_.service_waiting, other.data_.service_waiting);
  add_each(data_.service_peak, other.data_.service_peak);
  add_each(data_.service_use, other.data_.service_use);
  add_each(data_.drivers.paths, other.data_.drivers.paths);
  add_each(data_.drivers.cost, other.data_.drivers.cost);
  add_each(data_.drivers.over_budget, other.data_.drivers.over_budget);
  add_each(data_.cost_histogram, other.data_.cost_histogram);
  add_each(data_.owner_histogram, other.data_.owner_histogram);
  add_each(data_.fan_histogram, other.data_.fan_histogram);
  add_each(data_.period_histogram, other.data_.period_histogram);
  add_each(data_.finish_histogram, other.data_.finish_histogram);
  add_each(data_.unit_cost_histogram, other.data_.unit_cost_histogram);
  add_each(data_.token_cost_histogram, other.data_.token_cost_histogram);

  const auto middle = static_cast<std::ptrdiff_t>(data_.blocks.size());
  std::move(other.data_.blocks.begin(), other.data_.blocks.end(), std::back_inserter(data_.blocks));
  std::inplace_merge(data_.blocks.begin(), data_.blocks.begin() + middle, data_.blocks.end(), starts_before);
  other = Tally();
}

Tally Tally::within(std::uint64_t run_paths) && {
  const bool was_exact = layout_.exact();
  layout_.paths = run_paths;
  if (was_exact && !layout_.exact()) {
    data_.cost_histogram.assign(data_.cost.size(), Histogram(cost_histogram_bits));
    for (int plan = 0; plan < layout_.shape.plans; ++plan)
      data_.cost_histogram[static_cast<std::size_t>(plan)].add(costs_by_path(plan));
  }
  if (!layout_.holds_costs()) data_.blocks.clear();
  return std::move(*this);
}

std::uint64_t Tally::paths() const {
  std::uint64_t total = 0;
  for (const PathRange& range : data_.ranges) total += range.count;
  return total;
}

std::uint64_t Tally::first_path() const {
  return data_.ranges.empty() ? layout_.first_path : data_.ranges.front().first;
}

std::vector<std::int64_t> Tally::costs_by_path(int plan) const {
  std::vector<std::int64_t> costs;
  costs.reserve(paths());
  for (const PathBlock& block : data_.blocks) {
    const auto count = static_cast<std::ptrdiff_t>(block.range.count);
    const auto begin = block.cost_micros.begin() + plan * count;
    costs.insert(costs.end(), begin, begin + count);
  }
  return costs;
}

std::vector<std::int64_t> Tally::sorted_costs(int plan) const {
  std::vector<std::int64_t> costs = costs_by_path(plan);
  tbb::parallel_sort(costs.begin(), costs.end());
  return costs;
}

PathBlock path_block(const TallyLayout& layout, const Output& chunk, PathRange range) {
  PathBlock block;
  block.range = range;
  const auto paths = static_cast<std::ptrdiff_t>(range.count);
  block.cost_micros.reserve(product(layout.shape.plans, static_cast<int>(paths)));
  for (int plan = 0; plan < layout.shape.plans; ++plan) {
    const std::int64_t* cost = chunk.plan_cost + at(plan, chunk.stride, 0);
    block.cost_micros.insert(block.cost_micros.end(), cost, cost + paths);
  }
  if (layout.keep_paths) {
    const double hours_per_tick = layout.step_hours / static_cast<double>(ticks_per_step);
    block.finish_hours.reserve(product(layout.shape.job_components, static_cast<int>(paths)));
    for (int component = 0; component < layout.shape.job_components; ++component) {
      const std::int64_t* finish = chunk.job_finish + at(component, chunk.stride, 0);
      for (std::ptrdiff_t p = 0; p < paths; ++p)
        block.finish_hours.push_back(finish[p] == never_ticks
                                         ? std::numeric_limits<float>::infinity()
                                         : static_cast<float>(static_cast<double>(finish[p]) * hours_per_tick));
    }
    block.served_share.reserve(product(layout.shape.service_components, static_cast<int>(paths)));
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

std::uint64_t estimated_bytes(const TallyLayout& layout, int threads) {
  constexpr std::uint64_t octaves = 4, bytes_per_bin = 16;
  const Shape& shape = layout.shape;
  const auto histograms = [](std::size_t count, int bits) { return count * bytes_per_bin * octaves << bits; };
  const std::size_t plan_bins = product(shape.plans, shape.bins);
  const std::size_t plan_owners = product(shape.plans, shape.owners);
  const auto components = static_cast<std::size_t>(shape.job_components);
  const std::size_t plan_services = product(shape.plans, shape.services);
  std::uint64_t per_tally = histograms(plan_owners, bits_for(plan_owners, owner_histogram_bits)) +
                            2 * histograms(plan_bins, bits_for(2 * plan_bins, fan_histogram_bits)) +
                            histograms(components, bits_for(components, finish_histogram_bits)) +
                            2 * histograms(plan_services, bits_for(2 * plan_services, unit_histogram_bits));
  per_tally += (sizeof(Moments) + sizeof(std::uint64_t)) * product(shape.plans, shape.drivers) * driver_bins;
  if (!layout.exact()) per_tally += histograms(static_cast<std::size_t>(shape.plans), cost_histogram_bits);

  const std::uint64_t costs =
      layout.holds_costs() ? static_cast<std::uint64_t>(shape.plans) * sizeof(std::int64_t) * layout.paths : 0;
  const auto kept_floats = [&](std::size_t rows) {
    return layout.keep_paths ? rows * sizeof(float) * layout.paths : 0;
  };
  const std::uint64_t held = kept_floats(components + static_cast<std::size_t>(shape.service_components));
  const std::uint64_t filed = kept_floats(product(shape.plans, layout.jobs + shape.services));
  const std::uint64_t row = layout.holds_costs() ? 2 * sizeof(std::int64_t) * layout.paths : 0;
  return per_tally * (static_cast<std::uint64_t>(threads) + 1) + costs + held + 2 * (costs + filed) + row;
}

std::vector<float> Tally::finish_by_path(int component) const {
  return joined(*this, &PathBlock::finish_hours, component);
}

std::vector<float> Tally::served_by_path(int component) const {
  return joined(*this, &PathBlock::served_share, component);
}

}  // namespace costrisk::tally
