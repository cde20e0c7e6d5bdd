// What can go wrong with files, in two kinds that callers answer differently.
#pragma once

#include <stdexcept>

namespace costrisk::trace {

/// The system refused to read or write: no space, no permission, no such file. Nothing was damaged.
struct IoError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A file was read and is not what it should be: another format or version, or damaged.
struct FormatError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace costrisk::trace
