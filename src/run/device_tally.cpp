// The rows and histograms of a tally, named one after another: what is asked of a device and what is read of its
// answer are the same walk.
#include "src/run/device_tally.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace costrisk::run {

namespace {

using results::Int128;
using results::Moments;
using results::TallyData;
using results::TallyLayout;
using results::UInt128;

UInt128 whole(cuda::Wide value) { return (UInt128{value.high} << 64) | value.low; }
Int128 signed_whole(cuda::Wide value) { return static_cast<Int128>(whole(value)); }

std::size_t count(int a, int b = 1, int c = 1) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c);
}

/// Walks over the sums of rows that a tally keeps: `visit(array, rows, sums)`, the costs of plans first. `sums` holds
/// Moments, Int128 or counts, one a row.
template <class Visit>
void each_sum(const TallyLayout& layout, TallyData& data, Visit visit) {
  const Shape& shape = layout.shape;
  const int jobs = shape.job_components, services = shape.service_components;
  const std::size_t uses = count(shape.markets, purchase_count);
  visit(cuda::output_array(&Output::plan_cost), count(shape.plans), data.cost);
  visit(cuda::output_array(&Output::plan_category), count(shape.plans, category_count), data.category);
  visit(cuda::output_array(&Output::plan_owner), count(shape.plans, shape.owners), data.owner);
  visit(cuda::output_array(&Output::plan_waste), count(shape.plans, waste_kind_count), data.waste);
  visit(cuda::output_array(&Output::plan_covered), count(shape.plans), data.covered);
  visit(cuda::output_array(&Output::plan_service), count(shape.plans, shape.services), data.service_cost);
  visit(cuda::output_array(&Output::job_runs), count(jobs), data.job_runs);
  visit(cuda::output_array(&Output::job_late), count(jobs), data.job_late);
  visit(cuda::output_array(&Output::job_interruptions), count(jobs), data.job_interruptions);
  visit(cuda::output_array(&Output::job_lost), count(jobs), data.job_lost);
  visit(cuda::output_array(&Output::job_use), count(jobs) * uses, data.job_use);
  visit(cuda::output_array(&Output::service_served), count(services), data.service_served);
  visit(cuda::output_array(&Output::service_unserved), count(services), data.service_unserved);
  visit(cuda::output_array(&Output::service_tokens), count(services), data.service_tokens);
  visit(cuda::output_array(&Output::service_queued), count(services), data.service_queued);
  visit(cuda::output_array(&Output::service_waiting), count(services), data.service_waiting);
  visit(cuda::output_array(&Output::service_peak), count(services), data.service_peak);
  visit(cuda::output_array(&Output::service_use), count(services) * uses, data.service_use);
}

void set(Moments& to, const cuda::RowSums& sums) { to = {signed_whole(sums.sum), whole(sums.squares)}; }
void set(Int128& to, const cuda::RowSums& sums) { to = signed_whole(sums.sum); }
void set(std::uint64_t& to, const cuda::RowSums& sums) { to = sums.sum.low; }

cuda::OutputRow row(int array, std::size_t index) { return {array, static_cast<std::int32_t>(index)}; }

/// Walks over the histograms that a tally keeps: `visit(request, histogram)`.
template <class Visit>
void each_histogram(const TallyLayout& layout, TallyData& data, Visit visit) {
  const Shape& shape = layout.shape;
  const auto each_row = [&](int array, std::vector<results::Histogram>& histograms) {
    for (std::size_t i = 0; i < histograms.size(); ++i) {
      cuda::HistogramRequest request;
      request.value = row(array, i);
      visit(request, histograms[i]);
    }
  };
  each_row(cuda::output_array(&Output::plan_cost), data.cost_histogram);
  each_row(cuda::output_array(&Output::plan_owner), data.owner_histogram);
  const int bin_array = cuda::output_array(&Output::plan_bin);
  each_row(bin_array, data.fan_histogram);
  for (std::size_t i = 0; i < data.period_histogram.size(); ++i) {
    cuda::HistogramRequest request;
    request.value = row(bin_array, i);
    if (i % static_cast<std::size_t>(shape.bins) != 0) request.less = row(bin_array, i - 1);
    visit(request, data.period_histogram[i]);
  }
  each_row(cuda::output_array(&Output::job_finish), data.finish_histogram);
  for (std::size_t place = 0; place < data.unit_cost_histogram.size(); ++place) {
    const int component = layout.service_component[place];
    if (component < 0) continue;
    cuda::HistogramRequest request;
    request.value = row(cuda::output_array(&Output::plan_service), place);
    request.divisor = {cuda::output_array(&Output::service_served), component};
    request.scale = results::requests_scale;
    visit(request, data.unit_cost_histogram[place]);
    if (!layout.tells_tokens[place % static_cast<std::size_t>(shape.services)]) continue;
    request.divisor = {cuda::output_array(&Output::service_tokens), component};
    request.scale = results::tokens_scale;
    visit(request, data.token_cost_histogram[place]);
  }
}

}  // namespace

cuda::Reduction reduction_for(const TallyLayout& layout) {
  cuda::Reduction reduction;
  TallyData empty = results::Tally(layout).data();
  each_sum(layout, empty, [&](int array, std::size_t rows, auto& sums) {
    constexpr bool squares = std::is_same_v<std::remove_reference_t<decltype(sums)>, std::vector<Moments>>;
    for (std::size_t i = 0; i < rows; ++i) reduction.rows.push_back({row(array, i), squares ? 1 : 0});
  });
  each_histogram(layout, empty, [&](cuda::HistogramRequest request, const results::Histogram& histogram) {
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
  const Shape& shape = layout.shape;
  const auto plans = static_cast<std::size_t>(shape.plans);
  TallyData data = results::Tally(layout).data();
  data.ranges = {{first_path, static_cast<std::uint64_t>(paths)}};
  std::size_t next = 0;
  each_sum(layout, data, [&](int, std::size_t rows, auto& values) {
    for (std::size_t i = 0; i < rows; ++i) set(values[i], sums.rows[next++]);
  });
  for (std::size_t place = 0; place < data.service_cost.size(); ++place)
    if (layout.service_component[place] < 0) data.service_cost[place] = 0;
  for (std::size_t plan = 0; plan < plans; ++plan) {
    data.cost_min[plan] = sums.rows[plan].least;
    data.cost_max[plan] = sums.rows[plan].most;
    data.over_budget[plan] = sums.rows[plan].over_budget;
    data.cheapest[plan] = sums.cheapest[plan];
  }
  for (int i = 0; i < shape.plans; ++i)
    for (int j = i + 1; j < shape.plans; ++j) {
      const cuda::PairSums& pair = sums.pairs[layout.pair(i, j)];
      data.difference_squares[layout.pair(i, j)] = whole(pair.squares);
      data.cheaper[count(i, shape.plans) + count(j)] = pair.first_cheaper;
      data.cheaper[count(j, shape.plans) + count(i)] = pair.second_cheaper;
    }
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
  each_histogram(layout, data, [&](const cuda::HistogramRequest&, results::Histogram& histogram) {
    histograms.push_back(&histogram);
  });
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
