// What the markets of a job's assignment offer in a tile: where they take the whole gang, and at what price.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/jobs/job_parameters.hpp"
#include "kernels/model/jobs/job_state.hpp"
#include "kernels/model/world/world_tile.hpp"

namespace costrisk {

/// The world's sums of a price at a place of the tile, each lane in its own row; 0 without a row.
template <class L>
COSTRISK_FN typename L::F price_sum(const WorldTile<L>& tile, typename L::I row, typename L::I place) {
  using F = typename L::F;
  using I = typename L::I;
  const auto summed = row >= I(0);
  if (!any(summed)) return F(0.0f);
  const I index = select(summed, add(multiply(row, I(row_length)), place), I(0));
  return select(summed, L::gather_row(tile.rows, index), F(0.0f));
}

template <class L>
class JobOffers {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  COSTRISK_FN JobOffers(const PathContext<L>& path, const JobParameters& job, const JobMarketParameters* markets,
                        const JobArrays<L>& arrays)
      : path_(path), job_(job), markets_(markets), arrays_(arrays) {}

  /// Where the markets take the whole gang, step by step.
  /// Returns the steps in which spot, or capacity of one's own, can be taken in some market.
  COSTRISK_FN I begin_tile(const WorldTile<L>& tile) const {
    I any_up(0);
    for (int m = 0; m < job_.markets.count; ++m) {
      const JobMarketParameters& market = markets_[m];
      if (takes_own(job_.policy)) {
        const I offered(available_bits(market.availability, tile));
        arrays_.spot[m] = {offered, offered};
        any_up = any_up | offered;
        continue;
      }
      arrays_.launch[m] = capacity_bits(tile, market.has_on_demand, market.launch_capacity).up;
      if (!takes_spot(job_.policy)) continue;
      arrays_.spot[m] = capacity_bits(tile, market.has_spot, market.spot_capacity);
      any_up = any_up | arrays_.spot[m].up;
    }
    return any_up;
  }

  /// The steps in which each lane's market keeps what was taken there.
  COSTRISK_FN I unbroken(I market) const {
    I bits = arrays_.spot[0].unbroken;
    for (int m = 1; m < job_.markets.count; ++m) bits = select(market == I(m), arrays_.spot[m].unbroken, bits);
    return bits;
  }
  /// The steps in which on-demand can be launched in each lane's market.
  COSTRISK_FN I launch(I market) const {
    I bits = arrays_.launch[0];
    for (int m = 1; m < job_.markets.count; ++m) bits = select(market == I(m), arrays_.launch[m], bits);
    return bits;
  }

  /// The first market of the list that is up.
  COSTRISK_FN I first_up(I bit) const {
    I chosen(0);
    for (int m = job_.markets.count - 1; m > 0; --m) chosen = select(test(arrays_.spot[m].up, bit), I(m), chosen);
    return select(test(arrays_.spot[0].up, bit), I(0), chosen);
  }
  /// The market of the list that spot is taken in: the first that is up, or the cheapest for the work it does.
  COSTRISK_FN I spot_market(const WorldTile<L>& tile, I at, I bit) const {
    switch (job_.choose) {
      case Choose::first:
        return first_up(bit);
      case Choose::cheapest:
        return cheapest_spot(tile, at, bit);
    }
    __builtin_unreachable();
  }
  COSTRISK_FN I cheapest_spot(const WorldTile<L>& tile, I at, I bit) const {
    I chosen(0);
    M found(false);
    F best(0.0f);
    for (int m = job_.markets.count - 1; m >= 0; --m) {
      if (!markets_[m].has_spot) continue;
      const F price = price_at(markets_[m].spot, tile, at) * F(markets_[m].spot_weight);
      const M better = test(arrays_.spot[m].up, bit) & ((!found) | (price <= best));
      best = select(better, price, best);
      chosen = select(better, I(m), chosen);
      found = found | better;
    }
    return chosen;
  }
  /// The market of the list that on-demand is bought in: the first that sells it, or the cheapest for the work it
  /// does, whether or not it can be launched there now.
  COSTRISK_FN I on_demand_market(const WorldTile<L>& tile, I at) const {
    switch (job_.choose) {
      case Choose::first:
        return I(job_.on_demand_market);
      case Choose::cheapest:
        return cheapest_on_demand(tile, at);
    }
    __builtin_unreachable();
  }
  COSTRISK_FN I cheapest_on_demand(const WorldTile<L>& tile, I at) const {
    I chosen(job_.on_demand_market);
    F best = price_at(markets_[job_.on_demand_market].on_demand, tile, at) *
             F(markets_[job_.on_demand_market].on_demand_weight);
    for (int m = job_.on_demand_market + 1; m < job_.markets.count; ++m) {
      if (!markets_[m].has_on_demand) continue;
      const F price = price_at(markets_[m].on_demand, tile, at) * F(markets_[m].on_demand_weight);
      chosen = select(price < best, I(m), chosen);
      best = min(price, best);
    }
    return chosen;
  }

