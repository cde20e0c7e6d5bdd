// Binomial counts by inversion of the distribution function, in parts that single precision can sum.
#pragma once

#include "kernels/math/elementary.hpp"
#include "kernels/math/variates.hpp"
#include "kernels/model/draws.hpp"
#include "kernels/model/tile.hpp"

namespace costrisk {

/// How many of n instances a step strikes, each with probability 1 − e^(−rate). The rate is a constant of the path.
template <class L>
class Binomial {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// Instances that one uniform serves at least, and at most.
  static constexpr int least_part = 32, most_part = 4096;

  /// @param rate hazard an instance and step, above 0
  COSTRISK_FN void begin(F rate) {
    const F kept = exponential(-rate);
    mirrored_ = kept < F(0.5f);
    const F share = select(mirrored_, kept, F(1.0f) - kept);
    // 1 − e^(−rate) loses digits where the rate is small; its series does not.
    const F small = rate * fma(rate, fma(rate, F(1.0f / 6.0f), F(-0.5f)), F(1.0f));
    share_ = select(rate < F(0.03f), small, share);
    log_rest_ = select(mirrored_, logarithm(max(F(1.0f) - share_, F(0.5f))), -rate);
    odds_ = share_ / (F(1.0f) - share_);
    most_ = max(floor(min(F(most_mean) / max(share_, F(1e-6f)), F(static_cast<float>(most_part)))), F(1.0f));
  }

  /// One uniform serves n·share ≤ 16; whoever has more draws again.
  /// @param u uniform
  /// @param next_word further random words: next_word(0), next_word(1), …
  template <class NextWord>
  COSTRISK_FN F draw(F n, F u, NextWord next_word) const {
    F rest = n, count(0.0f);
    for (int part = 0;; ++part) {
      const F size = min(rest, most_);
      count = count + invert(size, u);
      rest = rest - size;
      if (!any(rest > F(0.0f))) break;
      u = uniform(next_word(part));
    }
    return select(mirrored_, n - count, count);
  }

  /// Instances of which one uniform serves all, and is sure to count what is struck; 0: never.
  COSTRISK_FN F most_at_once() const { return select(mirrored_, F(0.0f), most_); }
  /// Of n ≤ most_at_once(): the probability that none is struck is e^(−hazard).
  COSTRISK_FN F hazard(F n) const { return n * -log_rest_; }

 private:
  static constexpr float most_mean = 16.0f;  ///< of one part: least_part at a share of ½

  /// The smallest count whose distribution function reaches u.
  COSTRISK_FN F invert(F n, F u) const {
    // The probability of none is at least 1 + n·ln(1 − share); below that, less a margin for rounding, there is none.
    const M some = (n > F(0.0f)) & (u > fma(n, log_rest_, F(1.0f - 0x1p-20f)));
    F count(0.0f);
    if (!any(some)) return count;
    F probability = exponential(n * log_rest_);
    F below = probability;
    const F mean = n * share_;
    // Beyond the mean the loop ends where what is left is too small to be told by a uniform.
    for (;;) {
      const M further = some & (u > below) & (count < n) & ((count < mean) | (probability > F(0x1p-28f)));
      if (!any(further)) return count;
      const F next = count + F(1.0f);
      const F ratio = odds_ * (n - count) / next;
      probability = select(further, probability * ratio, probability);
      below = select(further, below + probability, below);
      count = select(further, next, count);
    }
  }

  M mirrored_;  ///< counts those that are not struck
  F share_;     ///< probability of what is counted, at most ½
  F log_rest_;  ///< ln(1 − share)
  F odds_;      ///< share / (1 − share)
  F most_;      ///< instances a uniform serves
};

/// Binomial counts step after step, most of them 0: a clock stands for so many steps of instances as pass without a
/// strike, an exponential number of them, and only where it runs out is anything drawn; then one at least is struck,
/// and the clock begins anew. Where instances are too many for one uniform the clock stands, and the count is drawn as
/// it is.
template <class L>
class RareBinomials {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// @param rate hazard an instance and step, above 0
  /// @param exponential of unit mean
  COSTRISK_FN void begin(F rate, F exponential) {
    counts_.begin(rate);
    inverse_hazard_ = F(1.0f) / max(counts_.hazard(F(1.0f)), F(1e-30f));
    clock_ = exponential * inverse_hazard_;
  }
  /// Counts what passes from here on, which has been `passed` so far.
  COSTRISK_FN void begin_tile(F passed) { clock_ = clock_ - passed; }

