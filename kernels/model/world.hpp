// Stage 1, the world: everything exogenous, drawn once per path and lived through by every plan. Factors with
// their shocks, capacity, repricing, spot prices and demands, a tile of steps at a time.
//
// What happens at random instants (sojourns, shocks, repricings) is drawn event by event: in each turn every
// lane takes its own next event of the tile, so that lanes need not wait for one another's steps.
#pragma once

#include "kernels/model/arithmetic.hpp"
#include "kernels/model/draws.hpp"
#include "kernels/model/history.hpp"
#include "kernels/model/world_tile.hpp"

namespace costrisk {

/// Sojourns, in steps.
inline constexpr float shortest_sojourn = 0x1p-12f, longest_sojourn = 0x1p21f;

/// An alternation of runs: where the current run ends.
template <class L>
struct RunState {
  typename L::M on;
  Instant<L> end;
  typename L::I ordinal;  ///< of the next event's block
};

/// What is drawn of a cycle's two sojourns: with loadings a normal, which the factors at their begin add to; without,
/// the length.
template <class L>
struct DrawnCycle {
  typename L::F up, down;
};

template <class L>
struct CapacityState {
  /// Cycles that stand ready at most. A turn so seldom waits for the generator, and the lanes that need fewer cycles
  /// than the busiest have theirs drawn along with its.
  static constexpr int most_ahead = L::width > 1 ? 3 : 1;

  RunState<L> run;                   ///< its ordinal is the next cycle's
  typename L::F next_down;           ///< of the coming down-run, as in DrawnCycle
  DrawnCycle<L> ahead[most_ahead];   ///< the next cycle, and those after it
  typename L::I waiting;             ///< how many of them stand ready
  typename L::F depth;               ///< of the current up-run
  typename L::I last_down, last_up;  ///< first steps that saw the last changes
};

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

  /// sign · Σ β·F(step) + residual·x, each lane at a step of its own within the tile.
  COSTRISK_FN F mixture_where(const MixtureParameters& mixture, I tile_step, F x, float sign) const {
    F z = F(mixture.residual) * x;
    for (int i = 0; i < mixture.loadings.count; ++i) {
      const LoadingParameters& loading = path_.parameters.loadings[mixture.loadings.first + i];
      z = fma(F(sign * loading.beta), L::gather_row(state_.factor_rows + loading.factor * tile_steps, tile_step), z);
    }
    return z;
  }

  COSTRISK_FN HistoryReader<L> reader(int history) const {
    return {path_, path_.parameters.histories[history], state_.histories[history]};
  }

