// Texts of files, read without the library, whose reader of variable-length data trusts the lengths that stand in a
// file and writes beyond its buffers where they lie. HDF5 File Format Specification 3.0: superblock 0 (II.A), global
// heap (III.E), object header 1 (IV.A.1.a), attribute message (IV.A.2.m).
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>

#include "src/results/store/errors.hpp"
#include "src/results/store/hdf5.hpp"

namespace costrisk::results::hdf5 {
namespace {

constexpr std::size_t reference_bytes = 16;  ///< of a text: its length, the address of its heap, its index there

constexpr std::uint64_t padded(std::uint64_t bytes) { return (bytes + 7) / 8 * 8; }

/// Reads an open file's bytes to find texts in them.
class TextFinder {
 public:
  /// @param name of the text, for messages
  TextFinder(hid_t object, const char* name)
      : name_(name), file_(checked(H5Iget_file_id(object), "a file cannot be found"), H5Fclose) {
    void* descriptor = nullptr;
    check(H5Fget_vfd_handle(file_, H5P_DEFAULT, &descriptor), "a file cannot be read");
    descriptor_ = *static_cast<int*>(descriptor);
    hsize_t bytes = 0;
    check(H5Fget_filesize(file_, &bytes), "a file's size cannot be told");
    file_bytes_ = unread_ = bytes;
    constexpr std::size_t superblock = 64;
    const std::string start = bytes_at(0, superblock);
    const bool as_written = start[8] == 0 && start[13] == 8 && start[14] == 8 && number<std::uint64_t>(start, 24) == 0;
    if (!as_written) unsound();
  }

  /// The text that these bytes refer to.
  std::string text(std::string_view reference) {
    const auto length = number<std::uint32_t>(reference, 0);
    const auto address = number<std::uint64_t>(reference, 4);
    const auto index = number<std::uint32_t>(reference, 12);
    if (length == 0) return {};
    auto heap = heaps_.find(address);
    if (heap == heaps_.end()) heap = heaps_.emplace(address, read_heap(address)).first;
    const auto found = heap->second.find(index);
    if (found == heap->second.end() || found->second.size() != length) unsound();
    std::string text = found->second.substr(0, found->second.find('\0'));
    try {
      static_cast<void>(nlohmann::json(text).dump());
    } catch (const nlohmann::json::type_error&) {
      throw FormatError(
          fmt::format("'{}' is no UTF-8: the file is damaged or was not written by costrisk; make it again", name_));
    }
    return text;
  }

  /// What an attribute of the object whose header stands at `address` refers to.
  std::string attribute_reference(std::uint64_t address) {
    constexpr std::uint64_t prefix_bytes = 16;
    constexpr std::uint16_t continuation_type = 0x10, attribute_type = 0xC;
    const std::string prefix = bytes_at(address, prefix_bytes);
    if (prefix[0] != 1) unsound();
    std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks = {
        {address + prefix_bytes, number<std::uint32_t>(prefix, 8)}};
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const std::string block = bytes_at(blocks[i].first, blocks[i].second);
      for (std::uint64_t at = 0; at + 8 <= block.size();) {
        const auto type = number<std::uint16_t>(block, at), size = number<std::uint16_t>(block, at + 2);
        if (size > block.size() - at - 8) unsound();
        const std::string_view message = std::string_view(block).substr(at + 8, size);
        if (type == continuation_type)
          blocks.emplace_back(number<std::uint64_t>(message, 0), number<std::uint64_t>(message, 8));
        if (type == attribute_type)
          if (const std::string_view value = attribute_value(message); !value.empty()) return std::string(value);
        at += 8 + size;
      }
    }
    unsound();
  }

  std::string bytes_at(std::uint64_t place, std::uint64_t count) {
    // A sound file has each of its bytes read once; one that leads round in a circle does not get far.
    if (place > file_bytes_ || count > file_bytes_ - place || count > unread_) unsound();
    unread_ -= count;
    std::string bytes(count, '\0');
    for (std::size_t done = 0; done < count;) {
      const ssize_t read = ::pread(descriptor_, bytes.data() + done, count - done, static_cast<off_t>(place + done));
      if (read < 0 && errno == EINTR) continue;
      if (read < 0)
        throw IoError(fmt::format("'{}' cannot be read: {}", name_, std::generic_category().message(errno)));
      if (read == 0) unsound();
      done += static_cast<std::size_t>(read);
    }
    return bytes;
  }

