// A lane of many numbers: one Highway vector of the instruction set this file is compiled for, a path in
// each element. The same words as lane/scalar.hpp.
#pragma once

#include <hwy/highway.h>

#include <cstdint>
#include <type_traits>

#include "kernels/lane/function.hpp"
#if HWY_TARGET == HWY_WASM
#include "kernels/lane/simd_wasm.hpp"
#endif

namespace costrisk {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;
using IntTag = hn::ScalableTag<std::int32_t>;
using UintTag = hn::ScalableTag<std::uint32_t>;
using WideTag = hn::ScalableTag<std::uint64_t>;
using FloatVec = hn::Vec<FloatTag>;
using IntVec = hn::Vec<IntTag>;
using WideVec = hn::Vec<WideTag>;
using MaskVec = hn::Mask<FloatTag>;

struct Float {
  FloatVec v;
  Float() = default;
  COSTRISK_FN Float(FloatVec a) : v(a) {}
  COSTRISK_FN Float(float a) : v(hn::Set(FloatTag(), a)) {}
};
struct Int {
  IntVec v;
  Int() = default;
  COSTRISK_FN Int(IntVec a) : v(a) {}
  COSTRISK_FN Int(std::int32_t a) : v(hn::Set(IntTag(), a)) {}
};
struct Mask {
  MaskVec v;
  Mask() = default;
  COSTRISK_FN Mask(MaskVec a) : v(a) {}
  COSTRISK_FN Mask(bool a) : v(hn::RebindMask(FloatTag(), hn::MaskFromVec(hn::Set(IntTag(), a ? -1 : 0)))) {}
};
/// A register's words in two vectors of 64-bit elements: even lanes, odd lanes.
struct Wide {
  WideVec even, odd;
  Wide() = default;
  COSTRISK_FN Wide(WideVec e, WideVec o) : even(e), odd(o) {}
  COSTRISK_FN Wide(std::uint64_t a) : even(hn::Set(WideTag(), a)), odd(even) {}
};

COSTRISK_FN Float operator+(Float a, Float b) { return hn::Add(a.v, b.v); }
COSTRISK_FN Float operator-(Float a, Float b) { return hn::Sub(a.v, b.v); }
COSTRISK_FN Float operator*(Float a, Float b) { return hn::Mul(a.v, b.v); }
COSTRISK_FN Float operator/(Float a, Float b) { return hn::Div(a.v, b.v); }
COSTRISK_FN Float operator-(Float a) { return hn::Neg(a.v); }
COSTRISK_FN Float fma(Float a, Float b, Float c) {
#if HWY_TARGET == HWY_WASM
  return FloatVec{(__f32x4)wasm::fma((v128_t)a.v.raw, (v128_t)b.v.raw, (v128_t)c.v.raw)};
#else
  return hn::MulAdd(a.v, b.v, c.v);
#endif
}
COSTRISK_FN Float sqrt(Float a) { return hn::Sqrt(a.v); }
COSTRISK_FN Float rint(Float a) { return hn::Round(a.v); }
COSTRISK_FN Float floor(Float a) { return hn::Floor(a.v); }
COSTRISK_FN Float ceil(Float a) { return hn::Ceil(a.v); }
COSTRISK_FN Float abs(Float a) { return hn::Abs(a.v); }
#if HWY_TARGET == HWY_WASM
// As a comparison has it, so that zeros keep their signs: its own min looks at them.
COSTRISK_FN Float min(Float a, Float b) { return FloatVec{(__f32x4)wasm_f32x4_pmin((v128_t)b.v.raw, (v128_t)a.v.raw)}; }
COSTRISK_FN Float max(Float a, Float b) { return FloatVec{(__f32x4)wasm_f32x4_pmax((v128_t)b.v.raw, (v128_t)a.v.raw)}; }
#else
COSTRISK_FN Float min(Float a, Float b) { return hn::Min(a.v, b.v); }
COSTRISK_FN Float max(Float a, Float b) { return hn::Max(a.v, b.v); }
#endif
COSTRISK_FN Float clamp(Float a, float limit) {
#if HWY_TARGET <= HWY_AVX3
  return FloatVec{_mm512_range_ps(a.v.raw, Float(limit).v.raw, 0b0010)};  // the lesser magnitude, the sign of a
#else
  return min(max(a, Float(-limit)), Float(limit));
#endif
}
COSTRISK_FN Mask operator<(Float a, Float b) { return hn::Lt(a.v, b.v); }
COSTRISK_FN Mask operator>(Float a, Float b) { return hn::Gt(a.v, b.v); }
COSTRISK_FN Mask operator<=(Float a, Float b) { return hn::Le(a.v, b.v); }
COSTRISK_FN Mask operator>=(Float a, Float b) { return hn::Ge(a.v, b.v); }

/// Within its domain, without what Highway adds for numbers beyond it.
COSTRISK_FN Int to_int(Float a) {
#if HWY_TARGET <= HWY_AVX3
  return IntVec{_mm512_cvtps_epi32(a.v.raw)};
#elif HWY_TARGET == HWY_WASM
  return hn::ConvertTo(IntTag(), hn::Round(a.v));
#else
  return IntVec{_mm256_cvtps_epi32(a.v.raw)};
#endif
}
COSTRISK_FN Float to_float(Int a) { return hn::ConvertTo(FloatTag(), a.v); }
COSTRISK_FN Int float_bits(Float a) { return hn::BitCast(IntTag(), a.v); }
COSTRISK_FN Float bits_float(Int a) { return hn::BitCast(FloatTag(), a.v); }
COSTRISK_FN Int add(Int a, Int b) { return hn::Add(a.v, b.v); }
COSTRISK_FN Int subtract(Int a, Int b) { return hn::Sub(a.v, b.v); }
COSTRISK_FN Int multiply(Int a, Int b) { return hn::Mul(a.v, b.v); }
COSTRISK_FN Int operator&(Int a, Int b) { return hn::And(a.v, b.v); }
COSTRISK_FN Int operator|(Int a, Int b) { return hn::Or(a.v, b.v); }
COSTRISK_FN Int operator^(Int a, Int b) { return hn::Xor(a.v, b.v); }
COSTRISK_FN Int and_or(Int a, Int mask, Int b) { return hn::OrAnd(b.v, a.v, mask.v); }
COSTRISK_FN Int exclusive_or(Int a, Int b, Int c) { return hn::Xor3(a.v, b.v, c.v); }
COSTRISK_FN Mask operator==(Int a, Int b) { return hn::RebindMask(FloatTag(), hn::Eq(a.v, b.v)); }
COSTRISK_FN Mask operator<(Int a, Int b) { return hn::RebindMask(FloatTag(), hn::Lt(a.v, b.v)); }
COSTRISK_FN Mask operator>(Int a, Int b) { return hn::RebindMask(FloatTag(), hn::Gt(a.v, b.v)); }
COSTRISK_FN Mask operator<=(Int a, Int b) { return hn::RebindMask(FloatTag(), hn::Not(hn::Gt(a.v, b.v))); }
COSTRISK_FN Mask operator>=(Int a, Int b) { return hn::RebindMask(FloatTag(), hn::Not(hn::Lt(a.v, b.v))); }
template <int N>
COSTRISK_FN Int shift_left(Int a) {
  return hn::ShiftLeft<N>(a.v);
}
template <int N>
COSTRISK_FN Int shift_right(Int a) {
  return hn::ShiftRight<N>(a.v);
}
template <int N>
COSTRISK_FN Int shift_right_logical(Int a) {
  return hn::BitCast(IntTag(), hn::ShiftRight<N>(hn::BitCast(UintTag(), a.v)));
}
COSTRISK_FN Int low_bits(Int count) {
#if HWY_TARGET == HWY_WASM
  return IntVec{(__i32x4)wasm::low_bits((v128_t)count.v.raw)};
#else
  const auto one = hn::Set(UintTag(), 1);
  return hn::BitCast(IntTag(), hn::Sub(hn::Shl(one, hn::BitCast(UintTag(), count.v)), one));
#endif
}

COSTRISK_FN Mask operator&(Mask a, Mask b) { return hn::And(a.v, b.v); }
COSTRISK_FN Mask operator|(Mask a, Mask b) { return hn::Or(a.v, b.v); }
COSTRISK_FN Mask operator!(Mask a) { return hn::Not(a.v); }
COSTRISK_FN bool any(Mask m) { return !hn::AllFalse(FloatTag(), m.v); }
COSTRISK_FN Float select(Mask m, Float a, Float b) { return hn::IfThenElse(m.v, a.v, b.v); }
COSTRISK_FN Int select(Mask m, Int a, Int b) { return hn::IfThenElse(hn::RebindMask(IntTag(), m.v), a.v, b.v); }
COSTRISK_FN Mask test(Int a, Int b) {
#if HWY_TARGET <= HWY_AVX3
  return MaskVec{_mm512_test_epi32_mask(a.v.raw, b.v.raw)};
#else
  return !((a & b) == Int(0));
#endif
}
/// The position of the lowest bit set; 32 where none is.
COSTRISK_FN Int first_set_bit(Int bits) {
#if HWY_TARGET <= HWY_AVX3
  const Int below = hn::AndNot(bits.v, subtract(bits, Int(1)).v);
  return subtract(Int(32), IntVec{_mm512_lzcnt_epi32(below.v.raw)});
#else
  // The exponent of the lowest bit as a float; the sign of 2^31 does not matter.
  const Int lowest = bits & subtract(Int(0), bits);
  const Int exponent = subtract(shift_right_logical<23>(float_bits(to_float(lowest))) & Int(0xFF), Int(127));
  return select(lowest == Int(0), Int(32), exponent);
#endif
}
COSTRISK_FN Float lookup32(const float* table, Int index) {
#if HWY_TARGET <= HWY_AVX3
  return FloatVec{_mm512_permutex2var_ps(_mm512_load_ps(table), index.v.raw, _mm512_load_ps(table + 16))};
#elif HWY_TARGET == HWY_WASM
  return hn::GatherIndex(FloatTag(), table, hn::And(index.v, hn::Set(IntTag(), 31)));
#else
  // Each quarter of the table by the index's low three bits, then one of the four by the two above them.
  const auto quarter = [&](int i) { return _mm256_permutevar8x32_ps(_mm256_load_ps(table + 8 * i), index.v.raw); };
  const __m256 bit3 = _mm256_castsi256_ps(_mm256_slli_epi32(index.v.raw, 28));
  const __m256 bit4 = _mm256_castsi256_ps(_mm256_slli_epi32(index.v.raw, 27));
  return FloatVec{_mm256_blendv_ps(_mm256_blendv_ps(quarter(0), quarter(1), bit3),
                                   _mm256_blendv_ps(quarter(2), quarter(3), bit3), bit4)};
#endif
}

COSTRISK_FN Float lookup16(const float* table, Int index) {
#if HWY_TARGET <= HWY_AVX3
  return FloatVec{_mm512_permutexvar_ps(index.v.raw, _mm512_load_ps(table))};
#elif HWY_TARGET == HWY_WASM
  return hn::GatherIndex(FloatTag(), table, hn::And(index.v, hn::Set(IntTag(), 15)));
#else
  const auto half = [&](int i) { return _mm256_permutevar8x32_ps(_mm256_load_ps(table + 8 * i), index.v.raw); };
  return FloatVec{_mm256_blendv_ps(half(0), half(1), _mm256_castsi256_ps(_mm256_slli_epi32(index.v.raw, 28)))};
#endif
}

COSTRISK_FN Wide widen(Int a) {
  const WideVec even = hn::BitCast(WideTag(), a.v);
  return {even, hn::ShiftRight<32>(even)};
}
COSTRISK_FN Int narrow(Wide a) {
  return hn::OddEven(hn::DupEven(hn::BitCast(IntTag(), a.odd)), hn::BitCast(IntTag(), a.even));
}
COSTRISK_FN Int narrow_high(Wide a) {
  return hn::OddEven(hn::BitCast(IntTag(), a.odd), hn::DupOdd(hn::BitCast(IntTag(), a.even)));
}
COSTRISK_FN Wide product(Wide a, std::uint32_t b) {
  const auto factor = hn::Set(UintTag(), b);
  return {hn::MulEven(hn::BitCast(UintTag(), a.even), factor), hn::MulEven(hn::BitCast(UintTag(), a.odd), factor)};
}
COSTRISK_FN Wide high_half(Wide a) { return {hn::ShiftRight<32>(a.even), hn::ShiftRight<32>(a.odd)}; }
COSTRISK_FN Wide exclusive_or(Wide a, Wide b) { return {hn::Xor(a.even, b.even), hn::Xor(a.odd, b.odd)}; }
COSTRISK_FN Wide exclusive_or(Wide a, Wide b, Wide c) {
  return {hn::Xor3(a.even, b.even, c.even), hn::Xor3(a.odd, b.odd, c.odd)};
}

struct SimdLane {
  using F = Float;
  using I = Int;
  using M = Mask;
  using X = Wide;
  static constexpr int width = static_cast<int>(hn::MaxLanes(FloatTag()));

