// Where the histories lie that a result file was made from.
#pragma once

#include <filesystem>
#include <string>

namespace costrisk::run {

/// The folder from which all histories of a run can be found as they were read then, known by their checksums. Looks in
/// the current folder, that of the result file and the one above it, and the folders in these.
/// @param histories a line a file: SHA-256, two blanks, path, as results hold them; empty: none
/// @param results the result file
/// @param named the only folder to look in; empty: those above
/// @param root the folder that the files must lie in; empty: the one that is looked in
/// @throws results::FormatError that names the file that is missing or has changed, and what to do
std::filesystem::path history_folder(const std::string& histories, const std::filesystem::path& results,
                                     const std::string& named, const std::string& root);

}  // namespace costrisk::run
