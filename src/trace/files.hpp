// Reading of files: regular ones, whole or their beginning, with what the system said where it failed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "src/trace/errors.hpp"

namespace costrisk::trace {

/// Nothing stands at a path.
struct NoSuchFile : IoError {
  using IoError::IoError;
};

/// What stands at a path is a folder, a pipe, a device or a socket, which has not been opened.
struct NoRegularFile : FormatError {
  using FormatError::FormatError;
};

/// Whether a pipe may stand in for a file, and "-" for standard input. Whoever names one on the command line waits for
/// who writes to it.
enum class Pipes { refused, read };

/// A file that is read from its beginning on. Links are followed.
class FileReader {
 public:
  /// @throws NoSuchFile, NoRegularFile, IoError with what the system said
  explicit FileReader(const std::filesystem::path& path, Pipes pipes = Pipes::refused);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  /// Fills `room` with what comes next. Returns how much that was: less than there is room for at the end alone.
  /// @throws IoError
  std::size_t read(std::span<char> room);
  /// Bytes that the file had when it was opened; 0 of a pipe.
  std::size_t size() const { return size_; }

 private:
  std::filesystem::path path_;
  int file_ = -1;
  std::size_t size_ = 0;
};

/// The first `most` bytes of a file, or all of it where it has no more.
/// @throws NoSuchFile, NoRegularFile, IoError with what the system said
std::string read_file(const std::filesystem::path& path, std::size_t most, Pipes pipes = Pipes::refused);

/// Whether a path leads into a folder or one inside it, when all links have been followed. An empty folder is the
/// current one.
bool lies_within(const std::filesystem::path& folder, const std::filesystem::path& path);

}  // namespace costrisk::trace
