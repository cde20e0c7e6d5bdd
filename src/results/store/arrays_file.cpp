#include "src/results/store/arrays_file.hpp"

#include "src/results/store/hdf5.hpp"
#include "src/results/store/scaled_group.hpp"
#include "src/results/store/version.hpp"

namespace costrisk::results {

std::vector<std::byte> hdf5_image(const ArraysFile& file) {
  const hdf5::Handle handle = hdf5::create_in_memory();
  hdf5::write_attribute(handle, "Conventions", std::string("CF-1.8"));
  hdf5::write_attribute(handle, "filetype", file.filetype);
  hdf5::write_attribute(handle, "costrisk_version", version().version);
  hdf5::write_attribute(handle, "title", file.title);
  hdf5::write_attribute(handle, "study", file.study);
  hdf5::write_attribute(handle, "currency", file.currency);
  hdf5::write_attribute(handle, "scenario_toml", file.scenario_toml);
  hdf5::write_attribute(handle, "status", std::string(file.complete ? "complete" : "partial"));
  hdf5::write_attribute(handle, "seed", file.seed);
  hdf5::write_attribute(handle, "paths", file.paths);
  ScaledGroup group(handle);
  for (const ArrayDimension& dimension : file.dimensions)
    if (dimension.labels.empty())
      group.add_coordinate(dimension.name, dimension.numbers, dimension.unit, dimension.description);
    else
      group.add_labels(dimension.name, dimension.labels, dimension.description);
  for (const NamedArray& array : file.arrays)
    group.add<double>({array.name, array.dimensions, array.unit, array.description}, array.values);
  group.finish();
  return hdf5::image(handle);
}

}  // namespace costrisk::results
