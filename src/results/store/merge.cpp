// Looks at all files first, and adds them up when nothing speaks against it.
#include "src/results/store/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "src/results/store/same_run.hpp"

namespace costrisk::results {
namespace {

namespace fs = std::filesystem;

/// What a file says before its paths are read.
struct FilePart {
  fs::path file;
  ResultsContext context;
  TallyLayout layout;
  std::vector<PathRange> ranges;
};

/// "futures 1,000 to 1,999", or the only one.
std::string named(std::uint64_t first, std::uint64_t end) {
  return end - first == 1 ? fmt::format("future {}", first) : fmt::format("futures {} to {}", first, end - 1);
}

std::vector<FilePart> parts_of(const std::vector<fs::path>& files) {
  std::vector<FilePart> parts;
  for (const fs::path& file : files) {
    StoredFrame frame = read_frame(file);
    parts.push_back(
        {file, std::move(frame.results.context), std::move(frame.tally.layout), std::move(frame.tally.ranges)});
    if (const auto difference =
            difference_of(parts.back().context, parts.back().layout, parts.front().context, parts.front().layout))
      throw std::invalid_argument(fmt::format(
          "'{}' is of another {} than '{}': {}, and not {}; merge only files of one "
          "run",
          file.string(), difference->what, parts.front().file.string(), difference->found, difference->kept));
  }
  return parts;
}

/// A range of paths and the file that it is in.
struct Piece {
  PathRange range;
  const FilePart* part;
};

/// @throws std::invalid_argument where a path is in two files, or missing where it may not
void check_ranges(const std::vector<FilePart>& parts, const FilePart& longest, Gaps gaps) {
  std::vector<Piece> pieces;
  for (const FilePart& part : parts)
    for (const PathRange& range : part.ranges) pieces.push_back({range, &part});
  std::ranges::sort(pieces, {}, &Piece::range);
  const std::uint64_t end = longest.layout.first_path + longest.layout.paths;
  std::uint64_t next = longest.layout.first_path;
  std::string missing;
  std::uint64_t missing_paths = 0;
  constexpr int most_named = 5;
  int gaps_found = 0;
  const auto note_gap = [&](std::uint64_t to) {
    if (to <= next) return;
    missing_paths += to - next;
    if (++gaps_found <= most_named) missing += (gaps_found > 1 ? ", " : "") + named(next, to);
  };
  const FilePart* before = nullptr;
  for (const auto& [range, part] : pieces) {
    if (range.first < next && before != nullptr)
      throw std::invalid_argument(fmt::format("{} are in '{}' and in '{}': name each part once",
                                              named(range.first, std::min(next, range.first + range.count)),
                                              before->file.string(), part->file.string()));
    note_gap(range.first);
    next = range.first + range.count;
    before = part;
  }
  note_gap(end);
  if (gaps_found > most_named) missing += fmt::format(" and {} more ranges", gaps_found - most_named);
  if (gaps == Gaps::refused && gaps_found > 0)
    throw std::invalid_argument(fmt::format(
        "of the run's {} futures {} are in no file: {}; add the files that have them, go on with those that "
        "are not finished with --resume, or merge what there is with --partial",
        longest.layout.paths, missing_paths, missing));
}

}  // namespace

MergedRun merge_files(const std::vector<fs::path>& files, Gaps gaps,
                      const std::function<void(const TallyLayout&, std::uint64_t paths)>& check_memory) {
  if (files.empty()) throw std::invalid_argument("no files are named that could be merged");
  const std::vector<FilePart> parts = parts_of(files);
  const FilePart& longest =
      *std::ranges::max_element(parts, {}, [](const FilePart& part) { return part.layout.paths; });
  check_ranges(parts, longest, gaps);
  if (check_memory) {
    std::uint64_t paths = 0;
    for (const FilePart& part : parts)
      for (const PathRange& range : part.ranges) paths += range.count;
    check_memory(longest.layout, paths);
  }

  Tally sum(longest.layout);
  for (const FilePart& part : parts) {
    Tally tally = read_tally(part.file);
    if (!can_be_within(tally.layout(), longest.layout.paths))
      throw std::invalid_argument(
          fmt::format("'{}' is of a run of {} futures, which keeps no single costs, and cannot be a part of one of {}",
                      part.file.string(), tally.layout().paths, longest.layout.paths));
    // A file that was replaced since it was looked at.
    if (tally.data().ranges != part.ranges)
      throw FormatError(fmt::format("'{}' was changed while it was merged: merge again", part.file.string()));
    sum.merge(std::move(tally).within(longest.layout.paths));
  }
  ResultsContext context = longest.context;
  context.shard.reset();
  context.status = sum.paths() == longest.layout.paths ? RunStatus::complete : RunStatus::partial;
  Results results = evaluate(sum, context);
  return {std::move(results), std::move(sum)};
}

}  // namespace costrisk::results
