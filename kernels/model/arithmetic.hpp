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

/// The position of the lowest bit set; 32 where none is.
template <class I>
COSTRISK_FN I first_set_bit(I bits) {
  const I lowest = bits & subtract(I(0), bits);
  const I exponent = subtract(shift_right_logical<23>(float_bits(to_float(lowest))) & I(0xFF), I(127));
  return select(lowest == I(0), I(32), exponent);
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

/// A sum of products use × price that keeps what rounding drops.
template <class L>
struct CompensatedSum {
  typename L::F sum, rest;

  COSTRISK_FN static CompensatedSum zero() { return {typename L::F(0.0f), typename L::F(0.0f)}; }
  COSTRISK_FN void add_product(typename L::F a, typename L::F b) {
    const auto product = a * b;
    const auto product_rest = fma(a, b, -product);
    // Knuth's two-sum: exact whichever of the two is larger.
    const auto total = sum + product;
    const auto added = total - sum;
    rest = rest + (((sum - (total - added)) + (product - added)) + product_rest);
    sum = total;
  }
};

}  // namespace costrisk
