// From random words to variates: uniform, exponential and normal, one word each, and the normal
// distribution function.
#pragma once

#include <type_traits>

#include "kernels/lane/scalar.hpp"
#include "kernels/math/elementary.hpp"
#include "kernels/math/normal_table.hpp"

namespace costrisk {

/// Uniform strictly inside (0, 1): odd multiples of 2^-31, rounded to float.
template <class I>
COSTRISK_FN auto uniform(I word) {
  auto a = to_float(shift_right_logical<1>(word) | I(1));
  return min(a * decltype(a)(0x1p-31f), decltype(a)(0x1.fffffep-1f));
}

/// Unit exponential, at most 21.5.
template <class I>
COSTRISK_FN auto unit_exponential(I word) {
  return -logarithm(uniform(word));
}

/// Standard normal by the inverse distribution function: the top bit is the sign, the other 31 bits,
/// made odd, are the tail probability in units of 2^-32. The octave picks a polynomial, the mantissa is
/// its argument. Absolute error below 4e-6; |x| ≤ 6.24. `coefficient(power, octave)` reads the table.
template <class I, class Coefficient>
COSTRISK_FN auto normal_of(I word, const Coefficient& coefficient) {
  const I bits = float_bits(to_float(and_or(word, I(0x7FFFFFFF), I(1))));
  const I octave = shift_right_logical<23>(bits);
  const auto mantissa = bits_float(and_or(bits, I(0x007FFFFF), I(0x3F800000)));
  using F = std::remove_const_t<decltype(mantissa)>;
  const F t = mantissa - F(1.5f);
  F x = coefficient(5, octave);
  for (int power = 4; power >= 0; --power) x = fma(x, t, coefficient(power, octave));
  return bits_float(float_bits(x) ^ (word & I(static_cast<std::int32_t>(0x80000000u))));
}

/// Likewise, from the whole table.
template <class I>
COSTRISK_FN auto standard_normal(I word, const NormalTable& table) {
  return normal_of(word,
                   [&](int power, I octave) COSTRISK_INLINE { return lookup32(table.coefficient[power], octave); });
}

/// The normals of four words.
template <class I, class F>
COSTRISK_FN void standard_normals(const I (&words)[4], const NormalTable& table, F (&normals)[4]) {
  // All but one tail in 2^14 lie in the upper half of the table, which is all that a register holds.
  const I octaves_of_upper_half(0x7FFE0000);
  constexpr bool is_vector = sizeof(I) > sizeof(std::int32_t);
  const auto in_upper_half = [&](int j) COSTRISK_INLINE { return test(words[j], octaves_of_upper_half); };
  if (is_vector && !any(!(in_upper_half(0) & in_upper_half(1) & in_upper_half(2) & in_upper_half(3)))) {
    unrolled<4>([&](int j) COSTRISK_INLINE {
      normals[j] = normal_of(words[j], [&](int power, I octave)
                                           COSTRISK_INLINE { return lookup16(table.coefficient[power] + 16, octave); });
    });
  } else {
    unrolled<4>([&](int j) COSTRISK_INLINE { normals[j] = standard_normal(words[j], table); });
  }
}

/// Φ(z): relative error below 3e-6 in the lower tail down to z = -9, where z² is rounded before it is
/// raised, absolute below 2.2e-7 elsewhere; strictly inside (0, 1).
template <class F>
COSTRISK_FN F normal_distribution(F z) {
  const F x = min(abs(z), F(12.0f));
  const F t = F(3.0f) / (x + F(3.0f)) - F(0.6f);
  F p = F(-0x1.c63ffcp-6f);
  p = fma(p, t, F(0x1.376760p-8f));
  p = fma(p, t, F(0x1.d5568ap-5f));
  p = fma(p, t, F(-0x1.b2e00cp-6f));
  p = fma(p, t, F(-0x1.ecb77ap-4f));
  p = fma(p, t, F(0x1.67865ep-5f));
  p = fma(p, t, F(0x1.98213cp-2f));
  p = fma(p, t, F(0x1.37a58ap-1f));
  p = fma(p, t, F(0x1.0baeeep-1f));
  p = fma(p, t, F(0x1.5845dcp-3f));
  const F tail = p * exponential(F(-0.5f) * x * x);
  return select(z < F(0.0f), tail, min(F(1.0f) - tail, F(0x1.fffffep-1f)));
}

}  // namespace costrisk
