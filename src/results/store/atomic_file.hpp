// Replaces a file by a complete new one, or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace costrisk::results {

/// Writes `bytes` to a temporary file in the folder of `path`, syncs it, renames it to `path` and syncs the
/// folder. A process killed at any moment leaves the old file or the new one. A symbolic link is followed,
/// an old file's permissions are kept.
/// @param outdated a file that was made from the old one, if any: it is removed right before the new one takes its
/// place, so
///   that at no moment two stand beside one another that do not belong together
/// @throws IoError; then the old file is as it was and the temporary one is gone
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes,
                           const std::filesystem::path& outdated = {});

/// Makes the temporary file of such a write, and removes it: whether the folder takes it, and under its longer name.
/// @throws IoError
void require_writable(const std::filesystem::path& path);

}  // namespace costrisk::results
