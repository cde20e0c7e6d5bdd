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

/// What the program is made of besides its own source, with versions: a software bill of materials, CycloneDX 1.5 JSON,
/// null-terminated and of static storage. The same text is installed as share/doc/costrisk/sbom.cdx.json.
const char* bill_of_materials();

}  // namespace costrisk::results
