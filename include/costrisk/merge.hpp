/// @file
/// Putting the parts of a run together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "costrisk/export.hpp"
#include "costrisk/results.hpp"

namespace costrisk {

/// How files are merged.
struct MergeOptions {
  bool partial = false;  ///< whether paths may be missing
};

/// Puts result files of one run together: shards in any order, stopped runs, and runs of more paths that were simulated
/// `beyond` others. The results, and the file that they write, are to the bit those of a single run of all these paths.
/// One file is in memory at a time besides the sum.
/// @throws InputError where a file is none, files are of another version, scenario, seed or the like, a path is in two
/// of them, or one is missing and `partial` is not set: it says which
/// @throws FileError, TooLarge
COSTRISK_API Results merge(const std::vector<std::filesystem::path>& files, const MergeOptions& options = {});

/// What an error needs.
struct NeededPaths {
  std::uint64_t paths = 0;   ///< that there are
  std::uint64_t needed = 0;  ///< about as many as the error needs: 4096, 8192, …; `paths` where they are enough
  std::string plan;          ///< of which the statistic is known least
  std::string statistic;     ///< that is to be known
  double error = 0.0;        ///< half the width of its interval, as a share of it; infinite of too few paths
  double wanted = 0.0;       ///< the error that is to be reached
};

/// How many paths an error needs, as RunOptions::until_error has it, judged by the results of some.
/// @throws InputError where the error is none, or names a plan or a statistic that there is not; FileError
COSTRISK_API NeededPaths needed_paths(const Results& results, const std::string& until_error);

}  // namespace costrisk
