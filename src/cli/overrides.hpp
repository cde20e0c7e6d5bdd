// The options that replace values of a scenario.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

namespace costrisk::cli {

/// Adds `--set` and `--scale`. What they say goes into `overrides`, in the form that loading a scenario takes: first
/// what is set, then what is scaled.
void add_override_options(CLI::App& command, std::vector<std::string>& overrides);

/// The same as options of a command line, each with what it was given: {"--scale", "budget=1.1"}.
std::vector<std::pair<std::string, std::string>> assignments_as_options(const std::vector<std::string>& overrides);

}  // namespace costrisk::cli
