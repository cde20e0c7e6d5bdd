// The path model: world, components and plans over the tiles of the horizon, for one group of lanes.
#pragma once

#include <cstddef>
#include <new>

#include "kernels/model/arena.hpp"
#include "kernels/model/jobs/job.hpp"
#include "kernels/model/plans/plans.hpp"
#include "kernels/model/services/service.hpp"
#include "kernels/model/world/drivers.hpp"
#include "kernels/model/world/world.hpp"

namespace costrisk {

/// The memory of one lane group.
template <class L>
struct Workspace {
  typename L::F* law_values;
  typename L::F* factors_at_start;
  WorldState<L> world;
  typename L::F* rows;
  JobState<L>* jobs;
  JobTotals<L>* job_totals;
  JobMemory<L>* job_memory;
  AutoscalerState<L>* autoscalers;
  ServiceState<L>* services;
  std::int64_t* service_edges;                ///< [service] edge_row
  ServiceItemTotals<L>* service_item_totals;  ///< [service item]
  std::int64_t* service_item_edges;           ///< [service item][edge of the tile][lane]
  ServiceTotals<L>* service_totals;
  ServiceArrays<L>* service_arrays;  ///< [service]
  typename L::F* use_rows;           ///< [use row][tile step]: instances, on average over the step
  CapacityBits<L>* capacities;
  ComponentCosts<L>* costs;  ///< where the plans read its pointers anew
  PlanState<L>* plans;
  std::size_t bytes;

  COSTRISK_FN Workspace(const Parameters& p, std::byte* memory) {
    using F = typename L::F;
    Arena arena(memory);
    law_values = arena.take<F>(p.law_count);
    factors_at_start = arena.take<F>(p.factor_count);
    rows = arena.take<F>(p.slots * row_length);
    world.factor_x = arena.take<F>(p.factor_count);
    world.factor_rows = arena.take<F>(p.factor_count * tile_steps);
    world.renewals = arena.take<RunState<L>>(p.factor_count);
    world.capacities = arena.take<CapacityState<L>>(p.capacity_count);
    world.repricings = arena.take<RepricingState<L>>(p.repricing_count);
    world.price_x = arena.take<F>(p.price_count);
    world.demands = arena.take<DemandState<L>>(p.demand_count);
    world.changes = arena.take<F>(p.change_count);
    world.histories = arena.take<HistoryState<L>>(p.history_count);
    jobs = arena.take<JobState<L>>(p.job_count);
    job_totals = arena.take<JobTotals<L>>(p.job_count);
    job_memory = arena.take<JobMemory<L>>(1);
    JobMemory<L>::take(arena, p, job_memory);
    use_rows = arena.take<F>(p.use_row_count * tile_steps);
    capacities = arena.take<CapacityBits<L>>(p.capacity_count);
    if constexpr (keeps_pointers<L>)
      costs = nullptr;
    else
      costs = arena.take<ComponentCosts<L>>(1);
    plans = arena.take<PlanState<L>>(1);
    PlanState<L>::take(arena, p, plans);
    take_services(p, arena);
    if constexpr (!keeps_pointers<L>)
      if (memory) new (costs) ComponentCosts<L>(costs_of_components());
    bytes = arena.used();
  }

  COSTRISK_FN ComponentCosts<L> costs_of_components() const {
    std::int64_t* job_edges = job_memory->edges;
    return {job_totals, job_edges, service_totals, service_edges, service_item_totals, service_item_edges, use_rows};
  }
  /// Where the plans find what the components cost.
  COSTRISK_FN typename ComponentCosts<L>::AtHand costs_at_hand() const {
    if constexpr (keeps_pointers<L>)
      return costs_of_components();
    else
      return *costs;
  }

