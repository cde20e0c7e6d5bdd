// The buffers that one worker hands to the kernels, chunk after chunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/backends/backend.hpp"
#include "src/scenario/lower/remaining.hpp"

namespace costrisk::run {

/// Output arrays for up to `capacity` paths and the backend's workspace. Not shared between threads.
class ChunkBuffers {
 public:
  /// @param past what is added to each path, which is to outlive the buffers; null: nothing
  ChunkBuffers(const Backend& backend, const Parameters& parameters, const Shape& shape, int capacity,
               const scenario::Past* past = nullptr);

  /// What kernels write.
  const Output& output() const { return output_; }
  /// Adds the past to the first `paths` paths that kernels have written; once for each time that they have.
  void add_past(int paths);
  /// What is added up: of a scenario with a past, after that has been added.
  const Output& result() const { return result_; }
  std::byte* workspace() { return workspace_; }

  /// Bytes of output that one path takes.
  static std::size_t bytes_per_path(const Shape& shape);

 private:
  void add_past_periods(int plan, int paths);

  std::unique_ptr<std::byte[]> memory_;
  std::byte* workspace_ = nullptr;
  Output output_, result_;
  Shape shape_;
  const scenario::Past* past_;
  // With the bins and periods that are over, [plan][bin or period][path].
  std::vector<std::int64_t> bins_, periods_;
  std::vector<std::int32_t> periods_over_;
};

}  // namespace costrisk::run
