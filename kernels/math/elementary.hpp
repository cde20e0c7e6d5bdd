// exp and log in float32 from + - × fma alone, so that every backend gives the same bits. Minimax
// polynomials fitted for this project.
#pragma once

#include "kernels/lane/scalar.hpp"

namespace costrisk {

inline constexpr float log2_of_e = 1.44269504f;  ///< e^x is 2^(log2_of_e·x)

/// e^x for x in [-87, 87], clamped outside; relative error below 2.5e-7.
template <class F>
COSTRISK_FN F exponential(F x) {
  x = clamp(x, 87.0f);
  // A number this large has no places after the point: the sum's last bits are the nearest whole number.
  const F large(0x1.8p23f);
  const F sum = fma(x, F(log2_of_e), large);
  const F n = sum - large;
  F r = fma(n, F(-0.693359375f), x);
  r = fma(n, F(2.12194440e-4f), r);
  F p = F(0x1.0fe474p-7f);
  p = fma(p, r, F(0x1.575eeep-5f));
  p = fma(p, r, F(0x1.555a1cp-3f));
  p = fma(p, r, F(0x1.fffd1ap-2f));
  p = fma(p, r, F(0x1.fffff6p-1f));
  p = fma(p, r, F(0x1.000002p+0f));
  return bits_float(add(float_bits(p), shift_left<23>(float_bits(sum))));
}

/// 2^x for x in [-126, 126], clamped outside; relative error below 2e-7. Cheaper than e^x where log2_of_e is multiplied
/// into constants.
template <class F>
COSTRISK_FN F power_of_two(F x) {
  x = clamp(x, 126.0f);
  const F large(0x1.8p23f);
  const F sum = x + large;
  const F f = x - (sum - large);
  F p = F(0x1.5bba34p-10f);
  p = fma(p, f, F(0x1.3cea98p-7f));
  p = fma(p, f, F(0x1.c6b754p-5f));
  p = fma(p, f, F(0x1.ebf9bcp-3f));
  p = fma(p, f, F(0x1.62e42ap-1f));
  p = fma(p, f, F(1.0f));
  return bits_float(add(float_bits(p), shift_left<23>(float_bits(sum))));
}

/// ln x for normal x > 0; absolute error below 1e-7 + 6e-8·|ln x|.
template <class F>
COSTRISK_FN F logarithm(F x) {
  const auto offset = subtract(float_bits(x), decltype(float_bits(x))(0x3F3504F3));
  const F e = to_float(shift_right<23>(offset));
  const F f = bits_float(add(offset & decltype(offset)(0x007FFFFF), decltype(offset)(0x3F3504F3))) - F(1.0f);
  F p = F(-0x1.53f884p-4f);
  p = fma(p, f, F(0x1.0613ecp-3f));
  p = fma(p, f, F(-0x1.0918fcp-3f));
  p = fma(p, f, F(0x1.229f42p-3f));
  p = fma(p, f, F(-0x1.54db9ep-3f));
  p = fma(p, f, F(0x1.99a368p-3f));
  p = fma(p, f, F(-0x1.0000bcp-2f));
  p = fma(p, f, F(0x1.555550p-2f));
  const F square = f * f;
  F y = fma(p * f, square, e * F(-2.12194440e-4f));
  y = fma(F(-0.5f), square, y) + f;
  return fma(e, F(0.693359375f), y);
}

}  // namespace costrisk
