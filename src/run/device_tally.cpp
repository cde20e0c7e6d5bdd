// What is asked of a device and what is read of its answer are the same walk over the arrays of a tally.
#include "src/run/device_tally.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace costrisk::run {

namespace {

using results::HistogramSource;
using results::Int128;
using results::Moments;
using results::TallyArray;
using results::TallyData;
using results::TallyHistogram;
using results::TallyLayout;
using results::TallySum;
using results::UInt128;

UInt128 whole(cuda::Wide value) { return (UInt128{value.high} << 64) | value.low; }
Int128 signed_whole(cuda::Wide value) { return static_cast<Int128>(whole(value)); }

void set(Moments& to, const cuda::RowSums& sums) { to = {signed_whole(sums.sum), whole(sums.squares)}; }
void set(Int128& to, const cuda::RowSums& sums) { to = signed_whole(sums.sum); }
void set(std::uint64_t& to, const cuda::RowSums& sums) { to = sums.sum.low; }

/// Calls visit(sum, elements) for the arrays that are sums of rows, in the order in which a device is asked for them.
template <class Visit>
void each_sum(TallyData& data, Visit visit) {
  results::each_array(
      [&visit](const auto& array, auto& elements) {
        if constexpr (requires { array.source; }) visit(array, elements);
      },
      data);
}

/// Calls visit(source, histogram) for the histograms that count something, likewise.
template <class Visit>
void each_histogram(const TallyLayout& layout, TallyData& data, Visit visit) {
  results::each_array(
      [&](const auto& array, auto& histograms) {
        if constexpr (requires { array.rule; })
          for (std::size_t i = 0; i < histograms.size(); ++i)
            if (const auto source = results::histogram_source(layout, array.rule, i)) visit(*source, histograms[i]);
      },
      data);
}

template <class Value>
cuda::OutputRow row(Value* Output::*array, std::size_t index) {
  return {cuda::output_array(array), static_cast<std::int32_t>(index)};
}
cuda::OutputRow row(const results::OutputRow& of) { return row(of.array, of.row); }

/// What is known of costs besides their sums.
/// @param rows the costs', a row a plan
void set_extremes(TallyData& data, const cuda::RowSums* rows) {
  for (std::size_t plan = 0; plan < data.cost.size(); ++plan) {
    data.cost_min[plan].value = rows[plan].least;
    data.cost_max[plan].value = rows[plan].most;
    data.over_budget[plan] = rows[plan].over_budget;
  }
}

}  // namespace

cuda::Reduction reduction_for(const TallyLayout& layout) {
  cuda::Reduction reduction;
  TallyData empty = results::Tally(layout).data();
  each_sum(empty, [&]<class Element>(const auto& sum, const std::vector<Element>& elements) {
    constexpr bool squares = std::is_same_v<Element, Moments>;
    for (std::size_t i = 0; i < elements.size(); ++i) reduction.rows.push_back({row(sum.source, i), squares ? 1 : 0});
  });
  each_histogram(layout, empty, [&](const HistogramSource& source, const results::Histogram& histogram) {
    cuda::HistogramRequest request;
    request.value = row(source.value);
    if (source.less) request.less = row(*source.less);
    if (source.divisor) request.divisor = row(*source.divisor);
    request.scale = source.scale;
    request.bits = histogram.bits();
    reduction.histograms.push_back(request);
  });
  if (layout.budget_micros) reduction.budget_micros = *layout.budget_micros;
  if (layout.holds_costs()) reduction.kept.push_back(cuda::output_array(&Output::plan_cost));
  if (layout.keep_paths)
    for (const int array : {cuda::output_array(&Output::job_finish), cuda::output_array(&Output::service_served),
                            cuda::output_array(&Output::service_unserved)})
      reduction.kept.push_back(array);
  return reduction;
}

void DeviceTally::add(const cuda::ChunkSums& sums, std::uint64_t first_path, int paths) {
  const TallyLayout& layout = tally_.layout();
  const int plans = layout.shape.plans;
  TallyData data = results::Tally(layout).data();
  data.ranges = {{first_path, static_cast<std::uint64_t>(paths)}};
  std::size_t next = 0;
  each_sum(data, [&]<class Element>(const auto& sum, std::vector<Element>& elements) {
    if (cuda::output_array(sum.source) == cuda::output_array(&Output::plan_cost)) set_extremes(data, &sums.rows[next]);
    for (Element& element : elements) set(element, sums.rows[next++]);
  });
  for (int i = 0; i < plans; ++i)
    for (int j = i + 1; j < plans; ++j) {
      const cuda::PairSums& pair = sums.pairs[layout.pair(i, j)];
      data.difference_squares[layout.pair(i, j)] = whole(pair.squares);
      data.cheaper[static_cast<std::size_t>(i * plans + j)] = pair.first_cheaper;
      data.cheaper[static_cast<std::size_t>(j * plans + i)] = pair.second_cheaper;
    }
  data.cheapest = sums.cheapest;
  for (std::size_t i = 0; i < sums.drivers.size(); ++i) {
    const cuda::CellSums& cell = sums.drivers[i];
    data.drivers.cost[i] = {signed_whole(cell.sum), whole(cell.squares)};
    data.drivers.cost_cubes[i] = {cell.cubes.low, cell.cubes.middle, cell.cubes.high};
    data.drivers.over_budget[i] = cell.over_budget;
    if (i < data.drivers.paths.size()) data.drivers.paths[i] = cell.paths;
  }
  if (layout.holds_costs()) data.blocks.push_back(results::path_block(layout, sums.kept, data.ranges.front()));
  tally_.merge(results::Tally(layout, std::move(data)));
}

results::Tally DeviceTally::take(const std::vector<cuda::HistogramPage>& pages) {
  const TallyLayout layout = tally_.layout();
  TallyData data = tally_.data();
  std::vector<results::Histogram*> histograms;
  each_histogram(layout, data,
                 [&](const HistogramSource&, results::Histogram& histogram) { histograms.push_back(&histogram); });
  for (const cuda::HistogramPage& page : pages) {
    results::Histogram& histogram = *histograms[static_cast<std::size_t>(page.histogram)];
    const bool negative = page.page < 0;
    const auto first = std::int64_t{negative ? ~page.page : page.page} * static_cast<std::int64_t>(page.bins.size());
    for (std::size_t bin = 0; bin < page.bins.size(); ++bin) {
      if (page.bins[bin].count == 0) continue;
      const std::int64_t index = first + static_cast<std::int64_t>(bin);
      histogram.add({negative ? ~index : index, page.bins[bin].count, page.bins[bin].offset});
    }
  }
  // What a finish histogram has not counted never finished.
  for (std::size_t component = 0; component < data.job_never.size(); ++component) {
    data.job_never[component] = tally_.paths();
    for (const results::Histogram::Entry& entry : data.finish_histogram[component].entries())
      data.job_never[component] -= entry.count;
  }
  return results::Tally(layout, std::move(data));
}

}  // namespace costrisk::run
