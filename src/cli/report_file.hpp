// Where reports are written, for the commands that make them.
#pragma once

#include <filesystem>

#include "src/cli/exit_codes.hpp"
#include "src/tally/results.hpp"
#include "src/tally/tally.hpp"

namespace costrisk::cli {

/// The report that belongs to a result file: beside it, with the ending .html.
std::filesystem::path report_path(const std::filesystem::path& results);

/// Sees that a report would replace nothing but an earlier report.
/// @throws UsageError
void protect_other_pages(const std::filesystem::path& output);

/// @throws io::IoError
void write_report(const std::filesystem::path& output, const tally::Results& results, const tally::Tally& tally);

}  // namespace costrisk::cli
