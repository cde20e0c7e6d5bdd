// Stage 1, the world: everything exogenous, drawn once per path and lived through by every plan. Factors with
// their shocks, capacity, repricing, spot prices and demands, a tile of steps at a time.
//
// What happens at random instants (sojourns, shocks, repricings) is drawn event by event: in each turn every
// lane takes its own next event of the tile, so that lanes need not wait for one another's steps.
#pragma once

#include "kernels/model/capacity.hpp"
#include "kernels/model/history.hpp"
#include "kernels/model/world_tile.hpp"

namespace costrisk {

template <class L>
struct RepricingState {
  Instant<L> next;
  typename L::F multiplier;
  typename L::I ordinal;
};

template <class L>
struct DemandState {
  typename L::F level;  ///< requests a second before profile, growth, noise and bursts: base and changes
  typename L::F noise_x;
  RunState<L> bursts;
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
    for (int i = 0; i < p.capacity_count; ++i)
      advance_capacity(p.capacities[i], state_.capacities[i], tile, tile.capacities[i]);
    for (int i = 0; i < p.repricing_count; ++i) advance_repricing(p.repricings[i], state_.repricings[i], tile);
    for (int i = 0; i < p.price_count; ++i) advance_price(p.prices[i], state_.price_x[i], tile);
    for (int d = 0; d < p.demand_count; ++d) advance_demand(p.demands[d], state_.demands[d], tile);
  }

 private:
  COSTRISK_FN static F transformed(const LawParameters& law, F value) {
    if (law.kind == LawKind::constant || law.transform == Transform::identity) return value;
    if (law.transform == Transform::reciprocal) return F(law.factor) / value;
    // ln(1 + x): what rounding 1 + x left counts too.
    const F sum = F(1.0f) + value;
    return F(law.factor) * (logarithm(sum) + (value - (sum - F(1.0f))) / sum);
  }

  /// Four steps of the tile at a time, in registers: `body(first, values)` with the process's values from step `first`
  /// on. Beyond a shorter tile's end come up to three more: nothing reads them, and what they are made from may be
  /// rubbish.
  template <class Body>
  COSTRISK_FN void each_four(const ProcessParameters& process, F& state, const WorldTile<L>& tile, Body body) {
    const PhiloxStream<L> stream(path_.philox, process.stream);
    const F b(process.b), minus_c(-process.c);
    F x = state;
    for (int first = 0; first < tile.end - tile.start; first += 4) {
      F values[4];
      path_.normals(stream.block(static_cast<std::uint32_t>((tile.start + first) / 4)).word, values);
      unrolled<4>([&](int j) COSTRISK_INLINE {
        const bool is_start = j == 0 && tile.start + first == 0;
        values[j] = x = is_start ? values[j] : fma(b, values[j], fma(minus_c, x, x));
      });
      body(first, values);
    }
    state = x;
  }

  /// Σ β·F(step) + residual·x of four steps from `first` on, the same for all lanes; in place of x.
  COSTRISK_FN void mix(const MixtureParameters& mixture, int first, F (&x)[4]) const {
    if (mixture.loadings.count == 0 && mixture.residual == 1.0f) return;
    const F residual(mixture.residual);
    unrolled<4>([&](int j) COSTRISK_INLINE { x[j] = residual * x[j]; });
    for (int i = 0; i < mixture.loadings.count; ++i) {
      const LoadingParameters& loading = path_.parameters.loadings[mixture.loadings.first + i];
      const F beta(loading.beta), *row = state_.factor_rows + loading.factor * tile_steps + first;
      unrolled<4>([&](int j) COSTRISK_INLINE { x[j] = fma(beta, row[j], x[j]); });
    }
  }

  COSTRISK_FN HistoryReader<L> reader(int history) const {
    return {path_, path_.parameters.histories[history], state_.histories[history]};
  }

  COSTRISK_STAGE void advance_factor(int f, const WorldTile<L>& tile) {
    const FactorParameters& factor = path_.parameters.factors[f];
    F* row = state_.factor_rows + f * tile_steps;
    each_four(factor.process, state_.factor_x[f], tile, [&](int first, const F(&x)[4]) COSTRISK_INLINE {
      unrolled<4>([&](int j) COSTRISK_INLINE { row[first + j] = x[j]; });
    });
    if (factor.shock < 0) return;
    const I bits = advance_renewal(path_.parameters.renewals[factor.shock], state_.renewals[f], tile);
    for (int k = 0; k < tile.end - tile.start; ++k)
      row[k] = row[k] + select(test(bits, I(static_cast<std::int32_t>(1u << k))), F(factor.shock_size), F(0.0f));
  }

  /// On/off renewal from a stationary start; returns a bit for each step of the tile that is on.
  COSTRISK_FN I advance_renewal(const RenewalParameters& renewal, RunState<L>& state, const WorldTile<L>& tile) {
    if (tile.start == 0) {
      const PhiloxWords<L> words = path_.philox.event(renewal.stream, I(0));
      state.on = uniform(words.word[0]) < F(renewal.on_share);
      const F biased = F(renewal.biased_median) * exponential(F(renewal.sigma) * path_.normal(words.word[1]));
      const F residual =
          select(state.on, biased * uniform(words.word[2]), F(renewal.mean_gap) * unit_exponential(words.word[3]));
      state.end = Instant<L>{I(0), F(0.0f)}.plus(bounded_sojourn(residual));
      state.ordinal = I(1);
    }
    I bits = select(state.on, I(-1), I(0));
    for (int turn = 0;; ++turn) {
      const M flips = state.end.step < I(tile.end);
      if (!any(flips)) break;
      if (turn == event_limit) {
        path_.fail(flips, status_event_loop);
        break;
      }
      const PhiloxWords<L> words = path_.philox.event(renewal.stream, state.ordinal);
      const F length = F(renewal.median_length) * exponential(F(renewal.sigma) * path_.normal(words.word[0]));
      const F gap = F(renewal.mean_gap) * unit_exponential(words.word[1]);
      bits = select(flips, bits ^ (low_bits(position_in(tile, state.end)) ^ I(-1)), bits);
      const Instant<L> next = state.end.plus(bounded_sojourn(select(state.on, gap, length)));
      state.on = (flips & (!state.on)) | ((!flips) & state.on);
      state.end = select<L>(flips, next, state.end);
      state.ordinal = select(flips, add(state.ordinal, I(1)), state.ordinal);
    }
    return bits;
  }

