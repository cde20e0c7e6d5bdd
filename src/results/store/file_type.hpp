// What kind of file stands at a path, so that none of another kind is replaced or misread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace costrisk::results {

/// Begins the checksum attribute of results files; eight hexadecimal digits follow.
inline constexpr std::string_view checksum_mark = "costrisk file checksum, CRC-32 0x";
/// The attribute `filetype` of what `costrisk explain --hdf5` writes.
inline constexpr std::string_view timeline_filetype = "costrisk timeline";
/// Likewise, of what `costrisk sweep`, `optimize`, `stress`, `sensitivity` and `compare` write.
inline constexpr std::string_view study_filetype = "costrisk study";
/// The marks stand before this byte.
inline constexpr std::size_t mark_reach = std::size_t{1} << 20;

/// How an HDF5 file begins.
inline constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

enum class FileType { none, results, timeline, study, other_hdf5, other };

/// Looks at the first bytes alone, without HDF5, which must not be trusted with damaged files. `none` where nothing is
/// there, or an empty file.
/// @throws IoError
FileType file_type(const std::filesystem::path& path);

/// The first `bytes` bytes of a file; fewer where it ends before.
/// @throws IoError, FormatError where it is no regular file
std::string start_of(const std::filesystem::path& path, std::size_t bytes);

/// The last `bytes` bytes of a file; fewer where it has no more.
/// @throws IoError, FormatError where it is no regular file
std::string end_of(const std::filesystem::path& path, std::size_t bytes);

}  // namespace costrisk::results
