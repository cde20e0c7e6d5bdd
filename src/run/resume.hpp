// What of a run is done already, in result files.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/run/run.hpp"

namespace costrisk::run {

/// The most paths from `paths.first` on that one of the files has, of this very run or of one of other length; absent
/// where none has any.
/// @param options of the run: whether paths are kept
/// @param whole_run of which `paths` are a part
/// @param run_paths of how many paths the run is to be that goes on from so many done
/// @param files that are not there are passed over
/// @param notice called with a line of every file that is of another run, or has none of the first paths, and of the
/// one that is taken
/// @throws results::IoError
std::optional<results::Tally> paths_done(const scenario::Scenario& scenario, const Options& options,
                                         const results::PathRange& paths, const results::PathRange& whole_run,
                                         const std::function<std::uint64_t(std::uint64_t done)>& run_paths,
                                         const std::vector<std::filesystem::path>& files,
                                         const std::function<void(const std::string&)>& notice);

/// Where the paths of a file end, which must be the first ones of this run.
/// @throws results::IoError, results::FormatError as results::read_results
/// @throws std::invalid_argument where they are of another run, or not its first paths
std::uint64_t end_of_first_paths(const scenario::Scenario& scenario, const Options& options,
                                 const results::PathRange& whole_run, const std::filesystem::path& file);

}  // namespace costrisk::run