  COSTRISK_STAGE void advance_capacity(const CapacityParameters& capacity, CapacityState<L>& state,
                                       const WorldTile<L>& tile, CapacityBits<L>& bits) {
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
    I up(0), unbroken(0);
    history.each_step(tile.end - tile.start, [&](int k, I position) {
      const I word = history.capacity_state(position), bit(static_cast<std::int32_t>(1u << k));
      up = up | select(test(word, I(history_up)), bit, I(0));
      unbroken = unbroken | select(test(word, I(history_unbroken)), bit, I(0));
      if (depth) depth[k] = history.value(position);
      if (least) least[k] = history.least(position);
    });
    bits.up = up;
    bits.unbroken = unbroken;
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
      each_four(price.process, state, tile, [&](int first, F(&x)[4]) COSTRISK_INLINE {
        mix(price.process.mixture, first, x);
        unrolled<4>([&](int j) COSTRISK_INLINE {
          put(first + j, min(cap, mean * power_of_two(fma(volatility, x[j], drift))));
        });
      });
    }
    sums[base_place] = base;
  }

  COSTRISK_STAGE void advance_demand(const DemandParameters& demand, DemandState<L>& state, const WorldTile<L>& tile) {
    const Parameters& p = path_.parameters;
    F* row = tile.row(demand.slot);
    const int steps = tile.end - tile.start;
    const I bursts = demand.bursts < 0 ? I(0) : advance_renewal(p.renewals[demand.bursts], state.bursts, tile);
    const bool is_bursting = any(!(bursts == I(0))), is_measured = demand.history >= 0;
    if (is_measured) {
      HistoryReader<L> history = reader(demand.history);
      history.each_step(steps, [&](int k, I position) { row[k] = history.value(position); });
    }
    bool changes = false;
    for (int i = demand.changes.first; i < demand.changes.first + demand.changes.count; ++i)
      changes = changes || (p.changes[i].step >= tile.start && p.changes[i].step < tile.end);
    const float* profile = p.profiles + demand.profile.first;
    int place = tile.start % demand.profile.count;
    F level = state.level;
    CompensatedSum<L> sum = CompensatedSum<L>::zero();
    // What the steps from `first` on ask for; noise and growth of each are a factor.
    const auto put = [&](int first, const F(&factors)[4]) COSTRISK_INLINE {
      F values[4];
      unrolled<4>([&](int j) COSTRISK_INLINE {
        const int k = first + j;
        if (changes) level = changed(demand, level, tile.start + k);
        F value = level * F(profile[place]);
        place = place + 1 == demand.profile.count ? 0 : place + 1;
        if (is_measured) value = value * row[k];
        value = value * factors[j];
        if (is_bursting) {
          const I bit(static_cast<std::int32_t>(1u << k));
          value = value * select(test(bursts, bit), F(demand.burst_multiplier), F(1.0f));
        }
        row[k] = values[j] = value;
      });
      if (first + 4 <= steps)
        unrolled<4>([&](int j) COSTRISK_INLINE { sum.add(values[j]); });
      else
        for (int k = first; k < steps; ++k) sum.add(row[k]);
    };
    const bool grows = demand.log_growth >= 0;
    const F log2_growth = grows ? path_.law(demand.log_growth) * F(log2_of_e) : F(0.0f);
    const float log2_drift = demand.has_noise ? demand.noise.drift * log2_of_e : 0.0f;
    // log2 of growth and drift of the steps from `first` on.
    const auto trends = [&](int first, F(&trend)[4]) COSTRISK_INLINE {
      const F at_first = fma(log2_growth, F(static_cast<float>(tile.start + first)), F(log2_drift));
      unrolled<4>([&](int j) COSTRISK_INLINE { trend[j] = fma(log2_growth, F(static_cast<float>(j)), at_first); });
    };
    if (demand.has_noise) {
      const F volatility(demand.noise.volatility * log2_of_e);
      each_four(demand.noise, state.noise_x, tile, [&](int first, F(&x)[4]) COSTRISK_INLINE {
        F trend[4];
        trends(first, trend);
        mix(demand.noise.mixture, first, x);
        unrolled<4>([&](int j) COSTRISK_INLINE { x[j] = power_of_two(fma(volatility, x[j], trend[j])); });
        put(first, x);
      });
    } else {
      for (int first = 0; first < steps; first += 4) {
        F x[4];
        trends(first, x);
        unrolled<4>([&](int j) COSTRISK_INLINE { x[j] = grows ? power_of_two(x[j]) : F(1.0f); });
        put(first, x);
      }
    }
    state.level = level;
    row[demand_sum_place] = sum.sum;
    row[demand_rest_place] = sum.rest;
  }

  /// The level after the changes that come at the step.
  COSTRISK_FN F changed(const DemandParameters& demand, F level, int step) const {
    for (int i = demand.changes.first; i < demand.changes.first + demand.changes.count; ++i)
      if (path_.parameters.changes[i].step == step) level = level * state_.changes[i];
    return level;
  }

  PathContext<L>& path_;
  WorldState<L> state_;
};

}  // namespace costrisk