  COSTRISK_FN void take_services(const Parameters& p, Arena& arena) {
    using F = typename L::F;
    autoscalers = arena.take<AutoscalerState<L>>(p.autoscaler_count);
    for (int i = 0; i < p.autoscaler_count; ++i) {
      auto* scale_down_block = arena.take<F>(p.autoscalers[i].scale_down_window.whole + 1);
      auto* scale_up_block = arena.take<F>(p.autoscalers[i].scale_up_delay.whole + 1);
      if (!autoscalers) continue;
      autoscalers[i].scale_down_block = scale_down_block;
      autoscalers[i].scale_up_block = scale_up_block;
    }
    services = arena.take<ServiceState<L>>(p.service_count);
    service_totals = arena.take<ServiceTotals<L>>(p.service_count);
    service_arrays = arena.take<ServiceArrays<L>>(p.service_count);
    service_edges = arena.take<std::int64_t>(p.service_count * p.most_edges * edge_part_count * L::width);
    service_item_totals = arena.take<ServiceItemTotals<L>>(p.service_item_count);
    service_item_edges = arena.take<std::int64_t>(p.service_item_count * p.most_edges * L::width);
    auto* pools = arena.take<PoolState<L>>(p.pool_count);
    auto* use = arena.take<std::int64_t>(p.pool_count * L::width);
    auto* items = arena.take<ServiceItemState<L>>(p.service_item_count);
    int most_pools = 0;
    for (int i = 0; i < p.service_count; ++i)
      most_pools = p.services[i].pools.count > most_pools ? p.services[i].pools.count : most_pools;
    auto* service_rows = arena.take<F>(ServiceRows<L>::length(most_pools));
    for (int i = 0; i < p.pool_count; ++i) {
      auto* left_block = arena.take<F>(p.pools[i].wait > 0 ? p.pools[i].wait + 1 : 0);
      if (pools) pools[i].left_block = left_block;
    }
    for (int i = 0; i < p.service_count; ++i) {
      const ServiceParameters& service = p.services[i];
      auto* losses = arena.take<F>(service.scale_up_delay.whole + 1);
      const int counts = service.latency.kind == LatencyKind::unknown ? 0 : latency_counts;
      auto* latency = arena.take<F>(counts);
      auto* latency_totals = arena.take<std::int64_t>(counts * L::width);
      if (!services) continue;
      service_arrays[i] = {autoscalers + service.autoscaler,
                           pools + service.pools.first,
                           use + service.pools.first * L::width,
                           losses,
                           items + service.service_items.first,
                           service_item_totals + service.service_items.first,
                           service_edges + i * p.most_edges * edge_part_count * L::width,
                           service_item_edges + service.service_items.first * p.most_edges * L::width,
                           service_rows,
                           use_rows,
                           latency,
                           latency_totals,
                           service_form(p, service)};
    }
  }

  template <class Watch = Unwatched>
  COSTRISK_FN ServiceComponent<L, Watch> service(PathContext<L>& path, int i, Watch watch = {}) const {
    return {path, path.parameters.services[i], services[i], service_totals[i], service_arrays[i], watch};
  }
  /// Whether a gang splits is told at compile time: most do not, and have nothing of it in their way.
  COSTRISK_FN void begin_job(PathContext<L>& path, int j) const {
    if (path.parameters.jobs[j].split < 0)
      job<Gang::whole>(path, j).begin();
    else
      job<Gang::split>(path, j).begin();
  }
  template <class Watch = Unwatched>
  COSTRISK_FN void advance_job(PathContext<L>& path, int j, const WorldTile<L>& tile, const TileEdges& edges,
                               Watch watch = {}) const {
    if (path.parameters.jobs[j].split < 0)
      job<Gang::whole>(path, j, watch).advance(tile, edges);
    else
      job<Gang::split>(path, j, watch).advance(tile, edges);
  }

