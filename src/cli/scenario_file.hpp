// Loading the scenario that a command line names, with warnings on stderr.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "costrisk/scenario.hpp"
#include "src/cli/terminal.hpp"

namespace costrisk::cli {

/// Adds --root, the folder that includes and histories may come from.
void add_root_option(CLI::App& command, std::string& root);

/// Loads a scenario, checks it and shows the advice about it.
/// @param root as FileOptions::root
/// @throws InvalidScenario, InputError, FileError
Scenario load_scenario(const std::string& path, const std::vector<std::string>& overrides, const std::string& root,
                       const Notices& notices);

}  // namespace costrisk::cli