  COSTRISK_FN static F bounded(F steps) { return min(max(steps, F(shortest_sojourn)), F(longest_sojourn)); }

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
      state.end = Instant<L>{I(0), F(0.0f)}.plus(bounded(residual));
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
      bits = select(flips, bits ^ (low_bits(position(state.end, tile)) ^ I(-1)), bits);
      const Instant<L> next = state.end.plus(bounded(select(state.on, gap, length)));
      state.on = (flips & (!state.on)) | ((!flips) & state.on);
      state.end = select<L>(flips, next, state.end);
      state.ordinal = select(flips, add(state.ordinal, I(1)), state.ordinal);
    }
    return bits;
  }

  /// The first step at or after the instant, in the tile; 0 … tile_steps where it lies within.
  COSTRISK_FN static I position(const Instant<L>& instant, const WorldTile<L>& tile) {
    return subtract(instant.first_step(), I(tile.start));
  }

  /// The capacity's bits, and the row of its depth where that is limited.
  COSTRISK_STAGE void advance_capacity(const CapacityParameters& capacity, CapacityState<L>& state,
                                       const WorldTile<L>& tile, CapacityBits<L>& bits) {
    if (capacity.history >= 0) return read_capacity(capacity, tile, bits);
    if (tile.start == 0) begin_capacity(capacity, state);
    RunState<L> run = state.run;
    const bool has_depth = capacity.depth >= 0;
    F* row = has_depth ? tile.row(capacity.depth_slot) : nullptr;
    const int steps = tile.end - tile.start;
    if (has_depth)
      for (int k = 0; k < steps; ++k) row[k] = state.depth;

    const I start(tile.start);
    I up_bits = select(run.on, I(-1), I(0));
    // The last tile may have ended within a gap too short for any step to see.
    I lost_bits = select(run.on & (state.last_down == start) & (state.last_up == start), I(1), I(0));
    // Each turn ends an up-run, then a down-run.
    for (int turn = 0;; ++turn) {
      const M ends = run.end.step < I(tile.end);
      if (!any(ends)) break;
      if (turn == event_limit) {
        path_.fail(ends, status_event_loop);
        break;
      }
      if (const M go_down = ends & run.on; any(go_down)) {
        const F length = down_length(capacity, state.next_down, [&] { return inside(run.end, go_down, tile); });
        const I first = position(run.end, tile);
        up_bits = select(go_down, up_bits & low_bits(first), up_bits);
        state.last_down = select(go_down, add(first, start), state.last_down);
        run.end = select<L>(go_down, run.end.plus(length), run.end);
        run.on = run.on & (!go_down);
      }
      const M go_up = (!run.on) & (run.end.step < I(tile.end));
      if (!any(go_up)) break;
      const F length = up_length(capacity, state.ahead[0].up, [&] { return inside(run.end, go_up, tile); });
      const I first = position(run.end, tile);
      const I before = low_bits(first);
      up_bits = select(go_up, up_bits | (before ^ I(-1)), up_bits);
      // Down and up again between two step starts: whoever held an instance lost it.
      const M unseen = go_up & (state.last_down == add(first, start));
      lost_bits = select(unseen, lost_bits | (low_bits(add(first, I(1))) ^ before), lost_bits);
      state.last_up = select(go_up, add(first, start), state.last_up);
      if (has_depth) {
        const F depth = draw_depth(capacity, run.ordinal);
        state.depth = select(go_up, depth, state.depth);
        for (int k = 0; k < steps; ++k) row[k] = select(go_up & (first <= I(k)), depth, row[k]);
      }
      run.end = select<L>(go_up, run.end.plus(length), run.end);
      run.on = run.on | go_up;
      begin_cycle(state, go_up);
      run.ordinal = select(go_up, add(run.ordinal, I(1)), run.ordinal);
      if (any(state.waiting == I(0))) draw_ahead(capacity, state, add(run.ordinal, state.waiting));
    }
    state.run = run;
    bits.up = up_bits;
    bits.unbroken = up_bits & (lost_bits ^ I(-1));
  }

  /// The instant's step within the tile, of the lanes `where`; 0 elsewhere.
  COSTRISK_FN static I inside(const Instant<L>& instant, M where, const WorldTile<L>& tile) {
    const I at = subtract(instant.step, I(tile.start));
    return select(where & (at > I(0)), at, I(0));
  }

  // Sojourns. `drawn` is as DrawnCycle says; `tile_step()` where they begin.
  template <class TileStep>
  COSTRISK_FN F up_length(const CapacityParameters& capacity, F drawn, TileStep tile_step) const {
    if (capacity.mixture.loadings.count == 0) return drawn;
    return up_of(capacity, mixture_where(capacity.mixture, tile_step(), drawn, -1.0f));
  }
  template <class TileStep>
  COSTRISK_FN F down_length(const CapacityParameters& capacity, F drawn, TileStep tile_step) const {
    if (capacity.mixture.loadings.count == 0) return drawn;
    return down_of(capacity, mixture_where(capacity.mixture, tile_step(), drawn, 1.0f));
  }
  COSTRISK_FN F up_of(const CapacityParameters& capacity, F z) const {
    return bounded(path_.law(capacity.up_mean) * F(capacity.up_shift) * exponential(F(capacity.up_sigma) * z));
  }
  COSTRISK_FN F down_of(const CapacityParameters& capacity, F z) const {
    return bounded(path_.law(capacity.down_mean) * F(capacity.down_shift) * exponential(F(capacity.down_sigma) * z));
  }
  COSTRISK_FN F drawn_up(const CapacityParameters& capacity, I word) const {
    const F normal = path_.normal(word);
    return capacity.mixture.loadings.count > 0 ? normal : up_of(capacity, F(capacity.mixture.residual) * normal);
  }
  COSTRISK_FN F drawn_down(const CapacityParameters& capacity, I word) const {
    const F normal = path_.normal(word);
    return capacity.mixture.loadings.count > 0 ? normal : down_of(capacity, F(capacity.mixture.residual) * normal);
  }
  /// Takes the next cycle from those that wait.
  COSTRISK_FN static void begin_cycle(CapacityState<L>& state, M where) {
    constexpr int most = CapacityState<L>::most_ahead;
    state.next_down = select(where, state.ahead[0].down, state.next_down);
    unrolled<most - 1>([&](int i) COSTRISK_INLINE {
      state.ahead[i].up = select(where, state.ahead[i + 1].up, state.ahead[i].up);
      state.ahead[i].down = select(where, state.ahead[i + 1].down, state.ahead[i].down);
    });
    state.waiting = select(where, subtract(state.waiting, I(1)), state.waiting);
  }
  /// Draws one more cycle where there is room for it.
  COSTRISK_FN void draw_ahead(const CapacityParameters& capacity, CapacityState<L>& state, I ordinal) const {
    constexpr int most = CapacityState<L>::most_ahead;
    const PhiloxWords<L> words = path_.philox.event(capacity.stream, ordinal);
    const DrawnCycle<L> drawn = {drawn_up(capacity, words.word[0]), drawn_down(capacity, words.word[1])};
    unrolled<most>([&](int i) COSTRISK_INLINE {
      const M here = state.waiting == I(i);
      state.ahead[i].up = select(here, drawn.up, state.ahead[i].up);
      state.ahead[i].down = select(here, drawn.down, state.ahead[i].down);
    });
    state.waiting = select(state.waiting < I(most), add(state.waiting, I(1)), state.waiting);
  }

  /// The same of what was measured.
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

  COSTRISK_FN F draw_depth(const CapacityParameters& capacity, I ordinal) const {
    return ceil_snapped(path_.event_value(path_.parameters.event_laws[capacity.depth], ordinal));
  }

  /// Stationary start: the state by its long-run share, the sojourn length-biased, what is left of it uniform.
  COSTRISK_FN void begin_capacity(const CapacityParameters& capacity, CapacityState<L>& state) {
    const PhiloxWords<L> words = path_.philox.event(capacity.stream, I(0));
    const PhiloxWords<L> more = path_.philox.event(capacity.stream, I(1));
    const F up_mean = path_.law(capacity.up_mean), down_mean = path_.law(capacity.down_mean);
    state.run.on = uniform(words.word[0]) * (up_mean + down_mean) < up_mean;
    const F x = path_.normal(words.word[1]);
    const F up = up_mean * F(capacity.up_biased) *
                 exponential(F(capacity.up_sigma) * mixture_where(capacity.mixture, I(0), x, -1.0f));
    const F down = down_mean * F(capacity.down_biased) *
                   exponential(F(capacity.down_sigma) * mixture_where(capacity.mixture, I(0), x, 1.0f));
    const F residual = select(state.run.on, up, down) * uniform(words.word[2]);
    state.run.end = Instant<L>{I(0), F(0.0f)}.plus(bounded(residual));
    state.run.ordinal = I(2);
    state.next_down = drawn_down(capacity, more.word[0]);
    for (DrawnCycle<L>& cycle : state.ahead) cycle = {F(0.0f), F(0.0f)};
    state.waiting = I(0);
    for (int i = 0; i < CapacityState<L>::most_ahead; ++i) draw_ahead(capacity, state, I(2 + i));
    state.depth = capacity.depth >= 0 ? draw_depth(capacity, I(0)) : F(0.0f);
    state.last_down = state.last_up = I(-1);
  }

  COSTRISK_STAGE void advance_repricing(const RepricingParameters& repricing, RepricingState<L>& state,
                                        const WorldTile<L>& tile) {
    if (tile.start == 0) {
      const F gap = F(repricing.mean_gap) * unit_exponential(path_.philox.event(repricing.stream, I(0)).word[0]);
      state.next = Instant<L>{I(0), F(0.0f)}.plus(bounded(gap));
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
      const I from = position(state.next, tile);
      for (int k = 0; k < steps; ++k) row[k] = select(due & (from <= I(k)), multiplier, row[k]);
      state.multiplier = select(due, multiplier, state.multiplier);
      state.next = select<L>(due, state.next.plus(bounded(gap)), state.next);
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
