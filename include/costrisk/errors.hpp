/// @file
/// What can go wrong. Messages are those of the command line: what is wrong, where, and what would help.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "costrisk/export.hpp"

namespace costrisk {

/// An error or a piece of advice about a scenario, with its place.
struct Problem {
  std::string file;     ///< file as it was named; "--set" for a value that was set at an address
  int line = 0;         ///< from 1
  int column = 0;       ///< in characters, from 1
  std::string message;  ///< one line, without the place
  std::string text;     ///< several lines: place, message, and the line of the file with a caret below it
};

/// Base of everything that the library throws, but for std::bad_alloc.
class COSTRISK_API Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~Error() override;
};

/// A scenario that cannot be simulated, with all that is wrong with it. what() is the texts of all problems.
class COSTRISK_API InvalidScenario : public Error {
 public:
  /// @param problems at least one
  explicit InvalidScenario(std::vector<Problem> problems);
  ~InvalidScenario() override;
  /// In order of file, line and column.
  const std::vector<Problem>& problems() const noexcept { return problems_; }

 private:
  std::vector<Problem> problems_;
};

/// An argument that cannot be done as it stands, or an input file that is not what it should be.
class COSTRISK_API InputError : public Error {
 public:
  using Error::Error;
  ~InputError() override;
};

/// A name or an address that there is not: a plan, an array of the results, a value of a scenario.
class COSTRISK_API UnknownName : public InputError {
 public:
  using InputError::InputError;
  ~UnknownName() override;
};

/// The system refused to read or write a file. Nothing is damaged.
class COSTRISK_API FileError : public Error {
 public:
  using Error::Error;
  ~FileError() override;
};

/// A backend that was asked for by name is not available on this machine.
class COSTRISK_API BackendUnavailable : public Error {
 public:
  using Error::Error;
  ~BackendUnavailable() override;
};

/// A GPU was lost, or failed, while it computed.
class COSTRISK_API DeviceFailed : public Error {
 public:
  using Error::Error;
  ~DeviceFailed() override;
};

/// A run would need more memory than there is; it was not begun.
class COSTRISK_API TooLarge : public Error {
 public:
  using Error::Error;
  ~TooLarge() override;
};

/// A run was cancelled before the first of its paths was done, so that there is nothing to keep.
class COSTRISK_API Cancelled : public Error {
 public:
  using Error::Error;
  ~Cancelled() override;
};

}  // namespace costrisk
