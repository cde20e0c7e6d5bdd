// A lane of one number: the reference, and a CUDA thread. The functions here are the whole vocabulary
// of the model; lane/simd.hpp gives the same words to vectors.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/lane/function.hpp"

namespace costrisk {

COSTRISK_FN float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
COSTRISK_FN float sqrt(float a) { return __builtin_sqrtf(a); }
COSTRISK_FN float rint(float a) { return __builtin_rintf(a); }
COSTRISK_FN float floor(float a) { return __builtin_floorf(a); }
COSTRISK_FN float ceil(float a) { return __builtin_ceilf(a); }
COSTRISK_FN float abs(float a) { return __builtin_fabsf(a); }
/// The second argument where the comparison is false: the same bits for equal zeros on every backend.
COSTRISK_FN float min(float a, float b) { return a < b ? a : b; }
COSTRISK_FN float max(float a, float b) { return a > b ? a : b; }
/// The number within ±limit that is nearest to a.
COSTRISK_FN float clamp(float a, float limit) { return min(max(a, -limit), limit); }
COSTRISK_FN float select(bool m, float a, float b) { return m ? a : b; }
COSTRISK_FN std::int32_t select(bool m, std::int32_t a, std::int32_t b) { return m ? a : b; }
COSTRISK_FN bool any(bool m) { return m; }
/// The nearest integer, ties to even; the argument lies within ±2^30.
COSTRISK_FN std::int32_t to_int(float a) { return static_cast<std::int32_t>(rint(a)); }
COSTRISK_FN float to_float(std::int32_t a) { return static_cast<float>(a); }
COSTRISK_FN std::int32_t float_bits(float a) {
  std::int32_t b;
  std::memcpy(&b, &a, sizeof b);
  return b;
}
COSTRISK_FN float bits_float(std::int32_t a) {
  float b;
  std::memcpy(&b, &a, sizeof b);
  return b;
}
COSTRISK_FN std::int32_t as_int(std::uint32_t a) { return static_cast<std::int32_t>(a); }
COSTRISK_FN std::uint32_t as_uint(std::int32_t a) { return static_cast<std::uint32_t>(a); }
template <int N>
COSTRISK_FN std::int32_t shift_left(std::int32_t a) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) << N);
}
template <int N>
COSTRISK_FN std::int32_t shift_right_logical(std::int32_t a) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) >> N);
}
template <int N>
COSTRISK_FN std::int32_t shift_right(std::int32_t a) {
  return a >> N;
}
/// Integer sum and product, modulo 2^32.
COSTRISK_FN std::int32_t add(std::int32_t a, std::int32_t b) { return as_int(as_uint(a) + as_uint(b)); }
COSTRISK_FN std::int32_t subtract(std::int32_t a, std::int32_t b) { return as_int(as_uint(a) - as_uint(b)); }
COSTRISK_FN std::int32_t multiply(std::int32_t a, std::int32_t b) { return as_int(as_uint(a) * as_uint(b)); }
/// The lowest `count` bits set, count in [0, 32].
COSTRISK_FN std::int32_t low_bits(std::int32_t count) {
  return as_uint(count) >= 32u ? -1 : as_int((std::uint32_t{1} << count) - 1u);
}
/// The bits of `a` that are in `mask`, and those of b.
COSTRISK_FN std::int32_t and_or(std::int32_t a, std::int32_t mask, std::int32_t b) { return (a & mask) | b; }
COSTRISK_FN std::int32_t exclusive_or(std::int32_t a, std::int32_t b, std::int32_t c) { return a ^ b ^ c; }
/// Whether the two have a bit in common.
COSTRISK_FN bool test(std::int32_t a, std::int32_t b) { return (a & b) != 0; }
/// The position of the lowest bit set; 32 where none is.
COSTRISK_FN std::int32_t first_set_bit(std::int32_t bits) {
#if defined(__CUDA_ARCH__)
  return bits == 0 ? 32 : __ffs(bits) - 1;
#else
  return bits == 0 ? 32 : __builtin_ctz(as_uint(bits));
#endif
}
/// table[index & 31]
COSTRISK_FN float lookup32(const float* table, std::int32_t index) { return table[index & 31]; }

/// table[index & 15]
COSTRISK_FN float lookup16(const float* table, std::int32_t index) { return table[index & 15]; }

/// A 32-bit word in the low half of 64 bits; the high half is free. What multiplication by halves wants.
COSTRISK_FN std::uint64_t widen(std::int32_t a) { return as_uint(a); }
COSTRISK_FN std::int32_t narrow(std::uint64_t a) { return as_int(static_cast<std::uint32_t>(a)); }
/// The word in the high half.
COSTRISK_FN std::int32_t narrow_high(std::uint64_t a) { return as_int(static_cast<std::uint32_t>(a >> 32)); }
/// The 64-bit product of the low halves.
COSTRISK_FN std::uint64_t product(std::uint64_t a, std::uint32_t b) {
#if defined(__CUDA_ARCH__)
  // One instruction; the compiler makes of the product below one of 64-bit numbers, a sixth more for a Philox block.
  std::uint64_t wide;
  asm("mul.wide.u32 %0, %1, %2;" : "=l"(wide) : "r"(static_cast<std::uint32_t>(a)), "r"(b));
  return wide;
#else
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) * b;
#endif
}
COSTRISK_FN std::uint64_t high_half(std::uint64_t a) { return a >> 32; }
COSTRISK_FN std::uint64_t exclusive_or(std::uint64_t a, std::uint64_t b) { return a ^ b; }
COSTRISK_FN std::uint64_t exclusive_or(std::uint64_t a, std::uint64_t b, std::uint64_t c) { return a ^ b ^ c; }

/// `Build` tells apart the instantiations that are compiled with different instruction sets.
template <int Build>
struct ScalarLane {
  using F = float;
  using I = std::int32_t;
  using M = bool;
  using X = std::uint64_t;
  static constexpr int width = 1;

  COSTRISK_FN static I lane_index() { return 0; }
  /// rows[index][this lane], where a row holds one number a lane.
  COSTRISK_FN static F gather_row(const F* rows, I index) { return rows[index]; }
  /// table[index], the same table for all lanes.
  COSTRISK_FN static F gather(const float* table, I index) { return table[index]; }
  COSTRISK_FN static I gather(const std::int32_t* table, I index) { return table[index]; }
  /// Adds to rows[index][this lane] where `where`; the index is valid elsewhere too.
  COSTRISK_FN static void add_to_row(F* rows, I index, F value, M where) {
    rows[index] = select(where, rows[index] + value, rows[index]);
  }
  COSTRISK_FN static void store(F a, float* p) { *p = a; }
  COSTRISK_FN static void store(I a, std::int32_t* p) { *p = a; }
};

}  // namespace costrisk