 private:
  template <Gang gang, class Watch = Unwatched>
  COSTRISK_FN JobComponent<L, gang, Watch> job(PathContext<L>& path, int j, Watch watch = {}) const {
    const JobParameters& job = path.parameters.jobs[j];
    const bool splits = gang == Gang::split;
    return {path,
            job,
            jobs[j],
            job_totals[j],
            JobArrays<L>{job_memory->use + job.markets.first, job_memory->spot + job.markets.first,
                         job_memory->launch + job.markets.first,
                         job_memory->edges + j * path.parameters.most_edges * edge_part_count * L::width, use_rows,
                         job.ages < 0 ? nullptr : job_memory->ages + job.ages,
                         splits ? job_memory->parts + job.first_part : nullptr,
                         splits ? job_memory->mixes + job.split : nullptr},
            watch};
  }
};

/// Draws the constants of the path for all components. A service has its autoscaler's, which go before.
template <class L>
COSTRISK_FN void begin_components(PathContext<L>& path, const Workspace<L>& work) {
  const Parameters& p = path.parameters;
  for (int j = 0; j < p.job_count; ++j) work.begin_job(path, j);
  for (int i = 0; i < p.autoscaler_count; ++i) Autoscaler<L>::begin(path, p.autoscalers[i], work.autoscalers[i]);
  for (int i = 0; i < p.service_count; ++i) {
    ServiceComponent<L> service = work.service(path, i);
    service.begin();
    service.store();
  }
}

/// Whether the host wants no more of the paths under way; most clocks never say so, and cost nothing.
template <class Clock>
COSTRISK_FN bool is_abandoned(const Clock& clock) {
  if constexpr (requires { clock.is_abandoned(); })
    return clock.is_abandoned();
  else
    return false;
}

/// What time is told apart by: the world, the two kinds of components, plans.
enum class Stage { world, jobs, services, plans };

/// Paths [base, base + width), of which the lanes [first, first + count) are wanted, into the output's columns
/// from `column` on. `base` is a multiple of the lane's width. `clock` is told of each stage. `rows` is where the
/// world's tile goes, p.slots * row_length numbers; null: into `memory` with all else. `watch` looks on.
template <class L, class Clock, class Watch = Unwatched>
COSTRISK_FN void simulate_group(const Parameters& p, std::uint64_t base, int first, int count, int column,
                                const Output& out, std::byte* memory, const NormalTable& table, Clock& clock,
                                typename L::F* rows = nullptr, const Watch& watch = {}) {
  using F = typename L::F;
  using I = typename L::I;
  Workspace<L> work(p, memory);
  if (rows) work.rows = rows;
  const I path_low = add(L::lane_index(), I(static_cast<std::int32_t>(static_cast<std::uint32_t>(base))));
  const I path_high(static_cast<std::int32_t>(static_cast<std::uint32_t>(base >> 32)));
  PathContext<L> path{
      p, PhiloxPath<L>(path_low, path_high, p.key), table, work.law_values, work.factors_at_start, I(0), base};

  clock.enter(Stage::world);
  for (int f = 0; f < p.factor_count; ++f) work.world.factor_x[f] = F(0.0f);
  for (int i = 0; i < p.price_count; ++i) work.world.price_x[i] = F(0.0f);
  World<L> world(path, work.world);
  world.begin();
  clock.enter(Stage::jobs);
  begin_components(path, work);
  Plans<L> plans(path, work.costs_at_hand(), *work.plans);
  plans.begin();
  watch.begins(path, work);

  int edge = 0;
  WorldTile<L> tile{work.rows, work.capacities, 0, 0};
  while (tile.end < p.steps) {
    if (is_abandoned(clock)) return;
    tile.start = tile.end;
    tile.end = tile.start + tile_steps < p.steps ? tile.start + tile_steps : p.steps;
    TileEdges edges{p.edges + edge, 0};
    while (edge + edges.count < p.edge_count && edges.steps[edges.count] <= tile.end) ++edges.count;

    leave_in_memory();
    clock.enter(Stage::world);
    world.advance(tile);

    clock.enter(Stage::services);
    for (int i = 0; i < p.autoscaler_count; ++i) advance_autoscaler(p.autoscalers[i], work.autoscalers[i], tile);
    for (int i = 0; i < p.service_count; ++i) {
      auto service = work.service(path, i, watch.service(i));
      service.advance(tile, edges);
      service.store();
    }
    // Jobs take of a depth what services leave.
    clock.enter(Stage::jobs);
    for (int j = 0; j < p.job_count; ++j) work.advance_job(path, j, tile, edges, watch.job(j));
    watch.tile(tile, work);

    clock.enter(Stage::plans);
    plans.begin_tile(tile, edges);
    for (int e = 0; e < edges.count; ++e, ++edge) plans.write_edge(edge, e, first, count, column, out);
    plans.end_tile();
  }
  plans.write_totals(first, count, column, out);
  write_jobs<L>(p, work, first, count, column, out);
  write_services<L>(p, work, first, count, column, out);
  for (int d = 0; d < p.driver_count; ++d) {
    std::int32_t cells[L::width];
    L::store(driver_cell(path, p.drivers[d]), cells);
    for (int i = 0; i < count; ++i) out.driver_cell[std::int64_t{d} * out.stride + column + i] = cells[first + i];
  }

  std::int32_t status[L::width];
  L::store(path.status, status);
  for (int i = 0; i < count; ++i) out.status[column + i] = static_cast<std::uint32_t>(status[first + i]);
  clock.leave();
}

/// What the components themselves leave: finish, lateness, interruptions, lost work, use.
template <class L>
COSTRISK_FN void write_jobs(const Parameters& p, const Workspace<L>& work, int first, int count, int column,
                            const Output& out) {
  using I = typename L::I;
  using F = typename L::F;
  const std::int64_t stride = out.stride;
  for (int j = 0; j < p.job_count; ++j) {
    const JobParameters& job = p.jobs[j];
    const JobState<L>& state = work.jobs[j];
    std::int32_t unfinished[L::width], step[L::width], ticks[L::width], late[L::width], interruptions[L::width];
    std::int32_t lost_steps[L::width], lost_ticks[L::width];
    L::store(select(state.unfinished, I(1), I(0)), unfinished);
    L::store(state.finish.step, step);
    L::store(to_int(state.finish.offset * F(0x1p20f)), ticks);
    L::store(state.late, late);
    L::store(state.interruptions, interruptions);
    L::store(state.lost_steps, lost_steps);
    L::store(state.lost_ticks, lost_ticks);
    const std::int64_t row = std::int64_t{j} * stride + column;
    for (int i = 0; i < count; ++i) {
      const int lane = first + i;
      out.job_finish[row + i] =
          unfinished[lane] ? never_ticks : std::int64_t{step[lane]} * ticks_per_step + ticks[lane];
      out.job_runs[row + i] = job.repeats;
      out.job_late[row + i] = late[lane];
      out.job_interruptions[row + i] = interruptions[lane];
      out.job_lost[row + i] = std::int64_t{lost_steps[lane]} * ticks_per_step + lost_ticks[lane];
    }
    for (int m = 0; m < p.market_count * purchase_count; ++m) {
      std::int64_t* use = out.job_use + (std::int64_t{j} * p.market_count * purchase_count + m) * stride + column;
      for (int i = 0; i < count; ++i) use[i] = 0;
    }
    for (int m = 0; m < job.markets.count; ++m) {
      const JobMarketParameters& entry = p.job_markets[job.markets.first + m];
      for (int holding = 0; holding < job_holding_count; ++holding) {
        const int purchase = static_cast<int>(job_purchase(job.policy, entry, holding));
        std::int32_t use_steps[L::width], use_ticks[L::width];
        L::store(work.job_memory->use[job.markets.first + m].steps[holding], use_steps);
        L::store(work.job_memory->use[job.markets.first + m].ticks[holding], use_ticks);
        std::int64_t* use = out.job_use +
                            ((std::int64_t{j} * p.market_count + entry.market) * purchase_count + purchase) * stride +
                            column;
        for (int i = 0; i < count; ++i)
          use[i] += (std::int64_t{use_steps[first + i]} * ticks_per_step + use_ticks[first + i]) * job.gang_instances;
      }
    }
  }
}

/// Tokens of a number of requests in 2^-10, to the nearest whole one.
COSTRISK_FN std::int64_t tokens_of(std::int64_t requests, float tokens_per_request) {
  __extension__ using Wide = __int128;
  // In 2^-32 every bit of 2^-9 and more is kept.
  const auto fixed = static_cast<std::int64_t>((tokens_per_request < 0x1p20f ? tokens_per_request : 0x1p20f) * 0x1p32f);
  return static_cast<std::int64_t>((Wide{requests} * Wide{fixed} + (Wide{1} << 41)) >> 42);
}

/// What the services leave: requests, tokens, the peak, use.
template <class L>
COSTRISK_FN void write_services(const Parameters& p, const Workspace<L>& work, int first, int count, int column,
                                const Output& out) {
  const std::int64_t stride = out.stride;
  for (int c = 0; c < p.service_count; ++c) {
    const ServiceParameters& service = p.services[c];
    const ServiceTotals<L>& totals = work.service_totals[c];
    std::int32_t peak[L::width];
    float tokens[L::width];
    L::store(to_int(work.services[c].peak), peak);
    L::store(work.services[c].output_tokens, tokens);
    const std::int64_t row = c * stride + column;
    for (int i = 0; i < count; ++i) {
      const int lane = first + i;
      const std::int64_t all = totals.by_fleet[lane] + totals.by_serverless[lane];
      const std::int64_t entered = totals.by_fleet[lane] + totals.left_waiting[lane];
      // Steps round what comes and what waits, so that what is served is known no better: less is nothing.
      const std::int64_t known_to = ((all + totals.unserved[lane]) >> 23) + (totals.waiting[lane] >> 23);
      const std::int64_t served = all > known_to ? all : 0;
      out.service_served[row + i] = served;
      out.service_unserved[row + i] = totals.unserved[lane] + (all - served);
      out.service_queued[row + i] = entered > known_to ? entered : 0;
      out.service_waiting[row + i] = totals.waiting[lane];
      out.service_tokens[row + i] = tokens_of(served, tokens[lane]);
      out.service_peak[row + i] = peak[lane];
      if (c < p.latency_components) {
        const bool has_latency = service.latency.kind != LatencyKind::unknown;
        const std::int64_t* counts = work.service_arrays[c].latency_totals + lane;
        const std::int64_t within = has_latency ? counts[latency_within * L::width] : 0;
        out.service_within[row + i] = within < served ? within : served;
        std::int64_t* ranges = out.service_latency + std::int64_t{c} * latency_ranges * stride + column + i;
        for (int range = 0; range < latency_ranges; ++range)
          ranges[range * stride] = has_latency ? counts[range * L::width] : 0;
      }
    }
    std::int64_t* use = out.service_use + std::int64_t{c} * p.market_count * purchase_count * stride + column;
    for (int m = 0; m < p.market_count * purchase_count; ++m)
      for (int i = 0; i < count; ++i) use[m * stride + i] = 0;
    for (int q = 0; q < service.pools.count; ++q) {
      const PoolParameters& pool = p.pools[service.pools.first + q];
      std::int64_t* of_pool = use + (pool.market * purchase_count + static_cast<int>(pool.buy)) * stride;
      const std::int64_t* steps = work.service_arrays[c].use + q * L::width;
      for (int i = 0; i < count; ++i) of_pool[i] += steps[first + i] * ticks_per_step;
    }
  }
}

/// Paths [first_path, first_path + paths) into the output's columns from 0 on.
template <class L, class Clock>
COSTRISK_FN void simulate_paths(const Parameters& p, std::uint64_t first_path, int paths, const Output& out,
                                std::byte* memory, const NormalTable& table, Clock& clock) {
  constexpr std::uint64_t width = L::width;
  const std::uint64_t end = first_path + static_cast<std::uint64_t>(paths);
  for (std::uint64_t base = first_path / width * width; base < end && !is_abandoned(clock); base += width) {
    const std::uint64_t from = base < first_path ? first_path : base;
    const std::uint64_t to = base + width < end ? base + width : end;
    simulate_group<L>(p, base, static_cast<int>(from - base), static_cast<int>(to - from),
                      static_cast<int>(from - first_path), out, memory, table, clock);
  }
}

}  // namespace costrisk
