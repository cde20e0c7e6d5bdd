// Replaces a file by a complete new one, or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace costrisk::results {

/// Writes `bytes` to a temporary file in the folder of `path`, syncs it, renames it to `path` and syncs the
/// folder. A process killed at any moment leaves the old file or the new one. A symbolic link is followed,
/// an old file's permissions are kept.
/// @throws IoError; then the old file is as it was and the temporary one is gone
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Makes the temporary file of such a write, and removes it: whether the folder takes it, and under its longer name.
/// @throws IoError
void require_writable(const std::filesystem::path& path);

}  // namespace costrisk::results
