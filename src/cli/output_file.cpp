// Looks at what is there already.
#include "src/cli/output_file.hpp"

#include <fmt/format.h>

#include <string_view>

#include "src/cli/exit_codes.hpp"
#include "src/results/store/atomic_file.hpp"
#include "src/results/store/errors.hpp"
#include "src/results/store/file_type.hpp"

namespace costrisk::cli {

namespace fs = std::filesystem;

namespace {

/// "no result file", of what is none.
const char* denied(OutputKind kind) {
  switch (kind) {
    case OutputKind::results:
      return "no result file";
    case OutputKind::timings:
      return "no file of timings";
    case OutputKind::timeline_csv:
      return "no timeline in CSV";
    case OutputKind::timeline_hdf5:
      return "no timeline in HDF5";
    case OutputKind::report:
      return "no report";
    case OutputKind::story:
      return "no page of explain";
    case OutputKind::calibration:
      return "no page of calibrate";
    case OutputKind::backtest:
      return "no page of backtest";
  }
  return "";
}

/// Whether a page says near its start that a command made it.
bool is_page_of(const fs::path& path, std::string_view command) {
  constexpr std::size_t reach = 4096;
  return results::start_of(path, reach).find(fmt::format("name=\"generator\" content=\"costrisk {}", command)) !=
         std::string::npos;
}

bool starts_with(const fs::path& path, std::string_view start) {
  return results::start_of(path, start.size()) == start;
}

bool is_of_kind(const fs::path& path, OutputKind kind) {
  switch (kind) {
    case OutputKind::results:
      return results::file_type(path) == results::FileType::results;
    case OutputKind::timings:
      return starts_with(path, "{\n  \"backend\": ");
    case OutputKind::timeline_csv:
      return starts_with(path, "hours,start,cost,cumulative_cost");
    case OutputKind::timeline_hdf5:
      return results::file_type(path) == results::FileType::timeline;
    case OutputKind::report:
      return is_page_of(path, "report");
    case OutputKind::story:
      return is_page_of(path, "explain");
    case OutputKind::calibration:
      return is_page_of(path, "calibrate");
    case OutputKind::backtest:
      return is_page_of(path, "backtest");
  }
  return false;
}

void prepare_folder(const OutputFile& file) {
  std::error_code error;
  const fs::path folder = file.path.has_parent_path() ? file.path.parent_path() : fs::path(".");
  fs::create_directories(folder, error);
  if (error)
    throw results::IoError(
        fmt::format("cannot make the folder {} for {}: {}", folder.string(), file.option, error.message()));
}

void prove_writable(const OutputFile& file) {
  try {
    results::require_writable(file.path);
  } catch (const results::IoError& error) {
    throw results::IoError(fmt::format("{} {}", file.option, error.what()));
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
