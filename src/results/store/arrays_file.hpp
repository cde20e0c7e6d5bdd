// Files of named arrays over named dimensions, as xarray opens them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace costrisk::results {

/// A dimension with a label or a number for each entry.
struct ArrayDimension {
  std::string name;
  std::vector<std::string> labels;
  std::vector<double> numbers;  ///< where there are no labels
  std::string unit = "1";
  std::string description;

  std::size_t size() const { return labels.empty() ? numbers.size() : labels.size(); }
};

struct NamedArray {
  std::string name;
  std::vector<std::string> dimensions;  ///< slowest first
  std::string unit;
  std::string description;
  std::vector<double> values;  ///< row-major
};

struct ArraysFile {
  std::string filetype, title, study, currency, scenario_toml;
  std::uint64_t seed = 0, paths = 0;
  bool complete = true;
  std::vector<ArrayDimension> dimensions;
  std::vector<NamedArray> arrays;
};

/// The bytes of the file (HDF5).
std::vector<std::byte> hdf5_image(const ArraysFile& file);

}  // namespace costrisk::results
