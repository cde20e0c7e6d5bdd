// Return codes into exceptions, and the few calls that results need.
#include "src/results/store/hdf5.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

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

/// Errors are thrown, not printed. The library does not clear up when the program ends: handles have closed what there
/// was, and where closing a file failed, its clearing up goes through freed memory.
void silence() {
  // Possible before any other call alone; it fails where the library has been called.
  static const herr_t without_clearing_up = H5dont_atexit();
  static_cast<void>(without_clearing_up);
  check(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr), "the library's own messages cannot be stopped");
}

/// What the system said, where the library's messages have that: an error of its own, or no memory. Else nothing.
std::string system_error(const std::string& messages) {
  constexpr std::string_view mark = "error message = '";
  const std::size_t begin = messages.find(mark);
  if (begin != std::string::npos)
    return messages.substr(begin + mark.size(), messages.find('\'', begin + mark.size()) - begin - mark.size());
  return messages.find("memory allocation failed") != std::string::npos ? "out of memory" : "";
}

hid_t checked_read(hid_t value, std::string_view what) {
  if (value >= 0) return value;
  const std::string messages = error_stack();
  if (const std::string error = system_error(messages); !error.empty())
    throw IoError(fmt::format("{} cannot be read: {}", what, error));
  throw FormatError(fmt::format(
      "{} cannot be read ({}): the file is damaged or was not written by costrisk; make it again", what, messages));
}

Handle creation_list(hid_t kind) {
  Handle list(checked(H5Pcreate(kind), "a property list cannot be made"), H5Pclose);
  check(H5Pset_obj_track_times(list, 0), "object times cannot be switched off");
  return list;
}

[[noreturn]] void unsound(const char* name, std::string_view problem) {
  throw FormatError(fmt::format(
      "'{}' is not sound ({}): the file is damaged or was not written by costrisk; make it again", name, problem));
}

void expect_hard_link(hid_t parent, const char* name) {
  H5L_info_t info{};
  checked_read(H5Lget_info(parent, name, &info, H5P_DEFAULT), fmt::format("'{}'", name));
  if (info.type != H5L_TYPE_HARD) unsound(name, "it is a link to another place");
}

void expect_type(const Handle& stored, hid_t type, const char* name) {
  if (H5Tequal(checked_read(stored, name), type) <= 0) unsound(name, "it is of another type");
}

Handle creation_of(hid_t dataset, const char* name) {
  return {checked_read(H5Dget_create_plist(dataset), name), H5Pclose};
}

/// Whether a dataset is in chunks that were shuffled and deflated, or in one piece as it is.
/// @throws FormatError where it is neither, or stands in other files
bool is_packed(hid_t dataset, const char* name) {
  const Handle creation = creation_of(dataset, name);
  if (H5Pget_external_count(creation) != 0) unsound(name, "it stands in other files");
  std::vector<H5Z_filter_t> filters;
  for (int i = 0; i < H5Pget_nfilters(creation); ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    filters.push_back(
        H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, nullptr));
  }
  const H5D_layout_t layout = H5Pget_layout(creation);
  const bool packed =
      layout == H5D_CHUNKED && filters == std::vector<H5Z_filter_t>{H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE};
  if (!packed && !(layout == H5D_CONTIGUOUS && filters.empty())) unsound(name, "it is stored in another way");
  return packed;
}

/// The values of a chunk as they were before shuffling and deflating; false where they are not so many bytes.
bool unpack(const std::vector<std::byte>& packed, std::size_t value_size, std::vector<std::byte>& shuffled,
            std::byte* values) {
  uLongf size = shuffled.size();
  const int code = uncompress(reinterpret_cast<Bytef*>(shuffled.data()), &size,
                              reinterpret_cast<const Bytef*>(packed.data()), static_cast<uLong>(packed.size()));
  if (code != Z_OK || size != shuffled.size()) return false;
  const std::size_t count = shuffled.size() / value_size;
  for (std::size_t byte = 0; byte < value_size; ++byte)
    for (std::size_t i = 0; i < count; ++i) values[i * value_size + byte] = shuffled[byte * count + i];
  return true;
}

