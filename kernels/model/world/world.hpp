// Stage 1, the world: everything exogenous, drawn once per path and lived through by every plan. Factors with
// their shocks, capacity, repricing, spot prices and demands, a tile of steps at a time.
//
// What happens at random instants (sojourns, shocks, repricings) is drawn event by event: in each turn every
// lane takes its own next event of the tile, so that lanes need not wait for one another's steps.
#pragma once

#include "kernels/model/arena.hpp"
#include "kernels/model/world/capacity.hpp"
#include "kernels/model/world/demand.hpp"

namespace costrisk {

template <class L>
struct RepricingState {
  Instant<L> next;
  typename L::F multiplier;
  typename L::I ordinal;
};

/// The world's arrays in the arena of a lane group.
template <class L>
struct WorldState {
  typename L::F* factor_x;        ///< [factor]
  typename L::F* factor_rows;     ///< [factor][tile step], shocks included
  RunState<L>* renewals;          ///< [factor], of those with shocks
  CapacityState<L>* capacities;   ///< [capacity]
  RepricingState<L>* repricings;  ///< [repricing]
  typename L::F* price_x;         ///< [price]
  DemandState<L>* demands;        ///< [demand]
  typename L::F* changes;         ///< [change]: its multiplier where it happens, 1 elsewhere
  HistoryState<L>* histories;     ///< [history]
};

template <class L>
class World {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  COSTRISK_FN World(PathContext<L>& path, const WorldState<L>& state) : path_(path), state_(state) {}

  /// Draws the path's constants.
  COSTRISK_FN void begin() {
    const Parameters& p = path_.parameters;
    for (int f = 0; f < p.factor_count; ++f) {
      const PhiloxStream<L> stream(path_.philox, p.factors[f].process.stream);
      path_.factors_at_start[f] = path_.normal(stream.block(0).word[0]);
    }
    for (int i = 0; i < p.law_count; ++i) {
      const F value = min(path_.event_value(p.laws[i], I(0)), F(p.laws[i].most));
      path_.law_values[i] = transformed(p.laws[i], value);
    }
    for (int i = 0; i < p.change_count; ++i) {
      const ChangeParameters& change = p.changes[i];
      const F chance = uniform(path_.philox.event(change.chance_stream, I(0)).word[0]);
      const M happens = (chance < F(change.chance)) | M(change.chance >= 1.0f);
      state_.changes[i] = select(happens, path_.law(change.multiplier), F(1.0f));
    }
    for (int d = 0; d < p.demand_count; ++d) {
      state_.demands[d].level = path_.law(p.demands[d].base);
      state_.demands[d].noise_x = F(0.0f);
    }
    for (int h = 0; h < p.history_count; ++h) reader(h).begin();
  }

  /// Makes the steps of `tile`.
  COSTRISK_FN void advance(const WorldTile<L>& tile) {
    const Parameters& p = path_.parameters;
    for (int f = 0; f < p.factor_count; ++f) advance_factor(f, tile);
    for (int i = 0; i < p.multiplier_count; ++i) advance_multiplier(p.multipliers[i], tile);
    for (int i = 0; i < p.capacity_count; ++i)
      advance_capacity(p.capacities[i], state_.capacities[i], tile, tile.capacities[i]);
    for (int i = 0; i < p.repricing_count; ++i) advance_repricing(p.repricings[i], state_.repricings[i], tile);
    for (int i = 0; i < p.price_count; ++i) advance_price(p.prices[i], state_.price_x[i], tile);
    for (int d = 0; d < p.demand_count; ++d)
      Demand<L>(path_, p.demands[d], state_.demands[d], processes(), state_.changes, state_.histories).advance(tile);
  }

 private:
  COSTRISK_FN static F transformed(const LawParameters& law, F value) {
    if (is_constant(law)) return value;
    switch (law.transform) {
      case Transform::identity:
        return value;
      case Transform::reciprocal:
        return F(law.factor) / value;
      case Transform::log_one_plus: {
        // What rounding 1 + x left counts too.
        const F sum = F(1.0f) + value;
        return F(law.factor) * (logarithm(sum) + (value - (sum - F(1.0f))) / sum);
      }
    }
    __builtin_unreachable();
  }

  COSTRISK_FN Processes<L> processes() const { return {path_, state_.factor_rows}; }
  COSTRISK_FN HistoryReader<L> reader(int history) const {
    return {path_, path_.parameters.histories[history], state_.histories[history]};
  }

  COSTRISK_STAGE void advance_factor(int f, const WorldTile<L>& tile) {
    const FactorParameters& factor = path_.parameters.factors[f];
    F* row = state_.factor_rows + f * tile_steps;
    processes().each_four(factor.process, state_.factor_x[f], tile, [&](int first, const F(&x)[4]) COSTRISK_INLINE {
      unrolled<4>([&](int j) COSTRISK_INLINE { row[first + j] = x[j]; });
    });
    if (factor.shock < 0) return;
    const I bits = Renewal<L>(path_, path_.parameters.renewals[factor.shock], state_.renewals[f]).advance(tile);
    for (int k = 0; k < tile.end - tile.start; ++k)
      row[k] = row[k] + select(test(bits, bit_of<I>(k)), F(factor.shock_size), F(0.0f));
  }

  COSTRISK_STAGE void advance_multiplier(const MultiplierParameters& multiplier, const WorldTile<L>& tile) {
    F* row = tile.row(multiplier.slot);
    for (int k = 0; k < tile.end - tile.start; ++k) {
      F exponent(multiplier.drift);
      for (int i = 0; i < multiplier.loadings.count; ++i) {
        const LoadingParameters& loading = path_.parameters.loadings[multiplier.loadings.first + i];
        exponent = fma(F(loading.beta), state_.factor_rows[loading.factor * tile_steps + k], exponent);
      }
      row[k] = exponential(exponent);
    }
  }

