// 128-bit integers for sums over paths, and the one 256-bit product a variance needs.
#pragma once

#include <cstdint>

namespace costrisk::tally {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

/// The sum and the sum of squares of a quantity over paths.
struct Moments {
  Int128 sum = 0;
  UInt128 squares = 0;
};

/// n·squares − sum², which is n² times the population variance, without rounding before the conversion.
/// @pre the moments are those of n integers, so that the result is not negative
double scaled_variance(const Moments& moments, std::uint64_t n);

}  // namespace costrisk::tally
