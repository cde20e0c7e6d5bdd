// A log-linear histogram of int64 values: fixed bins, integer contents, merged by addition.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace costrisk::tally {

/// A bin that holds something, as statistics see it.
struct HistogramBin {
  std::int64_t low = 0;     ///< smallest value that falls into the bin
  std::int64_t high = 0;    ///< largest value that falls into the bin
  double mean = 0.0;        ///< mean of the values that did, to 2^-23 of the bin's width
  std::uint64_t count = 0;  ///< how many did
};

/// Magnitudes below 2^(bits+1) have a bin each; above, every octave is cut into 2^bits equal bins.
/// Negative values are mirrored. Each bin keeps a count and the sum of offsets from its inner edge, in
/// units of 2^-23 of its width (or of 1, where the bin is no wider than 2^23), which holds 2^40 values.
/// Pages of an eighth of an octave come into being when a value falls into them.
class Histogram {
 public:
  /// A bin's raw contents; `index` counts bins outward from zero, −1−i being the mirror of bin i.
  struct Entry {
    std::int64_t index = 0;
    std::uint64_t count = 0;
    std::uint64_t offset = 0;
    bool operator==(const Entry&) const = default;
  };

  explicit Histogram(int bits = 8) : bits_(bits), page_bits_(bits - 3) {}

  int bits() const { return bits_; }

  void add(std::int64_t value) {
    const bool negative = value < 0;
    const std::uint64_t magnitude =
        negative ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
    const int excess = static_cast<int>(std::bit_width(magnitude)) - (bits_ + 1);
    const int shift = excess > 0 ? excess : 0;
    const int unit_shift = unit_bits(shift);
    const std::uint64_t index = (static_cast<std::uint64_t>(shift) << bits_) + (magnitude >> shift);
    const std::uint64_t offset = magnitude & ((std::uint64_t{1} << shift) - 1);
    Bin& bin = bin_at(negative, index);
    bin.count += 1;
    bin.offset += (offset + ((std::uint64_t{1} << unit_shift) >> 1)) >> unit_shift;
  }

  /// Whether a value could fall into the bin of this index.
  bool has_bin(std::int64_t index) const { return (index < 0 ? ~index : index) < (std::int64_t{65} - bits_) << bits_; }

  /// Adds raw contents, as `entries` gave them.
  /// @pre has_bin(entry.index)
  void add(const Entry& entry);

  /// Adds another histogram of the same bits.
  void merge(const Histogram& other);

  /// All bins that hold something, in ascending order of value.
  std::vector<Entry> entries() const;
  std::vector<HistogramBin> bins() const;

 private:
  struct Bin {
    std::uint64_t count = 0;
    std::uint64_t offset = 0;
  };

  static constexpr int offset_bits = 23;
  static int unit_bits(int shift) { return shift > offset_bits ? shift - offset_bits : 0; }

  Bin& bin_at(bool negative, std::uint64_t index) {
    const int page = static_cast<int>(index >> page_bits_);
    const auto place = static_cast<std::uint32_t>((negative ? ~page : page) - first_page_);
    int slot = place < directory_.size() ? directory_[place] : -1;
    if (slot < 0) [[unlikely]]
      slot = make_page(negative ? ~page : page);
    return bins_[(static_cast<std::size_t>(slot) << page_bits_) + (index & ((std::uint64_t{1} << page_bits_) - 1))];
  }

  int make_page(int page);

  int bits_;
  int page_bits_;
  int first_page_ = 0;
  std::vector<std::int16_t> directory_;  ///< slot of each page from first_page_ on, −1 where there is none
  std::vector<Bin> bins_;                ///< the pages, in order of their making
};

}  // namespace costrisk::tally