  COSTRISK_STAGE void advance_capacity(const CapacityParameters& capacity, CapacityState<L>& state,
                                       const WorldTile<L>& tile, CapacityBits<L>& bits) {
    if (capacity.source >= 0) {
      bits = tile.capacities[capacity.source];
      return;
    }
    if (capacity.history >= 0) return read_capacity(capacity, tile, bits);
    CapacityCycles<L> cycles(path_, capacity, state, state_.factor_rows);
    if (tile.start == 0) cycles.begin();
    cycles.advance(tile, bits);
  }

  /// Bits and depth of a measured capacity.
  COSTRISK_FN void read_capacity(const CapacityParameters& capacity, const WorldTile<L>& tile, CapacityBits<L>& bits) {
    HistoryReader<L> history = reader(capacity.history);
    F* depth = capacity.depth_slot < 0 ? nullptr : tile.row(capacity.depth_slot);
    F* least = capacity.least_slot < 0 ? nullptr : tile.row(capacity.least_slot);
    const HistoryLossParameters* losses = path_.parameters.history_losses + capacity.losses.first;
    I up(0), unbroken(0), lost(0);
    history.each_step(tile.end - tile.start, [&](int k, I position) {
      const I word = history.capacity_state(position), bit = bit_of<I>(k);
      up = up | select(test(word, I(history_up)), bit, I(0));
      unbroken = unbroken | select(test(word, I(history_unbroken)), bit, I(0));
      if (depth) depth[k] = history.value(position);
      if (least) least[k] = history.least(position);
      for (int i = 0; i < capacity.losses.count; ++i) {
        const F loss = history.loss(losses[i], position);
        tile.row(losses[i].slot)[k] = loss;
        lost = lost | select(loss > F(0.0f), bit, I(0));
      }
    });
    bits.up = up;
    bits.unbroken = unbroken;
    bits.lost = lost;
  }

  COSTRISK_STAGE void advance_repricing(const RepricingParameters& repricing, RepricingState<L>& state,
                                        const WorldTile<L>& tile) {
    if (tile.start == 0) {
      const F gap = F(repricing.mean_gap) * unit_exponential(path_.philox.event(repricing.stream, I(0)).word[0]);
      state.next = Instant<L>{I(0), F(0.0f)}.plus(bounded_sojourn(gap));
      state.multiplier = F(1.0f);
      state.ordinal = I(1);
    }
    F* row = tile.row(repricing.slot);
    const int steps = tile.end - tile.start;
    for (int k = 0; k < steps; ++k) row[k] = state.multiplier;
    for (int turn = 0;; ++turn) {
      const M due = state.next.step < I(tile.end);
      if (!any(due)) break;
      if (turn == event_limit) {
        path_.fail(due, status_event_loop);
        break;
      }
      const F drawn = path_.event_value(path_.parameters.event_laws[repricing.multiplier], state.ordinal);
      const F gap =
          F(repricing.mean_gap) * unit_exponential(path_.philox.event(repricing.stream, state.ordinal).word[0]);
      const F multiplier = state.multiplier * drawn;
      const I from = position_in(tile, state.next);
      for (int k = 0; k < steps; ++k) row[k] = select(due & (from <= I(k)), multiplier, row[k]);
      state.multiplier = select(due, multiplier, state.multiplier);
      state.next = select<L>(due, state.next.plus(bounded_sojourn(gap)), state.next);
      state.ordinal = select(due, add(state.ordinal, I(1)), state.ordinal);
    }
    F* sums = tile.row(repricing.sum_slot);
    sums[0] = F(0.0f);
    sums[base_place] = row[0];
    for (int k = 0; k < steps; ++k) sums[k + 1] = sums[k] + (row[k] - row[0]);
  }

  COSTRISK_STAGE void advance_price(const PriceParameters& price, F& state, const WorldTile<L>& tile) {
    F* row = tile.row(price.slot);
    F* sums = tile.row(price.sum_slot);
    const F* repricing = price.repricing < 0 ? nullptr : tile.row(path_.parameters.repricings[price.repricing].slot);
    F sum(0.0f), base(0.0f);
    sums[0] = sum;
    const auto put = [&](int k, F capped) COSTRISK_INLINE {
      const F listed = repricing ? capped * repricing[k] : capped;
      row[k] = listed;
      if (k == 0) base = listed;
      sum = sum + (listed - base);
      sums[k + 1] = sum;
    };
    if (price.history >= 0) {
      HistoryReader<L> history = reader(price.history);
      history.each_step(tile.end - tile.start, [&](int k, I position) { put(k, history.value(position)); });
    } else {
      const F mean = path_.law(price.mean), cap(price.cap);
      const F volatility(price.process.volatility * log2_of_e), drift(price.process.drift * log2_of_e);
      const Processes<L> processes = this->processes();
      processes.each_four(price.process, state, tile, [&](int first, F(&x)[4]) COSTRISK_INLINE {
        processes.mix(price.process.mixture, first, x);
        unrolled<4>([&](int j) COSTRISK_INLINE {
          put(first + j, min(cap, mean * power_of_two(fma(volatility, x[j], drift))));
        });
      });
    }
    sums[base_place] = base;
  }

  PathContext<L>& path_;
  WorldState<L> state_;
};

}  // namespace costrisk
