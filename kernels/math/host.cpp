// Double-precision elementary functions from + − × ÷ alone; this file is compiled without contraction.
#include "kernels/math/host.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

namespace costrisk::host {

namespace {
constexpr double ln2_high = 0x1.62e42fefa38p-1;  // the low bits are zero, so that small multiples are exact
constexpr double ln2_low = 0x1.ef35793c7673p-45;
}  // namespace

double exponential(double x) {
  const double n = std::floor(x / (ln2_high + ln2_low) + 0.5);
  const double r = (x - n * ln2_high) - n * ln2_low;
  // Taylor series of e^r for |r| ≤ ln 2 / 2; the term after the last is below 2^-58.
  double sum = 1.0;
  for (int k = 16; k >= 1; --k) sum = 1.0 + sum * (r / k);
  return std::ldexp(sum, static_cast<int>(n));
}

double logarithm(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFu) | 0x3FF0000000000000u);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  // ln m = 2·artanh(s), s = (m−1)/(m+1), |s| ≤ 0.1716.
  const double s = (m - 1.0) / (m + 1.0);
  const double square = s * s;
  double series = 0.0;
  for (int k = 25; k >= 3; k -= 2) series = square * (1.0 / k + series);
  return exponent * ln2_high + (2.0 * s + (2.0 * s * series + exponent * ln2_low));
}

double power(double a, double b) { return exponential(b * logarithm(a)); }

double power_of_two(double x) { return exponential(x * (ln2_high + ln2_low)); }

double square_root(double x) { return std::sqrt(x); }

}  // namespace costrisk::host
