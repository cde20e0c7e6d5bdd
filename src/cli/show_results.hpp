// What run and show print of results: the tables, the goal and the verdict, or all of it as JSON; and their option
// --by.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "costrisk/results.hpp"

namespace costrisk::cli {

struct ShownOptions {
  bool json = false;
  TableOptions tables;
};

/// Adds --by, whose words go to `words`.
void add_breakdown_option(CLI::App& command, std::vector<std::string>& words);

/// What the words ask for, each once, in their order.
std::vector<Breakdown> breakdowns_of(const std::vector<std::string>& words);

/// Prints results to stdout.
/// @param file the result file's name
/// @throws FileError when that fails
void show_results(const Results& results, const std::string& file, ShownOptions options);

}  // namespace costrisk::cli
