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
      if (takes_on_demand(job_.policy) || job_.buy_out)
        arrays_.launch[m] = capacity_bits(tile, market.sells_on_demand, market.launch_capacity, F(job_.gang)).up;
      if (takes_own(job_.policy) || market.has_own) {
        const I offered = available_bits(market.availability, tile, F(job_.gang));
        arrays_.spot[m] = {offered, offered, I(0)};
        any_up = any_up | offered;
        continue;
      }
      if (!takes_spot(job_.policy)) continue;
      arrays_.spot[m] = spot_bits(tile, market);
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
  /// The steps in which each lane's market loses, inside the step, what was held there.
  COSTRISK_FN I lost(I market) const {
    I bits = arrays_.spot[0].lost;
    for (int m = 1; m < job_.markets.count; ++m) bits = select(market == I(m), arrays_.spot[m].lost, bits);
    return bits;
  }
  /// When a step of the tile loses it, in each lane's market; in lanes in which it does.
  COSTRISK_FN F instant_of_loss(const WorldTile<L>& tile, I market, I at) const {
    I row(0);
    for (int m = 0; m < job_.markets.count; ++m)
      if (markets_[m].loss_slot >= 0) row = select(market == I(m), I(markets_[m].loss_slot), row);
    return L::gather_row(tile.rows, add(multiply(row, I(row_length)), at));
  }
  /// The steps in which on-demand can be launched in some market.
  COSTRISK_FN I any_launch() const {
    I bits(0);
    for (int m = 0; m < job_.markets.count; ++m)
      if (markets_[m].has_on_demand) bits = bits | arrays_.launch[m];
    return bits;
  }
  /// The first market of the list where on-demand can be launched; where it can in none, the first that sells it.
  COSTRISK_FN I first_launch(I bit) const {
    I chosen(job_.on_demand_market);
    for (int m = job_.markets.count - 1; m >= 0; --m)
      if (markets_[m].has_on_demand) chosen = select(test(arrays_.launch[m], bit), I(m), chosen);
    return chosen;
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
    return cheapest(tile, at, [&](int m) COSTRISK_INLINE {
      const JobMarketParameters& market = markets_[m];
      return Offer{test(arrays_.spot[m].up, bit), market.spot, market.spot_weight, market.has_spot != 0};
    });
  }
  /// The market of the list that on-demand is launched in: the first that can, or the cheapest of them for the work it
  /// does. Where none can, any.
  COSTRISK_FN I on_demand_market(const WorldTile<L>& tile, I at, I bit) const {
    switch (job_.choose) {
      case Choose::first:
        return first_launch(bit);
      case Choose::cheapest:
        return cheapest_on_demand(tile, at, bit);
    }
    __builtin_unreachable();
  }
  COSTRISK_FN I cheapest_on_demand(const WorldTile<L>& tile, I at, I bit) const {
    return cheapest(tile, at, [&](int m) COSTRISK_INLINE { return on_demand_offer(m, test(arrays_.launch[m], bit)); });
  }
  /// The market whose on-demand would be taken, whether or not it can be launched there now.
  COSTRISK_FN I sure_market(const WorldTile<L>& tile, I at) const {
    switch (job_.choose) {
      case Choose::first:
        return I(job_.on_demand_market);
      case Choose::cheapest:
        return cheapest(tile, at, [&](int m) COSTRISK_INLINE { return on_demand_offer(m, M(true)); });
    }
    __builtin_unreachable();
  }

  /// The first market of the list that could launch what is left at the horizon; where none could, the first that
  /// sells.
  COSTRISK_FN I buy_out_market(I bit) const {
    I chosen(job_.buy_out_market);
    for (int m = job_.markets.count - 1; m >= 0; --m)
      if (markets_[m].sells_on_demand) chosen = select(test(arrays_.launch[m], bit), I(m), chosen);
    return chosen;
  }

  // Entries of a list that is taken in order. Each may be held in one way.

  /// Where the m-th takes the whole gang.
  COSTRISK_FN M is_open(int m, I bit) const {
    return markets_[m].has_on_demand ? test(arrays_.launch[m], bit) : test(arrays_.spot[m].up, bit);
  }
  /// What the gang costs there in a step, currency.
  COSTRISK_FN F entry_price(int m, const WorldTile<L>& tile, I at) const {
    const JobMarketParameters& entry = markets_[m];
    if (entry.has_own) return F(0.0f);
    return entry.has_on_demand ? price_at(entry.on_demand, tile, at) * F(entry.on_demand_money.high)
                               : price_at(entry.spot, tile, at) * F(entry.spot_money.high);
  }
  /// The entry that a gang takes that has had nothing for so many steps, on the lanes `found`.
  COSTRISK_FN I entry_to_take(const WorldTile<L>& tile, I at, I bit, F waited, M& found) const {
    I chosen(0);
    F best(0.0f);
    found = M(false);
    for (int m = job_.markets.count - 1; m >= 0; --m) {
      const M ready = is_open(m, bit) & (waited >= F(markets_[m].after - time_tolerance));
      M better = ready;
      if (job_.choose == Choose::cheapest) {
        const F price = entry_price(m, tile, at) * F(markets_[m].steps_ratio);
        better = ready & ((!found) | (price <= best));
        best = select(better, price, best);
      }
      chosen = select(better, I(m), chosen);
      found = found | ready;
    }
    return chosen;
  }
  /// The entry before the held one that a gang moves to.
  COSTRISK_FN I entry_before(I held, I bit, M& found) const {
    I chosen(0);
    found = M(false);
    for (int m = job_.markets.count - 1; m >= 0; --m) {
      if (markets_[m].after > 0.0f) continue;
      const M better = is_open(m, bit) & (I(m) < held);
      chosen = select(better, I(m), chosen);
      found = found | better;
    }
    return chosen;
  }
  /// The entry that does the rest of the work for the least, move included, where that is less than on the held one.
  /// @param left   run time left in the first market
  /// @param egress currency, to leave the held one's market
  COSTRISK_FN I cheaper_entry(const WorldTile<L>& tile, I at, I bit, I held, F left, F egress, M& found) const {
    const I held_market = market_of(held);
    I chosen(0);
    F best(0.0f), stay(0.0f);
    found = M(false);
    for (int m = job_.markets.count - 1; m >= 0; --m) {
      const F price = entry_price(m, tile, at), time = left * F(markets_[m].steps_ratio);
      stay = select(held == I(m), price * time, stay);
      if (markets_[m].after > 0.0f) continue;
      const F move = select(held_market == I(markets_[m].market), F(0.0f), egress);
      const F cost = fma(price, time + F(job_.restart), move);
      const M better = is_open(m, bit) & (!(held == I(m))) & ((!found) | (cost <= best));
      best = select(better, cost, best);
      chosen = select(better, I(m), chosen);
      found = found | better;
    }
    found = found & (best < stay);
    return chosen;
  }
  /// The world's market of each lane's entry.
  COSTRISK_FN I market_of(I entry) const {
    I market(markets_[0].market);
    for (int m = 1; m < job_.markets.count; ++m) market = select(entry == I(m), I(markets_[m].market), market);
    return market;
  }

  /// Leaves of the depths what the gang does not hold, for those after it.
  COSTRISK_FN void leave_depth(const WorldTile<L>& tile) const {
    for (int m = 0; m < job_.markets.count; ++m) {
      const JobMarketParameters& market = markets_[m];
      leave_depth(tile, market.spot_left_slot, market.spot_capacity, holding_spot);
      leave_depth(tile, market.launch_left_slot, market.launch_capacity, holding_steady);
    }
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

  // Entries of which a gang may have a part

  /// How many instances the m-th entry would give in each lane's step.
  COSTRISK_FN F instances_left(int m, const WorldTile<L>& tile, I step, I at, I bit) const {
    const JobMarketParameters& entry = markets_[m];
    if (entry.has_own) return available(entry.availability, step);
    const std::int32_t capacity = entry.has_on_demand ? entry.launch_capacity : entry.spot_capacity;
    if (capacity < 0) return F(job_.gang);
    const int depth_slot = path_.parameters.capacities[capacity].depth_slot;
    const F depth = depth_slot < 0 ? F(job_.gang) : floor_snapped(L::gather_row(tile.row(depth_slot), at));
    return select(test(tile.capacities[capacity].up, bit), depth, F(0.0f));
  }
  /// Where the m-th entry's spot takes so many.
  COSTRISK_FN CapacityBits<L> spot_bits_of(int m, const WorldTile<L>& tile, F instances) const {
    CapacityBits<L> bits = capacity_bits(tile, true, markets_[m].spot_capacity, instances);
    bits.lost = I(0);
    const I row = loss_row(m, instances);
    const M loses = row >= I(0);
    if (!any(loses)) return bits;
    const I first = select(loses, multiply(row, I(row_length)), I(0));
    for (int k = 0; k < tile.end - tile.start; ++k) {
      const M lost = loses & (L::gather_row(tile.rows, add(first, I(k))) > F(0.0f));
      bits.lost = bits.lost | select(lost, bit_of<I>(k), I(0));
    }
    return bits;
  }
  /// The world's row of the instants inside steps at which so many are lost there; −1: they are not.
  COSTRISK_FN I loss_row(int m, F instances) const {
    const PartLossParameters* losses = path_.parameters.part_losses + markets_[m].part_losses.first;
    I row(none);
    COSTRISK_ROLLED
    for (int i = markets_[m].part_losses.count - 1; i >= 0; --i)
      row = select(instances <= F(losses[i].most), I(losses[i].slot), row);
    return row;
  }
  /// The steps in which so many of one's own are there.
  COSTRISK_FN I available_bits(Range availability, const WorldTile<L>& tile, F instances) const {
    const AvailabilityParameters* from = path_.parameters.availabilities + availability.first;
    I bits(0);
    for (int i = 0; i < availability.count; ++i) {
      const int first = from[i].step > tile.start ? from[i].step - tile.start : 0;
      if (first >= tile_steps) break;
      const std::int32_t later = ~low_bits(first);
      bits = select(F(from[i].instances) >= instances, bits | I(later), bits & I(~later));
    }
    return bits;
  }

  /// A number of each lane's market.
  template <class Value>
  COSTRISK_FN F of_market(I index, Value value) const {
    F chosen = value(markets_[0]);
    for (int m = 1; m < job_.markets.count; ++m) chosen = select(index == I(m), value(markets_[m]), chosen);
    return chosen;
  }

 private:
  COSTRISK_FN void leave_depth(const WorldTile<L>& tile, std::int32_t slot, std::int32_t capacity,
                               JobHolding holding) const {
    if (slot < 0) return;
    I taken(0);
    for (int m = 0; m < job_.markets.count; ++m) {
      const JobMarketParameters& market = markets_[m];
      if ((holding == holding_spot ? market.spot_capacity : market.launch_capacity) == capacity)
        taken = taken | arrays_.use[m].taken[holding];
    }
    const F* depth = tile.row(path_.parameters.capacities[capacity].depth_slot);
    F* left = tile.row(slot);
    for (int k = 0; k < tile.end - tile.start; ++k) {
      const F held = select(test(taken, bit_of<I>(k)), F(job_.gang), F(0.0f));
      left[k] = max(depth[k] - held, F(0.0f));
    }
  }
  /// Instances of one's own in each lane's step.
  COSTRISK_FN F available(Range availability, I step) const {
    const AvailabilityParameters* from = path_.parameters.availabilities + availability.first;
    F instances(0.0f);
    for (int i = 0; i < availability.count; ++i)
      instances = select(step < I(from[i].step), instances, F(from[i].instances));
    return instances;
  }
  struct Offer {
    M open;  ///< it can be taken
    const PriceSource& price;
    float weight;
    bool sold;
  };
  COSTRISK_FN Offer on_demand_offer(int m, M open) const {
    return {open, markets_[m].on_demand, markets_[m].on_demand_weight, markets_[m].has_on_demand != 0};
  }
  /// The market with the lowest price for the work it does, of those that are open, the first of equal ones.
  template <class OfferOf>
  COSTRISK_FN I cheapest(const WorldTile<L>& tile, I at, OfferOf offer_of) const {
    I chosen(0);
    M found(false);
    F best(0.0f);
    for (int m = job_.markets.count - 1; m >= 0; --m) {
      const Offer offer = offer_of(m);
      if (!offer.sold) continue;
      const F price = price_at(offer.price, tile, at) * F(offer.weight);
      const M better = offer.open & ((!found) | (price <= best));
      best = select(better, price, best);
      chosen = select(better, I(m), chosen);
      found = found | better;
    }
    return chosen;
  }
  COSTRISK_FN CapacityBits<L> spot_bits(const WorldTile<L>& tile, const JobMarketParameters& market) const {
    CapacityBits<L> bits = capacity_bits(tile, market.has_spot, market.spot_capacity, F(job_.gang));
    if (market.loss_slot < 0) {
      bits.lost = I(0);
    } else if (path_.parameters.capacities[market.spot_capacity].losses.count > 1) {
      // The capacity's bits are those of all gangs together.
      const F* losses = tile.row(market.loss_slot);
      I lost(0);
      for (int k = 0; k < tile.end - tile.start; ++k) lost = lost | select(losses[k] > F(0.0f), bit_of<I>(k), I(0));
      bits.lost = lost & bits.up;
    }
    return bits;
  }
  /// The steps in which a capacity takes so many instances.
  COSTRISK_FN CapacityBits<L> capacity_bits(const WorldTile<L>& tile, bool sold, std::int32_t capacity,
                                            F instances) const {
    CapacityBits<L> bits{I(sold ? -1 : 0), I(sold ? -1 : 0), I(0)};
    if (capacity < 0) return bits;
    bits = tile.capacities[capacity];
    const int depth_slot = path_.parameters.capacities[capacity].depth_slot;
    if (depth_slot < 0) return bits;
    const int steps = tile.end - tile.start, least_slot = path_.parameters.capacities[capacity].least_slot;
    const F* depth = tile.row(depth_slot);
    const I fits = depth_bits(steps, instances, [&](int k) COSTRISK_INLINE { return depth[k]; });
    const I keeps = least_slot < 0 ? fits : least_bits(tile, capacity, steps, instances);
    return {bits.up & fits, bits.unbroken & keeps, bits.lost & fits};
  }
  /// The steps in which the least depth since the start of the step before, less what others take, holds so many.
  COSTRISK_FN I least_bits(const WorldTile<L>& tile, std::int32_t capacity, int steps, F instances) const {
    const CapacityParameters& mine = path_.parameters.capacities[capacity];
    const F* least = tile.row(mine.least_slot);
    if (mine.source < 0) return depth_bits(steps, instances, [&](int k) COSTRISK_INLINE { return least[k]; });
    const F* left = tile.row(mine.depth_slot);
    const F* all = tile.row(path_.parameters.capacities[mine.source].depth_slot);
    return depth_bits(steps, instances, [&](int k) COSTRISK_INLINE { return least[k] - (all[k] - left[k]); });
  }
  template <class Depth>
  COSTRISK_FN I depth_bits(int steps, F instances, Depth depth) const {
    I bits(0);
    for (int k = 0; k < steps; ++k) bits = bits | select(depth(k) >= instances, bit_of<I>(k), I(0));
    return bits;
  }

  const PathContext<L>& path_;
  const JobParameters& job_;
  const JobMarketParameters* markets_;
  const JobArrays<L>& arrays_;
};

}  // namespace costrisk