  COSTRISK_FN static I lane_index() { return hn::Iota(IntTag(), 0); }
  COSTRISK_FN static F gather_row(const F* rows, I index) {
    const I element = add(multiply(index, I(width)), lane_index());
    return hn::GatherIndex(FloatTag(), reinterpret_cast<const float*>(rows), element.v);
  }
  COSTRISK_FN static F gather(const float* table, I index) { return hn::GatherIndex(FloatTag(), table, index.v); }
  COSTRISK_FN static I gather(const std::int32_t* table, I index) { return hn::GatherIndex(IntTag(), table, index.v); }
  COSTRISK_FN static void add_to_row(F* rows, I index, F value, M where) {
    const I element = add(multiply(index, I(width)), lane_index());
    float* numbers = reinterpret_cast<float*>(rows);
    const F old = hn::GatherIndex(FloatTag(), numbers, element.v);
    hn::ScatterIndex(select(where, old + value, old).v, FloatTag(), numbers, element.v);
  }
  COSTRISK_FN static void store(F a, float* p) { hn::StoreU(a.v, FloatTag(), p); }
  COSTRISK_FN static void store(I a, std::int32_t* p) { hn::StoreU(a.v, IntTag(), p); }
};

}  // namespace HWY_NAMESPACE
}  // namespace costrisk
