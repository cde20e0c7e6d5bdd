// Instantiates the plan stage for a lane. Nothing of the standard library is called here.
#pragma once

#include "kernels/model/plans/plans.hpp"
#include "tests/kat/plan_probe.hpp"

namespace costrisk::kat {

template <class L>
struct PlanProbeOf {
  using F = typename L::F;
  using I = typename L::I;

  struct Memory {
    F *laws, *rows, *use;
    PlanState<L>* state;
    std::size_t bytes;

    COSTRISK_FN Memory(const Parameters& p, std::byte* memory) {
      Arena arena(memory);
      laws = arena.take<F>(p.law_count);
      rows = arena.take<F>(p.slots * row_length);
      use = arena.take<F>(p.use_row_count * tile_steps);
      state = arena.take<PlanState<L>>(1);
      PlanState<L>::take(arena, p, state);
      bytes = arena.used();
    }
  };

  static std::size_t bytes(const Parameters& p) { return Memory(p, nullptr).bytes; }

  COSTRISK_FN static F load(const float* p) {
    F value;
    __builtin_memcpy(&value, p, sizeof value);
    return value;
  }

  static void simulate(const PlanInputs& in, const Output& out, std::byte* memory) {
    for (int first = 0; first < in.paths; first += L::width) simulate_group(in, first, out, memory);
  }

  static void simulate_group(const PlanInputs& in, int column, const Output& out, std::byte* memory) {
    const Parameters& p = *in.parameters;
    Memory work(p, memory);
    for (int i = 0; i < p.law_count; ++i) work.laws[i] = load(in.laws + i * in.paths + column);
    PathContext<L> path{p, PhiloxPath<L>(I(0), I(0), p.key), normal_table, work.laws, nullptr, I(0)};
    ComponentCosts<L> costs{};
    costs.use_rows = work.use;
    Plans<L> plans(path, costs, *work.state);
    plans.begin();
    int edge = 0;
    WorldTile<L> tile{work.rows, nullptr, 0, 0};
    while (tile.end < p.steps) {
      tile.start = tile.end;
      tile.end = tile.start + tile_steps < p.steps ? tile.start + tile_steps : p.steps;
      TileEdges edges{p.edges + edge, 0};
      while (edge + edges.count < p.edge_count && edges.steps[edges.count] <= tile.end) ++edges.count;
      for (int k = 0; k < tile.end - tile.start; ++k) {
        for (int slot = 0; slot < p.slots; ++slot)
          tile.row(slot)[k] = load(in.prices + (slot * p.steps + tile.start + k) * in.paths + column);
        for (int row = 0; row < p.use_row_count; ++row)
          work.use[row * tile_steps + k] = load(in.use + (row * p.steps + tile.start + k) * in.paths + column);
      }
      plans.begin_tile(tile, edges);
      for (int e = 0; e < edges.count; ++e, ++edge) plans.write_edge(edge, e, 0, L::width, column, out);
      plans.end_tile();
    }
    plans.write_totals(0, L::width, column, out);
    std::int32_t status[L::width];
    L::store(path.status, status);
    for (int i = 0; i < L::width; ++i) out.status[column + i] = static_cast<std::uint32_t>(status[i]);
  }
};

}  // namespace costrisk::kat
