// Small rules that the whole model follows: ties, instants, money.
#pragma once

#include "kernels/lane/scalar.hpp"
#include "kernels/model/parameters.hpp"

namespace costrisk {

/// Times within 2^-10 step of a whole step are that step.
inline constexpr float time_tolerance = 0x1p-10f;

/// The nearest whole number where x is within max(2^-20·|it|, tolerance) of it, else x.
template <class F>
COSTRISK_FN F snap(F x, float tolerance) {
  const F nearest = rint(x);
  return select(abs(x - nearest) <= max(abs(nearest) * F(0x1p-20f), F(tolerance)), nearest, x);
}

/// ⌈snap(x, 0)⌉ and ⌊snap(x, 0)⌋: the nearest whole number, or the next.
template <class F>
COSTRISK_FN F ceil_snapped(F x) {
  const F nearest = rint(x);
  return select(x - nearest > abs(nearest) * F(0x1p-20f), nearest + F(1.0f), nearest);
}
template <class F>
COSTRISK_FN F floor_snapped(F x) {
  const F nearest = rint(x);
  return select(nearest - x > abs(nearest) * F(0x1p-20f), nearest - F(1.0f), nearest);
}

/// An instant on lanes: whole steps and a fraction in [0, 1).
template <class L>
struct Instant {
  typename L::I step;
  typename L::F offset;

  /// The first step that starts at or after the instant.
  COSTRISK_FN typename L::I first_step() const {
    using I = typename L::I;
    return select(offset > typename L::F(time_tolerance), add(step, I(1)), step);
  }
  /// This instant and `steps` later; steps within [0, 2^22].
  COSTRISK_FN Instant plus(typename L::F steps) const {
    const auto total = offset + steps;
    const auto whole = floor(total);
    return {add(step, to_int(whole)), total - whole};
  }
  /// Steps from `other` to this.
  COSTRISK_FN typename L::F since(const Instant& other) const {
    return to_float(subtract(step, other.step)) + (offset - other.offset);
  }
};

/// Whether an instant lies between two step starts, and on neither.
template <class L>
COSTRISK_FN typename L::M is_inside_step(const Instant<L>& instant) {
  using F = typename L::F;
  return (instant.offset > F(time_tolerance)) & (instant.offset < F(1.0f - time_tolerance));
}

/// The instant so much earlier.
template <class L>
COSTRISK_FN Instant<L> minus(const Instant<L>& a, StepTime b) {
  const auto total = a.offset - typename L::F(b.offset);
  const auto whole = floor(total);
  return {add(subtract(a.step, typename L::I(b.step)), to_int(whole)), total - whole};
}
/// The instant so many steps earlier, of 0 to 2^22.
template <class L>
COSTRISK_FN Instant<L> minus(const Instant<L>& a, typename L::F steps) {
  const auto total = a.offset - min(steps, typename L::F(0x1p22f));
  const auto whole = floor(total);
  return {add(a.step, to_int(whole)), total - whole};
}

template <class L>
COSTRISK_FN Instant<L> select(typename L::M m, const Instant<L>& a, const Instant<L>& b) {
  return {select(m, a.step, b.step), select(m, a.offset, b.offset)};
}

/// Whole currency units and millionths of one, to be joined in 64 bits.
template <class L>
struct Amount {
  typename L::I units, micros;

