// Return codes into exceptions, and the few calls that results need.
#include "src/results/store/hdf5.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/results/store/errors.hpp"

namespace costrisk::results::hdf5 {
namespace {

/// The messages on the library's error stack, outermost first.
std::string error_stack() {
  std::string text;
  const auto append = [](unsigned, const H5E_error2_t* error, void* to) -> herr_t {
    auto& messages = *static_cast<std::string*>(to);
    if (error->desc == nullptr || *error->desc == '\0') return 0;
    if (!messages.empty()) messages += ": ";
    messages += error->desc;
    return 0;
  };
  // An error is being told already: one in telling why leaves "no reason given", one in clearing an old reason.
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, append, &text);
  H5Eclear2(H5E_DEFAULT);
  return text.empty() ? "no reason given" : text;
}

/// Errors are thrown, not printed.
void silence() { check(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr), "the library's own messages cannot be stopped"); }

hid_t checked_read(hid_t value, std::string_view what) {
  if (value < 0)
    throw FormatError(
        fmt::format("{} cannot be read ({}): the file is damaged or was not written by costrisk; make it again", what,
                    error_stack()));
  return value;
}

Handle attribute(hid_t object, const char* name) {
  return {checked_read(H5Aopen(object, name, H5P_DEFAULT), fmt::format("attribute '{}'", name)), H5Aclose};
}

Handle creation_list(hid_t kind) {
  Handle list(checked(H5Pcreate(kind), "a property list cannot be made"), H5Pclose);
  check(H5Pset_obj_track_times(list, 0), "object times cannot be switched off");
  return list;
}

/// Frees what the library allocated for variable-length strings.
class StringBuffer {
 public:
  StringBuffer(hid_t type, hid_t space, std::size_t count) : type_(type), space_(space), strings_(count, nullptr) {}
  StringBuffer(const StringBuffer&) = delete;
  StringBuffer& operator=(const StringBuffer&) = delete;
  // What cannot be freed is lost memory, no wrong result.
  ~StringBuffer() { H5Dvlen_reclaim(type_, space_, H5P_DEFAULT, strings_.data()); }
  char** data() { return strings_.data(); }
  std::vector<std::string> copy() const {
    std::vector<std::string> result;
    for (const char* text : strings_) result.emplace_back(text == nullptr ? "" : text);
    return result;
  }

 private:
  hid_t type_, space_;
  std::vector<char*> strings_;
};

void expect_variable_string(hid_t type, const char* name) {
  if (H5Tis_variable_str(type) <= 0)
    throw FormatError(fmt::format("'{}' is no text: the file is damaged or was not written by costrisk", name));
}

}  // namespace

hid_t checked(hid_t value, std::string_view problem) {
  if (value < 0)
    throw IoError(fmt::format("{}: HDF5 says: {}; this may be a lack of memory, otherwise please report it", problem,
                              error_stack()));
  return value;
}

void check(herr_t status, std::string_view problem) { checked(status, problem); }

Handle create_in_memory() {
  silence();
  constexpr std::size_t growth = std::size_t{4} << 20;
  const Handle access(checked(H5Pcreate(H5P_FILE_ACCESS), "a property list cannot be made"), H5Pclose);
  check(H5Pset_fapl_core(access, growth, 0), "the results cannot be built in memory");
  const Handle creation = creation_list(H5P_FILE_CREATE);
  return {checked(H5Fcreate("results", H5F_ACC_TRUNC, creation, access), "the results cannot be built in memory"),
          H5Fclose};
}

std::vector<std::byte> image(hid_t file) {
  check(H5Fflush(file, H5F_SCOPE_GLOBAL), "the results cannot be laid out in memory");
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  checked(size, "the results' size cannot be told");
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  checked(H5Fget_file_image(file, bytes.data(), bytes.size()), "the results cannot be copied");
  return bytes;
}

Handle open_to_read(const std::filesystem::path& path) {
  silence();
  return {checked_read(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), fmt::format("'{}'", path.string())),
          H5Fclose};
}

Handle create_group(hid_t parent, const char* name) {
  const Handle creation = creation_list(H5P_GROUP_CREATE);
  return {checked(H5Gcreate2(parent, name, H5P_DEFAULT, creation, H5P_DEFAULT),
                  fmt::format("group '{}' cannot be made", name)),
          H5Gclose};
}

Handle open_group(hid_t parent, const char* name) {
  return {checked_read(H5Gopen2(parent, name, H5P_DEFAULT), fmt::format("group '{}'", name)), H5Gclose};
}

Handle open_dataset(hid_t parent, const char* name) {
  return {checked_read(H5Dopen2(parent, name, H5P_DEFAULT), fmt::format("dataset '{}'", name)), H5Dclose};
}

bool exists(hid_t parent, const char* name) {
  return checked_read(H5Lexists(parent, name, H5P_DEFAULT), fmt::format("'{}'", name)) > 0;
}

