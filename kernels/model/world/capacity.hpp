// Part of the world: a capacity that is up and down in turn, drawn cycle by cycle. A cycle is an up-run and the
// down-run after it.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/world/runs.hpp"

namespace costrisk {

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
class CapacityCycles {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// @param factor_rows [factor][tile step] of the tile
  COSTRISK_FN CapacityCycles(PathContext<L>& path, const CapacityParameters& capacity, CapacityState<L>& state,
                             const F* factor_rows)
      : path_(path), capacity_(capacity), s(state), factor_rows_(factor_rows) {}

  /// Stationary start: the state by its long-run share, the sojourn length-biased, what is left of it uniform.
  COSTRISK_FN void begin() {
    const PhiloxWords<L> words = path_.philox.event(capacity_.stream, I(0));
    const PhiloxWords<L> more = path_.philox.event(capacity_.stream, I(1));
    const F up_mean = path_.law(capacity_.up.mean), down_mean = path_.law(capacity_.down.mean);
    s.run.on = uniform(words.word[0]) * (up_mean + down_mean) < up_mean;
    const F x = path_.normal(words.word[1]);
    const F length = select(s.run.on, biased_length(capacity_.up, x), biased_length(capacity_.down, x));
    s.run.end = Instant<L>{I(0), F(0.0f)}.plus(bounded_sojourn(length * uniform(words.word[2])));
    s.run.ordinal = I(2);
    s.next_down = drawn(capacity_.down, more.word[0]);
    for (DrawnCycle<L>& cycle : s.ahead) cycle = {F(0.0f), F(0.0f)};
    s.waiting = I(0);
    for (int i = 0; i < most_ahead; ++i) draw_ahead(I(2 + i));
    s.depth = capacity_.depth >= 0 ? draw_depth(I(0)) : F(0.0f);
    s.last_down = s.last_up = I(-1);
  }

  /// The tile's bits, and the rows of the depth, where that is limited, and of the losses, where someone asks.
  COSTRISK_FN void advance(const WorldTile<L>& tile, CapacityBits<L>& bits) {
    RunState<L> run = s.run;
    const bool has_depth = capacity_.depth >= 0;
    F* row = has_depth ? tile.row(capacity_.depth_slot) : nullptr;
    F* losses = capacity_.loss_slot < 0 ? nullptr : tile.row(capacity_.loss_slot);
    const int steps = tile.end - tile.start;
    if (has_depth)
      for (int k = 0; k < steps; ++k) row[k] = s.depth;
    if (losses)
      for (int k = 0; k < tile_steps; ++k) losses[k] = F(0.0f);

    const I start(tile.start);
    I up_bits = select(run.on, I(-1), I(0));
    // The last tile may have ended within a gap too short for any step to see.
    I inside_bits(0);
    I lost_bits = select(run.on & (s.last_down == start) & (s.last_up == start), I(1), I(0));
    // Each turn ends an up-run, then a down-run.
    for (int turn = 0;; ++turn) {
      const M ends = run.end.step < I(tile.end);
      if (!any(ends)) break;
      if (turn == event_limit) {
        path_.fail(ends, status_event_loop);
        break;
      }
      if (const M go_down = ends & run.on; any(go_down)) {
        const F length = length_from(capacity_.down, s.next_down, tile, run.end, go_down);
        const I first = position_in(tile, run.end);
        if (losses) note_loss(tile, go_down, run.end, up_bits, inside_bits, losses);
        up_bits = select(go_down, up_bits & low_bits(first), up_bits);
        s.last_down = select(go_down, add(first, start), s.last_down);
        run.end = select<L>(go_down, run.end.plus(length), run.end);
        run.on = run.on & (!go_down);
      }
      const M go_up = (!run.on) & (run.end.step < I(tile.end));
      if (!any(go_up)) break;
      const F length = length_from(capacity_.up, s.ahead[0].up, tile, run.end, go_up);
      const I first = position_in(tile, run.end);
      const I before = low_bits(first);
      up_bits = select(go_up, up_bits | (before ^ I(-1)), up_bits);
      // Down and up again between two step starts: whoever held an instance lost it.
      const M unseen = go_up & (s.last_down == add(first, start));
      lost_bits = select(unseen, lost_bits | (low_bits(add(first, I(1))) ^ before), lost_bits);
      s.last_up = select(go_up, add(first, start), s.last_up);
      if (has_depth) {
        const F depth = draw_depth(run.ordinal);
        s.depth = select(go_up, depth, s.depth);
        for (int k = 0; k < steps; ++k) row[k] = select(go_up & (first <= I(k)), depth, row[k]);
      }
      run.end = select<L>(go_up, run.end.plus(length), run.end);
      run.on = run.on | go_up;
      begin_cycle(go_up);
      run.ordinal = select(go_up, add(run.ordinal, I(1)), run.ordinal);
      if (any(s.waiting == I(0))) draw_ahead(add(run.ordinal, s.waiting));
    }
    s.run = run;
    bits.up = up_bits;
    bits.unbroken = up_bits & (lost_bits ^ I(-1));
    bits.lost = inside_bits;
  }

