// Files of named arrays over named dimensions, as xarray opens them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
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
  std::string filetype, title, study, currency, scenario_toml, version;
  std::uint64_t seed = 0, paths = 0;
  bool complete = true;
  std::vector<ArrayDimension> dimensions;
  std::vector<NamedArray> arrays;
};

/// The bytes of the file (HDF5).
std::vector<std::byte> hdf5_image(const ArraysFile& file);

/// Reads such a file of a study; `version` is that of costrisk that wrote it.
/// @throws IoError where it cannot be read, FormatError where it is none, is damaged, or says nothing of its arrays,
///   as those of version 0.1 and earlier
ArraysFile read_arrays(const std::filesystem::path& path);

}  // namespace costrisk::results