/// Reads chunks along the last axis, without the library's filters, which take what a chunk asks for.
void read_packed(hid_t dataset, const char* name, std::size_t value_size, std::byte* values) {
  const std::vector<std::size_t> shape = extents(dataset);
  std::vector<hsize_t> chunk(shape.size());
  const Handle creation = creation_of(dataset, name);
  if (H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data()) != static_cast<int>(shape.size()) ||
      chunk.back() != std::min<std::size_t>(shape.back(), chunk_length) ||
      std::any_of(chunk.begin(), chunk.end() - 1, [](hsize_t extent) { return extent != 1; }))
    unsound(name, "its chunks are of another shape");
  const std::size_t chunk_bytes = chunk.back() * value_size, row_bytes = shape.back() * value_size;
  std::size_t rows = 1;
  for (std::size_t axis = 0; axis + 1 < shape.size(); ++axis) rows *= shape[axis];
  std::vector<std::byte> packed, shuffled(chunk_bytes), unpacked(chunk_bytes);
  std::vector<hsize_t> offset(shape.size());
  for (std::size_t row = 0; row < rows; ++row) {
    std::size_t rest = row;
    for (std::size_t axis = shape.size() - 1; axis-- > 0; rest /= shape[axis]) offset[axis] = rest % shape[axis];
    for (std::size_t done = 0; done < row_bytes; done += chunk_bytes) {
      offset.back() = done / value_size;
      hsize_t bytes = 0;
      checked_read(H5Dget_chunk_storage_size(dataset, offset.data(), &bytes), name);
      if (bytes == 0 || bytes > compressBound(chunk_bytes)) unsound(name, "a chunk is missing or too large");
      packed.resize(bytes);
      std::uint32_t filters_left_out = 0;
      checked_read(H5Dread_chunk(dataset, H5P_DEFAULT, offset.data(), &filters_left_out, packed.data()), name);
      if (filters_left_out != 0 || !unpack(packed, value_size, shuffled, unpacked.data()))
        unsound(name, "a chunk is damaged");
      std::memcpy(values + row * row_bytes + done, unpacked.data(), std::min(chunk_bytes, row_bytes - done));
    }
  }
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
  expect_hard_link(parent, name);
  return {checked_read(H5Gopen2(parent, name, H5P_DEFAULT), fmt::format("group '{}'", name)), H5Gclose};
}

Handle open_dataset(hid_t parent, const char* name) {
  return {checked_read(H5Dopen2(parent, name, H5P_DEFAULT), fmt::format("dataset '{}'", name)), H5Dclose};
}

Handle open_stored(hid_t parent, const char* name) {
  expect_hard_link(parent, name);
  Handle dataset = open_dataset(parent, name);
  is_packed(dataset, name);
  return dataset;
}

Handle open_attribute(hid_t object, const char* name) {
  return {checked_read(H5Aopen(object, name, H5P_DEFAULT), fmt::format("attribute '{}'", name)), H5Aclose};
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

void write_strings(hid_t dataset, const std::vector<std::string>& values) {
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  const Handle type = string_type();
  check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "labels cannot be written");
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
  const Handle opened = open_attribute(object, name);
  expect_type(Handle(H5Aget_type(opened), H5Tclose), memory_type, name);
  expect_values(Handle(checked_read(H5Aget_space(opened), name), H5Sclose), name, count);
  checked_read(H5Aread(opened, memory_type, values), fmt::format("attribute '{}'", name));
}

void expect_text(const Handle& type, const char* name) {
  if (H5Tis_variable_str(type) <= 0 || H5Tget_cset(type) != H5T_CSET_UTF8) unsound(name, "it is no text");
}

void expect_values(const Handle& space, const char* name, std::size_t count) {
  if (H5Sget_simple_extent_npoints(space) != static_cast<hssize_t>(count))
    unsound(name, fmt::format("it does not have {} values", count));
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

bool is_left_out(hid_t parent, const char* name, const std::vector<std::size_t>& shape) {
  if (std::find(shape.begin(), shape.end(), 0u) == shape.end()) return false;
  if (exists(parent, name)) unsound(name, "the file says that it has none of it");
  return true;
}

std::size_t stored_values(hid_t dataset, const char* name, hid_t type) {
  constexpr std::uint64_t most = std::uint64_t{1} << 62, most_deflated = 1032;
  expect_type(Handle(H5Dget_type(dataset), H5Tclose), type, name);
  const std::uint64_t value_size = H5Tget_size(type);
  std::uint64_t bytes = value_size;
  for (const std::size_t extent : extents(dataset)) {
    if (extent == 0 || bytes > most / extent) unsound(name, "its shape is none");
    bytes *= extent;
  }
  hsize_t file_bytes = 0;
  const Handle file(checked_read(H5Iget_file_id(dataset), name), H5Fclose);
  checked_read(H5Fget_filesize(file, &file_bytes), name);
  const hsize_t stored = H5Dget_storage_size(dataset);
  const bool holds_them = is_packed(dataset, name) ? bytes / most_deflated <= stored : bytes == stored;
  if (!holds_them || stored > file_bytes) unsound(name, "the file does not hold as much as it says");
  return bytes / value_size;
}

void read_all(hid_t dataset, const char* name, hid_t type, void* values) {
  if (is_packed(dataset, name))
    read_packed(dataset, name, H5Tget_size(type), static_cast<std::byte*>(values));
  else
    checked_read(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), fmt::format("dataset '{}'", name));
}

}  // namespace costrisk::results::hdf5
