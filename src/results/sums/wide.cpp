// The exact difference n·Σx² − (Σx)² in 256 bits, and arithmetic modulo 2^192.
#include "src/results/sums/wide.hpp"

#include <stdexcept>

namespace costrisk::results {
namespace {

struct UInt256 {
  UInt128 high = 0;
  UInt128 low = 0;
};

UInt256 multiply(UInt128 a, UInt128 b) {
  constexpr UInt128 mask = ~std::uint64_t{0};
  const UInt128 a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
  const UInt128 p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
  const UInt128 middle = (p00 >> 64) + (p01 & mask) + (p10 & mask);
  return {p11 + (p01 >> 64) + (p10 >> 64) + (middle >> 64), (middle << 64) | (p00 & mask)};
}

}  // namespace

void add_square(UInt128& squares, UInt128 square) {
  squares += square;
  if (squares < square)
    throw std::overflow_error(
        "a sum of squared costs does not fit into 128 bits: costs and paths are too many for the money's unit; "
        "express prices in a larger currency unit or run fewer paths");
}

Int192::Int192(Int128 value)
    : low(static_cast<std::uint64_t>(value)),
      middle(static_cast<std::uint64_t>(static_cast<UInt128>(value) >> 64)),
      high(value < 0 ? ~std::uint64_t{0} : 0) {}

Int192 operator-(Int192 value) { return Int192(~value.low, ~value.middle, ~value.high) + Int192(Int128{1}); }

Int192 operator+(Int192 a, Int192 b) {
  const UInt128 low = UInt128{a.low} + b.low;
  const UInt128 middle = UInt128{a.middle} + b.middle + (low >> 64);
  return {static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(middle),
          a.high + b.high + static_cast<std::uint64_t>(middle >> 64)};
}

Int192 operator-(Int192 a, Int192 b) { return a + -b; }

Int192 operator*(Int192 value, std::int64_t times) {
  const std::uint64_t magnitude =
      times < 0 ? ~static_cast<std::uint64_t>(times) + 1 : static_cast<std::uint64_t>(times);
  const UInt128 low = UInt128{value.low} * magnitude;
  const UInt128 middle = UInt128{value.middle} * magnitude + (low >> 64);
  const Int192 product(static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(middle),
                       value.high * magnitude + static_cast<std::uint64_t>(middle >> 64));
  return times < 0 ? -product : product;
}

Int192 shifted(std::int64_t value, int bits) {
  const UInt128 low = static_cast<UInt128>(Int128{value}) << bits;
  return {static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(low >> 64),
          static_cast<std::uint64_t>(Int128{value} >> (128 - bits))};
}

double to_double(Int192 value) {
  if (value.high >> 63) return -to_double(-value);
  return static_cast<double>(value.high) * 0x1p128 + static_cast<double>(UInt128{value.middle} << 64 | value.low);
}

double third_moment(const Moments& moments, const Int192& cubes, std::uint64_t n) {
  const auto paths = static_cast<Int128>(n);
  const auto centre = static_cast<std::int64_t>(moments.sum / paths);
  const double count = static_cast<double>(n);
  const Int192 squares(static_cast<std::uint64_t>(moments.squares), static_cast<std::uint64_t>(moments.squares >> 64),
                       0);
  const Int192 around = cubes - squares * centre * 3 + Int192(moments.sum) * centre * centre * 3 -
                        Int192(paths) * centre * centre * centre;
  const double third = to_double(around) / count;
  const double beside = static_cast<double>(moments.sum % paths) / count;
  const double second = scaled_variance(moments, n) / (count * count);
  return third - beside * (3.0 * second + beside * beside);
}

double scaled_variance(const Moments& moments, std::uint64_t n) {
  const UInt128 magnitude =
      moments.sum < 0 ? ~static_cast<UInt128>(moments.sum) + 1 : static_cast<UInt128>(moments.sum);
  const UInt256 a = multiply(moments.squares, n);
  const UInt256 b = multiply(magnitude, magnitude);
  const UInt128 low = a.low - b.low;
  const UInt128 high = a.high - b.high - (a.low < b.low ? 1 : 0);
  return static_cast<double>(high) * 0x1p128 + static_cast<double>(low);
}

}  // namespace costrisk::results
