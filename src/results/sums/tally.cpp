// Layouts and tallies as wholes: made empty or of given data, merged, and read path by path.
#include "src/results/sums/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

#include "kernels/model/driver_parameters.hpp"
#include "src/results/sums/tally_parts.hpp"

namespace costrisk::results {
namespace {

constexpr std::uint64_t exact_values = std::uint64_t{1} << 25;

// Bins an octave, by the logarithm; all but the first are the most that there are, see bits_for.
constexpr int cost_histogram_bits = 13;
constexpr int owner_histogram_bits = 11;
constexpr int fan_histogram_bits = 8;
constexpr int finish_histogram_bits = 11;
constexpr int unit_histogram_bits = 11;

/// Bins an octave, by the logarithm, for each of `histograms` histograms: at most 2^17 for all of them
/// together, so that what is added to often stays near the cache.
int bits_for(std::size_t histograms, int at_most) {
  constexpr int fewest = 6, all_bins = 17;
  const int needed = static_cast<int>(std::bit_width(std::max<std::size_t>(histograms, 1) - 1));
  return std::clamp(all_bins - needed, fewest, at_most);
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
  expect_size(data.drivers.cost_cubes.size(), data_.drivers.cost_cubes.size(), "driver_cost_cubes");
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
  add_each(data_.drivers.cost_cubes, other.data_.drivers.cost_cubes);
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

std::vector<std::int64_t> Tally::sorted_costs(int plan, const Sorter& sort) const {
  std::vector<std::int64_t> costs = costs_by_path(plan);
  sort(costs);
  return costs;
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
  per_tally +=
      (sizeof(Moments) + sizeof(Int192) + sizeof(std::uint64_t)) * product(shape.plans, shape.drivers) * driver_cells;
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

}  // namespace costrisk::results
