// Tries folders until one has every file with its checksum.
#include "src/run/history_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <sstream>
#include <vector>

#include "src/results/store/errors.hpp"
#include "src/scenario/reader/sha256.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/files.hpp"

namespace costrisk::run {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_folders = 1000;

struct HistoryFile {
  std::string sha256, path;
};

std::vector<HistoryFile> files_of(const std::string& histories) {
  constexpr std::size_t digits = 64, blanks = 2;
  std::vector<HistoryFile> files;
  std::istringstream lines(histories);
  for (std::string line; std::getline(lines, line);)
    if (line.size() > digits + blanks) files.push_back({line.substr(0, digits), line.substr(digits + blanks)});
  return files;
}

/// A folder and those in it, in order of their names.
void add_with_folders_in(const fs::path& folder, std::vector<fs::path>& folders) {
  folders.push_back(folder);
  std::vector<fs::path> inner;
  std::error_code error;
  const fs::path opened = folder.empty() ? fs::path(".") : folder;
  for (fs::directory_iterator entry(opened, fs::directory_options::skip_permission_denied, error), end;
       !error && entry != end && inner.size() < most_folders; entry.increment(error)) {
    std::error_code unknown;
    if (entry->is_directory(unknown)) inner.push_back(folder / entry->path().filename());
  }
  std::sort(inner.begin(), inner.end());
  folders.insert(folders.end(), inner.begin(), inner.end());
}

/// What keeps a folder from being the one.
struct Problem {
  HistoryFile file;
  fs::path place;
  std::string sha256;  ///< that it has now; empty: it is not there
};

std::optional<Problem> problem_of(const fs::path& folder, const fs::path& root, const std::vector<HistoryFile>& files) {
  for (const HistoryFile& file : files) {
    std::error_code error;
    const bool allowed = trace::lies_within(root.empty() ? folder : root, folder / file.path);
    if (!allowed || !fs::is_regular_file(folder / file.path, error)) return Problem{file, folder / file.path, ""};
  }
  for (const HistoryFile& file : files) {
    const std::string text = trace::read_whole(folder / file.path);
    const std::string now = scenario::sha256_hex(std::as_bytes(std::span(text)));
    if (now != file.sha256) return Problem{file, folder / file.path, now};
  }
  return std::nullopt;
}

}  // namespace

fs::path history_folder(const std::string& histories, const fs::path& results, const std::string& named,
                        const std::string& root) {
  const std::vector<HistoryFile> files = files_of(histories);
  if (files.empty()) return {};
  const fs::path beside = results.parent_path();
  std::vector<fs::path> folders;
  if (named.empty())
    for (const fs::path& folder : {fs::path(), beside, (beside / "..").lexically_normal()})
      add_with_folders_in(folder, folders);
  else
    folders = {named};
  std::optional<Problem> missing;
  std::optional<Problem> changed;
  for (const fs::path& folder : folders) {
    const std::optional<Problem> problem = problem_of(folder, root, files);
    if (!problem) return folder;
    std::optional<Problem>& kept = problem->sha256.empty() ? missing : changed;
    if (!kept) kept = problem;
  }
  if (changed)
    throw results::FormatError(fmt::format(
        "'{}' was made from the history '{}' with the SHA-256 {}, and '{}' has changed since ({}): run the scenario "
        "again, or name with --histories the folder from which the old files can be found",
        results.string(), changed->file.path, changed->file.sha256, changed->place.lexically_normal().string(),
        changed->sha256));
  throw results::FormatError(fmt::format(
      "'{}' was made from the history '{}', and the file '{}' does not exist{}: name the folder of the scenario file "
      "with --histories, and with --root one that holds the histories too where they lie elsewhere",
      results.string(), missing->file.path, missing->place.lexically_normal().string(),
      named.empty() ? ", nor is it beside the result file" : ""));
}

}  // namespace costrisk::run
