// Tallies as wholes: made empty or of given data, merged, and read.
#include "src/results/sums/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace costrisk::results {
namespace {

template <class Sum>
void merge_into(Sum& to, const Sum& from) {
  to += from;
}
void merge_into(UInt128& to, const UInt128& from) { add_square(to, from); }
void merge_into(Least& to, const Least& from) { to.take(from.value); }
void merge_into(Most& to, const Most& from) { to.take(from.value); }
void merge_into(Histogram& to, const Histogram& from) { to.merge(from); }

void expect_size(std::size_t size, std::size_t expected, std::string_view what) {
  if (size != expected)
    throw std::invalid_argument(
        fmt::format("the tally's {} has {} values where its layout asks for {}: it belongs to another run or is "
                    "damaged; make it again",
                    what, size, expected));
}

std::uint64_t paths_in(const std::vector<PathRange>& ranges) {
  std::uint64_t total = 0;
  for (const PathRange& range : ranges) total += range.count;
  return total;
}

std::uint64_t first_in(const std::vector<PathRange>& ranges, const TallyLayout& layout) {
  return ranges.empty() ? layout.first_path : ranges.front().first;
}

/// Every array of the data, with the size it has in this layout.
TallyData empty_data(const TallyLayout& layout) {
  TallyData data;
  each_array(
      [&layout](const auto& array, auto& values) {
        const std::size_t entries = layout.entries(array.axes);
        if constexpr (requires { array.rule; })
          values.assign(entries, Histogram(histogram_bits(layout, array)));
        else
          values.resize(entries);
      },
      data);
  return data;
}

}  // namespace

Tally::Tally(TallyLayout layout) : layout_(std::move(layout)) {
  each_list(
      [this](const LayoutList& list, const std::vector<int>& entries) {
        expect_size(entries.size(), layout_.entries(list.axes), list.name);
        for (const int entry : entries)
          if (entry < list.least || entry > list.most)
            throw std::invalid_argument(fmt::format("the tally's {} has the entry {}, which is not among {} … {}",
                                                    list.name, entry, list.least, list.most));
      },
      layout_);
  data_ = empty_data(layout_);
}

Tally::Tally(TallyLayout layout, TallyData data) : Tally(std::move(layout)) {
  each_array([this](const TallyArray& array,
                    const auto& values) { expect_size(values.size(), layout_.entries(array.axes), array.name); },
             data);
  for (const PathBlock& block : data.blocks)
    each_path_array([&](const PathArray& array, auto values) {
      expect_size((block.*values).size(), array.values(layout_, block.range), fmt::format("{} by path", array.name));
    });
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

  each_array(
      [](const TallyArray&, auto& to, const auto& from) {
        for (std::size_t i = 0; i < to.size(); ++i) merge_into(to[i], from[i]);
      },
      data_, other.data_);

  const auto middle = static_cast<std::ptrdiff_t>(data_.blocks.size());
  std::ranges::move(other.data_.blocks, std::back_inserter(data_.blocks));
  std::ranges::inplace_merge(data_.blocks, data_.blocks.begin() + middle, {}, &PathBlock::range);
  other = Tally();
}

bool can_be_within(const TallyLayout& layout, std::uint64_t run_paths) {
  TallyLayout other = layout;
  other.paths = run_paths;
  return layout.exact() || !other.exact();
}

Tally Tally::within(std::uint64_t run_paths) && {
  const bool was_exact = layout_.exact();
  layout_.paths = run_paths;
  if (was_exact && !layout_.exact()) {
    data_.cost_histogram = empty_data(layout_).cost_histogram;
    for (int plan = 0; plan < layout_.shape.plans; ++plan) data_.cost_histogram[size(plan)].add(costs_by_path(plan));
  }
  if (!layout_.holds_costs()) data_.blocks.clear();
  return std::move(*this);
}

std::uint64_t TallyFrame::paths() const { return paths_in(ranges); }
std::uint64_t TallyFrame::first_path() const { return first_in(ranges, layout); }

std::uint64_t Tally::paths() const { return paths_in(data_.ranges); }
std::uint64_t Tally::first_path() const { return first_in(data_.ranges, layout_); }

std::vector<std::int64_t> Tally::sorted_costs(int plan, const Sorter& sort) const {
  std::vector<std::int64_t> costs = costs_by_path(plan);
  sort(costs);
  return costs;
}

std::uint64_t estimated_bytes(const TallyLayout& layout, int threads, std::optional<std::uint64_t> held_paths) {
  const std::uint64_t paths = held_paths.value_or(layout.paths);
  constexpr std::uint64_t octaves = 4, bytes_per_bin = 16;
  std::uint64_t per_tally = 0;
  const TallyData none;
  each_array(
      [&](const auto& array, const auto& values) {
        const std::size_t entries = layout.entries(array.axes);
        if constexpr (requires { array.rule; })
          per_tally += (entries * bytes_per_bin * octaves) << histogram_bits(layout, array);
        else
          per_tally += entries * sizeof(values[0]);
      },
      none);
  std::uint64_t held = 0, filed = 0;
  each_path_array([&]<class Value>(const PathArray& array, std::vector<Value> PathBlock::*) {
    if (!array.is_kept(layout)) return;
    const std::uint64_t row = paths * sizeof(Value);
    held += layout.terms(array.axis).extent * row;
    filed += layout.entries(array.filed) * row;
  });
  const std::uint64_t row = layout.holds_costs() ? 2 * sizeof(std::int64_t) * paths : 0;
  return per_tally * (static_cast<std::uint64_t>(threads) + 1) + held + 2 * filed + row;
}

}  // namespace costrisk::results
