// Dimension scales (HDF5 Dimension Scale Specification) and parallel compression.
#include "src/results/store/scaled_group.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "src/results/store/errors.hpp"
#include "src/results/sums/parallel.hpp"

namespace costrisk::results {
namespace {

/// An entry of a scale's REFERENCE_LIST, in file and memory. The library's own writer leaves the padding
/// undefined, which would make equal results differ.
struct ScaleUse {
  hobj_ref_t dataset = 0;
  std::int32_t axis = 0;
  std::int32_t padding = 0;
};

hobj_ref_t reference(hid_t group, const std::string& name) {
  hobj_ref_t result = 0;
  hdf5::check(H5Rcreate(&result, group, name.c_str(), H5R_OBJECT, -1), fmt::format("'{}' cannot be referred to", name));
  return result;
}

hdf5::Handle scale_use_type() {
  hdf5::Handle type(hdf5::checked(H5Tcreate(H5T_COMPOUND, sizeof(ScaleUse)), "a type cannot be made"), H5Tclose);
  hdf5::check(H5Tinsert(type, "dataset", offsetof(ScaleUse, dataset), H5T_STD_REF_OBJ), "a type cannot be made");
  hdf5::check(H5Tinsert(type, "dimension", offsetof(ScaleUse, axis), H5T_STD_I32LE), "a type cannot be made");
  return type;
}

}  // namespace

std::vector<std::byte> shuffle_and_deflate(std::span<const std::byte> values, std::size_t value_size) {
  const std::size_t count = values.size() / value_size;
  std::vector<std::byte> shuffled(values.size());
  for (std::size_t byte = 0; byte < value_size; ++byte)
    for (std::size_t i = 0; i < count; ++i) shuffled[byte * count + i] = values[i * value_size + byte];
  uLongf size = compressBound(static_cast<uLong>(shuffled.size()));
  std::vector<std::byte> compressed(size);
  const int code = compress2(reinterpret_cast<Bytef*>(compressed.data()), &size,
                             reinterpret_cast<const Bytef*>(shuffled.data()), static_cast<uLong>(shuffled.size()), 1);
  if (code != Z_OK) throw IoError(fmt::format("compressing a chunk of the results failed (zlib code {})", code));
  compressed.resize(size);
  return compressed;
}

void ScaledGroup::add_scale(const std::string& name, std::size_t extent, bool has_values, hid_t dataset) {
  dimensions_[name] = {extent, has_values, {}};
  hdf5::write_fixed_attribute(dataset, "CLASS", "DIMENSION_SCALE");
  const std::string title =
      has_values ? name : fmt::format("This is a netCDF dimension but not a netCDF variable.{:10}", extent);
  hdf5::write_fixed_attribute(dataset, "NAME", title);
}

void ScaledGroup::describe(hid_t dataset, const std::string& units, const std::string& description) {
  hdf5::write_attribute(dataset, "units", units);
  hdf5::write_attribute(dataset, "description", description);
}

void ScaledGroup::add_labels(const std::string& name, const std::vector<std::string>& labels,
                             const std::string& description) {
  if (labels.empty()) {
    dimensions_[name] = {};
    return;
  }
  const hsize_t extent = labels.size();
  const hdf5::Handle dataset = hdf5::create_dataset(group_, name.c_str(), hdf5::string_type(),
                                                    hdf5::simple_space({&extent, 1}), hdf5::dataset_properties());
  hdf5::write_strings(dataset, labels);
  add_scale(name, labels.size(), true, dataset);
  describe(dataset, "1", description);
}

void ScaledGroup::add_coordinate(const std::string& name, std::span<const double> values, const std::string& units,
                                 const std::string& description) {
  if (values.empty()) {
    dimensions_[name] = {};
    return;
  }
  const hsize_t extent = values.size();
  const hdf5::Handle dataset = hdf5::create_dataset(group_, name.c_str(), hdf5::Type<double>::file(),
                                                    hdf5::simple_space({&extent, 1}), hdf5::dataset_properties());
  write_whole(dataset, hdf5::Type<double>::memory(), values.data(), name);
  add_scale(name, values.size(), true, dataset);
  describe(dataset, units, description);
}

void ScaledGroup::add_dimension(const std::string& name, std::size_t extent, const std::string& description) {
  if (dimensions_.contains(name)) return;
  if (extent == 0) {
    dimensions_[name] = {};
    return;
  }
  const hsize_t size = extent;
  const hdf5::Handle dataset = hdf5::create_dataset(group_, name.c_str(), H5T_IEEE_F32BE,
                                                    hdf5::simple_space({&size, 1}), hdf5::dataset_properties());
  add_scale(name, extent, false, dataset);
  describe(dataset, "1", description);
}

std::size_t ScaledGroup::extent(const std::string& dimension) const {
  const auto found = dimensions_.find(dimension);
  if (found == dimensions_.end())
    throw std::logic_error(fmt::format("dimension '{}' is used before it is added", dimension));
  return found->second.extent;
}

std::size_t ScaledGroup::rows(const DatasetTerms& terms) const {
  std::size_t count = 1;
  for (std::size_t i = 0; i + 1 < terms.dimensions.size(); ++i) count *= extent(terms.dimensions[i]);
  return count;
}

hdf5::Handle ScaledGroup::create(const DatasetTerms& terms, hid_t type, Storage storage, std::size_t values) {
  std::vector<hsize_t> sizes;
  std::size_t count = 1;
  for (const std::string& dimension : terms.dimensions) {
    sizes.push_back(extent(dimension));
    count *= sizes.back();
  }
  if (storage == Storage::contiguous && values != count)
    throw std::logic_error(fmt::format("dataset '{}' has {} values for {} places", terms.name, values, count));
  if (count == 0) return {};

  const hdf5::Handle properties = hdf5::dataset_properties();
  if (storage == Storage::chunked) {
    std::vector<hsize_t> chunk(sizes.size(), 1);
    chunk.back() = std::min<hsize_t>(sizes.back(), hdf5::chunk_length);
    const std::string problem = fmt::format("dataset '{}' cannot be chunked", terms.name);
    hdf5::check(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), problem);
    hdf5::check(H5Pset_shuffle(properties), problem);
    hdf5::check(H5Pset_deflate(properties, 1), problem);
  }
  hdf5::Handle dataset = hdf5::create_dataset(group_, terms.name.c_str(), type, hdf5::simple_space(sizes), properties);
  describe(dataset, terms.units, terms.description);
  for (std::size_t axis = 0; axis < terms.dimensions.size(); ++axis)
    dimensions_[terms.dimensions[axis]].users.emplace_back(terms.name, static_cast<int>(axis));
  datasets_.emplace_back(terms.name, terms.dimensions);
  return dataset;
}

