// The HDF5 C library behind handles that close themselves and calls that throw. Not for several threads
// at once: the library keeps global state.
#pragma once

#include <hdf5.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace costrisk::results::hdf5 {

/// Owns an identifier of the library.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle() = default;
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }

  operator hid_t() const { return id_; }  // NOLINT: the library's functions take it as it is

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

/// Passes a good return value on.
/// @throws IoError with `problem` and the library's own error messages for a negative one
hid_t checked(hid_t value, std::string_view problem);
void check(herr_t status, std::string_view problem);

/// A file that exists in memory alone.
Handle create_in_memory();
/// The bytes that a closed file of this content would have.
std::vector<std::byte> image(hid_t file);
/// Opens an existing file for reading.
/// @throws FormatError where it is no HDF5 file
Handle open_to_read(const std::filesystem::path& path);

Handle create_group(hid_t parent, const char* name);
Handle open_dataset(hid_t parent, const char* name);

// What follows reads files that anybody may have written. It takes no link to another place, no dataset that stands in
// other files or is stored in another way than costrisk does, no other type or shape, and no memory that the file's own
// size does not account for; it throws FormatError that names what it was.

Handle open_group(hid_t parent, const char* name);
Handle open_stored(hid_t parent, const char* name);
Handle open_attribute(hid_t object, const char* name);
void expect_text(const Handle& type, const char* name);
void expect_values(const Handle& space, const char* name, std::size_t count);
bool exists(hid_t parent, const char* name);
bool attribute_exists(hid_t object, const char* name);

/// Entries in a chunk of a compressed dataset.
inline constexpr std::size_t chunk_length = std::size_t{1} << 16;

/// Variable-length UTF-8.
Handle string_type();
/// A type of file and memory: little-endian in files.
template <class Value>
struct Type;

/// A dataset creation list without object times.
Handle dataset_properties();
Handle simple_space(std::span<const hsize_t> extents);
Handle create_dataset(hid_t parent, const char* name, hid_t type, hid_t space, hid_t properties);

void write_attribute(hid_t object, const char* name, const std::string& text);
/// Null-terminated, of the text's own length, stored in place: what dimension scales must have.
void write_fixed_attribute(hid_t object, const char* name, const std::string& text);
std::string read_text_attribute(hid_t object, const char* name);

void write_strings(hid_t dataset, const std::vector<std::string>& values);
std::vector<std::string> read_strings(hid_t parent, const char* name);

void write_attribute_values(hid_t object, const char* name, hid_t file_type, hid_t memory_type, std::size_t count,
                            const void* values, bool scalar);
void read_attribute_values(hid_t object, const char* name, hid_t memory_type, std::size_t count, void* values);
/// Extents of a dataset.
std::vector<std::size_t> extents(hid_t dataset);
/// @throws FormatError unless the dataset has these extents
void expect_shape(hid_t dataset, const char* name, const std::vector<std::size_t>& shape);
/// How many values of this type a dataset holds.
/// @throws FormatError where they are of another, or the file cannot hold as many
std::size_t stored_values(hid_t dataset, const char* name, hid_t type);
void read_all(hid_t dataset, const char* name, hid_t type, void* values);

template <>
struct Type<double> {
  static hid_t file() { return H5T_IEEE_F64LE; }
  static hid_t memory() { return H5T_NATIVE_DOUBLE; }
};
template <>
struct Type<float> {
  static hid_t file() { return H5T_IEEE_F32LE; }
  static hid_t memory() { return H5T_NATIVE_FLOAT; }
};
template <>
struct Type<std::int32_t> {
  static hid_t file() { return H5T_STD_I32LE; }
  static hid_t memory() { return H5T_NATIVE_INT32; }
};
template <>
struct Type<std::int64_t> {
  static hid_t file() { return H5T_STD_I64LE; }
  static hid_t memory() { return H5T_NATIVE_INT64; }
};
template <>
struct Type<std::uint64_t> {
  static hid_t file() { return H5T_STD_U64LE; }
  static hid_t memory() { return H5T_NATIVE_UINT64; }
};

template <class Value>
requires std::is_arithmetic_v<Value>
void write_attribute(hid_t object, const char* name, Value value) {
  write_attribute_values(object, name, Type<Value>::file(), Type<Value>::memory(), 1, &value, true);
}

template <class Value>
void write_attribute(hid_t object, const char* name, std::span<const Value> values) {
  write_attribute_values(object, name, Type<Value>::file(), Type<Value>::memory(), values.size(), values.data(), false);
}

template <class Value>
Value read_attribute(hid_t object, const char* name) {
  Value value{};
  read_attribute_values(object, name, Type<Value>::memory(), 1, &value);
  return value;
}

/// All values of a dataset, row-major.
/// @throws FormatError where it does not exist or cannot be read
template <class Value>
std::vector<Value> read_values(hid_t parent, const char* name) {
  const Handle dataset = open_stored(parent, name);
  std::vector<Value> values(stored_values(dataset, name, Type<Value>::memory()));
  read_all(dataset, name, Type<Value>::memory(), values.data());
  return values;
}

/// Whether an extent is 0. Such datasets are left out of files.
/// @throws FormatError where there is one all the same
bool is_left_out(hid_t parent, const char* name, const std::vector<std::size_t>& shape);

/// @throws FormatError unless there is a dataset of values of this type in this shape, which the file can hold; where
/// an extent is 0 there is none
template <class Value>
void expect_stored(hid_t parent, const char* name, const std::vector<std::size_t>& shape) {
  if (is_left_out(parent, name, shape)) return;
  const Handle dataset = open_stored(parent, name);
  expect_shape(dataset, name, shape);
  stored_values(dataset, name, Type<Value>::memory());
}

/// The same of a dataset that must have this shape; nothing where an extent is 0, since such datasets are left out.
template <class Value>
std::vector<Value> read_values(hid_t parent, const char* name, const std::vector<std::size_t>& shape) {
  if (is_left_out(parent, name, shape)) return {};
  expect_stored<Value>(parent, name, shape);
  return read_values<Value>(parent, name);
}

}  // namespace costrisk::results::hdf5
