// Temporary file, sync, rename, sync of the folder; every step checked.
#include "src/results/store/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include "src/results/store/errors.hpp"

namespace costrisk::results {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const char* step, int error) {
  const char* remedy = "check the folder and its permissions";
  if (error == ENOSPC || error == EDQUOT) remedy = "free some space or write elsewhere";
  if (error == EFBIG) remedy = "raise the limit on file sizes (ulimit -f) or write elsewhere";
  if (error == ENAMETOOLONG) remedy = "take a shorter name";
  throw IoError(fmt::format("'{}' was not written: {} failed: {}; an old file is as it was; {}", path.string(), step,
                            std::strerror(error), remedy));
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int close() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

/// Removes a file at the end of its life unless told to keep it.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path) : path_(std::move(path)) {}
  TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, fs::path())) {}
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  const fs::path& path() const { return path_; }
  void keep() { path_.clear(); }

 private:
  fs::path path_;
};

/// While it lives, a write beyond the limit on file sizes is an error code for this thread, not its death.
class SizeSignalBlock {
 public:
  explicit SizeSignalBlock(const fs::path& target) {
    if (sigemptyset(&signals_) != 0 || sigaddset(&signals_, SIGXFSZ) != 0)
      fail(target, "naming the file size signal", errno);
    if (const int error = pthread_sigmask(SIG_BLOCK, &signals_, &before_); error != 0)
      fail(target, "blocking the file size signal", error);
  }
  SizeSignalBlock(const SizeSignalBlock&) = delete;
  SizeSignalBlock& operator=(const SizeSignalBlock&) = delete;
  ~SizeSignalBlock() {
    if (sigismember(&before_, SIGXFSZ) == 0) {
      const timespec now{0, 0};
      while (sigtimedwait(&signals_, nullptr, &now) > 0) {
      }
    }
    // Fails for an unknown first argument alone.
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t signals_{}, before_{};
};

/// How the names of a target's temporary files begin.
std::string temporary_lead(const fs::path& target) { return fmt::format(".{}.", target.filename().string()); }
constexpr std::string_view temporary_end = ".tmp";

/// Removes temporary files of a process that ended before its time: of this target, an hour old, and of no process that
/// lives here. Those that cannot be looked at or removed stay.
void sweep_orphans(const fs::path& target) {
  const std::string lead = temporary_lead(target);
  std::error_code failure;
  for (fs::directory_iterator entry(target.parent_path(), failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(lead) || !name.ends_with(temporary_end)) continue;
    const int process = std::atoi(name.c_str() + lead.size());
    std::error_code unknown;
    const auto age = fs::file_time_type::clock::now() - entry->last_write_time(unknown);
    if (process > 0 && !unknown && age > std::chrono::hours(1) && ::kill(process, 0) != 0 && errno == ESRCH)
      ::unlink(entry->path().c_str());
  }
}

int create_beside(const fs::path& target, fs::path& created) {
  sweep_orphans(target);
  for (int attempt = 0;; ++attempt) {
    created =
        target.parent_path() / fmt::format("{}{}.{}{}", temporary_lead(target), ::getpid(), attempt, temporary_end);
    const int fd = ::open(created.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST || attempt == 1000) return fd;
  }
}

/// A new file, as yet empty, and what it is to replace.
struct Replacement {
  fs::path target;  ///< links followed
  FileDescriptor file;
  TemporaryFile temporary;
};

Replacement create_replacement(const fs::path& path) {
  std::error_code error;
  fs::path target = fs::weakly_canonical(path, error);
  if (error) fail(path, "finding its folder", error.value());
  struct stat old {};
  const bool replaces = ::stat(target.c_str(), &old) == 0;
  if (replaces && !S_ISREG(old.st_mode))
    throw IoError(fmt::format("'{}' was not written: it exists and is no regular file; name another", path.string()));

  fs::path created;
  FileDescriptor file(create_beside(target, created));
  if (file.get() < 0) fail(path, "creating a temporary file beside it", errno);
  TemporaryFile temporary(std::move(created));
  if (replaces && ::fchmod(file.get(), old.st_mode & 07777) != 0) fail(path, "setting permissions", errno);
  return {std::move(target), std::move(file), std::move(temporary)};
}

void write_all(const fs::path& target, int fd, std::span<const std::byte> bytes) {
  constexpr std::size_t most_at_once = std::size_t{1} << 30;
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), std::min(bytes.size(), most_at_once));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(target, "write", errno);
    if (written == 0) fail(target, "write", ENOSPC);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

/// @returns the error, or 0
int sync(int fd) {
  while (::fsync(fd) != 0) {
    if (errno == EINTR) continue;
    // Some network and FUSE file systems cannot sync folders; there the rename is all there is.
    return errno == EINVAL || errno == ENOTSUP ? 0 : errno;
  }
  return 0;
}

}  // namespace

void write_file_atomically(const fs::path& path, std::span<const std::byte> bytes, const fs::path& outdated) {
  const SizeSignalBlock block(path);
  auto [target, file, temporary] = create_replacement(path);
  write_all(path, file.get(), bytes);
  if (const int error = sync(file.get()); error != 0) fail(path, "sync", error);
  if (file.close() != 0) fail(path, "close", errno);
  if (!outdated.empty() && ::unlink(outdated.c_str()) != 0 && errno != ENOENT)
    fail(path, "removing what belongs to the old one", errno);
  if (::rename(temporary.path().c_str(), target.c_str()) != 0) fail(path, "rename", errno);
  temporary.keep();

  const FileDescriptor folder(::open(target.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return;  // a folder that may be written but not read cannot be synced
  if (const int error = sync(folder.get()); error != 0)
    throw IoError(
        fmt::format("'{}' is written, but may be lost should the machine fail: the sync of its folder failed: "
                    "{}; check the folder's disk",
                    path.string(), std::strerror(error)));
}

void require_writable(const fs::path& path) { create_replacement(path); }

}  // namespace costrisk::results
