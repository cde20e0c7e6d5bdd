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
  /// What is spent when n have spent theirs too.
  COSTRISK_FN F spend(F n, F spent) const { return fma(n, -log_rest_, spent); }

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

/// Binomial counts step after step, most of them 0: hazard is spent step by step, and only where more is spent than a
/// unit-exponential clock holds is anything drawn. Where instances are too many for one uniform nothing is spent, and
/// the count is drawn as it is; elsewhere one at least is struck where the clock runs out, and it begins anew.
template <class L>
class RareBinomials {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// @param rate hazard an instance and step, above 0
  /// @param clock unit exponential
  COSTRISK_FN void begin(F rate, F clock) {
    counts_.begin(rate);
    spent_ = F(0.0f);
    clock_ = clock;
  }
  /// What is spent counts from here on.
  COSTRISK_FN void begin_tile() {
    clock_ = clock_ - spent_;
    spent_ = F(0.0f);
  }

  /// How many are struck in the step at a place.
  /// @param words of(place) for the count and for the clock, further(place, 0), further(place, 1), …
  template <class Words>
  COSTRISK_FN F draw(F instances, I at, const Words& words) {
    const M many = instances > counts_.most_at_once();
    spent_ = select(many, spent_, counts_.spend(instances, spent_));
    const M runs_out = (!many) & (spent_ > clock_), draws = many | runs_out;
    if (!any(draws)) return F(0.0f);
    const PhiloxWords<L> drawn = words.of(at);
    const F strikes = struck(instances, many, runs_out, uniform(drawn.word[0]), at, words);
    clock_ = select(runs_out, spent_ + unit_exponential(drawn.word[1]), clock_);
    return select(draws, strikes, F(0.0f));
  }

  /// Likewise in each of the steps of a tile, for vectors: each lane takes its own next draw at once, so that they need
  /// not wait for one another's steps.
  /// @param instances [count], at most `bound`
  /// @param strike told of a place, how many are struck, and the lanes
  template <class Words, class Strike>
  COSTRISK_FN void draw(const F* instances, int count, F bound, Words words, Strike strike) {
    if (any(bound > counts_.most_at_once())) {
      for (int k = 0; k < count; ++k) strike(I(k), draw(instances[k], I(k), words), M(true));
      return;
    }
    F spent[tile_steps], total = spent_;
    for (int k = 0; k < count; ++k) spent[k] = total = counts_.spend(instances[k], total);
    spent_ = total;
    for (;;) {
      const M runs_out = total > clock_;
      if (!any(runs_out)) return;
      // What is spent never falls: the clock outlasts as many steps as leave it something.
      I at(0);
      for (int k = 0; k < count; ++k) at = select(spent[k] <= clock_, I(k + 1), at);
      at = select(runs_out, at, I(0));
      const PhiloxWords<L> drawn = words.of(at);
      const F n = L::gather_row(instances, at);
      strike(at, struck(n, M(false), runs_out, uniform(drawn.word[0]), at, words), runs_out);
      clock_ = select(runs_out, L::gather_row(spent, at) + unit_exponential(drawn.word[1]), clock_);
    }
  }

 private:
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
  F spent_;  ///< hazard, since the tile began
  F clock_;  ///< what may be spent until it runs out
};

}  // namespace costrisk
