// The path model: world, components and plans over the tiles of the horizon, for one group of lanes.
#pragma once

#include <cstddef>

#include "kernels/model/job.hpp"
#include "kernels/model/plans.hpp"
#include "kernels/model/world.hpp"

namespace costrisk {

/// Hands out aligned arrays from one block of memory; with a null block it only counts.
class Arena {
 public:
  COSTRISK_FN explicit Arena(std::byte* memory) : memory_(memory) {}

  template <class T>
  COSTRISK_FN T* take(int count) {
    used_ = (used_ + 63) / 64 * 64;
    T* array = memory_ ? reinterpret_cast<T*>(memory_ + used_) : nullptr;
    used_ += sizeof(T) * static_cast<std::size_t>(count);
    return array;
  }
  COSTRISK_FN std::size_t used() const { return (used_ + 63) / 64 * 64; }

 private:
  std::byte* memory_;
  std::size_t used_ = 0;
};

/// The memory of one lane group.
template <class L>
struct Workspace {
  typename L::F* law_values;
  typename L::F* factors_at_start;
  WorldState<L> world;
  typename L::F* rows;
  JobState<L>* jobs;
  JobTotals<L>* job_totals;
  JobUse<L>* job_use;         ///< [job market]
  CapacityBits<L>* job_spot;  ///< [job market]
  typename L::I* job_launch;  ///< [job market]
  std::int64_t* job_edges;    ///< [job][edge of the tile][lane]
  CapacityBits<L>* capacities;
  std::int64_t* item_micros;  ///< [item][lane]
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
    jobs = arena.take<JobState<L>>(p.job_count);
    job_totals = arena.take<JobTotals<L>>(p.job_count);
    job_use = arena.take<JobUse<L>>(p.job_market_count);
    job_spot = arena.take<CapacityBits<L>>(p.job_market_count);
    job_launch = arena.take<typename L::I>(p.job_market_count);
    job_edges = arena.take<std::int64_t>(p.job_count * p.most_edges * L::width);
    capacities = arena.take<CapacityBits<L>>(p.capacity_count);
    item_micros = arena.take<std::int64_t>(p.item_count * L::width);
    bytes = arena.used();
  }

  COSTRISK_FN JobComponent<L> component(PathContext<L>& path, int j) const {
    const JobParameters& job = path.parameters.jobs[j];
    return {path, job, jobs[j], job_totals[j],
            JobArrays<L>{job_use + job.markets.first, job_spot + job.markets.first, job_launch + job.markets.first,
                         job_edges + j * path.parameters.most_edges * L::width}};
  }
};

enum class Stage { world, components, plans };

/// Paths [base, base + width), of which the lanes [first, first + count) are wanted, into the output's columns
/// from `column` on. `base` is a multiple of the lane's width. `clock` is told of each stage.
template <class L, class Clock>
COSTRISK_FN void simulate_group(const Parameters& p, std::uint64_t base, int first, int count, int column,
                                const Output& out, std::byte* memory, const NormalTable& table, Clock& clock) {
  using F = typename L::F;
  using I = typename L::I;
  Workspace<L> work(p, memory);
  const I path_low = add(L::lane_index(), I(static_cast<std::int32_t>(static_cast<std::uint32_t>(base))));
  const I path_high(static_cast<std::int32_t>(static_cast<std::uint32_t>(base >> 32)));
  PathContext<L> path{p,   PhiloxPath<L>(path_low, path_high, p.key), table, work.law_values, work.factors_at_start,
                      I(0)};

  clock.enter(Stage::world);
  for (int f = 0; f < p.factor_count; ++f) work.world.factor_x[f] = F(0.0f);
  for (int i = 0; i < p.price_count; ++i) work.world.price_x[i] = F(0.0f);
  World<L> world(path, work.world);
  world.begin();
  clock.enter(Stage::components);
  for (int j = 0; j < p.job_count; ++j) {
    JobComponent<L> job = work.component(path, j);
    job.begin();
    job.store();
  }
  Plans<L> plans(path, work.job_totals, work.job_edges, work.item_micros);

  int edge = 0;
  WorldTile<L> tile{work.rows, work.capacities, 0, 0};
  while (tile.end < p.steps) {
    tile.start = tile.end;
    tile.end = tile.start + tile_steps < p.steps ? tile.start + tile_steps : p.steps;
    TileEdges edges{p.edges + edge, 0};
    while (edge + edges.count < p.edge_count && edges.steps[edges.count] <= tile.end) ++edges.count;

    clock.enter(Stage::world);
    world.advance(tile);

    clock.enter(Stage::components);
    for (int j = 0; j < p.job_count; ++j) {
      JobComponent<L> job = work.component(path, j);
      job.advance(tile, edges);
      job.store();
    }

    clock.enter(Stage::plans);
    for (int e = 0; e < edges.count; ++e, ++edge) {
      plans.pay_items(edges.steps[e]);
      plans.write_edge(edge, e, first, count, column, out);
    }
  }
  plans.write_totals(first, count, column, out);
  write_jobs<L>(p, work, first, count, column, out);

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
      const int market = p.job_markets[job.markets.first + m].market;
      for (int purchase = 0; purchase < 2; ++purchase) {
        std::int32_t use_steps[L::width], use_ticks[L::width];
        L::store(work.job_use[job.markets.first + m].steps[purchase], use_steps);
        L::store(work.job_use[job.markets.first + m].ticks[purchase], use_ticks);
        std::int64_t* use =
            out.job_use + ((std::int64_t{j} * p.market_count + market) * purchase_count + purchase) * stride + column;
        for (int i = 0; i < count; ++i)
          use[i] += (std::int64_t{use_steps[first + i]} * ticks_per_step + use_ticks[first + i]) * job.gang_instances;
      }
    }
  }
}

/// Paths [first_path, first_path + paths) into the output's columns from 0 on.
template <class L, class Clock>
COSTRISK_FN void simulate_paths(const Parameters& p, std::uint64_t first_path, int paths, const Output& out,
                                std::byte* memory, const NormalTable& table, Clock& clock) {
  constexpr std::uint64_t width = L::width;
  const std::uint64_t end = first_path + static_cast<std::uint64_t>(paths);
  for (std::uint64_t base = first_path / width * width; base < end; base += width) {
    const std::uint64_t from = base < first_path ? first_path : base;
    const std::uint64_t to = base + width < end ? base + width : end;
    simulate_group<L>(p, base, static_cast<int>(from - base), static_cast<int>(to - from),
                      static_cast<int>(from - first_path), out, memory, table, clock);
  }
}

}  // namespace costrisk
