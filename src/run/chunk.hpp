// The buffers that one worker hands to the kernels, chunk after chunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "kernels/backends/backend.hpp"

namespace costrisk::run {

/// Output arrays for up to `capacity` paths and the backend's workspace. Not shared between threads.
class ChunkBuffers {
 public:
  ChunkBuffers(const Backend& backend, const Parameters& parameters, const Shape& shape, int capacity);

  const Output& output() const { return output_; }
  std::byte* workspace() { return workspace_; }

  /// Bytes of output that one path takes.
  static std::size_t bytes_per_path(const Shape& shape);

 private:
  std::unique_ptr<std::byte[]> memory_;
  std::byte* workspace_ = nullptr;
  Output output_;
};

}  // namespace costrisk::run
