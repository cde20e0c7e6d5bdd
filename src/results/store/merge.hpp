// Result files of parts of a run, put together to the file of the whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "src/results/estimators/results.hpp"
#include "src/results/store/results_file.hpp"

namespace costrisk::results {

struct MergedRun {
  Results results;
  Tally tally;
};

/// Whether paths may be missing.
enum class Gaps { refused, allowed };

/// Puts the paths of result files together: of shards of one run, of stopped runs, and of runs of more paths that begin
/// where others end. The files may come in any order; one is in memory at a time besides the sum.
/// @param check_memory told the layout of the whole run, and how many of its paths there are, before they are held;
/// throws where there is too little room
/// @returns what a single run of all these paths comes to, to the bit; with gaps the paths that there are
/// @throws IoError, FormatError as read_results
/// @throws std::invalid_argument where files are of different runs, a path is in two of them, or one is missing: the
/// files and the paths are named
MergedRun merge_files(const std::vector<std::filesystem::path>& files, Gaps gaps,
                      const std::function<void(const TallyLayout&, std::uint64_t paths)>& check_memory = {});

}  // namespace costrisk::results
