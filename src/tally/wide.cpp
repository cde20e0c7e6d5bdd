// The exact difference n·Σx² − (Σx)² in 256 bits.
#include "src/tally/wide.hpp"

namespace costrisk::tally {
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

double scaled_variance(const Moments& moments, std::uint64_t n) {
  const UInt128 magnitude =
      moments.sum < 0 ? ~static_cast<UInt128>(moments.sum) + 1 : static_cast<UInt128>(moments.sum);
  const UInt256 a = multiply(moments.squares, n);
  const UInt256 b = multiply(magnitude, magnitude);
  const UInt128 low = a.low - b.low;
  const UInt128 high = a.high - b.high - (a.low < b.low ? 1 : 0);
  return static_cast<double>(high) * 0x1p128 + static_cast<double>(low);
}

}  // namespace costrisk::tally
