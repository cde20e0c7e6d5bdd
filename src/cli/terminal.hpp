// Where the program's words go: results to stdout, notices and progress to stderr.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

#include "costrisk/errors.hpp"

namespace costrisk::cli {

/// Sees that no file the program opens becomes a standard stream that it was started without.
void hold_standard_streams();

/// Whether colours and the like are welcome on a stream: a terminal, NO_COLOR not set, TERM not "dumb".
bool styled(std::FILE* stream);

/// Whether block characters show on a stream: a terminal, TERM not "dumb", and a locale in UTF-8.
bool shows_blocks(std::FILE* stream);

/// Columns of the terminal that a stream is; 0 where it is none or does not say.
int terminal_columns(std::FILE* stream);

/// Columns of the terminal that stdout is, at most 100; 80 where it is none.
int text_width();

/// Nobody reads any more from the pipe that stdout is.
struct ClosedPipe : FileError {
  using FileError::FileError;
};

/// Writes to stdout. Here as on stderr, what a terminal would obey, or a reader not see, is escaped (trace::shown).
/// @throws ClosedPipe, FileError when that fails
void print(const std::string& text);
void flush_output();

/// Lines on stderr. Nothing here or below fails where stderr is full or closed.
class Notices {
 public:
  explicit Notices(bool quiet = false) : quiet_(quiet) {}

  bool quiet() const { return quiet_; }
  void note(const std::string& text) const;
  void warning(const std::string& text) const;
  /// Warnings that name their own place: "file:line:col: warning: …".
  void diagnostics(const std::string& text) const;

 private:
  bool quiet_;
};

/// An error in a line, and where there is a hint, that in another.
void print_error(const std::string& text, const std::string& hint = {});
/// Errors that name their own place: "file:line:col: error: …".
void print_diagnostics(const std::string& text);

/// A line on stderr that says how far a run is, how fast and how long still: on a terminal one that changes, elsewhere
/// a new one every minute.
class ProgressBar {
 public:
  explicit ProgressBar(bool enabled);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(std::uint64_t done, std::uint64_t total);
  /// Takes the line away.
  void clear();

  /// The line for a state of affairs, without control characters; at most `width` columns.
  static std::string line(std::uint64_t done, std::uint64_t total, double seconds, int width);

 private:
  using Clock = std::chrono::steady_clock;

  bool enabled_;
  bool on_terminal_;
  bool shown_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

}  // namespace costrisk::cli
