// Runs the program as a user's shell would, as a child process.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace costrisk::tests {

/// How a child process ended and what it said.
struct Ended {
  int code = -1;  ///< exit code; 128 + the signal where one ended it
  std::string out;
  std::string err;
};

/// A folder of its own for each test, gone when the test is.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

using Environment = std::vector<std::pair<std::string, std::string>>;

/// A running child.
class Child {
 public:
  /// Starts `arguments[0]` in `folder`, with these variables besides those there are.
  Child(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
        const Environment& environment = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void signal(int number) const;
  /// Waits until stderr has the text; false when it has not after a minute.
  bool wait_for_stderr(const std::string& text) const;
  static void sleep_ms(int milliseconds);
  Ended wait();

 private:
  ScratchFolder output_;
  pid_t process_ = -1;
};

/// Runs costrisk with these arguments in `folder` to its end.
Ended costrisk(const std::vector<std::string>& arguments, const ScratchFolder& folder,
               const Environment& environment = {});

/// Runs costrisk with stderr and stdout on a terminal of 80 columns; `out` has all that came.
Ended costrisk_on_terminal(const std::vector<std::string>& arguments, const ScratchFolder& folder,
                           const Environment& environment = {});

std::string read_text(const std::filesystem::path& path);

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A small valid scenario: one market, one job of about two days, an on-demand and a spot plan.
std::string small_scenario();

}  // namespace costrisk::tests
