// What a WebAssembly lane of four does in its own way, above all the fused multiply-add that the machine does not have.
#pragma once

#include <wasm_simd128.h>

#include <cstdint>
#include <cstring>

#include "kernels/lane/function.hpp"

namespace costrisk::wasm {

/// a·b + c, rounded once. The product of two floats is exact in double, so the sum in double is that of the exact value
/// rounded twice. That differs from once only where the first rounding comes to lie halfway between two floats: there
/// the double is moved by its last place toward what its rounding has left out (rounding to odd; Boldo and Melquiond,
/// "Emulation of FMA and correctly rounded sums", IEEE Transactions on Computers 57(4), 2008).
inline float fma_one(float a, float b, float c) {
  const double product = static_cast<double>(a) * b;
  double sum = product + c;
  std::uint64_t bits;
  std::memcpy(&bits, &sum, sizeof bits);
  constexpr std::uint64_t below_float = 0x1fffffff, half = 0x10000000;
  if ((bits & below_float) != half || (sum - product == c && sum - c == product)) return static_cast<float>(sum);
  const bool negative = bits >> 63;
  const double error = negative == (c > product) ? product - sum + c : c - sum + product;
  bits += negative == (error < 0) ? 1 : std::uint64_t(-1);
  std::memcpy(&sum, &bits, sizeof sum);
  return static_cast<float>(sum);
}

__attribute__((noinline, cold)) inline v128_t fma_one_by_one(v128_t a, v128_t b, v128_t c) {
  float x[4], y[4], z[4];
  wasm_v128_store(x, a);
  wasm_v128_store(y, b);
  wasm_v128_store(z, c);
  for (int i = 0; i < 4; ++i) z[i] = fma_one(x[i], y[i], z[i]);
  return wasm_v128_load(z);
}

/// The upper two of four floats as doubles.
COSTRISK_FN v128_t upper_as_doubles(v128_t a) {
  return wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(a, a, 2, 3, 2, 3));
}
COSTRISK_FN v128_t fma(v128_t a, v128_t b, v128_t c) {
  const v128_t low = wasm_f64x2_add(wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(a), wasm_f64x2_promote_low_f32x4(b)),
                                    wasm_f64x2_promote_low_f32x4(c));
  const v128_t high = wasm_f64x2_add(wasm_f64x2_mul(upper_as_doubles(a), upper_as_doubles(b)), upper_as_doubles(c));
  const v128_t low_words = wasm_i32x4_shuffle(low, high, 0, 2, 4, 6);
  const v128_t halfway =
      wasm_i32x4_eq(wasm_v128_and(low_words, wasm_i32x4_splat(0x1fffffff)), wasm_i32x4_splat(0x10000000));
  if (__builtin_expect(wasm_v128_any_true(halfway), 0)) return fma_one_by_one(a, b, c);
  return wasm_i32x4_shuffle(wasm_f32x4_demote_f64x2_zero(low), wasm_f32x4_demote_f64x2_zero(high), 0, 1, 4, 5);
}

/// 2^count − 1 in each element; all bits where count is 32.
COSTRISK_FN v128_t low_bits(v128_t count) {
  std::uint32_t bits[4];
  wasm_v128_store(bits, count);
  for (std::uint32_t& n : bits) n = n >= 32 ? 0xFFFFFFFFu : (1u << n) - 1u;
  return wasm_v128_load(bits);
}

}  // namespace costrisk::wasm
