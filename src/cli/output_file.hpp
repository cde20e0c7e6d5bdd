// What is seen to before any work is done, so that its output can be written and replaces nothing but its like.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace costrisk::cli {

/// What the program writes, each of which replaces only earlier ones of its kind.
enum class OutputKind { results, timings, timeline_csv, timeline_hdf5, report, story, calibration, backtest };

/// A file that an option names.
struct OutputFile {
  std::string option;  ///< "--csv"
  std::filesystem::path path;
  OutputKind kind = OutputKind::results;
};

/// Sees that files can be written and would replace nothing else, and makes their folders. Files without a name are
/// passed over.
/// @throws UsageError where one is a folder, or no regular file, or something else, or two are the same;
///         results::IoError where one could not be written: its folder, or its name, does not allow it
void prepare_outputs(const std::vector<OutputFile>& files);

}  // namespace costrisk::cli