  COSTRISK_FN static Amount zero() { return {typename L::I(0), typename L::I(0)}; }
  COSTRISK_FN void add_where(typename L::M m, const Amount& other) {
    using I = typename L::I;
    units = add(units, select(m, other.units, I(0)));
    micros = add(micros, select(m, other.micros, I(0)));
  }
};

/// The most currency that one close may take.
inline constexpr float largest_close = 0x1p30f;

/// Rounds `value + error` currency to micro-units, to nearest even; `rest` receives what the rounding left.
/// `error` is small against the value; a value beyond ±largest_close is clamped there.
template <class L>
COSTRISK_FN Amount<L> to_amount(typename L::F value, typename L::F error, typename L::F& rest) {
  using F = typename L::F;
  value = min(max(value, F(-largest_close)), F(largest_close));
  const F whole = rint(value);
  const F fraction = (value - whole) + error;
  const F micros = rint(fraction * F(1e6f));
  rest = fma(micros, F(-1e-6f), fraction);
  return {to_int(whole), to_int(micros)};
}

template <class L>
COSTRISK_FN Amount<L> to_amount(typename L::F value) {
  typename L::F rest;
  return to_amount<L>(value, typename L::F(0.0f), rest);
}

/// Adds amounts to 64-bit totals, one a lane.
template <class L>
COSTRISK_FN void accumulate(std::int64_t* totals, const Amount<L>& amount) {
  std::int32_t units[L::width], micros[L::width];
  L::store(amount.units, units);
  L::store(amount.micros, micros);
  for (int lane = 0; lane < L::width; ++lane)
    totals[lane] += std::int64_t{units[lane]} * micros_per_unit + micros[lane];
}

template <class L>
COSTRISK_FN void accumulate_where(std::int64_t* totals, typename L::M where, const Amount<L>& amount) {
  using I = typename L::I;
  accumulate<L>(totals, {select(where, amount.units, I(0)), select(where, amount.micros, I(0))});
}

/// A sum of products use × price that keeps what rounding drops.
template <class L>
struct CompensatedSum {
  using F = typename L::F;
  F sum, rest;

  COSTRISK_FN static CompensatedSum zero() { return {F(0.0f), F(0.0f)}; }
  COSTRISK_FN void add(F value) { rest = rest + add_rounded(value); }
  /// Adds value + error, the error small against the value.
  COSTRISK_FN void add(F value, F error) { rest = rest + (add_rounded(value) + error); }
  COSTRISK_FN void add_product(F a, F b) {
    const F product = a * b;
    add(product, fma(a, b, -product));
  }
  /// The sum times `money` as an amount; `carry` is what rounding left before and leaves now, in currency.
  COSTRISK_FN Amount<L> amount(Pair money, F& carry) const {
    const F value = sum * F(money.high);
    const F error = fma(sum, F(money.high), -value) + fma(sum, F(money.low), fma(rest, F(money.high), carry));
    return to_amount<L>(value, error, carry);
  }

 private:
  /// Returns what the sum did not take of the value, by Knuth's two-sum: exact whichever of the two is larger.
  COSTRISK_FN F add_rounded(F value) {
    const F total = sum + value;
    const F added = total - sum;
    const F dropped = (sum - (total - added)) + (value - added);
    sum = total;
    return dropped;
  }
};

/// A total of many amounts, one a lane. The latest wait in 32 bits, so that few of them need to be joined in 64.
template <class L>
struct Account {
  using I = typename L::I;

  Amount<L> pending;
  typename L::F carry;  ///< currency that rounding left
  std::int64_t closed[L::width];

  COSTRISK_FN void clear() {
    pending = Amount<L>::zero();
    carry = typename L::F(0.0f);
    for (int lane = 0; lane < L::width; ++lane) closed[lane] = 0;
  }
  /// Adds sum · money.
  COSTRISK_FN void add_money(const CompensatedSum<L>& sum, Pair money) {
    const Amount<L> amount = sum.amount(money, carry);
    pending.units = add(pending.units, amount.units);
    pending.micros = add(pending.micros, amount.micros);
    // Half a word is left for the next amount: one bit is beyond [−2^29, 2^29), moved to [0, 2^30).
    const I moved = add(pending.units, I(1 << 29)) | add(pending.micros, I(1 << 29));
    if (any(test(moved, I(static_cast<std::int32_t>(0xC0000000u))))) close();
  }
  COSTRISK_FN void close() {
    accumulate<L>(closed, pending);
    pending = Amount<L>::zero();
  }
  /// Adds to `totals` what the account would hold after sum · money more.
  COSTRISK_FN void add_to(std::int64_t* totals, const CompensatedSum<L>& sum, Pair money) const {
    typename L::F carried = carry;
    accumulate<L>(totals, sum.amount(money, carried));
    add_to(totals);
  }
  /// Adds to `totals` what the account holds.
  COSTRISK_FN void add_to(std::int64_t* totals) const {
    accumulate<L>(totals, pending);
    for (int lane = 0; lane < L::width; ++lane) totals[lane] += closed[lane];
  }
};

}  // namespace costrisk
