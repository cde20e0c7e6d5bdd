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

#include "src/results/sums/tally_parts.hpp"

namespace costrisk::results {
namespace {

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

}  // namespace

void add_square(UInt128& squares, UInt128 square) {
  squares += square;
  if (squares < square)
    throw std::overflow_error(
        "a sum of squared costs does not fit into 128 bits: costs and paths are too many for the money's unit; "
        "express prices in a larger currency unit or run fewer paths");
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

}  // namespace costrisk::results
