// Part of a service component: reclaims of single instances, which are replaced at once but missed for a while.
#pragma once

#include "kernels/model/draws.hpp"
#include "kernels/model/services/service_state.hpp"

namespace costrisk {

/// The random words of a pool's reclaims, from a step on.
template <class L>
struct ReclaimWords {
  using I = typename L::I;
  const PhiloxPath<L>& philox;
  std::uint32_t stream, further_stream;
  int step;

  COSTRISK_FN PhiloxWords<L> of(I place) const { return philox.event(stream, add(place, I(step + 1))); }
  /// A step has 32 further blocks of four words.
  COSTRISK_FN I further(I place, int part) const {
    static_assert(most_fleet / Binomial<L>::least_part <= 32 * 4);
    return philox.event(further_stream, add(shift_left<5>(add(place, I(step))), I(part / 4))).word[part % 4];
  }
};

/// Those of one pool of a fleet.
template <class L>
class PoolReclaims {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// @param multipliers [tile step] of the rate; null: 1
  COSTRISK_FN PoolReclaims(const PathContext<L>& path, const AutoscalerParameters& asks, const PoolParameters& pool,
                           PoolState<L>& state, const F* multipliers = nullptr)
      : path_(path), asks_(asks), pool_(pool), state_(state), multipliers_(multipliers) {}

  /// Whether a step draws anything, on some lane.
  COSTRISK_FN bool draws(F instances, F passed) const {
    return multipliers_ ? any(instances > F(0.0f)) : state_.reclaims.draws(instances, passed);
  }

  /// How many are struck in the absolute `step`, in instances of the first pool.
  /// @param instances,passed of the pool: in the step, and since the tile began with this step
  /// @param at the step within the tile
  COSTRISK_FN F draw(F instances, F passed, int step, int at = 0) const {
    if (multipliers_) return drawn(instances, multipliers_[at], I(0), words_from(step)) * state_.relative;
    return state_.reclaims.draw(instances, passed, I(0), words_from(step)) * state_.relative;
  }
  /// Adds those of `count` steps from the absolute step `first` on to their losses.
  /// @param passed [count + 1]: instance-steps of the pool since the tile began, before each step and after the last
  /// @param at the first step within the tile
  COSTRISK_STAGE void draw(const F* passed, int first, int count, F* losses, int at = 0) const {
    if (multipliers_) {
      for (int k = 0; k < count; ++k) {
        const F struck = drawn(passed[k + 1] - passed[k], multipliers_[at + k], I(k), words_from(first));
        losses[k] = fma(struck, state_.relative, losses[k]);
      }
      return;
    }
    // Of what is asked for a pool takes no more than this.
    const F most = min(F(pool_.most_instances), fma(F(asks_.most_instances), state_.inverse_relative, F(1.0f)));
    const auto strike = [&](I place, F struck, M where)
                            COSTRISK_INLINE { L::add_to_row(losses, place, struck * state_.relative, where); };
    state_.reclaims.draw(passed, count, most, words_from(first), strike);
  }

 private:
  /// How many of some instances are struck in a step at a rate of its own.
  COSTRISK_FN F drawn(F instances, F multiplier, I at, const ReclaimWords<L>& words) const {
    Binomial<L> counts;
    counts.begin(max(state_.reclaim_rate * multiplier, F(1e-12f)));
    return counts.draw(instances, uniform(words.of(at).word[0]),
                       [&](int part) COSTRISK_INLINE { return words.further(at, part); });
  }
  COSTRISK_FN ReclaimWords<L> words_from(int step) const {
    return {path_.philox, pool_.reclaim_stream, pool_.further_reclaims_stream, step};
  }

  const PathContext<L>& path_;
  const AutoscalerParameters& asks_;
  const PoolParameters& pool_;
  PoolState<L>& state_;
  const F* const multipliers_;
};

}  // namespace costrisk
