// Text of a file as it is read, piece by piece: of a plain file, a compressed one, a pipe, standard input.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "src/trace/files.hpp"

namespace costrisk::trace {

/// What is gzip is decompressed on the way, members one after the other included.
class TextSource {
 public:
  /// @param path "-" is standard input where pipes are read
  /// @throws NoSuchFile, NoRegularFile, IoError; FormatError where it begins as a file of another kind does (parquet,
  /// zip, …), or is text of two bytes a character
  explicit TextSource(const std::filesystem::path& path, Pipes pipes = Pipes::refused);
  ~TextSource();
  TextSource(const TextSource&) = delete;
  TextSource& operator=(const TextSource&) = delete;

  /// Fills `room` with what comes next. Returns how much that was: less than there is room for at the end alone.
  /// @throws IoError; FormatError where compressed data are damaged or end early
  std::size_t read(std::span<char> room);

 private:
  struct Inflater;

  std::size_t read_plain(std::span<char> room);
  std::size_t read_compressed(std::span<char> room);
  [[noreturn]] void damaged(const char* how) const;

  FileReader file_;
  std::string name_;
  std::string start_;  ///< of the file, read to see what it is, and not yet given on
  std::size_t given_ = 0;
  std::unique_ptr<Inflater> inflater_;  ///< absent for plain text
};

}  // namespace costrisk::trace
