// A log-linear histogram of int64 values: fixed bins, integer contents, merged by addition.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace costrisk::results {

/// A bin that holds something, as statistics see it.
struct HistogramBin {
  std::int64_t low = 0;     ///< smallest value that falls into the bin
  std::int64_t high = 0;    ///< largest value that falls into the bin
  double mean = 0.0;        ///< mean of the values that did, to 2^-23 of the bin's width
  std::uint64_t count = 0;  ///< how many did
};

/// A value v falls into a bin by its magnitude |v| + 1 as a double: every octave [2^e, 2^(e+1)) of it is cut
/// into 2^bits equal bins, so that values up to 2^(bits+1) − 2 have a bin each. Negative values are mirrored. Each bin
/// keeps a count and the sum of offsets from its inner edge in units of 2^-23 of its width, which holds 2^40 values.
/// Pages of an eighth of an octave come into being when a value falls into them.
class Histogram {
 public:
  /// A bin's raw contents: bin m of octave e has the index e·2^bits + m, its mirror −1 less that.
  struct Entry {
    std::int64_t index = 0;
    std::uint64_t count = 0;
    std::uint64_t offset = 0;
    bool operator==(const Entry&) const = default;
  };

  explicit Histogram(int bits = 8) : bits_(bits), page_bits_(bits - 3) {}

  int bits() const { return bits_; }

  void add(std::int64_t value) { add(std::span(&value, 1)); }
  void add(std::span<const std::int64_t> values);

  /// Whether a value could fall into the bin of this index.
  bool has_bin(std::int64_t index) const { return (index < 0 ? ~index : index) < std::int64_t{64} << bits_; }

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

  /// The place in `bins_` and the offset within the bin of each value; makes the pages they need.
  void locate(std::span<const std::int64_t> values, std::uint32_t* bin_of, std::uint32_t* offset_of);
  int make_page(int page);

  int bits_;
  int page_bits_;
  int first_page_ = 0;
  std::vector<std::int16_t> directory_;  ///< slot of each page from first_page_ on, −1 where there is none
  std::vector<Bin> bins_;                ///< the pages, in order of their making
};

}  // namespace costrisk::results
