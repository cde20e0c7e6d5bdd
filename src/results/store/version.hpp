// What this build of the program is: its version, the commit it was made from and the compiler.
#pragma once

namespace costrisk::results {

/// Null-terminated strings of static storage.
struct Version {
  const char* version;   ///< "0.1.0"
  const char* git_sha;   ///< abbreviated commit, with "-dirty" for a changed tree; "unknown" outside a repository
  const char* compiler;  ///< "GNU 12.2.0"
};

Version version();

}  // namespace costrisk::results
