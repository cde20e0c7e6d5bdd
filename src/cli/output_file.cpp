// Looks at what is there already.
#include "src/cli/output_file.hpp"

#include <fmt/format.h>

#include "src/cli/exit_codes.hpp"

namespace costrisk::cli {

namespace fs = std::filesystem;

namespace {

/// "no result file", of what is none.
const char* denied(FileKind kind) {
  switch (kind) {
    case FileKind::results:
      return "no result file";
    case FileKind::timings:
      return "no file of timings";
    case FileKind::timeline_csv:
      return "no timeline in CSV";
    case FileKind::timeline_hdf5:
      return "no timeline in HDF5";
    case FileKind::report:
      return "no report";
    case FileKind::story:
      return "no page of explain";
    case FileKind::calibration:
      return "no page of calibrate";
    case FileKind::backtest:
      return "no page of backtest";
    case FileKind::study:
      return "no file of sweep, optimize, stress, sensitivity, compare or grade";
    case FileKind::study_page:
      return "no page of sweep, optimize, stress, sensitivity, compare or grade";
    case FileKind::live_page:
      return "no live page";
    case FileKind::table_csv:
      return "no table of export";
    case FileKind::workbook:
      return "no workbook of export";
  }
  return "";
}

void prepare_folder(const OutputFile& file) {
  std::error_code error;
  const fs::path folder = file.path.has_parent_path() ? file.path.parent_path() : fs::path(".");
  fs::create_directories(folder, error);
  if (error)
    throw FileError(fmt::format("cannot make the folder {} for {}: {}", folder.string(), file.option, error.message()));
}

void prove_writable(const OutputFile& file) {
  try {
    require_writable(file.path);
  } catch (const FileError& error) {
    throw FileError(fmt::format("{} {}", file.option, error.what()));
  }
}

void protect_what_is_there(const OutputFile& file) {
  std::error_code error;
  const std::string name = file.path.string();
  if (file.path == "-")
    throw UsageError(
        fmt::format("{} - : it is a file that is written, not standard output; name it, or say ./-", file.option));
  if (fs::is_directory(file.path, error))
    throw UsageError(fmt::format("{} {} is a folder: name a file in it", file.option, name));
  if (!fs::exists(file.path, error)) {
    if (fs::is_symlink(file.path, error))
      throw UsageError(
          fmt::format("{} {} is a link to nothing: make what it leads to, or name another file", file.option, name));
    return;
  }
  if (!fs::is_regular_file(file.path, error))
    throw UsageError(fmt::format("{} {} is no regular file: name another", file.option, name));
  if (fs::file_size(file.path, error) > 0 && !is_of_kind(file.path, file.kind))
    throw UsageError(fmt::format("{} is there already and is {}: name another file with {}, or remove it", name,
                                 denied(file.kind), file.option));
}

}  // namespace

fs::path report_path(const fs::path& results) { return fs::path(results).replace_extension(".html"); }

void warn_of_other_report(const fs::path& results, const Notices& notices) {
  const fs::path report = report_path(results);
  const std::string of = checksum_of_report(report), checksum = checksum_of_results(results);
  if (!of.empty() && of != checksum)
    notices.warning(
        fmt::format("the report {} was made from another result (checksum {}) than {} (checksum {}); make "
                    "it again with 'costrisk report'",
                    report.string(), of, results.string(), checksum));
}

void prepare_outputs(const std::vector<OutputFile>& files) {
  const auto place_of = [](const OutputFile& file) {
    std::error_code error;
    const fs::path place = fs::weakly_canonical(fs::absolute(file.path, error), error);
    return error ? file.path : place;
  };
  for (std::size_t i = 0; i < files.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (!files[i].path.empty() && !files[j].path.empty() && place_of(files[i]) == place_of(files[j]))
        throw UsageError(fmt::format("{} and {} name the same file, {}: give each its own", files[j].option,
                                     files[i].option, files[i].path.string()));
  for (const OutputFile& file : files) {
    if (file.path.empty()) continue;
    protect_what_is_there(file);
    prepare_folder(file);
    prove_writable(file);
  }
}

}  // namespace costrisk::cli
