// Results and studies as spreadsheets have them: one long table (CSV), or a workbook (XLSX) with a sheet for each set
// of dimensions. Both walk what there is: the catalogue of quantities, or the arrays of a study.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "src/results/estimators/results.hpp"
#include "src/results/store/arrays_file.hpp"

namespace costrisk::present {

/// How figures are shown.
enum class FigureFormat { money, share, number };

/// A figure over dimensions.
struct ExportedArray {
  std::string name;                     ///< as in the file: "cost_mean_se"
  std::string quantity;                 ///< what it is a statistic of: "cost_mean"
  std::string statistic;                ///< "mean", "quantile", "standard error", "lower end of the 95 % interval", …
  std::string title;                    ///< in words
  std::vector<std::size_t> dimensions;  ///< places in Exported::dimensions, slowest first
  std::string unit, description;
  FigureFormat format = FigureFormat::number;
  std::vector<double> values;  ///< row-major
};

/// A statement about the whole file, as a text or a number.
struct ExportedFact {
  std::string name, text;
  double number = 0.0;
  std::string unit = "1";
  bool is_number = false;
};

struct Exported {
  std::string title, currency;
  std::vector<ExportedFact> facts;
  std::vector<results::ArrayDimension> dimensions;
  std::vector<ExportedArray> arrays;
};

Exported exported(const results::Results& results);
Exported exported(const results::ArraysFile& study);

/// The long table: a row a value, with the columns quantity, statistic, one for every dimension, value, unit. Numbers
/// have the shortest spelling that reads back as the same bits; what does not exist is empty, what has no bound "inf".
/// Texts that a spreadsheet would take for a formula begin with an apostrophe. Equal results give equal bytes.
std::string csv_text(const Exported& exported);

/// How a workbook of this program ends, so that no other is replaced by one.
inline constexpr const char* workbook_mark = "costrisk export";

/// The bytes of a workbook.
/// @throws std::invalid_argument where the build, or the machine, has no libxlsxwriter, or a sheet would have more rows
///   than spreadsheets take; results::IoError
std::vector<std::byte> workbook(const Exported& exported);

}  // namespace costrisk::present
