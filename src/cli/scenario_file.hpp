// Loading the scenario that a command line names, with warnings on stderr.
#pragma once

#include <string>
#include <vector>

#include "src/cli/terminal.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::cli {

/// @throws UsageError where the file is not there or is a folder
void require_file(const std::string& path);

/// Loads a scenario and shows the warnings about it.
/// @throws UsageError, scenario::InvalidScenario
scenario::Loaded load_scenario(const std::string& path, const std::vector<std::string>& overrides,
                               const Notices& notices);

}  // namespace costrisk::cli
