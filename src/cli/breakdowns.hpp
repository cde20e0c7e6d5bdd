// The option --by, which run and show share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "src/present/text/tables.hpp"

namespace costrisk::cli {

/// Adds --by, whose words go to `words`.
void add_breakdown_option(CLI::App& command, std::vector<std::string>& words);

/// What the words ask for, each once, in their order.
std::vector<present::Breakdown> breakdowns_of(const std::vector<std::string>& words);

}  // namespace costrisk::cli