 private:
  static constexpr int most_ahead = CapacityState<L>::most_ahead;

  /// The first loss inside a step that began with capacity; who held it then has no other in that step.
  COSTRISK_FN static void note_loss(const WorldTile<L>& tile, M go_down, const Instant<L>& end, I up_bits,
                                    I& inside_bits, F* losses) {
    const I at = select(go_down, subtract(end.step, I(tile.start)), I(0));
    const I bit = add(low_bits(at), I(1));
    const M inside = go_down & is_inside_step(end) & test(up_bits & (inside_bits ^ I(-1)), bit);
    if (!any(inside)) return;
    inside_bits = select(inside, inside_bits | bit, inside_bits);
    L::add_to_row(losses, at, end.offset, inside);
  }

  // Sojourns

  COSTRISK_FN bool is_loaded() const { return capacity_.mixture.loadings.count > 0; }
  /// What of a sojourn is drawn ahead, as DrawnCycle says.
  COSTRISK_FN F drawn(const SojournParameters& sojourn, I word) const {
    const F normal = path_.normal(word);
    return is_loaded() ? normal : length_at(sojourn, F(capacity_.mixture.residual) * normal);
  }
  /// The length of what is drawn, of the lanes `where`, whose sojourn begins at an instant of the tile.
  COSTRISK_FN F length_from(const SojournParameters& sojourn, F drawn, const WorldTile<L>& tile,
                            const Instant<L>& begin, M where) const {
    if (!is_loaded()) return drawn;
    const I at = subtract(begin.step, I(tile.start));
    return length_at(sojourn, mixture(sojourn, select(where & (at > I(0)), at, I(0)), drawn));
  }
  COSTRISK_FN F length_at(const SojournParameters& sojourn, F z) const {
    return bounded_sojourn(path_.law(sojourn.mean) * F(sojourn.shift) * exponential(F(sojourn.sigma) * z));
  }
  /// Of the sojourn that the start falls into: a long one is met more often, in proportion to its length.
  COSTRISK_FN F biased_length(const SojournParameters& sojourn, F x) const {
    return path_.law(sojourn.mean) * F(sojourn.biased) * exponential(F(sojourn.sigma) * mixture(sojourn, I(0), x));
  }
  /// ±Σ β·F(step) + residual·x, each lane at a step of its own within the tile.
  COSTRISK_FN F mixture(const SojournParameters& sojourn, I tile_step, F x) const {
    F z = F(capacity_.mixture.residual) * x;
    for (int i = 0; i < capacity_.mixture.loadings.count; ++i) {
      const LoadingParameters& loading = path_.parameters.loadings[capacity_.mixture.loadings.first + i];
      z = fma(F(sojourn.loading * loading.beta), L::gather_row(factor_rows_ + loading.factor * tile_steps, tile_step),
              z);
    }
    return z;
  }
  COSTRISK_FN F draw_depth(I ordinal) const {
    return floor_snapped(path_.event_value(path_.parameters.event_laws[capacity_.depth], ordinal));
  }

  // Cycles that stand ready

  /// Takes the next one.
  COSTRISK_FN void begin_cycle(M where) {
    s.next_down = select(where, s.ahead[0].down, s.next_down);
    unrolled<most_ahead - 1>([&](int i) COSTRISK_INLINE {
      s.ahead[i].up = select(where, s.ahead[i + 1].up, s.ahead[i].up);
      s.ahead[i].down = select(where, s.ahead[i + 1].down, s.ahead[i].down);
    });
    s.waiting = select(where, subtract(s.waiting, I(1)), s.waiting);
  }
  /// Draws one more where there is room for it.
  COSTRISK_FN void draw_ahead(I ordinal) {
    const PhiloxWords<L> words = path_.philox.event(capacity_.stream, ordinal);
    const DrawnCycle<L> cycle = {drawn(capacity_.up, words.word[0]), drawn(capacity_.down, words.word[1])};
    unrolled<most_ahead>([&](int i) COSTRISK_INLINE {
      const M here = s.waiting == I(i);
      s.ahead[i].up = select(here, cycle.up, s.ahead[i].up);
      s.ahead[i].down = select(here, cycle.down, s.ahead[i].down);
    });
    s.waiting = select(s.waiting < I(most_ahead), add(s.waiting, I(1)), s.waiting);
  }

  PathContext<L>& path_;
  const CapacityParameters& capacity_;
  CapacityState<L>& s;
  const F* factor_rows_;
};

}  // namespace costrisk
