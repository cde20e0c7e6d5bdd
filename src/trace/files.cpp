// What is no regular file is not opened, since opening alone can wait for ever or move a device.
#include "src/trace/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace costrisk::trace {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, int error) {
  const std::string problem = fmt::format("cannot read '{}': {}", path.string(), std::strerror(error));
  if (error == ENOENT || error == ENOTDIR) throw NoSuchFile(problem);
  throw IoError(problem);
}

void require_readable_kind(const fs::path& path, const struct stat& status, Pipes pipes) {
  const bool pipe = S_ISFIFO(status.st_mode);
  if (S_ISREG(status.st_mode) || (pipe && pipes == Pipes::read)) return;
  throw NoRegularFile(fmt::format("'{}' is {}, not a file", path.string(),
                                  S_ISDIR(status.st_mode) ? "a folder"
                                  : pipe                  ? "a pipe"
                                                          : "a device or socket"));
}

}  // namespace

FileReader::FileReader(const fs::path& path, Pipes pipes) : path_(path) {
  struct stat status {};
  if (pipes == Pipes::read && path == "-") {
    path_ = "standard input";
    file_ = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    if (file_ < 0) fail(path_, errno);
    return;
  }
  if (::stat(path.c_str(), &status) != 0) fail(path, errno);
  require_readable_kind(path, status, pipes);
  const int waits = S_ISFIFO(status.st_mode) ? 0 : O_NONBLOCK;
  const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | waits);
  if (opened < 0) fail(path, errno);
  try {
    if (::fstat(opened, &status) != 0) fail(path, errno);
    require_readable_kind(path, status, pipes);
  } catch (...) {
    ::close(opened);
    throw;
  }
  file_ = opened;
  size_ = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
}

// What has been read is read, whatever closing says.
FileReader::~FileReader() { ::close(file_); }

std::size_t FileReader::read(std::span<char> room) {
  std::size_t done = 0;
  while (done < room.size()) {
    const ssize_t got = ::read(file_, room.data() + done, room.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path_, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::string read_file(const fs::path& path, std::size_t most, Pipes pipes) {
  FileReader file(path, pipes);
  constexpr std::size_t piece = std::size_t{1} << 16;
  std::string text;
  // The file as it was when it was opened and a byte to see its end, then piece by piece what has come since.
  for (std::size_t room = std::min(most, std::max(file.size() + 1, piece));;) {
    const std::size_t before = text.size();
    text.resize(before + room);
    const std::size_t got = file.read(std::span(text).subspan(before));
    text.resize(before + got);
    if (got < room || text.size() == most) return text;
    room = std::min(most - text.size(), piece);
  }
}

bool lies_within(const fs::path& folder, const fs::path& path) {
  std::error_code failure;
  const fs::path outer = fs::canonical(folder.empty() ? fs::path(".") : folder, failure);
  if (failure) return false;
  const fs::path inner = fs::weakly_canonical(fs::absolute(path, failure), failure);
  if (failure) return false;
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

}  // namespace costrisk::trace