  /// Whether a step draws anything, on some lane.
  /// @param instances whole number
  /// @param passed steps of instances since the tile began, with this step's
  COSTRISK_FN bool draws(F instances, F passed) const {
    return any((passed > clock_) | (instances > counts_.most_at_once()));
  }
  /// How many are struck in the step at a place.
  /// @param words of(place) for the count and for the clock, further(place, 0), further(place, 1), …
  template <class Words>
  COSTRISK_FN F draw(F instances, F passed, I at, const Words& words) {
    const M many = instances > counts_.most_at_once();
    clock_ = select(many, clock_ + instances, clock_);
    const M runs_out = (!many) & (passed > clock_);
    const PhiloxWords<L> drawn = words.of(at);
    const F strikes = struck(instances, many, runs_out, uniform(drawn.word[0]), at, words);
    clock_ = select(runs_out, passed + wound_up(drawn.word[1]), clock_);
    return select(many | runs_out, strikes, F(0.0f));
  }

  /// Likewise in each of some steps, for vectors: each lane takes its own next draw at once, so that they need not wait
  /// for one another's steps.
  /// @param passed [count + 1]: steps of instances since the tile began, before each step and after the last
  /// @param bound of the instances of a step
  /// @param strike told of a place, how many are struck, and the lanes
  template <class Words, class Strike>
  COSTRISK_FN void draw(const F* passed, int count, F bound, const Words& words, Strike strike) {
    if (any(bound > counts_.most_at_once())) return draw_one_by_one(passed, count, words, strike);
    for (;;) {
      const M runs_out = passed[count] > clock_;
      if (!any(runs_out)) return;
      // What has passed never falls: the clock outlasts as many steps as leave it something.
      I at(0);
      COSTRISK_UNROLL
      for (int k = 0; k < count; ++k) at = select(passed[k + 1] <= clock_, add(at, I(1)), at);
      at = select(runs_out, at, I(0));
      const PhiloxWords<L> drawn = words.of(at);
      const F before = L::gather_row(passed, at), after = L::gather_row(passed + 1, at);
      strike(at, struck(after - before, M(false), runs_out, uniform(drawn.word[0]), at, words), runs_out);
      clock_ = select(runs_out, after + wound_up(drawn.word[1]), clock_);
    }
  }

 private:
  template <class Words, class Strike>
  COSTRISK_RARE void draw_one_by_one(const F* passed, int count, const Words& words, Strike strike) {
    for (int k = 0; k < count; ++k) {
      const F instances = passed[k + 1] - passed[k];
      if (draws(instances, passed[k + 1])) strike(I(k), draw(instances, passed[k + 1], I(k), words), M(true));
    }
  }

  COSTRISK_FN F wound_up(I word) const { return unit_exponential(word) * inverse_hazard_; }

  /// How many of n are struck: any number where they are many, one at least where the clock runs out.
  template <class Words>
  COSTRISK_FN F struck(F n, M many, M runs_out, F u, I at, const Words& words) const {
    // Of one struck instance at least there are more with a chance below their mean number.
    const M more = many | (runs_out & (u > F(1.0f) - counts_.hazard(n)));
    return any(more) ? counted(select(more, n, F(0.0f)), many, u, at, words) : F(1.0f);
  }
  template <class Words>
  COSTRISK_RARE F counted(F n, M many, F u, I at, const Words& words) const {
    const F spared = exponential(-counts_.hazard(n));
    const F count = counts_.draw(n, select(many, u, fma(F(1.0f) - spared, u, spared)),
                                 [&](int part) COSTRISK_INLINE { return words.further(at, part); });
    return select(many, count, max(count, F(1.0f)));
  }

  Binomial<L> counts_;
  F inverse_hazard_;
  F clock_;  ///< steps of instances, from the tile's start on
};

}  // namespace costrisk
