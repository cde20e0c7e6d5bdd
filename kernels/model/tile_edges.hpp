// What components tell of their cost within a tile: at the ends of bins and of credits.
#pragma once

#include <cstdint>

#include "kernels/lane/function.hpp"

namespace costrisk {

/// Steps of the current tile at whose start cumulative cost is looked at.
struct TileEdges {
  const std::int32_t* steps = nullptr;
  int count = 0;
};

/// The parts of a component's cost at an edge: what commitments may cover at list price, the other categories, warm
/// instances, which are on-demand that nothing covers, and what credit does not pay (penalties, unfinished work).
enum EdgePart { edge_on_demand, edge_spot, edge_serverless, edge_egress, edge_warm, edge_uncredited };
inline constexpr int edge_part_count = 6;

/// [edge of the tile][part][lane], micro-units up to the edge.
template <class L>
COSTRISK_FN std::int64_t* edge_row(std::int64_t* edges, int edge_in_tile, EdgePart part) {
  return edges + (edge_in_tile * edge_part_count + part) * L::width;
}

}  // namespace costrisk
