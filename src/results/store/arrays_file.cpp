#include "src/results/store/arrays_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/results/store/errors.hpp"
#include "src/results/store/file_type.hpp"
#include "src/results/store/hdf5.hpp"
#include "src/results/store/scaled_group.hpp"
#include "src/results/store/version.hpp"

namespace costrisk::results {

namespace {

/// What the file holds: "case:label plan:label; cost_mean(case,plan) share(case,plan)". Names have no blanks.
std::string axes_text(const ArraysFile& file) {
  std::vector<std::string> dimensions, arrays;
  for (const ArrayDimension& dimension : file.dimensions)
    dimensions.push_back(dimension.name + (dimension.labels.empty() ? ":number" : ":label"));
  for (const NamedArray& array : file.arrays)
    arrays.push_back(fmt::format("{}({})", array.name, fmt::join(array.dimensions, ",")));
  return fmt::format("{}; {}", fmt::join(dimensions, " "), fmt::join(arrays, " "));
}

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(by, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

[[noreturn]] void unsound() { throw FormatError("what it says of its arrays is not in order"); }

ArraysFile read_open(hid_t file) {
  ArraysFile read;
  read.filetype = study_filetype;
  read.title = hdf5::read_text_attribute(file, "title");
  read.study = hdf5::read_text_attribute(file, "study");
  read.currency = hdf5::read_text_attribute(file, "currency");
  read.scenario_toml = hdf5::read_text_attribute(file, "scenario_toml");
  read.version = hdf5::read_text_attribute(file, "costrisk_version");
  read.seed = hdf5::read_attribute<std::uint64_t>(file, "seed");
  read.paths = hdf5::read_attribute<std::uint64_t>(file, "paths");
  read.complete = hdf5::read_text_attribute(file, "status") == "complete";
  if (!hdf5::attribute_exists(file, "axes"))
    throw FormatError("an older version of costrisk wrote it, which says nothing of its arrays; make it again");
  const std::string axes = hdf5::read_text_attribute(file, "axes");
  const std::size_t middle = axes.find(';');
  if (middle == std::string::npos) unsound();
  const auto text_of = [&](const std::string& name, const char* attribute) {
    return hdf5::read_text_attribute(hdf5::open_stored(file, name.c_str()), attribute);
  };
  const auto extent_of = [&](const std::string& name) {
    for (const ArrayDimension& dimension : read.dimensions)
      if (dimension.name == name) return dimension.size();
    unsound();
  };
  for (const std::string& word : split(axes.substr(0, middle), ' ')) {
    const std::size_t colon = word.find(':');
    ArrayDimension dimension;
    dimension.name = word.substr(0, colon);
    const bool has_labels = word.ends_with(":label");
    if (colon == std::string::npos || (!has_labels && !word.ends_with(":number"))) unsound();
    if (hdf5::exists(file, dimension.name.c_str())) {  // those without entries are left out
      if (has_labels)
        dimension.labels = hdf5::read_strings(file, dimension.name.c_str());
      else
        dimension.numbers = hdf5::read_values<double>(file, dimension.name.c_str());
      dimension.unit = text_of(dimension.name, "units");
      dimension.description = text_of(dimension.name, "description");
    }
    read.dimensions.push_back(std::move(dimension));
  }
  for (const std::string& word : split(axes.substr(middle + 1), ' ')) {
    const std::size_t open = word.find('(');
    if (open == std::string::npos || !word.ends_with(')')) unsound();
    NamedArray array;
    array.name = word.substr(0, open);
    array.dimensions = split(word.substr(open + 1, word.size() - open - 2), ',');
    std::vector<std::size_t> shape;
    for (const std::string& name : array.dimensions) shape.push_back(extent_of(name));
    array.values = hdf5::read_values<double>(file, array.name.c_str(), shape);
    if (array.values.empty()) continue;
    array.unit = text_of(array.name, "units");
    array.description = text_of(array.name, "description");
    read.arrays.push_back(std::move(array));
  }
  return read;
}

}  // namespace

ArraysFile read_arrays(const std::filesystem::path& path) {
  if (file_type(path) != FileType::study) throw FormatError(fmt::format("{} is no file of a study", path.string()));
  const hdf5::Handle file = hdf5::open_to_read(path);
  try {
    return read_open(file);
  } catch (const FormatError& error) {
    throw FormatError(fmt::format("{}: {}", path.string(), error.what()));
  }
}

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
  hdf5::write_attribute(handle, "axes", axes_text(file));
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
