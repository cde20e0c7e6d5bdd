// Writes a group in which every axis of every dataset carries a dimension scale of the same group, which
// is what netCDF readers (xarray) ask for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "src/results/store/hdf5.hpp"

namespace costrisk::results {

/// What a dataset is called and means.
struct DatasetTerms {
  std::string name;
  std::vector<std::string> dimensions;  ///< names of dimensions of the group, slowest first
  std::string units;
  std::string description;
};

/// The bytes a chunk of `values` of `value_size` bytes each takes in a file: shuffled, deflated at level 1.
std::vector<std::byte> shuffle_and_deflate(std::span<const std::byte> values, std::size_t value_size);

class ScaledGroup {
 public:
  /// Writes into an open group, which must outlive it.
  explicit ScaledGroup(hid_t group) : group_(group) {}

  /// Adds a dimension with a label for each entry.
  void add_labels(const std::string& name, const std::vector<std::string>& labels, const std::string& description);
  /// Adds a dimension with a number for each entry.
  void add_coordinate(const std::string& name, std::span<const double> values, const std::string& units,
                      const std::string& description);
  /// Adds a dimension that is only counted; nothing where it has been added.
  void add_dimension(const std::string& name, std::size_t extent, const std::string& description);

  /// Adds a dataset in one piece. One with an axis of no entries is left out.
  template <class Value>
  void add(const DatasetTerms& terms, std::span<const Value> values) {
    const hdf5::Handle dataset = create(terms, hdf5::Type<Value>::file(), Storage::contiguous, values.size());
    if (dataset >= 0) write_whole(dataset, hdf5::Type<Value>::memory(), values.data(), terms.name);
  }

  /// Adds a dataset in compressed chunks along the last axis. `row` gives the values of one combination of
  /// the other axes, in row-major order; only one is held at a time. Chunks are compressed in parallel and
  /// written in order. `scale_factor` other than 1: by what readers multiply the integers.
  template <class Value>
  void add_rows(const DatasetTerms& terms, const std::function<std::vector<Value>(std::size_t)>& row,
                double scale_factor = 1.0) {
    const hdf5::Handle dataset = create(terms, hdf5::Type<Value>::file(), Storage::chunked, 0);
    if (dataset < 0) return;
    if (scale_factor != 1.0) hdf5::write_attribute(dataset, "scale_factor", scale_factor);
    const std::size_t length = extent(terms.dimensions.back());
    for (std::size_t i = 0; i < rows(terms); ++i) {
      const std::vector<Value> values = row(i);
      write_row(dataset, terms, i, std::as_bytes(std::span(values)), sizeof(Value), length);
    }
  }

  /// Attaches the scales; call it once, last.
  void finish();

 private:
  enum class Storage { contiguous, chunked };
  struct Dimension {
    std::size_t extent = 0;
    bool has_values = false;
    std::vector<std::pair<std::string, int>> users;  ///< dataset and its axis
  };

  hdf5::Handle create(const DatasetTerms& terms, hid_t type, Storage storage, std::size_t values);
  void write_whole(hid_t dataset, hid_t type, const void* values, const std::string& name);
  void write_row(hid_t dataset, const DatasetTerms& terms, std::size_t row, std::span<const std::byte> bytes,
                 std::size_t value_size, std::size_t length);
  std::size_t extent(const std::string& dimension) const;
  std::size_t rows(const DatasetTerms& terms) const;
  void add_scale(const std::string& name, std::size_t extent, bool has_values, hid_t dataset);
  void describe(hid_t dataset, const std::string& units, const std::string& description);

  hid_t group_;
  std::map<std::string, Dimension> dimensions_;
  std::vector<std::pair<std::string, std::vector<std::string>>> datasets_;  ///< name and dimensions
};

}  // namespace costrisk::results