  [[noreturn]] void unsound() const {
    throw FormatError(fmt::format(
        "the text '{}' is not sound: the file is damaged or was not written by costrisk; make it again", name_));
  }

 private:
  using Heap = std::map<std::uint32_t, std::string>;

  template <class Number>
  Number number(std::string_view bytes, std::uint64_t at) const {
    Number value{};
    if (at > bytes.size() || sizeof value > bytes.size() - at) unsound();
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
  }

  Heap read_heap(std::uint64_t address) {
    constexpr std::uint64_t header_bytes = 16;
    const std::string header = bytes_at(address, header_bytes);
    const auto size = number<std::uint64_t>(header, 8);
    if (!header.starts_with(std::string_view("GCOL\1", 5)) || size < header_bytes) unsound();
    const std::string objects = bytes_at(address + header_bytes, size - header_bytes);
    Heap heap;
    for (std::uint64_t at = 0; at + header_bytes <= objects.size();) {
      const auto index = number<std::uint16_t>(objects, at);
      const auto length = number<std::uint64_t>(objects, at + 8);
      if (index == 0) break;
      if (length > objects.size() - at - header_bytes) unsound();
      heap[index] = objects.substr(at + header_bytes, length);
      at += header_bytes + padded(length);
    }
    return heap;
  }

  /// The value of an attribute message, where it is that of the text's name.
  std::string_view attribute_value(std::string_view message) const {
    const auto version = number<std::uint8_t>(message, 0);
    if (version != 1 && version != 3) unsound();
    const auto size_at = [&](std::uint64_t place) -> std::uint64_t {
      const auto size = number<std::uint16_t>(message, place);
      return version == 1 ? padded(size) : size;
    };
    const std::uint64_t name_at = version == 1 ? 8 : 9;
    const std::uint64_t value_at = name_at + size_at(2) + size_at(4) + size_at(6);
    const std::uint64_t name_bytes = number<std::uint16_t>(message, 2);
    if (value_at > message.size() || name_bytes > message.size() - name_at) unsound();
    const std::string_view name = message.substr(name_at, name_bytes);
    if (name.substr(0, name.find('\0')) != name_) return {};
    if (message.size() - value_at < reference_bytes) unsound();
    return message.substr(value_at, reference_bytes);
  }

  std::string name_;
  Handle file_;
  int descriptor_ = -1;
  std::uint64_t file_bytes_ = 0, unread_ = 0;
  std::map<std::uint64_t, Heap> heaps_;  ///< by address
};

}  // namespace

std::string read_text_attribute(hid_t object, const char* name) {
  const Handle attribute = open_attribute(object, name);
  expect_text(Handle(checked(H5Aget_type(attribute), name), H5Tclose), name);
  expect_values(Handle(checked(H5Aget_space(attribute), name), H5Sclose), name, 1);
  TextFinder finder(object, name);
  H5O_info_t info{};
  check(H5Oget_info2(object, &info, H5O_INFO_BASIC), name);
  return finder.text(finder.attribute_reference(info.addr));
}

std::vector<std::string> read_strings(hid_t parent, const char* name) {
  const Handle dataset = open_stored(parent, name);
  expect_text(Handle(checked(H5Dget_type(dataset), name), H5Tclose), name);
  TextFinder finder(parent, name);
  const std::string references = finder.bytes_at(H5Dget_offset(dataset), H5Dget_storage_size(dataset));
  std::vector<std::string> labels;
  for (std::size_t at = 0; at + reference_bytes <= references.size(); at += reference_bytes)
    labels.push_back(finder.text(std::string_view(references).substr(at, reference_bytes)));
  const std::vector<std::size_t> shape = extents(dataset);
  if (shape.size() != 1 || labels.size() != shape.front()) finder.unsound();
  return labels;
}

}  // namespace costrisk::results::hdf5
