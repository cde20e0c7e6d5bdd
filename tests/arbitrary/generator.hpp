// Valid scenarios that nobody wrote, as the text of their files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace costrisk::arbitrary {

enum class Chance {
  none,  ///< all futures are the same: constants, replayed histories, changes that come or do not
  some,  ///< laws, factors, prices, capacity, reclaims, failures, noise and bursts
};

/// A scenario file and the traces that it names, by file name.
struct Files {
  std::string scenario;
  std::vector<std::pair<std::string, std::string>> traces;
};

/// The same files for the same arguments and compiler, which orders the draws of a call's arguments. Small: at most
/// some 400 steps and a few entities a kind.
Files files(std::uint64_t seed, Chance chance);

/// Files in a folder of their own, from where `costrisk run` takes them.
class Folder {
 public:
  /// Writes scenario.toml and the traces of files(seed, chance) to a folder in `directory`.
  Folder(std::uint64_t seed, Chance chance, const std::filesystem::path& directory);

  std::filesystem::path scenario() const { return path_ / "scenario.toml"; }
  /// For whoever found nothing wrong with it.
  void remove() const;

 private:
  std::filesystem::path path_;
};

}  // namespace costrisk::arbitrary
