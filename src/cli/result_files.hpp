// Where results are written, what they may replace, and what a run can go on from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "costrisk/results.hpp"
#include "src/cli/show_results.hpp"
#include "src/cli/terminal.hpp"

namespace costrisk::cli {

/// The file of a shard, beside that of the whole run: "NAME.shard-3-of-8.h5".
std::filesystem::path shard_path(const std::filesystem::path& output, const Shard& shard);

/// The run that a result file holds; absent where there is none, or none that this version reads.
/// @throws FileError
std::optional<Results> earlier_result(const std::filesystem::path& path);

/// Where what is done of a run may stand: its own file and those of stopped runs beside it.
std::vector<std::filesystem::path> files_to_go_on_from(const std::filesystem::path& output);

/// Where results that are not complete go: to `output`, or "NAME.partial.h5", "NAME.partial-2.h5", …: the first that is
/// not there, or holds a part of the same run, not complete and not larger. No other result is replaced.
/// @param results null: whatever may come
std::filesystem::path partial_path(const std::filesystem::path& output, const Results* results);

/// Removes files of stopped runs beside a written result that has all that they have.
void remove_superseded(const std::filesystem::path& output, const Results& written);

/// Says so where a result is about to be replaced that this run does not come to again.
/// @param name of the scenario
void warn_of_replaced(const std::filesystem::path& output, const std::string& name, std::uint64_t paths,
                      const Notices& notices);

/// Prints results, and writes them with a report beside the file if that is asked for. The table stands even where the
/// file cannot be written, and the file even where the table cannot.
/// @param write whether the file is written; it may have all of it already
/// @throws FileError
void print_and_write(const Results& results, const std::filesystem::path& target, const ShownOptions& shown,
                     bool report, bool write, const Notices& notices);

}  // namespace costrisk::cli
