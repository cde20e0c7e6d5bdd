// Extremes over sliding windows, three operations a step whatever the window's length (van Herk 1992; Gil and
// Werman 1993): blocks as long as the window, prefixes of the current block, suffixes of the one before. Windows of
// up to four steps are looked through instead.
#pragma once

#include "kernels/lane/function.hpp"
#include "kernels/model/services/service_parameters.hpp"

namespace costrisk {

enum class Extreme { least, most };

/// The largest or smallest of the values of steps k − w … k. A window of w whole steps and a fraction lies between
/// those of w and w + 1 steps, linearly. Before the first step the values are as in it.
template <class L, Extreme kind>
class SlidingExtreme {
  using F = typename L::F;

 public:
  /// What a window remembers between tiles, beside its block of whole + 1 values.
  struct State {
    F prefix, previous;
  };
  COSTRISK_FN static int block_length(const WindowParameters& window) { return window.whole + 1; }

  /// @param step the next step, from 0
  COSTRISK_FN SlidingExtreme(const WindowParameters& window, F* block, const State& state, int step)
      : length_(block_length(window)),
        fraction_(window.fraction),
        block_(block),
        state_(state),
        is_first_(step == 0),
        place_(step % length_) {}
  COSTRISK_FN const State& state() const { return state_; }

  /// The extremes with the values of the next steps in.
  template <int count>
  COSTRISK_FN void push(const F (&values)[count], F (&extremes)[count]) {
    F longer[count];
    push(values, extremes, longer);
    if (fraction_ <= 0.0f) return;
    unrolled<count>([&](int k)
                        COSTRISK_INLINE { extremes[k] = fma(F(fraction_), longer[k] - extremes[k], extremes[k]); });
  }
  /// Those over w and over w + 1 steps; the latter only where the window has a fraction.
  template <int count>
  COSTRISK_FN void push(const F (&values)[count], F (&shorter)[count], F (&longer)[count]) {
    switch (length_) {
      case 1:
        return push_short<0>(values, shorter, longer);
      case 2:
        return push_short<1>(values, shorter, longer);
      case 3:
        return push_short<2>(values, shorter, longer);
      case 4:
        return push_short<3>(values, shorter, longer);
      default:
        unrolled<count>([&](int k) COSTRISK_INLINE { push_long(values[k], shorter[k], longer[k]); });
    }
  }

 private:
  /// Short windows are looked through. Their block holds the last `whole` values, the oldest first.
  template <int whole, int count>
  COSTRISK_FN void push_short(const F (&values)[count], F (&shorter)[count], F (&longer)[count]) {
    if (whole == 0 && fraction_ <= 0.0f) {
      unrolled<count>([&](int k) COSTRISK_INLINE { shorter[k] = longer[k] = values[k]; });
      return;
    }
    F all[whole + count];
    unrolled<whole>([&](int j) COSTRISK_INLINE { all[j] = is_first_ ? values[0] : block_[j]; });
    unrolled<count>([&](int k) COSTRISK_INLINE { all[whole + k] = values[k]; });
    F previous = is_first_ ? values[0] : state_.previous;
    unrolled<count>([&](int k) COSTRISK_INLINE {
      shorter[k] = all[k];
      for (int j = 1; j <= whole; ++j) shorter[k] = extreme(shorter[k], all[k + j]);
      longer[k] = extreme(values[k], previous);
      previous = shorter[k];
    });
    unrolled<whole>([&](int j) COSTRISK_INLINE { block_[j] = all[count + j]; });
    state_.previous = previous;
    is_first_ = false;
  }

  COSTRISK_FN void push_long(F value, F& shorter, F& longer) {
    if (is_first_) {
      for (int i = 0; i < length_; ++i) block_[i] = value;
      state_.prefix = state_.previous = value;
      is_first_ = false;
    }
    if (place_ == 0) {
      for (int i = length_ - 2; i > 0; --i) block_[i] = extreme(block_[i], block_[i + 1]);
      state_.prefix = value;
    } else {
      state_.prefix = extreme(state_.prefix, value);
    }
    block_[place_] = value;
    if (++place_ == length_) place_ = 0;
    shorter = place_ > 0 ? extreme(state_.prefix, block_[place_]) : state_.prefix;
    longer = extreme(value, state_.previous);
    state_.previous = shorter;
  }

  COSTRISK_FN static F extreme(F a, F b) { return kind == Extreme::most ? max(a, b) : min(a, b); }

  const int length_;
  const float fraction_;
  F* block_;
  State state_;
  bool is_first_;
  int place_;  ///< of the next value in the block
};

}  // namespace costrisk
