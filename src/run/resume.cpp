// Files are judged by what they say before any paths are read.
#include "src/run/resume.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "src/results/store/results_file.hpp"
#include "src/results/store/same_run.hpp"
#include "src/run/evaluate.hpp"

namespace costrisk::run {

namespace {

namespace fs = std::filesystem;

/// A run before any of its paths is done.
class EmptyRun {
 public:
  EmptyRun(const scenario::Scenario& scenario, const Options& options, const results::PathRange& whole_run) {
    Options whole = options;
    whole.whole_run = whole_run;
    layout_ = layout_of_run(scenario, whole);
    const Outcome outcome = outcome_of(scenario, results::Tally(layout_));
    context_ = results_context(scenario, outcome);
  }

  /// Why the paths of a file cannot be a part of this run.
  std::optional<std::string> refusal(const results::StoredFrame& file, std::uint64_t run_paths) const {
    const auto difference = results::difference_of(file.results.context, file.tally.layout, context_, layout_);
    if (difference)
      return fmt::format("is of another {}: {}, and not {}", difference->what, difference->found, difference->kept);
    if (!results::can_be_within(file.tally.layout, run_paths))
      return fmt::format("is of a run of {} futures, which keeps no single costs", file.tally.layout.paths);
    return std::nullopt;
  }

 private:
  results::TallyLayout layout_;
  results::ResultsContext context_;
};

}  // namespace

std::optional<results::Tally> paths_done(const scenario::Scenario& scenario, const Options& options,
                                         const results::PathRange& paths, const results::PathRange& whole_run,
                                         const std::function<std::uint64_t(std::uint64_t done)>& run_paths,
                                         const std::vector<fs::path>& files,
                                         const std::function<void(const std::string&)>& notice) {
  const EmptyRun run(scenario, options, whole_run);
  const auto pass_over = [&](const fs::path& file, const std::string& why) {
    if (notice) notice(fmt::format("'{}' {}: the run does not go on from it", file.string(), why));
  };
  fs::path best;
  std::uint64_t most = 0;
  for (const fs::path& file : files) {
    std::error_code unknown;
    if (!fs::exists(file, unknown)) continue;
    try {
      const results::StoredFrame frame = results::read_frame(file);
      const std::vector<results::PathRange>& ranges = frame.tally.ranges;
      if (const auto refusal = run.refusal(frame, run_paths(frame.tally.paths())))
        pass_over(file, *refusal);
      else if (ranges.size() != 1 || ranges.front().first != paths.first || ranges.front().count > paths.count)
        pass_over(file, fmt::format("does not hold the first of the futures {} to {} alone", paths.first,
                                    paths.first + paths.count - 1));
      else if (ranges.front().count > most) {
        most = ranges.front().count;
        best = file;
      }
    } catch (const results::FormatError& error) {
      if (notice) notice(error.what());
    }
  }
  if (most == 0) return std::nullopt;
  if (notice) notice(fmt::format("going on from {} futures in '{}'", most, best.string()));
  return results::read_tally(best);
}

std::uint64_t end_of_first_paths(const scenario::Scenario& scenario, const Options& options,
                                 const results::PathRange& whole_run, const fs::path& file) {
  const results::StoredFrame frame = results::read_frame(file);
  const auto refuse = [&](const std::string& why) {
    throw std::invalid_argument(fmt::format("'{}' {}", file.string(), why));
  };
  if (const auto refusal = EmptyRun(scenario, options, whole_run).refusal(frame, whole_run.count)) refuse(*refusal);
  const std::vector<results::PathRange>& ranges = frame.tally.ranges;
  if (ranges.size() != 1 || ranges.front().first != whole_run.first)
    refuse("does not hold the first futures of the run");
  if (ranges.front().count >= whole_run.count)
    refuse(fmt::format("holds {} futures already, and the run is to have {}; ask for more with --paths",
                       ranges.front().count, whole_run.count));
  return ranges.front().first + ranges.front().count;
}

}  // namespace costrisk::run
