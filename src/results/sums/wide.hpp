// 128-bit and 192-bit integers for sums over paths, extremes, and what central moments need of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace costrisk::results {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

/// Adds to a sum of squared costs.
/// @throws std::overflow_error where the sum leaves its 128 bits
void add_square(UInt128& squares, UInt128 square);

/// The sum and the sum of squares of a quantity over paths.
struct Moments {
  Int128 sum = 0;
  UInt128 squares = 0;

  bool operator==(const Moments&) const = default;
};

/// @throws std::overflow_error as add_square
inline Moments& operator+=(Moments& to, const Moments& from) {
  to.sum += from.sum;
  add_square(to.squares, from.squares);
  return to;
}

/// The lowest of the values that it was given.
struct Least {
  std::int64_t value = std::numeric_limits<std::int64_t>::max();
  void take(std::int64_t other) { value = std::min(value, other); }
  bool operator==(const Least&) const = default;
};

/// The highest.
struct Most {
  std::int64_t value = std::numeric_limits<std::int64_t>::min();
  void take(std::int64_t other) { value = std::max(value, other); }
  bool operator==(const Most&) const = default;
};

/// 192 bits in two's complement; arithmetic wraps around. A sum of cubes fits where the sum of squares fits into 128
/// bits and no value leaves 62.
struct Int192 {
  std::uint64_t low = 0, middle = 0, high = 0;

  Int192() = default;
  Int192(std::uint64_t low_bits, std::uint64_t middle_bits, std::uint64_t high_bits)
      : low(low_bits), middle(middle_bits), high(high_bits) {}
  explicit Int192(Int128 value);

  bool operator==(const Int192&) const = default;
};

Int192 operator-(Int192 value);
Int192 operator+(Int192 a, Int192 b);
Int192 operator-(Int192 a, Int192 b);
Int192 operator*(Int192 value, std::int64_t times);
inline Int192& operator+=(Int192& to, Int192 value) { return to = to + value; }

/// value · 2^bits
/// @pre 0 < bits < 128, and the product fits
Int192 shifted(std::int64_t value, int bits);

double to_double(Int192 value);

inline Int192 cube(std::int64_t value) { return Int192(Int128{value} * value) * value; }

/// n·squares − sum², which is n² times the population variance, without rounding before the conversion.
/// @pre the moments are those of n integers, so that the result is not negative
double scaled_variance(const Moments& moments, std::uint64_t n);

/// The third central moment, n in the denominator. Moments are taken exactly about an integer beside the mean, so that
/// nothing cancels but the part of a unit between the two.
/// @param cubes the sum of cubes of the n integers
/// @pre n > 0
double third_moment(const Moments& moments, const Int192& cubes, std::uint64_t n);

}  // namespace costrisk::results
