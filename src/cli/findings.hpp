// How calibrations answer: the fragment on stdout, what it rests on on stderr, plots in a file.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "costrisk/calibrate.hpp"

namespace costrisk::cli {

struct FindingsOptions {
  std::string plot;
  bool json = false, quiet = false;
};

void add_findings_options(CLI::App& command, FindingsOptions& options);

/// @throws UsageError where the plot would replace a file that is no page of calibrate, FileError
void print_findings(const Calibration& found, const FindingsOptions& options);

}  // namespace costrisk::cli
