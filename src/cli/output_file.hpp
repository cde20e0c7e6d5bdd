// What is seen to before any work is done, so that its output can be written and replaces nothing but its like.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "costrisk/files.hpp"
#include "src/cli/terminal.hpp"

namespace costrisk::cli {

/// A file that an option names.
struct OutputFile {
  std::string option;  ///< "--csv"
  std::filesystem::path path;
  FileKind kind = FileKind::results;
};

/// The report that belongs to a result file: beside it, with the ending .html.
std::filesystem::path report_path(const std::filesystem::path& results);

/// Says so where the report beside a result file was made from another one: two runs that write at once can leave such
/// a pair.
void warn_of_other_report(const std::filesystem::path& results, const Notices& notices);

/// Sees that files can be written and would replace nothing else, and makes their folders. Files without a name are
/// passed over.
/// @throws UsageError where one is a folder, or no regular file, or something else, or two are the same;
///         FileError where one could not be written: its folder, or its name, does not allow it
void prepare_outputs(const std::vector<OutputFile>& files);

}  // namespace costrisk::cli
