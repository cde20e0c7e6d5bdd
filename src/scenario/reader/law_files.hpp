// Laws that are drawn from the column of a file.
#pragma once

#include <filesystem>

#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/node.hpp"

namespace costrisk::scenario {

/// A discrete law has no more values than these.
inline constexpr std::size_t most_law_values = 256;

/// Puts the values of a file's column in place of each law that names one, so that the document needs the file no more:
/// all of them, or the means of `most_law_values` equal parts of them in ascending order.
/// @param root the folder that holds all files that may be read; empty: the current one
void read_law_files(Node& document, const std::filesystem::path& root, Diagnostics& diagnostics);

}  // namespace costrisk::scenario
