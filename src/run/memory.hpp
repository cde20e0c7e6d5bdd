// How much memory this process can still take.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace costrisk::run {

struct AvailableMemory {
  std::uint64_t bytes = 0;
  std::string
      limited_by;  ///< "the machine", "the control group …", "the limit on address space (ulimit -v)"; empty: unknown
};

/// The least of what the kernel estimates to be available, what the control groups of this process (version 1 or 2, and
/// those above it) leave, and what the limit on address space leaves. What cannot be read limits nothing.
/// @param proc, groups where the system shows them
AvailableMemory available_memory(const std::filesystem::path& proc = "/proc",
                                 const std::filesystem::path& groups = "/sys/fs/cgroup");

}  // namespace costrisk::run
