// Files of results and studies as tables.
#include "costrisk/spreadsheets.hpp"

#include <fmt/format.h>

#include "src/api/boundary.hpp"
#include "src/present/text/exported.hpp"
#include "src/results/store/errors.hpp"
#include "src/results/store/file_type.hpp"
#include "src/results/store/results_file.hpp"
#include "src/trace/csv.hpp"

namespace costrisk {

namespace {

present::Exported exported_of(const std::filesystem::path& file) {
  trace::require_file(file);
  switch (results::file_type(file)) {
    case results::FileType::study:
      return present::exported(results::read_arrays(file));
    case results::FileType::timeline:
      throw results::FormatError(
          fmt::format("{} is one future by itself, which 'costrisk explain --csv' writes as a table", file.string()));
    case results::FileType::none:
    case results::FileType::results:
    case results::FileType::other_hdf5:
    case results::FileType::other:
      break;  // of what is no result file, the reader says what it is
  }
  return present::exported(results::read_results(file));
}

}  // namespace

std::string csv_table(const std::filesystem::path& file) {
  return at_boundary([&] { return present::csv_text(exported_of(file)); });
}

std::vector<std::byte> workbook(const std::filesystem::path& file) {
  return at_boundary([&] { return present::workbook(exported_of(file)); });
}

}  // namespace costrisk