  /// A market's price in a step of the tile, relative to its reference.
  COSTRISK_FN F price_at(const PriceSource& source, const WorldTile<L>& tile, I at) const {
    const F path_value = scale(source);
    if (source.sum_slot < 0) return path_value;
    const I row(source.sum_slot);
    const F excess = price_sum<L>(tile, row, add(at, I(1))) - price_sum<L>(tile, row, at);
    return (excess + tile.row(source.sum_slot)[base_place]) * path_value;
  }
  /// What a price's sums are multiplied by.
  COSTRISK_FN F scale(const PriceSource& source) const { return source.law < 0 ? F(1.0f) : path_.law(source.law); }
  /// A market's price at the tile's start.
  COSTRISK_FN F base_price(const PriceSource& source, const WorldTile<L>& tile) const {
    return (source.sum_slot < 0 ? F(1.0f) : tile.row(source.sum_slot)[base_place]) * scale(source);
  }

  /// A number of each lane's market.
  template <class Value>
  COSTRISK_FN F of_market(I index, Value value) const {
    F chosen = value(markets_[0]);
    for (int m = 1; m < job_.markets.count; ++m) chosen = select(index == I(m), value(markets_[m]), chosen);
    return chosen;
  }

 private:
  /// The steps in which a capacity takes the whole gang.
  COSTRISK_FN CapacityBits<L> capacity_bits(const WorldTile<L>& tile, bool sold, std::int32_t capacity) const {
    CapacityBits<L> bits{I(sold ? -1 : 0), I(sold ? -1 : 0)};
    if (capacity < 0) return bits;
    bits = tile.capacities[capacity];
    const int depth_slot = path_.parameters.capacities[capacity].depth_slot;
    if (depth_slot < 0) return bits;
    const int steps = tile.end - tile.start, least_slot = path_.parameters.capacities[capacity].least_slot;
    const I fits = depth_bits(tile.row(depth_slot), steps);
    const I keeps = least_slot < 0 ? fits : depth_bits(tile.row(least_slot), steps);
    return {bits.up & fits, bits.unbroken & keeps};
  }
  COSTRISK_FN I depth_bits(const F* depth, int steps) const {
    I bits(0);
    for (int k = 0; k < steps; ++k) bits = bits | select(depth[k] >= F(job_.gang), bit_of<I>(k), I(0));
    return bits;
  }
  /// Likewise of capacity of one's own: the same on all lanes.
  COSTRISK_FN std::int32_t available_bits(Range availability, const WorldTile<L>& tile) const {
    const AvailabilityParameters* from = path_.parameters.availabilities + availability.first;
    std::int32_t bits = 0;
    for (int i = 0; i < availability.count; ++i) {
      const int first = from[i].step > tile.start ? from[i].step - tile.start : 0;
      if (first >= tile_steps) break;
      const std::int32_t later = ~low_bits(first);
      bits = from[i].instances >= job_.gang ? bits | later : bits & ~later;
    }
    return bits;
  }

  const PathContext<L>& path_;
  const JobParameters& job_;
  const JobMarketParameters* markets_;
  const JobArrays<L>& arrays_;
};

}  // namespace costrisk
