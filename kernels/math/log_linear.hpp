// Where a value falls in a log-linear histogram, the same on the host and on a device.
#pragma once

#include <cstdint>

#include "kernels/lane/function.hpp"

namespace costrisk {

/// Every octave [2^e, 2^(e+1)) of a value's magnitude |v| + 1, taken as a double, is cut into 2^bits equal bins; eight
/// pages make an octave. Negative values are mirrored: their pages are the complements of those of the positive.
struct LogLinear {
  /// Pages of values of either sign: page −pages … pages − 1.
  static constexpr int pages = 64 * 8;
  /// Of the offset from a bin's inner edge, in units of its width.
  static constexpr int offset_bits = 23;

  struct Place {
    std::int32_t page;
    std::uint32_t bin;  ///< within the page
    std::uint32_t offset;
  };

  int bits;

  COSTRISK_FN explicit LogLinear(int bits_an_octave) : bits(bits_an_octave) {}

  COSTRISK_FN int page_bits() const { return bits - 3; }

  COSTRISK_FN Place place(std::int64_t value) const {
    constexpr int mantissa_bits = 52;
    constexpr std::uint64_t exponent_of_one = 1023;
    const int index_shift = mantissa_bits - bits, offset_shift = index_shift - offset_bits;
    const std::int64_t sign = value >> 63;
    const std::uint64_t magnitude = static_cast<std::uint64_t>(value ^ sign) - static_cast<std::uint64_t>(sign) + 1;
    const std::uint64_t word = bits_of(static_cast<double>(static_cast<std::int64_t>(magnitude))) & ~sign_bit;
    const std::uint64_t index = (word >> index_shift) - (exponent_of_one << bits);
    const std::uint64_t within_bin = word & ((std::uint64_t{1} << index_shift) - 1);
    return {static_cast<std::int32_t>(index >> page_bits()) ^ static_cast<std::int32_t>(sign),
            static_cast<std::uint32_t>(index & ((std::uint64_t{1} << page_bits()) - 1)),
            static_cast<std::uint32_t>((within_bin + (std::uint64_t{1} << (offset_shift - 1))) >> offset_shift)};
  }

 private:
  static constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

  COSTRISK_FN static std::uint64_t bits_of(double value) {
#if defined(__CUDA_ARCH__)
    return static_cast<std::uint64_t>(__double_as_longlong(value));
#else
    return __builtin_bit_cast(std::uint64_t, value);
#endif
  }
};

}  // namespace costrisk
