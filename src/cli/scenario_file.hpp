// Loading the scenario that a command line names, with warnings on stderr.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "src/cli/terminal.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::cli {

/// @throws UsageError where the file is not there or is a folder
void require_file(const std::string& path);

/// Adds --root, the folder that includes and histories may come from.
void add_root_option(CLI::App& command, std::string& root);

/// Loads a scenario and shows the warnings about it.
/// @param root as scenario::load takes it
/// @throws UsageError, scenario::InvalidScenario, trace::IoError
scenario::Loaded load_scenario(const std::string& path, const std::vector<std::string>& overrides,
                               const std::string& root, const Notices& notices);

}  // namespace costrisk::cli
