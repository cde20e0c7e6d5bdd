// Lays out a chunk's arrays in one block of memory.
#include "src/run/chunk.hpp"

namespace costrisk::run {

namespace {

constexpr std::size_t alignment = 64;

std::size_t round_up(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

}  // namespace

std::size_t ChunkBuffers::bytes_per_path(const Shape& shape) {
  std::size_t bytes = 0;
  Output output;
  each_array(shape, output,
             [&](const char*, auto* pointer, int rows) { bytes += sizeof(*pointer) * static_cast<std::size_t>(rows); });
  return bytes;
}

ChunkBuffers::ChunkBuffers(const Backend& backend, const Parameters& parameters, const Shape& shape, int capacity) {
  output_.stride = capacity;
  const auto array_bytes = [&](std::size_t element, int rows) {
    return round_up(element * static_cast<std::size_t>(rows) * static_cast<std::size_t>(capacity));
  };
  std::size_t total = round_up(backend.workspace_bytes(parameters));
  each_array(shape, output_,
             [&](const char*, auto*& pointer, int rows) { total += array_bytes(sizeof(*pointer), rows); });
  memory_ = std::make_unique<std::byte[]>(total + alignment);
  auto* next = reinterpret_cast<std::byte*>(round_up(reinterpret_cast<std::uintptr_t>(memory_.get())));
  workspace_ = next;
  next += round_up(backend.workspace_bytes(parameters));
  each_array(shape, output_, [&](const char*, auto*& pointer, int rows) {
    pointer = reinterpret_cast<std::remove_reference_t<decltype(pointer)>>(next);
    next += array_bytes(sizeof(*pointer), rows);
  });
}

}  // namespace costrisk::run
