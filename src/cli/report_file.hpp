// Where reports are written, for the commands that make them.
#pragma once

#include <filesystem>

#include "src/tally/results.hpp"
#include "src/tally/tally.hpp"

namespace costrisk::cli {

/// The report that belongs to a result file: beside it, with the ending .html.
std::filesystem::path report_path(const std::filesystem::path& results);

/// @throws io::IoError
void write_report(const std::filesystem::path& output, const tally::Results& results, const tally::Tally& tally);

}  // namespace costrisk::cli