void ScaledGroup::write_whole(hid_t dataset, hid_t type, const void* values, const std::string& name) {
  hdf5::check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
              fmt::format("dataset '{}' cannot be written", name));
}

void ScaledGroup::write_row(hid_t dataset, const DatasetTerms& terms, std::size_t row, std::span<const std::byte> bytes,
                            std::size_t value_size, std::size_t length) {
  if (bytes.size() != length * value_size)
    throw std::logic_error(fmt::format("a row of dataset '{}' has the wrong length", terms.name));
  std::vector<hsize_t> offset(terms.dimensions.size());
  std::size_t rest = row;
  for (std::size_t axis = terms.dimensions.size() - 1; axis-- > 0;) {
    offset[axis] = rest % extent(terms.dimensions[axis]);
    rest /= extent(terms.dimensions[axis]);
  }
  const std::size_t chunk_values = std::min(length, hdf5::chunk_length);
  const std::size_t chunk_bytes = chunk_values * value_size;
  const std::size_t chunks = (length + chunk_values - 1) / chunk_values;
  std::vector<std::vector<std::byte>> compressed(chunks);
  results::in_parallel(chunks, [&](std::size_t i) {
    const std::span<const std::byte> part =
        bytes.subspan(i * chunk_bytes, std::min(chunk_bytes, bytes.size() - i * chunk_bytes));
    if (part.size() == chunk_bytes) {
      compressed[i] = shuffle_and_deflate(part, value_size);
    } else {
      std::vector<std::byte> padded(chunk_bytes);
      std::copy(part.begin(), part.end(), padded.begin());
      compressed[i] = shuffle_and_deflate(padded, value_size);
    }
  });
  for (std::size_t i = 0; i < chunks; ++i) {
    offset.back() = i * chunk_values;
    hdf5::check(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, offset.data(), compressed[i].size(), compressed[i].data()),
                fmt::format("a chunk of dataset '{}' cannot be written", terms.name));
  }
}

void ScaledGroup::finish() {
  const hdf5::Handle list_type(hdf5::checked(H5Tvlen_create(H5T_STD_REF_OBJ), "a type cannot be made"), H5Tclose);
  for (const auto& [name, dimensions] : datasets_) {
    std::vector<hobj_ref_t> scales;
    for (const std::string& dimension : dimensions) scales.push_back(reference(group_, dimension));
    std::vector<hvl_t> lists;
    for (hobj_ref_t& scale : scales) lists.push_back({1, &scale});
    const hdf5::Handle dataset = hdf5::open_dataset(group_, name.c_str());
    hdf5::write_attribute_values(dataset, "DIMENSION_LIST", list_type, list_type, lists.size(), lists.data(), false);
  }
  const hdf5::Handle use_type = scale_use_type();
  for (const auto& [name, dimension] : dimensions_) {
    if (dimension.users.empty()) continue;
    std::vector<ScaleUse> uses;
    for (const auto& [dataset, axis] : dimension.users) uses.push_back({reference(group_, dataset), axis, 0});
    const hdf5::Handle scale = hdf5::open_dataset(group_, name.c_str());
    hdf5::write_attribute_values(scale, "REFERENCE_LIST", use_type, use_type, uses.size(), uses.data(), false);
  }
}

}  // namespace costrisk::results
