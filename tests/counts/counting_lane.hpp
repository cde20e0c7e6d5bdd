// A lane of one path that counts what it does: random words, operations on floats and on integers, choices. The same
// words as kernels/lane/scalar.hpp, over types of its own. A test harness, no backend.
#pragma once

#include <cstdint>

#include "kernels/lane/scalar.hpp"

namespace costrisk::counts {

struct Counts {
  std::uint64_t words = 0;     ///< random words
  std::uint64_t floats = 0;    ///< + − × ÷ √ fma, rounding, minima, conversions
  std::uint64_t integers = 0;  ///< on integers and bits, those of the random words apart
  std::uint64_t choices = 0;   ///< comparisons, selections, operations on masks

  Counts operator-(const Counts& b) const {
    return {words - b.words, floats - b.floats, integers - b.integers, choices - b.choices};
  }
  bool operator==(const Counts&) const = default;
};

inline Counts counted;

struct Float {
  float v;
  Float() = default;
  Float(float a) : v(a) {}
};
struct Int {
  std::int32_t v;
  Int() = default;
  Int(std::int32_t a) : v(a) {}
};
struct Mask {
  bool v;
  Mask() = default;
  Mask(bool a) : v(a) {}
};
/// A word on its way through the generator.
struct Wide {
  std::uint64_t v;
  Wide() = default;
  Wide(std::uint64_t a) : v(a) {}
};

inline Float of_float(float a) { return ++counted.floats, Float(a); }
inline Int of_int(std::int32_t a) { return ++counted.integers, Int(a); }
inline Mask of_choice(bool a) { return ++counted.choices, Mask(a); }

inline Float operator+(Float a, Float b) { return of_float(a.v + b.v); }
inline Float operator-(Float a, Float b) { return of_float(a.v - b.v); }
inline Float operator*(Float a, Float b) { return of_float(a.v * b.v); }
inline Float operator/(Float a, Float b) { return of_float(a.v / b.v); }
inline Float operator-(Float a) { return of_float(-a.v); }
inline Float fma(Float a, Float b, Float c) { return of_float(costrisk::fma(a.v, b.v, c.v)); }
inline Float sqrt(Float a) { return of_float(costrisk::sqrt(a.v)); }
inline Float rint(Float a) { return of_float(costrisk::rint(a.v)); }
inline Float floor(Float a) { return of_float(costrisk::floor(a.v)); }
inline Float ceil(Float a) { return of_float(costrisk::ceil(a.v)); }
inline Float abs(Float a) { return of_float(costrisk::abs(a.v)); }
inline Float min(Float a, Float b) { return of_float(costrisk::min(a.v, b.v)); }
inline Float max(Float a, Float b) { return of_float(costrisk::max(a.v, b.v)); }
inline Float clamp(Float a, float limit) { return of_float(costrisk::clamp(a.v, limit)); }
inline Mask operator<(Float a, Float b) { return of_choice(a.v < b.v); }
inline Mask operator>(Float a, Float b) { return of_choice(a.v > b.v); }
inline Mask operator<=(Float a, Float b) { return of_choice(a.v <= b.v); }
inline Mask operator>=(Float a, Float b) { return of_choice(a.v >= b.v); }

inline Int to_int(Float a) { return ++counted.floats, Int(costrisk::to_int(a.v)); }
inline Float to_float(Int a) { return of_float(costrisk::to_float(a.v)); }
inline Int float_bits(Float a) { return costrisk::float_bits(a.v); }
inline Float bits_float(Int a) { return costrisk::bits_float(a.v); }
inline Int add(Int a, Int b) { return of_int(costrisk::add(a.v, b.v)); }
inline Int subtract(Int a, Int b) { return of_int(costrisk::subtract(a.v, b.v)); }
inline Int multiply(Int a, Int b) { return of_int(costrisk::multiply(a.v, b.v)); }
inline Int operator&(Int a, Int b) { return of_int(a.v & b.v); }
inline Int operator|(Int a, Int b) { return of_int(a.v | b.v); }
inline Int operator^(Int a, Int b) { return of_int(a.v ^ b.v); }
inline Int and_or(Int a, Int mask, Int b) { return of_int(costrisk::and_or(a.v, mask.v, b.v)); }
inline Mask operator==(Int a, Int b) { return of_choice(a.v == b.v); }
inline Mask operator<(Int a, Int b) { return of_choice(a.v < b.v); }
inline Mask operator>(Int a, Int b) { return of_choice(a.v > b.v); }
inline Mask operator<=(Int a, Int b) { return of_choice(a.v <= b.v); }
inline Mask operator>=(Int a, Int b) { return of_choice(a.v >= b.v); }
template <int N>
Int shift_left(Int a) {
  return of_int(costrisk::shift_left<N>(a.v));
}
template <int N>
Int shift_right(Int a) {
  return of_int(costrisk::shift_right<N>(a.v));
}
template <int N>
Int shift_right_logical(Int a) {
  return of_int(costrisk::shift_right_logical<N>(a.v));
}
inline Int low_bits(Int count) { return of_int(costrisk::low_bits(count.v)); }
inline Int first_set_bit(Int bits) { return of_int(costrisk::first_set_bit(bits.v)); }

inline Mask operator&(Mask a, Mask b) { return of_choice(a.v && b.v); }
inline Mask operator|(Mask a, Mask b) { return of_choice(a.v || b.v); }
inline Mask operator!(Mask a) { return of_choice(!a.v); }
inline bool any(Mask m) { return m.v; }
inline Float select(Mask m, Float a, Float b) { return ++counted.choices, m.v ? a : b; }
inline Int select(Mask m, Int a, Int b) { return ++counted.choices, m.v ? a : b; }
inline Mask test(Int a, Int b) { return of_choice(costrisk::test(a.v, b.v)); }
inline Float lookup32(const float* table, Int index) { return of_float(costrisk::lookup32(table, index.v)); }
inline Float lookup16(const float* table, Int index) { return of_float(costrisk::lookup16(table, index.v)); }

inline Wide widen(Int a) { return costrisk::widen(a.v); }
inline Int narrow(Wide a) { return ++counted.words, Int(costrisk::narrow(a.v)); }
inline Int narrow_high(Wide a) { return costrisk::narrow_high(a.v); }
inline Wide product(Wide a, std::uint32_t b) { return costrisk::product(a.v, b); }
inline Wide high_half(Wide a) { return costrisk::high_half(a.v); }
inline Int exclusive_or(Int a, Int b, Int c) { return costrisk::exclusive_or(a.v, b.v, c.v); }
inline Wide exclusive_or(Wide a, Wide b) { return costrisk::exclusive_or(a.v, b.v); }
inline Wide exclusive_or(Wide a, Wide b, Wide c) { return costrisk::exclusive_or(a.v, b.v, c.v); }

struct CountingLane {
  using F = Float;
  using I = Int;
  using M = Mask;
  using X = Wide;
  static constexpr int width = 1;

  static I lane_index() { return 0; }
  static F gather_row(const F* rows, I index) { return of_float(rows[index.v].v); }
  static F gather(const float* table, I index) { return of_float(table[index.v]); }
  static I gather(const std::int32_t* table, I index) { return of_int(table[index.v]); }
  static void add_to_row(F* rows, I index, F value, M where) {
    rows[index.v] = select(where, rows[index.v] + value, rows[index.v]);
  }
  static void store(F a, float* p) { *p = a.v; }
  static void store(I a, std::int32_t* p) { *p = a.v; }
};

}  // namespace costrisk::counts
