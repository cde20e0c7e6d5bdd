// A test harness, no backend: the names of this program's own functions and variables, by which a kernel of the host's
// is found in PTX, and constant memory of PTX on the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace costrisk::ptx {

/// Read from the program's file.
class HostSymbols {
 public:
  /// @throws Error where the file has no table of symbols
  HostSymbols();

  /// As C++ writes it; empty where nothing of that address has a name.
  std::string name_of(const void* address) const;
  /// A variable of that name and so many bytes.
  /// @throws Error where there is none
  std::byte* variable(const std::string& name, std::size_t bytes) const;

 private:
  struct Symbol {
    std::uint64_t address;
    std::size_t bytes;
  };
  std::map<std::uint64_t, std::string> functions_;  ///< mangled names
  std::map<std::string, Symbol> variables_;         ///< by plain name
};

}  // namespace costrisk::ptx
