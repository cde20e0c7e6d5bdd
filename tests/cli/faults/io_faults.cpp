// Fails calls of the C library.
//
// On files whose path ends as COSTRISK_FAULT_PATH says, COSTRISK_FAULT_CALL (open, read, fstat, close, flock or thread,
// which has no path) fails with the number COSTRISK_FAULT_ERROR, each time.
//
// On files that are written and whose path has COSTRISK_FAULT_WRITES in it, the COSTRISK_FAULT_AT-th such call (create,
// write, fsync, close, fchmod, rename, unlink, folder) fails as COSTRISK_FAULT_KIND says: "error" with that number,
// "short" writes half, "torn" writes half and ends the process at once, "kill" ends it before the call. That it did is
// noted in the file COSTRISK_FAULT_LOG.
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int most_files = 4096;
bool watched[most_files];  ///< that are read
bool written[most_files];  ///< that are written
std::atomic<int> calls{0};

bool fails(const char* call) {
  const char* chosen = std::getenv("COSTRISK_FAULT_CALL");
  return chosen != nullptr && std::strcmp(chosen, call) == 0;
}

int error_number() {
  const char* text = std::getenv("COSTRISK_FAULT_ERROR");
  return text != nullptr ? std::atoi(text) : EIO;
}

int fail() {
  errno = error_number();
  return -1;
}

bool is_watched(const char* path) {
  const char* end = std::getenv("COSTRISK_FAULT_PATH");
  if (end == nullptr || path == nullptr) return false;
  const std::size_t length = std::strlen(path), wanted = std::strlen(end);
  return length >= wanted && std::strcmp(path + length - wanted, end) == 0;
}

bool is_watched(int file) { return file >= 0 && file < most_files && watched[file]; }

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

bool is_written(const char* path) {
  const char* part = std::getenv("COSTRISK_FAULT_WRITES");
  return part != nullptr && path != nullptr && std::strstr(path, part) != nullptr;
}

bool is_written(int file) { return file >= 0 && file < most_files && written[file]; }

bool is_kind(const char* kind) {
  const char* chosen = std::getenv("COSTRISK_FAULT_KIND");
  return chosen != nullptr && std::strcmp(chosen, kind) == 0;
}

void note_fault() {
  const char* log = std::getenv("COSTRISK_FAULT_LOG");
  if (log == nullptr) return;
  const int file = next<int (*)(const char*, int, ...)>("open")(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file < 0) return;
  if (next<ssize_t (*)(int, const void*, size_t)>("write")(file, "x", 1) != 1) std::abort();
  next<int (*)(int)>("close")(file);
}

/// Whether this is the call that is to fail. Does not return where the process is to end here.
bool is_due(const char* call) {
  const char* at = std::getenv("COSTRISK_FAULT_AT");
  if (at == nullptr || !fails(call) || calls.fetch_add(1) + 1 != std::atoi(at)) return false;
  note_fault();
  if (is_kind("kill")) ::raise(SIGKILL);
  return true;
}

using Open = int (*)(const char*, int, ...);

int open_as(const char* name, const char* path, int flags, mode_t mode) {
  const bool reads = (flags & O_ACCMODE) == O_RDONLY;
  if (!reads && is_written(path) && is_due("create")) return fail();
  if (reads && is_watched(path) && fails("open")) return fail();
  const int file = next<Open>(name)(path, flags, mode);
  if (file >= 0 && file < most_files) {
    watched[file] = reads && is_watched(path);
    written[file] = is_written(path) && (!reads || (flags & O_DIRECTORY) != 0);
  }
  return file;
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_as("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_as("open64", path, flags, mode);
}

int __open_2(const char* path, int flags) { return open_as("open", path, flags, 0); }
int __open64_2(const char* path, int flags) { return open_as("open64", path, flags, 0); }

ssize_t read(int file, void* to, size_t bytes) {
  if (is_watched(file) && fails("read")) return fail();
  return next<ssize_t (*)(int, void*, size_t)>("read")(file, to, bytes);
}

ssize_t __read_chk(int file, void* to, size_t bytes, size_t) { return read(file, to, bytes); }

ssize_t pread(int file, void* to, size_t bytes, off_t at) {
  if (is_watched(file) && fails("read")) return fail();
  return next<ssize_t (*)(int, void*, size_t, off_t)>("pread")(file, to, bytes, at);
}

ssize_t pread64(int file, void* to, size_t bytes, off64_t at) { return pread(file, to, bytes, at); }
ssize_t __pread_chk(int file, void* to, size_t bytes, off_t at, size_t) { return pread(file, to, bytes, at); }
ssize_t __pread64_chk(int file, void* to, size_t bytes, off64_t at, size_t) { return pread(file, to, bytes, at); }

int fstat(int file, struct stat* status) {
  if (is_watched(file) && fails("fstat")) return fail();
  return next<int (*)(int, struct stat*)>("fstat")(file, status);
}

int fstat64(int file, struct stat64* status) {
  if (is_watched(file) && fails("fstat")) return fail();
  return next<int (*)(int, struct stat64*)>("fstat64")(file, status);
}

ssize_t write(int file, const void* from, size_t bytes) {
  const auto really = next<ssize_t (*)(int, const void*, size_t)>("write");
  if (!is_written(file) || !is_due("write")) return really(file, from, bytes);
  if (is_kind("error")) return fail();
  const ssize_t half = really(file, from, (bytes + 1) / 2);
  if (is_kind("torn")) ::raise(SIGKILL);
  return half;
}

int fsync(int file) {
  if (is_written(file) && is_due("fsync")) return fail();
  return next<int (*)(int)>("fsync")(file);
}

int fchmod(int file, mode_t mode) {
  if (is_written(file) && is_due("fchmod")) return fail();
  return next<int (*)(int, mode_t)>("fchmod")(file, mode);
}

int rename(const char* from, const char* to) {
  if (is_written(to) && is_due("rename")) return fail();
  return next<int (*)(const char*, const char*)>("rename")(from, to);
}

int unlink(const char* path) {
  if (is_written(path) && is_due("unlink")) return fail();
  return next<int (*)(const char*)>("unlink")(path);
}

int mkdir(const char* path, mode_t mode) {
  if (is_written(path) && is_due("folder")) return fail();
  return next<int (*)(const char*, mode_t)>("mkdir")(path, mode);
}

int flock(int file, int operation) {
  if (is_watched(file) && fails("flock")) return fail();
  return next<int (*)(int, int)>("flock")(file, operation);
}

int close(int file) {
  const bool failing = (is_watched(file) && fails("close")) || (is_written(file) && is_due("close"));
  if (file >= 0 && file < most_files) watched[file] = written[file] = false;
  const int closed = next<int (*)(int)>("close")(file);
  return failing ? fail() : closed;
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*), void* argument) {
  if (fails("thread")) return error_number();
  return next<int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create")(thread, attributes,
                                                                                                     start, argument);
}

}  // extern "C"
