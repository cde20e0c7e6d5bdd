// The run that `explain` takes a future from: a result file's, or one that is simulated now.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "src/cli/terminal.hpp"
#include "src/run/explained_run.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::cli {

struct ExplainedRunOptions {
  std::string file, root;
  std::string histories;  ///< folder of the scenario file, for a result file made from histories; empty: looked for
  std::vector<std::string> overrides;
  std::uint64_t paths = 0;  ///< 0: what the scenario says
  std::int64_t seed = -1;   ///< likewise −1
  std::string backend = "auto";
  int threads = 0;
  bool quiet = false;
};

/// @param find_plan the place of the plan in the scenario
/// @throws UsageError, results::FormatError where the file was made by another version, and what simulating throws
run::ExplainedRun load_explained_run(const ExplainedRunOptions& options,
                                     const std::function<std::size_t(const scenario::Scenario&)>& find_plan,
                                     const Notices& notices);

}  // namespace costrisk::cli
