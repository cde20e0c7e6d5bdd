// Where reports are written, for the commands that make them.
#pragma once

#include <filesystem>
#include <string>

#include "src/cli/terminal.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::cli {

/// The report that belongs to a result file: beside it, with the ending .html.
std::filesystem::path report_path(const std::filesystem::path& results);

/// @param checksum of the result file, which the report bears
/// @throws results::IoError
void write_report(const std::filesystem::path& output, const results::Results& results, const results::Tally& tally,
                  const std::string& checksum);

/// Says so where the report beside a result file was made from another one: two runs that write at once can leave such
/// a pair.
void warn_of_other_report(const std::filesystem::path& results, const Notices& notices);

}  // namespace costrisk::cli
