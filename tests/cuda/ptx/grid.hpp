// A test harness, no backend: runs the blocks of a launch, one after another, and a block's threads one after another
// between barriers.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/cuda/ptx/program.hpp"

namespace costrisk::ptx {

/// What a kernel is launched with.
struct Grid {
  unsigned blocks = 1, threads = 1;  ///< threads of a block
  std::size_t shared_bytes = 0;      ///< beside the kernel's own
  bool last_thread_first = false;
};

/// What a kernel's launches have gone through.
struct Trace {
  std::uint64_t executed = 0;         ///< instructions, by all threads
  std::vector<std::uint8_t> reached;  ///< by instruction of the kernel: 1 where a thread has executed it
};

/// @param arguments the bytes of each parameter
/// @param global memory that the kernel may use
/// @param trace is added to
/// @throws Error where the arguments are not the kernel's parameters, and where a thread does what it must not: with
///         the line of the PTX
void run(const Program& program, const Kernel& kernel, const Grid& grid,
         const std::vector<std::vector<std::byte>>& arguments, const std::vector<Window>& global, Trace& trace);

}  // namespace costrisk::ptx
