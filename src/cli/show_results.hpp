// What run and show print of results: the tables, the goal and the verdict, or all of it as JSON.
#pragma once

#include <functional>
#include <string>

#include "src/present/text/tables.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/sums/tally.hpp"

namespace costrisk::cli {

struct ShownOptions {
  bool json = false;
  present::TableOptions tables;
};

/// Prints results to stdout.
/// @param tally gives the tally of the results, which is asked for where small histograms are shown
/// @param file the result file's name
/// @throws results::IoError when that fails
void show_results(const results::Results& results, const std::function<const results::Tally*()>& tally,
                  const std::string& file, ShownOptions options);

}  // namespace costrisk::cli