bool attribute_exists(hid_t object, const char* name) {
  return checked_read(H5Aexists(object, name), fmt::format("attribute '{}'", name)) > 0;
}

Handle string_type() {
  Handle type(checked(H5Tcopy(H5T_C_S1), "a text type cannot be made"), H5Tclose);
  check(H5Tset_size(type, H5T_VARIABLE), "a text type cannot be made");
  check(H5Tset_cset(type, H5T_CSET_UTF8), "a text type cannot be made");
  return type;
}

Handle dataset_properties() { return creation_list(H5P_DATASET_CREATE); }

Handle simple_space(std::span<const hsize_t> extents) {
  return {checked(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                  "a dataspace cannot be made"),
          H5Sclose};
}

Handle create_dataset(hid_t parent, const char* name, hid_t type, hid_t space, hid_t properties) {
  return {checked(H5Dcreate2(parent, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT),
                  fmt::format("dataset '{}' cannot be made", name)),
          H5Dclose};
}

void write_attribute(hid_t object, const char* name, const std::string& text) {
  const Handle type = string_type();
  const char* value = text.c_str();
  write_attribute_values(object, name, type, type, 1, &value, true);
}

void write_fixed_attribute(hid_t object, const char* name, const std::string& text) {
  const Handle type(checked(H5Tcopy(H5T_C_S1), "a text type cannot be made"), H5Tclose);
  check(H5Tset_size(type, text.size() + 1), "a text type cannot be made");
  write_attribute_values(object, name, type, type, 1, text.c_str(), true);
}

std::string read_text_attribute(hid_t object, const char* name) {
  const Handle opened = attribute(object, name);
  const Handle stored(checked_read(H5Aget_type(opened), name), H5Tclose);
  expect_variable_string(stored, name);
  const Handle space(checked_read(H5Aget_space(opened), name), H5Sclose);
  if (H5Sget_simple_extent_npoints(space) != 1)
    throw FormatError(fmt::format("attribute '{}' is no single text: the file is damaged", name));
  const Handle type = string_type();
  StringBuffer buffer(type, space, 1);
  checked_read(H5Aread(opened, type, buffer.data()), fmt::format("attribute '{}'", name));
  return buffer.copy().front();
}

void write_strings(hid_t dataset, const std::vector<std::string>& values) {
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  const Handle type = string_type();
  check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "labels cannot be written");
}

std::vector<std::string> read_strings(hid_t parent, const char* name) {
  const Handle dataset = open_dataset(parent, name);
  const Handle stored(checked_read(H5Dget_type(dataset), name), H5Tclose);
  expect_variable_string(stored, name);
  const Handle space(checked_read(H5Dget_space(dataset), name), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  checked_read(count, name);
  const Handle type = string_type();
  StringBuffer buffer(type, space, static_cast<std::size_t>(count));
  checked_read(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer.data()), fmt::format("dataset '{}'", name));
  return buffer.copy();
}

void write_attribute_values(hid_t object, const char* name, hid_t file_type, hid_t memory_type, std::size_t count,
                            const void* values, bool scalar) {
  const std::string problem = fmt::format("attribute '{}' cannot be written", name);
  const hsize_t extent = count;
  const Handle space(checked(scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &extent, nullptr), problem),
                     H5Sclose);
  const Handle created(checked(H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT), problem),
                       H5Aclose);
  check(H5Awrite(created, memory_type, values), problem);
}

void read_attribute_values(hid_t object, const char* name, hid_t memory_type, std::size_t count, void* values) {
  const Handle opened = attribute(object, name);
  const Handle space(checked_read(H5Aget_space(opened), name), H5Sclose);
  if (H5Sget_simple_extent_npoints(space) != static_cast<hssize_t>(count))
    throw FormatError(fmt::format("attribute '{}' does not have {} values: the file is damaged", name, count));
  checked_read(H5Aread(opened, memory_type, values), fmt::format("attribute '{}'", name));
}

std::vector<std::size_t> extents(hid_t dataset) {
  const Handle space(checked_read(H5Dget_space(dataset), "a dataset's shape"), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space);
  checked_read(rank, "a dataset's shape");
  std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
  checked_read(H5Sget_simple_extent_dims(space, sizes.data(), nullptr), "a dataset's shape");
  return {sizes.begin(), sizes.end()};
}

void expect_shape(hid_t dataset, const char* name, const std::vector<std::size_t>& shape) {
  const std::vector<std::size_t> found = extents(dataset);
  if (found != shape)
    throw FormatError(
        fmt::format("dataset '{}' has the shape {} where {} was expected: the file is damaged or was not "
                    "written by costrisk; make it again",
                    name, fmt::join(found, " × "), fmt::join(shape, " × ")));
}

void read_all(hid_t dataset, hid_t memory_type, void* values, const char* name) {
  checked_read(H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), fmt::format("dataset '{}'", name));
}

}  // namespace costrisk::results::hdf5
