// The run that `explain` takes a future from: a result file's, or one that is simulated now.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "src/cli/terminal.hpp"
#include "src/run/timeline.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::cli {

struct ExplainedRunOptions {
  std::string file;
  std::string histories;  ///< folder of the scenario file, for a result file made from histories; empty: looked for
  std::vector<std::string> overrides;
  std::uint64_t paths = 0;  ///< 0: what the scenario says
  std::int64_t seed = -1;   ///< likewise −1
  std::string backend = "auto";
  int threads = 0;
  bool quiet = false;
};

struct ExplainedRun {
  std::string file;
  scenario::Scenario scenario;
  std::size_t plan = 0;
  std::uint64_t first_path = 0;
  std::vector<std::int64_t> costs;  ///< [path]: micro-units of the plan
};

/// @param find_plan the place of the plan in the scenario
/// @throws UsageError, results::FormatError where the file was made by another version, and what simulating throws
ExplainedRun load_explained_run(const ExplainedRunOptions& options,
                                const std::function<std::size_t(const scenario::Scenario&)>& find_plan,
                                const Notices& notices);

/// Simulates the path at a place of `costs`.
/// @throws results::FormatError where its cost is not that of the run
run::Timeline trace_checked(const ExplainedRun& run, std::size_t place);

}  // namespace costrisk::cli
