/// @file
/// Results and studies for spreadsheets.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "costrisk/export.hpp"

namespace costrisk {

/// All figures of a file as one long table (CSV, UTF-8): a row a value, with the columns quantity, statistic, one for
/// every dimension that the file has (plan, job, …), value and unit. Numbers read back as the same bits; what does not
/// exist is empty, what has no bound "inf" or "-inf". A label that a spreadsheet would take for a formula begins with
/// an apostrophe. Equal files give equal bytes.
/// @param file of results, or of a study (Study::write)
/// @throws InputError where it is none of these, or damaged; FileError
COSTRISK_API std::string csv_table(const std::filesystem::path& file);

/// The same as a workbook (XLSX): a first sheet about the run, a sheet for every set of dimensions with a column a
/// figure and frozen headings with units, and one that says what each column is. Equal files give equal bytes.
/// @throws as csv_table(); InputError where this build, or this machine, has no libxlsxwriter, or where a sheet would
///   have more than 1,048,575 rows
COSTRISK_API std::vector<std::byte> workbook(const std::filesystem::path& file);

}  // namespace costrisk
