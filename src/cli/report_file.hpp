// Where reports are written, for the commands that make them.
#pragma once

#include <filesystem>

#include "src/results/estimators/results.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::cli {

/// The report that belongs to a result file: beside it, with the ending .html.
std::filesystem::path report_path(const std::filesystem::path& results);

/// @throws results::IoError
void write_report(const std::filesystem::path& output, const results::Results& results, const results::Tally& tally);

}  // namespace costrisk::cli
