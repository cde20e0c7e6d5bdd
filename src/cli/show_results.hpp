// What run and show print of results: the tables, the goal and the verdict, or all of it as JSON.
#pragma once

#include <functional>
#include <string>

#include "src/report/tables.hpp"
#include "src/tally/results.hpp"
#include "src/tally/tally.hpp"

namespace costrisk::cli {

struct ShownOptions {
  bool json = false;
  report::TableOptions tables;
};

/// Prints results to stdout.
/// @param tally gives the tally of the results, which is asked for where small histograms are shown
/// @param file the result file's name
/// @throws io::IoError when that fails
void show_results(const tally::Results& results, const std::function<const tally::Tally*()>& tally,
                  const std::string& file, ShownOptions options);

}  // namespace costrisk::cli
