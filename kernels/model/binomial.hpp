// Binomial counts by inversion of the distribution function, in parts that single precision can sum.
#pragma once

#include "kernels/math/elementary.hpp"
#include "kernels/math/variates.hpp"
#include "kernels/model/draws.hpp"

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
  /// The logarithm of the probability that none of n ≤ most_at_once() is struck.
  COSTRISK_FN F log_none(F n) const { return n * log_rest_; }

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

/// Binomial counts step after step, most of them 0: a unit-exponential clock is spent at the rate that one at least is
/// struck, so that only steps in which it runs out draw anything.
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
    clock_ = clock;
  }

  /// Spends what the clock loses in steps with these instances, if it outlasts them all on every lane.
  template <int count>
  COSTRISK_FN bool pass(const F (&instances)[count]) {
    F clock = clock_, most(0.0f);
    unrolled<count>([&](int k) COSTRISK_INLINE {
      clock = clock + counts_.log_none(instances[k]);
      most = max(most, instances[k]);
    });
    if (any((clock < F(0.0f)) | (most > counts_.most_at_once()))) return false;
    clock_ = clock;
    return true;
  }

  /// How many are struck in each of the steps. Where instances are too many for one uniform the clock stands, and the
  /// count is drawn as it is; elsewhere one at least is struck where the clock runs out, and it begins anew. Each lane
  /// takes its own next draw at once, so that they need not wait for one another's steps.
  /// @param words those of a step, by its place among these: for the count, for the clock
  /// @param next_word likewise, further words
  template <int count, class Words, class NextWord>
  COSTRISK_FN void draw(const F (&instances)[count], F (&struck)[count], Words words, NextWord next_word) {
    unrolled<count>([&](int k) COSTRISK_INLINE { struck[k] = F(0.0f); });
    I from(0);
    for (;;) {
      M draws(false);
      I at(0);
      F n(0.0f);
      unrolled<count>([&](int k) COSTRISK_INLINE {
        const F spent = clock_ + counts_.log_none(instances[k]);
        const M passes = (from <= I(k)) & (!draws);
        const M stops = passes & ((instances[k] > counts_.most_at_once()) | (spent < F(0.0f)));
        clock_ = select(passes & (!stops), spent, clock_);
        n = select(stops, instances[k], n);
        at = select(stops, I(k), at);
        draws = draws | stops;
      });
      if (!any(draws)) return;
      const M runs_out = draws & (n <= counts_.most_at_once());
      const PhiloxWords<L> drawn = words(at);
      const F u = uniform(drawn.word[0]), without = exponential(counts_.log_none(n));
      const F counted = counts_.draw(n, select(runs_out, fma(F(1.0f) - without, u, without), u),
                                     [&](int part) COSTRISK_INLINE { return next_word(at, part); });
      const F strikes = select(runs_out, max(counted, F(1.0f)), counted);
      unrolled<count>([&](int k) COSTRISK_INLINE { struck[k] = select(draws & (at == I(k)), strikes, struck[k]); });
      clock_ = select(runs_out, unit_exponential(drawn.word[1]), clock_);
      from = select(draws, add(at, I(1)), I(count));
    }
  }

 private:
  Binomial<L> counts_;
  F clock_;
};

}  // namespace costrisk
