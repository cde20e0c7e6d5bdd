// The options that replace values of a scenario.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace costrisk::cli {

/// Adds `--set` and `--scale`. What they say goes into `overrides`, in the form that loading a scenario takes: first
/// what is set, then what is scaled.
void add_override_options(CLI::App& command, std::vector<std::string>& overrides);

}  // namespace costrisk::cli
